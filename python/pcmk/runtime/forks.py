"""The life of a process that was forked, not started anew."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator

from pcmk.kernel.exitcodes import ExitCode


def outcome(life: Callable[[], int]) -> int:
    """Live that life and flush what it printed; the exit code as of an interpreter that does nothing else."""
    code: int = ExitCode.SOFTWARE
    try:
        code = life()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else ExitCode.OK if end.code is None else ExitCode.ERROR
    except BaseException:  # noqa: BLE001 - nothing may return into the parent's code
        traceback.print_exc()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        # Who was to read it has gone.
        code = code or ExitCode.ERROR
    return code


def as_process(life: Callable[[], int]) -> None:
    """Live that life in a forked process and end it without running what the parent left to be cleaned up."""
    code: int = ExitCode.SOFTWARE
    try:
        code = outcome(life)
    finally:
        os._exit(code)


def part(inherited: Iterable[int]) -> None:
    """Leave to the parent what is its own: how it takes signals, the files `inherited`, and its session."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for descriptor in inherited:
        os.close(descriptor)
    os.setsid()


def let_go() -> None:
    """Let go of the standard files, so that nobody waits for them to be closed, and of the folder."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)
    os.chdir("/")


def ended_children() -> Iterator[tuple[int, int]]:
    """Children that have ended and were not asked for before, with what the kernel says of each (wait(2))."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, status
