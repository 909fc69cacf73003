"""One instance of a daemon for each node: the claim on its socket, and how the files beside it are made."""

import contextlib
import fcntl
import grp
import os
import stat
import struct
from collections.abc import Generator
from pathlib import Path

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

# Users of this group may administer the cluster without being root; it is the field's name for it.
GROUP = "haclient"
_LONGEST_PATH = 107
_FLOCK = "hhqqi"
"""`struct flock`: type, whence, start, length, and the process that holds a lock in the way; see fcntl(2)."""


def link_socket(socket: Path) -> Path:
    """Where the other daemons of the node connect to the daemon whose public socket this is."""
    return socket.with_suffix(".link")


def pulse_socket(socket: Path) -> Path:
    """Where the daemon whose public socket this is shows that it lives (`pcmk.rpc.pulse`)."""
    return socket.with_suffix(".life")


@contextlib.contextmanager
def made_with(mode: int) -> Generator[None]:
    """Sockets that are bound meanwhile have this mode from the first moment; never are they there with a wider one."""
    before = os.umask(0o777 & ~mode)
    try:
        yield
    finally:
        os.umask(before)


def holder(socket: Path) -> int | None:
    """The process that has claimed a daemon's socket; None when nobody has.

    A daemon claims its socket before it listens, and however it ends, the claim ends with it.
    """
    try:
        with socket.with_suffix(".lock").open("rb", buffering=0) as lock:
            question = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(lock, fcntl.F_GETLK, question))
    except FileNotFoundError:
        return None
    return None if kind == fcntl.F_UNLCK else int(pid)


class Claim:
    """Holds `SOCKET.lock` as long as the process lives, by a lock that forked children do not inherit."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.link_socket = link_socket(socket)
        self.pulse_socket = pulse_socket(socket)
        self._descriptor = -1

    def take(self) -> None:
        """Raises `PcmkError`: FATAL if another instance is alive (to start anew is no use), CANTCREAT if the folder
        can't be used. A socket file that a dead instance left is removed."""
        folder = self.socket.parent
        if len(os.fsencode(self.socket)) > _LONGEST_PATH:
            raise PcmkError(ExitCode.CONFIG, f"{self.socket} is too long for the name of a Unix socket")
        try:
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
            mode = folder.stat().st_mode
            lock = self.socket.with_suffix(".lock")
            self._descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise PcmkError(ExitCode.CANTCREAT, f"Cannot use the folder {folder}: {error.strerror}") from error
        if mode & stat.S_IWOTH:
            # Whoever can write here could put up a socket of their own in a daemon's place.
            raise PcmkError(ExitCode.CANTCREAT, f"The folder {folder} must not be writable for everybody")
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise PcmkError(ExitCode.FATAL, f"Another instance is alive on {self.socket}") from error
        self._remove()

    def share_with_group(self) -> None:
        """Let the group of cluster administrators reach the socket, if this process is free to choose a group."""
        if os.geteuid() != 0:
            return
        try:
            group = grp.getgrnam(GROUP).gr_gid
        except KeyError:
            # No such group here: root alone administers the cluster.
            return
        os.chown(self.socket.parent, -1, group)
        os.chown(self.socket, -1, group)

    def release(self) -> None:
        """Remove the socket files and give up the claim."""
        if self._descriptor >= 0:
            self._remove()
            os.close(self._descriptor)
            self._descriptor = -1

    def _remove(self) -> None:
        for file in (self.socket, self.link_socket, self.pulse_socket):
            file.unlink(missing_ok=True)
