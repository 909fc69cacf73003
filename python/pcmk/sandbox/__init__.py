"""A disposable cluster on this machine."""
