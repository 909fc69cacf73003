"""Whole clusters in one process, under a manual clock and a seed. See `docs/invariants.md`."""
