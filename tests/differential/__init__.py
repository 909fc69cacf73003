"""Decisions beside those of a build of the reference, on clusters that nobody has recorded: see `__main__`."""
