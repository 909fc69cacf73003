"""Signs of life of a daemon."""

import fcntl
import os
import struct
from pathlib import Path

from pcmk.rpc.claim import pulse_socket
from pcmk.rpc.pulse import beats

ANSWER_PATIENCE = 5.0
_FLOCK = "hhqqi"
"""`struct flock`: type, whence, start, length, and the process that holds a lock in the way; see fcntl(2)."""


def holder(socket: Path) -> int | None:
    """The process that has claimed a daemon's socket (see `pcmk.rpc.claim`); None when nobody has.

    A daemon claims its socket before it listens, and however it ends, the claim ends with it.
    """
    try:
        with socket.with_suffix(".lock").open("rb", buffering=0) as lock:
            question = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(lock, fcntl.F_GETLK, question))
    except FileNotFoundError:
        return None
    return None if kind == fcntl.F_UNLCK else int(pid)


async def probe(socket: Path) -> tuple[int | None, bool]:
    """The process that is the daemon of this socket, and whether its event loop answered in time."""
    pid = holder(socket)
    return pid, pid is not None and await beats(pulse_socket(socket), ANSWER_PATIENCE)
