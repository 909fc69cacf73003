"""Memory that is free goes back to the system.

The C library keeps what was freed for what comes next. That is little as long as all that comes is small; but the CIB
and a graph are megabytes of text and of trees, and after much work a third of a daemon's memory would be of no use.
"""

import ctypes

LARGE = 512 << 10
"""Bytes from which on a block is mapped by itself, and unmapped when it is freed. The C library would raise that to the
size of each block that is freed so. It is more than asyncio and gRPC take for each thing that they read."""

_M_MMAP_THRESHOLD = -3


def unmap_what_is_large() -> None:
    """From now on, give large blocks back as soon as they are freed; does nothing without the GNU library."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, LARGE)


def give_back() -> None:
    """Give back all pages on which nothing is left; does nothing without the GNU library. It takes less than a
    millisecond."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
