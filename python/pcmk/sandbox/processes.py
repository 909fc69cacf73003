"""The processes of a sandbox node: those whose environment names the sandbox and the node.

Everything that a node starts inherits its mark, agents and services included, whatever session they are in. This
module is loaded by a fence agent straight from its file, so it must be quick to import, and the standard library is
all it has.
"""

import os
import signal
import time
from collections.abc import Iterator

VARIABLE = "PCMK_SANDBOX_NODE"
_PAUSE = 0.005


def mark(folder: str, node: str) -> str:
    """The value that the variable has in every process of the node."""
    return f"{os.path.realpath(folder)}:{node}"


def mark_in(environ: bytes) -> str:
    """The mark in a process' environment as `/proc/PID/environ` shows it; empty if there is none."""
    name = VARIABLE.encode() + b"="
    for variable in environ.split(b"\0"):
        if variable.startswith(name):
            return variable[len(name) :].decode(errors="surrogateescape")
    return ""


def processes_of(marked: str) -> list[int]:
    """Process ids with this mark, the caller's own left out."""
    own = os.getpid()
    return [pid for pid, found in _marked_processes() if found == marked and pid != own]


def nodes_alive(folder: str) -> list[str]:
    """Names of a sandbox's nodes that have processes, sorted."""
    prefix = mark(folder, "")
    return sorted({found[len(prefix) :] for _, found in _marked_processes() if found.startswith(prefix)})


def kill_all(marked: str, seconds: float) -> int | None:
    """SIGKILL every process with this mark until none is left; returns how many were killed, or None if some are
    left after `seconds`.

    A process in the middle of an exec shows no environment for a moment, and one that is being forked is in no
    listing yet, so it takes two empty looks in a row.
    """
    deadline = time.monotonic() + seconds
    killed: set[int] = set()
    empty = 0
    while empty < 2:
        found = processes_of(marked)
        empty = 0 if found else empty + 1
        for pid in found:
            _signal(pid, marked, signal.SIGKILL)
            killed.add(pid)
        if found and time.monotonic() > deadline:
            return None
        time.sleep(_PAUSE)
    return len(killed)


def stop_all(marked: str) -> int:
    """SIGSTOP every process with this mark until none runs any more; returns how many were stopped."""
    stopped: set[int] = set()
    while running := [pid for pid in processes_of(marked) if not is_stopped(pid)]:
        for pid in running:
            _signal(pid, marked, signal.SIGSTOP)
            stopped.add(pid)
        time.sleep(_PAUSE)
    return len(stopped)


def continue_all(marked: str) -> int:
    """SIGCONT to every process with this mark; returns to how many."""
    found = processes_of(marked)
    for pid in found:
        _signal(pid, marked, signal.SIGCONT)
    return len(found)


def is_stopped(pid: int) -> bool:
    """Whether a process is stopped by a signal."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            return stat.read().rpartition(b")")[2].split()[0] == b"T"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _signal(pid: int, marked: str, number: int) -> None:
    """Send a signal to a process if it still has the mark, so that a number used anew harms nobody."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        if mark_in(_environ(pid)) == marked:
            signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        return
    finally:
        os.close(descriptor)


def _marked_processes() -> Iterator[tuple[int, str]]:
    for name in os.listdir("/proc"):
        if name.isdigit():
            found = mark_in(_environ(int(name)))
            if found:
                yield int(name), found


def _environ(pid: int) -> bytes:
    """A process' environment; empty for one that has ended, and for one of another user that may not be read."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as environ:
            return environ.read()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b""
