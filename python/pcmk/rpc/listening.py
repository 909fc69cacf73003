"""What a program hears of a daemon for as long as it likes: notices, and streams."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Timer
from typing import Any

import grpc

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.rpc import convert, options
from pcmk.rpc.services import Service, notice_class
from pcmk.rpc.status import FAILURE_KEY, failure_of
from pcmk.rpc.v1 import link_pb2


class Listener:
    """A connection to one daemon. Every failure is a `PcmkError`."""

    def __init__(self, service: Service, path: Path, metadata: tuple[tuple[str, str], ...]) -> None:
        self._service = service
        self._metadata = metadata
        self._channel: Any = grpc.insecure_channel(f"unix:{path}", options=options.CHANNEL)

    def watch(self, timeout: float | None) -> "Notices":
        """Subscribe; everything published from the return on will be seen."""
        method = self._channel.unary_stream(options.path_of(self._service.name, "Watch"))
        request = link_pb2.WatchRequest().SerializeToString()
        stream: Any = method(request, timeout=timeout, metadata=self._metadata)
        try:
            subscribed = options.READY_KEY in dict(stream.initial_metadata())
            if not subscribed:
                next(stream)
        except grpc.RpcError as error:
            raise _refused(error) from None
        return Notices(self._service, stream)

    def follow(self, name: str, body: Message) -> "Followed":
        """Listen to a stream of the service, which begins with what `body` asks for."""
        (stream,) = (stream for stream in self._service.streams if stream.name == name)
        method = self._channel.unary_stream(
            options.path_of(self._service.name, name),
            request_serializer=convert.to_bytes,
            response_deserializer=partial(convert.from_bytes, stream.answer),
        )
        return Followed(method(body, metadata=self._metadata))

    def close(self) -> None:
        """Hang up."""
        self._channel.close()


class Notices:
    """Notices of a daemon, in order. Iteration does not end; it raises `PcmkError` when the connection breaks."""

    def __init__(self, service: Service, stream: Any) -> None:
        self._wrapper = notice_class(service)
        self._kinds = {convert.twin_of(kind).DESCRIPTOR.full_name: kind for kind in service.notices}
        self._stream = stream

    def __enter__(self) -> "Notices":
        return self

    def __exit__(self, *_error: object) -> None:
        self._stream.cancel()

    def __iter__(self) -> Iterator[Message]:
        return self

    def __next__(self) -> Message:
        while True:
            try:
                data = next(self._stream)
            except grpc.RpcError as error:
                raise _refused(error) from None
            except StopIteration:
                raise PcmkError(ExitCode.DISCONNECT, "the daemon ended") from None
            notice: Any = self._wrapper.FromString(data)
            field = notice.WhichOneof("body")
            if field is not None:
                twin = getattr(notice, field)
                return convert.from_proto(self._kinds[twin.DESCRIPTOR.full_name], twin)


class Followed:
    """What a stream says, in order. Iteration does not end; it raises `PcmkError` when the connection breaks, or (code
    TIMEOUT) when there was no sign of life in time."""

    def __init__(self, stream: Any, patience: float = 3 * options.HEARTBEAT_SECONDS) -> None:
        self._stream = stream
        self._patience = patience
        self._silent = False

    def __enter__(self) -> "Followed":
        return self

    def __exit__(self, *_error: object) -> None:
        self._stream.cancel()

    def __iter__(self) -> Iterator[Message]:
        return self

    def __next__(self) -> Message:
        watchdog = Timer(self._patience, self._give_up)
        watchdog.daemon = True
        watchdog.start()
        try:
            message: Message = next(self._stream)
        except StopIteration:
            raise PcmkError(ExitCode.DISCONNECT, "the daemon ended") from None
        except grpc.RpcError as error:
            if self._silent:
                raise PcmkError(ExitCode.TIMEOUT, f"no sign of life for {self._patience:g} s") from None
            raise _refused(error) from None
        finally:
            watchdog.cancel()
        return message

    def _give_up(self) -> None:
        self._silent = True
        self._stream.cancel()


def _refused(error: Any) -> PcmkError:
    trailing: dict[str, bytes] = dict(error.trailing_metadata() or ())
    details = trailing.get(FAILURE_KEY, b"")
    failure = failure_of(error.code().value[0], error.details() or "", details)
    return PcmkError(failure.code, failure.message)
