"""`Failure` as the status of a gRPC call, and back. What ends calls of a server is in `pcmk.rpc.refusal`."""

from enum import IntEnum

from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import Failure
from pcmk.rpc import convert

FAILURE_KEY = "pcmk-failure-bin"


class Status(IntEnum):
    """The numbers of gRPC, without the time that it takes to load it."""

    OK = 0
    CANCELLED = 1
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    ABORTED = 10
    UNIMPLEMENTED = 12
    UNAVAILABLE = 14


STATUSES: dict[int, Status] = {
    ExitCode.NOSUCH: Status.NOT_FOUND,
    ExitCode.EXISTS: Status.ALREADY_EXISTS,
    ExitCode.INSUFFICIENT_PRIV: Status.PERMISSION_DENIED,
    ExitCode.NOPERM: Status.PERMISSION_DENIED,
    ExitCode.INVALID_PARAM: Status.INVALID_ARGUMENT,
    ExitCode.USAGE: Status.INVALID_ARGUMENT,
    ExitCode.DATAERR: Status.INVALID_ARGUMENT,
    ExitCode.UNIMPLEMENT_FEATURE: Status.UNIMPLEMENTED,
}
"""The status with which a call ends that fails with a code; ABORTED for all others."""

_WITHOUT_FAILURE: dict[int, tuple[ExitCode, str]] = {
    Status.UNAVAILABLE: (ExitCode.DISCONNECT, "connection lost"),
    Status.CANCELLED: (ExitCode.DISCONNECT, "connection closed"),
    Status.DEADLINE_EXCEEDED: (ExitCode.TIMEOUT, "no answer in time"),
    Status.UNIMPLEMENTED: (ExitCode.PROTOCOL, "the daemon does not know this request"),
    Status.RESOURCE_EXHAUSTED: (ExitCode.PROTOCOL, "message or queue too large"),
    Status.PERMISSION_DENIED: (ExitCode.INSUFFICIENT_PRIV, "permission denied"),
}


def failure_of(status: int, words: str, details: bytes) -> Failure:
    """What a call ended with: the failure that the daemon sent (metadata of `FAILURE_KEY`), or, without one, one made
    up for a broken or late call."""
    if details:
        return convert.from_bytes(Failure, details)
    code, text = _WITHOUT_FAILURE.get(status, (ExitCode.PROTOCOL, f"status {status} of gRPC"))
    return Failure(code, f"{text}: {words}" if words else text)
