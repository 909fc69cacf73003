"""Corosync's client libraries, loaded when they are needed, and what its services have in common.

The shapes are those of Corosync 3 (`corosync/*.h`).
"""

import ctypes
import time
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.membership.base import MembershipLost

OK = 1

_TRY_AGAIN = 6
_DISPATCH_ALL = 2

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
    """A call to Corosync failed."""

    def __init__(self, service: str, number: int) -> None:
        super().__init__(f"Corosync: {service}: {_NAMES.get(number, f'error {number}')}")


@cache
def load(name: str) -> Any:
    """A shared library; raises `PcmkError` (CONFIG) that tells what to install."""
    try:
        return ctypes.CDLL(name)
    except OSError as error:
        raise PcmkError(ExitCode.CONFIG, f"Corosync 3 is not installed: {error}") from error


class RingId(ctypes.Structure):
    """`quorum_ring_id`, `cpg_ring_id`."""

    _fields_ = [("nodeid", ctypes.c_uint32), ("seq", ctypes.c_uint64)]


class Service:
    """A connection to a service. What happens is called back by `dispatch`.

    All methods raise `CorosyncError`, and `PcmkError` (CONFIG) where the library is missing.
    """

    name: ClassVar[str]
    library: ClassVar[str]
    prefix: ClassVar[str]
    """What the names of its functions begin with."""

    def __init__(self) -> None:
        self._handle = ctypes.c_uint64()
        # Exceptions can't pass through C: the first one of a dispatch waits here until that returns.
        self._error: Exception | None = None

    @property
    def descriptor(self) -> int:
        """Readable when `dispatch` has work."""
        descriptor = ctypes.c_int()
        self._check(self._function("fd_get")(self._handle, ctypes.byref(descriptor)))
        return descriptor.value

    def dispatch(self) -> None:
        """Call back what has happened; raises what a callback raised, too."""
        self._check(self._function("dispatch")(self._handle, _DISPATCH_ALL))
        error, self._error = self._error, None
        if error is not None:
            raise error

    def close(self) -> None:
        """Give up the connection."""
        self._function("finalize")(self._handle)

    def _function(self, name: str) -> Any:
        return getattr(load(self.library), f"{self.prefix}_{name}")

    def _check(self, number: int) -> None:
        if number != OK:
            raise CorosyncError(self.name, number)

    def _begin(self, attempt: Callable[[], int]) -> None:
        """What makes a connection useful. It is tried for some seconds while Corosync is busy; without it there is no
        connection."""
        end = time.monotonic() + _PATIENCE
        while (number := attempt()) == _TRY_AGAIN and time.monotonic() < end:
            time.sleep(_PAUSE)
        if number != OK:
            self.close()
        self._check(number)

    def _guard(self, work: Callable[[], None]) -> None:
        """Run what a callback does."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - raised again by `dispatch`
            self._error = self._error or error
