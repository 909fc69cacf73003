"""The supervisor of a node: starts the daemons, watches them, starts them anew, and stops them in order."""
