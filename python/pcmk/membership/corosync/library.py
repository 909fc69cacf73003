"""Corosync's client libraries, loaded when they are needed, and what their calls have in common.

Each service has a handle, a file descriptor that becomes readable when there is something to tell, and a dispatch
function that calls back. The shapes are those of Corosync 3 (`corosync/*.h`).
"""

import ctypes
import time
from collections.abc import Callable
from typing import Any

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.membership.base import MembershipLost

OK = 1
TRY_AGAIN = 6
DISPATCH_ALL = 2

_NAMES = {
    2: "not running or connection lost",
    4: "not ready",
    5: "timeout",
    6: "busy",
    9: "connection lost",
    11: "access denied",
    12: "does not exist",
    18: "no resources",
    20: "not possible",
    100: "access denied",
}
_PATIENCE = 5.0
_PAUSE = 0.05


class CorosyncError(MembershipLost):
    """A call to Corosync failed; `code` is its `cs_error_t`."""

    def __init__(self, call: str, number: int) -> None:
        super().__init__(f"Corosync: {call}: {_NAMES.get(number, f'error {number}')}")
        self.number = number


def load(name: str) -> Any:
    """A shared library; raises `PcmkError` (CONFIG) that tells what to install."""
    try:
        return ctypes.CDLL(name)
    except OSError as error:
        raise PcmkError(ExitCode.CONFIG, f"Corosync 3 is not installed: {error}") from error


def check(call: str, number: int) -> None:
    """Raises `CorosyncError` unless a call succeeded."""
    if number != OK:
        raise CorosyncError(call, number)


def patiently(call: str, attempt: Callable[[], int]) -> None:
    """Make a call again while Corosync is busy, for some seconds; `CorosyncError` if it fails."""
    end = time.monotonic() + _PATIENCE
    while (number := attempt()) == TRY_AGAIN and time.monotonic() < end:
        time.sleep(_PAUSE)
    check(call, number)


class RingId(ctypes.Structure):
    """`quorum_ring_id`, `cpg_ring_id`."""

    _fields_ = [("nodeid", ctypes.c_uint32), ("seq", ctypes.c_uint64)]


class Callbacks:
    """Exceptions can't pass through C: the first one of a dispatch waits here until that returns."""

    def __init__(self) -> None:
        self._error: Exception | None = None

    def guard(self, work: Callable[[], None]) -> None:
        """Run what a callback does."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - raised again by `dispatched`
            self._error = self._error or error

    def dispatched(self) -> None:
        """Raise what a callback raised."""
        error, self._error = self._error, None
        if error is not None:
            raise error
