"""A stand-in for a watchdog device: a FIFO, and a thread that resets a node when nobody writes to it for a while."""

import os
import select
import threading
import time
from collections.abc import Callable
from pathlib import Path


class FakeWatchdog:
    """The first sign of life arms it, for good but for the letter V, and but for a reset.

    `resets` are the times (as `time.time`) at which `reset` was called, `disarmed` how often it was told to rest.
    """

    def __init__(self, path: Path, timeout: float, reset: Callable[[], object]) -> None:
        self.resets: list[float] = []
        self.disarmed = 0
        self.armed = False
        self._timeout = timeout
        self._reset = reset
        os.mkfifo(path)
        # For writing too: else it would end whenever a writer ends.
        self._fifo = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self._wake, self._end = os.pipe()
        self._thread = threading.Thread(target=self._count, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Be no device any more."""
        os.close(self._end)
        self._thread.join()
        os.close(self._fifo)
        os.close(self._wake)

    def _count(self) -> None:
        due = 0.0
        while True:
            wait = max(0.0, due - time.monotonic()) if self.armed else None
            ready, _, _ = select.select([self._fifo, self._wake], [], [], wait)
            if self._wake in ready:
                return
            if self._fifo in ready:
                said = os.read(self._fifo, 4096)
                due = time.monotonic() + self._timeout
                self.armed = not said.endswith(b"V")
                self.disarmed += not self.armed
            elif self.armed and time.monotonic() >= due:
                self.armed = False
                self._reset()
                self.resets.append(time.time())
