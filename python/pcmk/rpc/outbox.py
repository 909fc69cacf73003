"""Messages that wait to be written to a stream."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

# A reader that is this far behind is better off starting anew than being waited for.
LIMIT_BYTES = 256 * 2**20


class OutboxFullError(Exception):
    """The other side reads too slowly; the stream must be broken so that both know of it."""


class Outbox:
    """A queue with a limit on its bytes; one writer task empties it in order."""

    def __init__(self, limit: int = LIMIT_BYTES) -> None:
        self._limit = limit
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._closed = False
        self._full = False
        self._changed = asyncio.Event()

    def put(self, data: bytes) -> None:
        """Append; when that exceeds the limit, `write_all` raises and everything in here is lost."""
        if self._closed or self._full:
            return
        self._waiting.append(data)
        self._bytes += len(data)
        self._full = self._bytes > self._limit
        self._changed.set()

    def close(self) -> None:
        """Let `write_all` end once what was put so far is written."""
        self._closed = True
        self._changed.set()

    async def write_all(self, write: Callable[[bytes], Awaitable[None]]) -> None:
        """Write whatever is put until `close`; raises `OutboxFullError`."""
        while True:
            if self._full:
                raise OutboxFullError
            if self._waiting:
                data = self._waiting.popleft()
                self._bytes -= len(data)
                await write(data)
            elif self._closed:
                return
            else:
                self._changed.clear()
                await self._changed.wait()
