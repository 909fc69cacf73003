"""Messages that wait to be written to a stream."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

# A reader that is this far behind is better off starting anew than being waited for.
LIMIT_BYTES = 256 * 2**20
# What is written at once is not much more than this.
JOINED_BYTES = 2**20


class OutboxFullError(Exception):
    """The other side reads too slowly; the stream must be broken so that both know of it."""


class Outbox:
    """A queue with a limit on its bytes; one writer task empties it in order.

    With `joins` what waits is written as one: for streams of Protobuf messages that have nothing but repeated fields,
    where messages one after the other are one message with all that they have. Each write costs both sides far more
    than what is in it.
    """

    def __init__(self, limit: int = LIMIT_BYTES, *, joins: bool = False, patience: float = 0.0) -> None:
        self._limit = limit
        self._joins = joins
        self._patience = patience
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._closed = False
        self._full = False
        self._changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._pause_until = 0.0
        self._alarm: asyncio.TimerHandle | None = None

    def put(self, data: bytes, *, can_wait: bool = False) -> None:
        """Append; when that exceeds the limit, `write_all` raises and everything in here is lost.

        What `can_wait` is not written within `patience` seconds of the last write, so that little is written of many
        things that come in a row; anything that can't wait takes along what came before it.
        """
        if self._closed or self._full:
            return
        self._waiting.append(data)
        self._bytes += len(data)
        self._full = self._bytes > self._limit
        if can_wait and not self._full and self._loop.time() < self._pause_until:
            if self._alarm is None:
                self._alarm = self._loop.call_at(self._pause_until, self._wake)
        else:
            self._wake()

    def close(self) -> None:
        """Let `write_all` end once what was put so far is written."""
        self._closed = True
        self._wake()

    async def write_all(self, write: Callable[[bytes], Awaitable[None]]) -> None:
        """Write whatever is put until `close`; raises `OutboxFullError`."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._waiting:
                self._pause_until = self._loop.time() + self._patience
            for _ in range(len(self._waiting)):
                if self._full:
                    raise OutboxFullError
                if not self._waiting:
                    break
                await write(self._next())
            if self._closed and not self._waiting:
                return

    def _wake(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self._changed.set()

    def _next(self) -> bytes:
        first = self._waiting.popleft()
        self._bytes -= len(first)
        if not self._joins or not self._waiting:
            return first
        joined, size = [first], len(first)
        while self._waiting and size + len(self._waiting[0]) <= JOINED_BYTES:
            joined.append(self._waiting.popleft())
            size += len(joined[-1])
            self._bytes -= len(joined[-1])
        return b"".join(joined)
