"""The asyncio side of a daemon: settings, logs, the actor that drives a core, notes to the service manager.

Nothing here starts a thread, a loop or gRPC when imported, so that daemons can be forked from a process that has
imported everything.
"""
