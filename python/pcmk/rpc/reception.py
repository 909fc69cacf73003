"""The public door of a daemon: learns who comes in, which gRPC does not tell.

It accepts connections on the daemon's public socket, asks the kernel for the credentials of each, and passes its bytes
on to the socket that gRPC serves. Its own end of that inner connection is bound to a name that nobody can guess; gRPC
tells that name as the peer of each call, and here it leads back to the credentials.
"""

import asyncio
import os
import secrets
import socket
import struct
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, cast

from msgspec import Struct

from pcmk.rpc.claim import made_with
from pcmk.rpc.users import groups_of, is_privileged, name_of

# Clients that come at once wait here; whom it has no room for is refused by the system.
_BACKLOG = 1024
_CREDENTIALS = struct.Struct("3i")
# How gRPC writes a peer's name in the abstract name space.
_PEER_PREFIX = "unix-abstract:"
_PAUSE_AFTER_ERROR = 0.1


class Credentials(Struct, frozen=True):
    """The process at the other end, as the kernel saw it connect, and the user's groups then if they matter."""

    pid: int
    uid: int
    user: str
    privileged: bool = True
    groups: tuple[str, ...] = ()


def own_credentials() -> Credentials:
    """Those of this process's user; no process in particular."""
    return Credentials(0, os.geteuid(), name_of(os.geteuid()))


class Reception:
    """Serves one public socket."""

    def __init__(self, public: Path, inner: Path, log: Callable[[str, str], None]) -> None:
        self._public = public
        self._inner = inner
        self._log = log
        self._guests: dict[str, Credentials] = {}
        self._listener: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """Listen, for the socket's owner and group."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        with made_with(0o660):
            listener.bind(str(self._public))
        listener.listen(_BACKLOG)
        self._listener = listener
        self._start(self._accept(listener))

    def who(self, peer: str) -> Credentials | None:
        """Who is behind a peer name of gRPC; None if it did not come in by this door."""
        return self._guests.get(peer.removeprefix(_PEER_PREFIX))

    def close(self) -> None:
        """Let nobody in any more; those who are inside stay until gRPC hangs up."""
        for task in self._tasks:
            task.cancel()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                guest, _address = await loop.sock_accept(listener)
            except OSError as error:
                self._log("error", f"Cannot accept a connection on {self._public}: {error.strerror}")
                await asyncio.sleep(_PAUSE_AFTER_ERROR)
                continue
            self._start(self._let_in(guest))

    async def _let_in(self, guest: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        name = f"pcmk-{secrets.token_hex(16)}"
        inside = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        try:
            pid, uid = _peer(guest)
            # The databases of users may be on another machine; nobody else is to wait for them.
            credentials = await loop.run_in_executor(None, _credentials, pid, uid)
            inside.bind(f"\0{name}")
            await loop.sock_connect(inside, str(self._inner))
        except OSError as error:
            self._log("error", f"Cannot pass on a connection to {self._public}: {error.strerror}")
            guest.close()
            inside.close()
            return
        self._guests[name] = credentials
        outer, inner = _Half(), _Half()
        outer.other, inner.other = inner, outer
        inner.when_lost = partial(self._forget, name)
        await loop.connect_accepted_socket(lambda: outer, guest)
        await loop.create_unix_connection(lambda: inner, sock=inside)
        outer.read()
        inner.read()

    def _forget(self, name: str) -> None:
        self._guests.pop(name, None)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Half(asyncio.Protocol):
    """One end of a connection that is passed on; what it gets, the other half sends."""

    def __init__(self) -> None:
        self.other: _Half = self
        self.when_lost: Callable[[], None] = lambda: None
        self._transport: asyncio.Transport | None = None

    def read(self) -> None:
        """Begin: both halves are connected."""
        if self._transport is not None:
            self._transport.resume_reading()

    def write(self, data: bytes) -> None:
        """Send; kept while the receiver is slow."""
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        """Hang up once everything is sent."""
        if self._transport is not None:
            self._transport.close()

    def hold(self, wait: bool) -> None:
        """Read no more until the other half has sent what it has."""
        if self._transport is None or self._transport.is_closing():
            return
        if wait:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        self.other.write(data)

    def pause_writing(self) -> None:
        self.other.hold(True)

    def resume_writing(self) -> None:
        self.other.hold(False)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.when_lost()
        self.other.close()


def _peer(connection: socket.socket) -> tuple[int, int]:
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, uid, _gid = _CREDENTIALS.unpack(raw)
    return pid, uid


def _credentials(pid: int, uid: int) -> Credentials:
    user = name_of(uid)
    if is_privileged(uid):
        return Credentials(pid, uid, user)
    return Credentials(pid, uid, user, privileged=False, groups=groups_of(user))
