"""The way in for programs: typed, blocking calls to the daemons of this node.

Nothing slow is imported before the first call.
"""

from pcmk.client.connection import Connection

__all__ = ["Connection"]
