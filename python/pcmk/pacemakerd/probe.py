"""Signs of life of a daemon."""

import asyncio
import fcntl
import os
import struct
from pathlib import Path
from typing import Any

import grpc.aio

from pcmk.kernel.core import Daemon
from pcmk.rpc import options
from pcmk.rpc.streams import accepted

ANSWER_PATIENCE = 5.0
_FLOCK = "hhqqi"
"""`struct flock`: type, whence, start, length, and the process that holds a lock in the way; see fcntl(2)."""


def holder(socket: Path) -> int | None:
    """The process that has claimed a daemon's socket (see `pcmk.rpc.claim`); None when nobody has.

    A daemon claims its socket before it listens, and however it ends, the claim ends with it.
    """
    try:
        with socket.with_suffix(".lock").open("rb") as lock:
            question = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(lock, fcntl.F_GETLK, question))
    except FileNotFoundError:
        return None
    return None if kind == fcntl.F_UNLCK else int(pid)


class Prober:
    """Asks one daemon for signs of life; keeps its channel, because to make one costs far more than to ask."""

    def __init__(self, daemon: Daemon, path: Path) -> None:
        self._daemon = daemon
        self._path = path
        self._pid: int | None = None
        self._channel: grpc.aio.Channel | None = None

    async def probe(self) -> tuple[int | None, bool]:
        """The process that is this daemon, and whether its event loop answered in time."""
        pid = holder(self._path)
        if pid != self._pid:
            await self.close()
            self._pid = pid
        if pid is None:
            return None, False
        if self._channel is None:
            self._channel = grpc.aio.insecure_channel(f"unix:{self._path}", options=options.CHANNEL)
        try:
            answers = await asyncio.wait_for(self._ask(self._channel), ANSWER_PATIENCE)
        except TimeoutError:
            answers = False
        if not answers:
            await self.close()
        return pid, answers

    async def close(self) -> None:
        """Give up the channel."""
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()

    async def _ask(self, channel: Any) -> bool:
        metadata = ((options.CLIENT_KEY, Daemon.PACEMAKERD.value), (options.PID_KEY, str(os.getpid())))
        stream: Any = channel.stream_stream(options.LINK_METHOD)(metadata=metadata)
        try:
            return await accepted(stream, options.READY_KEY) is not None
        finally:
            stream.cancel()
