"""The link from a daemon to another daemon of its node."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from msgspec import Struct

from pcmk.kernel.core import CallResult, LinkDown, LinkUp, Notice
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Failure
from pcmk.rpc import convert, options
from pcmk.rpc.claim import link_socket
from pcmk.rpc.outbox import Outbox
from pcmk.rpc.probe import probe
from pcmk.rpc.services import service_of
from pcmk.rpc.streams import accepted, messages_of, stream_stream, write_to
from pcmk.rpc.v1 import link_pb2

_FIRST_DELAY = 0.02
_LAST_DELAY = 0.5

PATIENCE = 0.02
"""Long enough that a burst of notices costs little, short enough for work that goes on by them."""


class _Waiting(Struct, frozen=True):
    """A call that is not answered yet: the core's number of it, and when it is given up."""

    id: int
    answers: dict[str, type[Message]]
    timeout: asyncio.TimerHandle


class Link:
    """Keeps one stream to a daemon; posts `LinkUp`, `LinkDown`, `Notice` and `CallResult`.

    `path` is the daemon's public socket. Calls reach the daemon in the order in which they were made. Answers and
    notices come in the order in which the daemon gave them. Of notices that may come many in a row, those after the
    first wait for others, at most `patience` seconds.
    """

    def __init__(
        self, own: Daemon, other: Daemon, path: Path, post: Callable[[Any], None], patience: float = PATIENCE
    ) -> None:
        self._own = own
        self._patience = patience
        self._other = other
        self._path = link_socket(path)
        self._post = post
        service = service_of(other)
        failure = {convert.type_url(Failure): Failure}
        self._answers: dict[type[Message], dict[str, type[Message]]] = {
            request: {convert.type_url(answer): answer, **failure} for request, answer in service.methods
        }
        self._notices = {convert.type_url(notice): notice for notice in service.notices}
        self._outbox: Outbox | None = None
        self._waiting: dict[int, _Waiting] = {}
        self._last_call = 0

    async def run(self) -> None:
        """Connect, and connect anew whenever the stream breaks, until cancelled."""
        delay = _FIRST_DELAY
        while True:
            if probe(self._path) is None and await self._connection():
                delay = _FIRST_DELAY
            await asyncio.sleep(delay)
            delay = min(delay * 2, _LAST_DELAY)

    def call(self, id: int, body: Message, timeout: float) -> None:
        """Ask; a `CallResult` is posted in every case, at once if the link is down."""
        answers = self._answers.get(type(body))
        if answers is None:
            raise TypeError(f"{type(body).__name__} is no request of {self._other}; see pcmk.rpc.services")
        if self._outbox is None:
            self._post(CallResult(id, Failure(ExitCode.DISCONNECT, f"{self._other} is not running")))
            return
        self._last_call += 1
        number = self._last_call
        call = link_pb2.LinkCall(id=number)
        convert.set_any(call.body, body)
        given_up = asyncio.get_running_loop().call_later(timeout, self._give_up, number)
        self._waiting[number] = _Waiting(id, answers, given_up)
        self._outbox.put(_chunk(call))

    def _give_up(self, number: int) -> None:
        waiting = self._waiting.pop(number)
        if self._outbox is not None:
            self._outbox.put(_chunk(link_pb2.LinkCall(id=number)))
        self._post(CallResult(waiting.id, Failure(ExitCode.TIMEOUT, f"no answer of {self._other} in time")))

    async def _connection(self) -> bool:
        """One life of the stream; whether it was ever up."""
        async with grpc.aio.insecure_channel(f"unix:{self._path}", options=options.CHANNEL) as channel:
            metadata = (
                (options.CLIENT_KEY, self._own.value),
                (options.PID_KEY, str(os.getpid())),
                (options.PATIENCE_KEY, str(self._patience)),
            )
            stream = stream_stream(channel, options.LINK_METHOD, metadata)
            if not await accepted(stream, options.READY_KEY):
                return False
            self._outbox = Outbox(joins=True)
            writer = asyncio.create_task(write_to(stream, self._outbox))
            self._post(LinkUp(self._other))
            try:
                async for data in messages_of(stream):
                    self._take(data)
                    del data
            finally:
                writer.cancel()
                self._down()
            return True

    def _take(self, data: bytes) -> None:
        for event in link_pb2.LinkEvents.FromString(data).events:
            self._happened(event)

    def _happened(self, event: Any) -> None:
        if event.id == 0:
            self._post(Notice(self._other, convert.from_any(self._notices, event.body)))
            return
        waiting = self._waiting.pop(event.id, None)
        if waiting is None:
            return
        waiting.timeout.cancel()
        try:
            body = convert.from_any(waiting.answers, event.body)
        except ValueError as error:
            body = Failure(ExitCode.PROTOCOL, f"{self._other}: {error}")
        self._post(CallResult(waiting.id, body))

    def _down(self) -> None:
        self._outbox = None
        broken, self._waiting = self._waiting, {}
        for waiting in broken.values():
            waiting.timeout.cancel()
            self._post(CallResult(waiting.id, Failure(ExitCode.DISCONNECT, f"{self._other} ended or closed the link")))
        self._post(LinkDown(self._other))


def _chunk(call: link_pb2.LinkCall) -> bytes:
    return link_pb2.LinkCalls(calls=(call,)).SerializeToString()
