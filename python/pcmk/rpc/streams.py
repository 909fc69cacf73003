"""The client's side of a long-lived stream, with what gRPC raises when it breaks turned into plain ends."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import grpc
import grpc.aio

from pcmk.rpc.outbox import Outbox, OutboxFullError


def stream_stream(channel: grpc.aio.Channel, method: str, metadata: tuple[tuple[str, str], ...]) -> Any:
    """Open a stream that carries bytes both ways."""
    call: Any = cast(Any, channel).stream_stream(method)
    return call(metadata=metadata)


def stream_unary(channel: grpc.aio.Channel, method: str) -> Any:
    """Open a stream that carries bytes to the server."""
    call: Any = cast(Any, channel).stream_unary(method)
    return call()


async def accepted(stream: Any, key: str) -> str | None:
    """Wait for the server's first metadata; their value of `key`, or None if the server did not accept the stream."""
    try:
        metadata = await stream.initial_metadata()
    except grpc.aio.AioRpcError:
        return None
    except asyncio.CancelledError:
        _unless_task_is_cancelled()
        return None
    return dict(metadata).get(key)


async def messages_of(stream: Any) -> AsyncIterator[bytes]:
    """What the server sends, until the stream ends for whatever reason."""
    while True:
        try:
            data = await stream.read()
        except grpc.aio.AioRpcError:
            return
        except asyncio.CancelledError:
            _unless_task_is_cancelled()
            return
        if not isinstance(data, bytes):
            return
        yield data
        # Large ones would be held until the next one comes.
        del data


async def end_of(stream: Any) -> grpc.StatusCode:
    """Wait until the stream ended."""
    try:
        code: grpc.StatusCode = await stream.code()
    except asyncio.CancelledError:
        _unless_task_is_cancelled()
        return grpc.StatusCode.CANCELLED
    return code


async def write_to(stream: Any, outbox: Outbox) -> None:
    """Write what the outbox gets, until it is closed; breaks the stream if that is not possible."""
    try:
        await outbox.write_all(stream.write)
        await stream.done_writing()
    except (OutboxFullError, grpc.aio.AioRpcError, asyncio.InvalidStateError):
        stream.cancel()
    except asyncio.CancelledError:
        _unless_task_is_cancelled()


def _unless_task_is_cancelled() -> None:
    """gRPC raises CancelledError for a stream that was cancelled, too; only that of the task must go on."""
    if _task_is_cancelled():
        raise asyncio.CancelledError


def _task_is_cancelled() -> bool:
    # Not in a frame that the exception holds, for the task holds the exception: the channel in that circle would go on
    # connecting until somebody collects it.
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
