"""Memory that is free goes back to the system.

The C library keeps what was freed for what comes next. That is little as long as all that comes is small; but the CIB
and a graph are megabytes of text and of trees, and after much work a third of a daemon's memory would be of no use.
"""

import ctypes

_ARENA_MAX = -8
"""M_ARENA_MAX of mallopt(3)."""


def keep_together() -> None:
    """Have all threads take memory from one place, which the C library would give each for itself: gRPC has a dozen
    threads that want little. For a process before its threads; does nothing without the GNU library."""
    option = getattr(ctypes.CDLL(None), "mallopt", None)
    if option is not None:
        option(_ARENA_MAX, 1)


def give_back() -> None:
    """Give back all pages on which nothing is left; does nothing without the GNU library. It takes less than a
    millisecond."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
