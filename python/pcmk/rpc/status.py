"""`Failure` as the status of a gRPC call, and back."""

from typing import Any, NoReturn

import grpc
import grpc.aio

from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import Failure
from pcmk.rpc import convert

FAILURE_KEY = "pcmk-failure-bin"
# The status text is for people who look at the wire; the failure itself travels in the metadata.
_TEXT = 200
_MESSAGE = 64 * 1024

_CODES: dict[int, grpc.StatusCode] = {
    ExitCode.NOSUCH: grpc.StatusCode.NOT_FOUND,
    ExitCode.EXISTS: grpc.StatusCode.ALREADY_EXISTS,
    ExitCode.INSUFFICIENT_PRIV: grpc.StatusCode.PERMISSION_DENIED,
    ExitCode.NOPERM: grpc.StatusCode.PERMISSION_DENIED,
    ExitCode.INVALID_PARAM: grpc.StatusCode.INVALID_ARGUMENT,
    ExitCode.USAGE: grpc.StatusCode.INVALID_ARGUMENT,
    ExitCode.DATAERR: grpc.StatusCode.INVALID_ARGUMENT,
    ExitCode.UNIMPLEMENT_FEATURE: grpc.StatusCode.UNIMPLEMENTED,
}

_WITHOUT_FAILURE = {
    grpc.StatusCode.UNAVAILABLE: (ExitCode.DISCONNECT, "connection lost"),
    grpc.StatusCode.CANCELLED: (ExitCode.DISCONNECT, "connection closed"),
    grpc.StatusCode.DEADLINE_EXCEEDED: (ExitCode.TIMEOUT, "no answer in time"),
    grpc.StatusCode.UNIMPLEMENTED: (ExitCode.PROTOCOL, "the daemon does not know this request"),
    grpc.StatusCode.RESOURCE_EXHAUSTED: (ExitCode.PROTOCOL, "message or queue too large"),
    grpc.StatusCode.PERMISSION_DENIED: (ExitCode.INSUFFICIENT_PRIV, "permission denied"),
}


async def abort(context: "grpc.aio.ServicerContext[Any, Any]", failure: Failure) -> NoReturn:
    """End a call of the server with a failure."""
    short = Failure(failure.code, failure.message[:_MESSAGE])
    await context.abort(
        _CODES.get(failure.code, grpc.StatusCode.ABORTED),
        failure.message[:_TEXT],
        trailing_metadata=((FAILURE_KEY, convert.to_bytes(short)),),
    )
    raise AssertionError("abort returned")


def failure_of(code: grpc.StatusCode, details: str, trailing: Any) -> Failure:
    """What a call ended with: the failure that the daemon sent, or one made up for a broken or late call."""
    for key, value in trailing or ():
        if key == FAILURE_KEY:
            return convert.from_bytes(Failure, value)
    exit_code, text = _WITHOUT_FAILURE.get(code, (ExitCode.PROTOCOL, code.name))
    return Failure(exit_code, f"{text}: {details}" if details else text)
