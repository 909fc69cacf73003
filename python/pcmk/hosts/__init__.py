"""Hosts of their own: what makes machines the nodes of a cluster. See `README.md`."""
