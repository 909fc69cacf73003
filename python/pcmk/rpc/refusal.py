"""Ends a call of a server with a `Failure`."""

from typing import Any, NoReturn

import grpc
import grpc.aio

from pcmk.kernel.messages.common import Failure
from pcmk.rpc import convert
from pcmk.rpc.status import FAILURE_KEY, STATUSES, Status

# The status text is for people who look at the wire; the failure itself travels in the metadata.
_TEXT = 200
_MESSAGE = 64 * 1024
_CODES: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}


async def abort(context: "grpc.aio.ServicerContext[Any, Any]", failure: Failure) -> NoReturn:
    """End a call with a failure."""
    short = Failure(failure.code, failure.message[:_MESSAGE])
    await context.abort(
        _CODES[STATUSES.get(failure.code, Status.ABORTED)],
        failure.message[:_TEXT],
        trailing_metadata=((FAILURE_KEY, convert.to_bytes(short)),),
    )
    raise AssertionError("abort returned")
