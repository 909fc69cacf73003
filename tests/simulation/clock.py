"""Time in the simulation: one queue of what will happen, and a clock that jumps to the next of it."""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

EPOCH = 1_700_000_000.0
"""Wall clock time at the start of every simulation."""


class Queue:
    """Things to do, in the order of their time, and of their scheduling where the time is the same."""

    def __init__(self) -> None:
        self.now = 0.0
        self.handled = 0
        self._sequence = 0
        self._heap: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []

    def at(self, time: float, do: Callable[..., None], *args: Any) -> None:
        """Call `do(*args)` at a time; at once, but after what is due before, if that has passed."""
        self._sequence += 1
        heappush(self._heap, (max(time, self.now), self._sequence, do, args))

    def after(self, delay: float, do: Callable[..., None], *args: Any) -> None:
        """Call `do(*args)` after a delay in seconds."""
        self._sequence += 1
        heappush(self._heap, (self.now + delay, self._sequence, do, args))

    def run_until(self, end: float) -> None:
        """Do everything that is due up to `end`, and leave the clock there."""
        heap = self._heap
        while heap and heap[0][0] <= end:
            self.now, _sequence, do, args = heappop(heap)
            self.handled += 1
            do(*args)
        self.now = end
