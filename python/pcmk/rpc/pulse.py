"""A daemon's sign of life: its event loop sends back what comes to a datagram socket. Costs a fraction of a call."""

import asyncio
import contextlib
import secrets
import socket
from pathlib import Path

from pcmk.rpc.claim import made_with

_KIND = socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC
_QUESTION = 16


class Pulse:
    """Answers on one socket, for the user alone that the daemon runs as."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Answer from now on; raises `OSError` if the socket can't be made."""
        self._socket = socket.socket(socket.AF_UNIX, _KIND)
        with made_with(0o600):
            self._socket.bind(str(self._path))
        asyncio.get_running_loop().add_reader(self._socket, self._answer, self._socket)

    def close(self) -> None:
        """Answer no more."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def _answer(self, listener: socket.socket) -> None:
        # Who asked may be gone by now, or not read: that is nothing to the daemon.
        with contextlib.suppress(OSError):
            question, asker = listener.recvfrom(_QUESTION)
            listener.sendto(question, asker)


async def beats(path: Path, patience: float) -> bool:
    """Whether the daemon behind the socket answers within `patience` seconds."""
    question = secrets.token_bytes(_QUESTION)
    with socket.socket(socket.AF_UNIX, _KIND) as asker:
        # A name to answer to, of the kernel's choice.
        asker.bind("")
        try:
            asker.connect(str(path))
            async with asyncio.timeout(patience):
                loop = asyncio.get_running_loop()
                await loop.sock_sendall(asker, question)
                return await loop.sock_recv(asker, _QUESTION) == question
        except OSError:
            # `TimeoutError` is one: nobody there, or nobody who answers.
            return False
