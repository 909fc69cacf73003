"""Who listens on a Unix socket?"""

import socket
import struct
from pathlib import Path


def listener(path: Path) -> int | None:
    """The process that listens on a Unix socket, by its peer credentials (unix(7)); None when nobody does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC) as probe:
        try:
            probe.connect(str(path))
            return peer(probe)
        except OSError:
            return None


def peer(connection: socket.socket) -> int:
    """The process at the other end of a connection, as it was when that was made (unix(7), SO_PEERCRED)."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[0])
