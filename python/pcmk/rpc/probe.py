"""Whether somebody listens on a Unix socket; far cheaper than to let gRPC find out."""

import socket
from pathlib import Path


def probe(path: Path) -> OSError | None:
    """Connect and hang up; the error if that fails, None if there is a listener."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC) as caller:
        try:
            caller.connect(str(path))
        except BlockingIOError:
            # Its queue is full, so there is one.
            return None
        except OSError as error:
            return error
    return None
