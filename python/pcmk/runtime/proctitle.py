"""The name of a process, as `ps` and `top` show it."""

import ctypes
from contextlib import suppress
from pathlib import Path

PR_SET_NAME = 15
_ARG_START, _ARG_END = 47, 48


def set_title(title: str) -> None:
    """Name this process `title`: its command name (the first 15 bytes) and, as far as there is room, its arguments.

    A forked process has the arguments of the program that was executed; they are overwritten in place. Does nothing on
    systems without `prctl` and `/proc`.
    """
    name = title.encode()
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_NAME, ctypes.c_char_p(name[:15]), 0, 0, 0)
    with suppress(OSError, ValueError, IndexError):
        # Fields count from the end of the command name, which may hold anything; see proc_pid_stat(5).
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        start, end = int(fields[_ARG_START - 2]), int(fields[_ARG_END - 2])
        if 0 < start < end:
            ctypes.memset(start, 0, end - start)
            ctypes.memmove(start, name[: end - start - 1], min(len(name), end - start - 1))
