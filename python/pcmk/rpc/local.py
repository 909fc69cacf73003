"""The sockets on which a daemon serves the tools and the other daemons of its node.

Tools come to the public socket (`NAME.sock`, open to root and the group of cluster administrators), where the kernel
tells who they are (`pcmk.rpc.reception`). Daemons, and commands of the same user (`pcmk.rpc.calls`), come straight to
the socket that gRPC serves (`NAME.link`), which is open to the user alone that the daemons run as; `NAME.life` is as
well, where signs of life are asked for (`pcmk.rpc.pulse`). The folder is writable for its owner alone. The program's
name in `Client` is what the client says of itself; the process id of who came straight, too.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Protocol

import grpc
import grpc.aio

from pcmk.kernel.core import Client
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Failure
from pcmk.rpc import convert, options
from pcmk.rpc.claim import Claim, made_with
from pcmk.rpc.outbox import Outbox, OutboxFullError
from pcmk.rpc.pulse import Pulse
from pcmk.rpc.reception import Reception, own_credentials
from pcmk.rpc.refusal import abort
from pcmk.rpc.services import Service, Stream, notice_class, service_of
from pcmk.rpc.v1 import link_pb2

PAUSE_SECONDS = 0.5
"""How often at most those are told who are not privileged."""
_SHUTTING_DOWN = Failure(ExitCode.DISCONNECT, "the daemon is shutting down")

Context = grpc.aio.ServicerContext[Any, Any]


class Door(Protocol):
    """Who answers: the actor."""

    def request(self, client: Client, body: Message, answer: Callable[[Message], None]) -> int:
        """Take a request; `answer` is called once, unless `request_gone` comes first."""
        ...

    def request_gone(self, id: int) -> None:
        """Nobody waits for the answer any more."""
        ...


class LocalServer:
    """Serves one daemon's API and the links of the other daemons."""

    def __init__(self, daemon: Daemon, path: Path, door: Door, log: Callable[[str, str], None]) -> None:
        self._service = service_of(daemon)
        self._claim = Claim(path)
        self._pulse = Pulse(self._claim.pulse_socket)
        self._reception = Reception(path, self._claim.link_socket, log)
        # Looked up once: the database of users may be on another machine.
        self._own = own_credentials()
        self._door = door
        self._log = log
        self._server: grpc.aio.Server | None = None
        # Subscribers, and whether they are privileged.
        self._watchers: dict[Outbox, bool] = {}
        self._links: set[Outbox] = set()
        self._unanswered: set[asyncio.Future[Message]] = set()
        self._stopping = False
        self._notices = {kind: _field_name(self._service, kind) for kind in self._service.notices}
        self._requests = {convert.type_url(request): request for request, _answer in self._service.methods}
        self._answers = dict(self._service.methods)

    def claim(self) -> None:
        """Make sure to be the only instance; raises `PcmkError` (see `Claim.take`)."""
        self._claim.take()

    async def start(self) -> None:
        """Listen; needs the claim."""
        server = grpc.aio.server(options=options.SERVER)
        methods = {request.__name__: self._method(request) for request in self._answers}
        methods["Watch"] = grpc.unary_stream_rpc_method_handler(self._watch)
        methods |= {stream.name: self._stream(stream) for stream in self._service.streams}
        name = options.SERVICE_PREFIX + self._service.name
        server.add_generic_rpc_handlers(
            (
                grpc.method_handlers_generic_handler(name, methods),
                grpc.method_handlers_generic_handler(
                    "pcmk.v1.Link", {"Open": grpc.stream_stream_rpc_method_handler(self._link)}
                ),
            )
        )
        with made_with(0o600):
            server.add_insecure_port(f"unix:{self._claim.link_socket}")
        await server.start()
        self._server = server
        self._pulse.open()
        self._reception.open()
        self._claim.share_with_group()

    def publish(self, body: Message) -> None:
        """Send a notice to every subscriber."""
        if type(body) not in self._notices:
            raise TypeError(f"{type(body).__name__} is no notice of {self._service.name}; see pcmk.rpc.services")
        for audience, told in ((True, body), (False, self._service.public(body))):
            watchers = [watcher for watcher, privileged in self._watchers.items() if privileged is audience]
            if watchers and told is not None:
                notice = self._notice(told)
                for watcher in watchers:
                    watcher.put(notice)
        if self._links:
            event = _link_event(0, body)
            for link in self._links:
                link.put(event, can_wait=type(body) in self._service.can_wait)

    async def stop(self, grace: float) -> None:
        """Send what is waiting, refuse what is unanswered, then close; at most `grace` seconds."""
        self._stopping = True
        self._reception.close()
        self._pulse.close()
        for unanswered in list(self._unanswered):
            if not unanswered.done():
                unanswered.set_result(_SHUTTING_DOWN)
        for outbox in (*self._watchers, *self._links):
            outbox.close()
        if self._server is not None:
            await self._server.stop(grace)
        self._claim.release()

    def _notice(self, body: Message) -> bytes:
        notice = notice_class(self._service)(**{self._notices[type(body)]: convert.to_proto(body)})
        data: bytes = notice.SerializeToString()
        return data

    def _method(self, request: type[Message]) -> Any:
        async def handle(body: Message, context: Context) -> Message:
            answer = await self._ask(self._client(context), body)
            if isinstance(answer, Failure):
                await abort(context, answer)
            return answer

        return grpc.unary_unary_rpc_method_handler(
            handle,
            request_deserializer=lambda data: convert.from_bytes(request, data),
            response_serializer=convert.to_bytes,
        )

    def _stream(self, stream: Stream) -> Any:
        async def handle(opening: Message, context: Context) -> None:
            client = self._client(context)
            body = stream.opening(opening)
            answer = await self._ask(client, body)
            while not isinstance(answer, Failure):
                await context.write(answer)
                if not client.privileged:
                    # What they may see costs a look at everything each time.
                    await asyncio.sleep(PAUSE_SECONDS)
                body = stream.next(body, answer)
                try:
                    async with asyncio.timeout(options.HEARTBEAT_SECONDS):
                        answer = await self._ask(client, body)
                except TimeoutError:
                    answer = await self._ask(client, stream.now(body))
            await abort(context, answer)

        return grpc.unary_stream_rpc_method_handler(
            handle,
            request_deserializer=lambda data: convert.from_bytes(stream.request, data),
            response_serializer=convert.to_bytes,
        )

    async def _ask(self, client: Client, body: Message) -> Message:
        if self._stopping:
            return _SHUTTING_DOWN
        if not client.privileged and type(body) in self._service.privileged:
            return _not_allowed(client, type(body).__name__)
        waiting: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._unanswered.add(waiting)

        def answer(message: Message) -> None:
            if not waiting.done():
                waiting.set_result(message)

        id = self._door.request(client, body, answer)
        try:
            return self._checked(body, await waiting)
        except asyncio.CancelledError:
            self._door.request_gone(id)
            raise
        finally:
            self._unanswered.discard(waiting)

    def _checked(self, request: Message, answer: Message) -> Message:
        """The answer, if it has the type that the API promises; all else is a bug that the client should hear of."""
        if isinstance(answer, (Failure, self._answers[type(request)])):
            return answer
        text = f"{type(request).__name__} was answered by {type(answer).__name__}"
        self._log("error", f"Bug: {text}")
        return Failure(ExitCode.SOFTWARE, text)

    def _client(self, context: Context) -> Client:
        said = dict(context.invocation_metadata() or ())
        name = str(said.get(options.CLIENT_KEY, "unknown"))
        proven = self._reception.who(context.peer())
        if proven is not None:
            return Client(name, proven.pid, proven.uid, proven.user, proven.privileged, proven.groups)
        pid = str(said.get(options.PID_KEY, ""))
        return Client(name, int(pid) if pid.isdigit() else 0, self._own.uid, self._own.user)

    def _outbox(self, *, joins: bool, patience: float = 0.0) -> Outbox:
        outbox = Outbox(joins=joins, patience=patience)
        if self._stopping:
            outbox.close()
        return outbox

    async def _watch(self, _request: bytes, context: Context) -> None:
        outbox = self._outbox(joins=False)
        self._watchers[outbox] = self._client(context).privileged
        try:
            await context.send_initial_metadata(((options.READY_KEY, "1"),))
            await outbox.write_all(context.write)
        except OutboxFullError:
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "notices are read too slowly")
        finally:
            del self._watchers[outbox]

    async def _link(self, calls: AsyncIterator[bytes], context: Context) -> None:
        client = self._client(context)
        if not client.privileged:
            await abort(context, _not_allowed(client, "a link"))
        said = dict(context.invocation_metadata() or ())
        outbox = self._outbox(joins=True, patience=float(said.get(options.PATIENCE_KEY, 0)))
        link = _ServedLink(self._door, client, self._requests, self._checked, outbox)
        self._links.add(outbox)
        reader: asyncio.Task[None] | None = None
        try:
            await context.send_initial_metadata(((options.READY_KEY, "1"),))
            reader = asyncio.create_task(link.read(calls))
            reader.add_done_callback(lambda _task: outbox.close())
            await outbox.write_all(context.write)
        except OutboxFullError:
            self._log("warning", f"{link.client.name} reads too slowly; closing its link")
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "events are read too slowly")
        finally:
            self._links.discard(outbox)
            link.gone()
            if reader is not None:
                reader.cancel()
                for error in await asyncio.gather(reader, return_exceptions=True):
                    if isinstance(error, Exception):
                        self._log("error", f"Link of {link.client.name}: {error!r}")


class _ServedLink:
    """The calls of one daemon that is connected here."""

    def __init__(
        self,
        door: Door,
        client: Client,
        requests: dict[str, type[Message]],
        checked: Callable[[Message, Message], Message],
        outbox: Outbox,
    ) -> None:
        self.client = client
        self._door = door
        self._requests = requests
        self._checked = checked
        self._outbox = outbox
        # The caller's number of each unanswered call, and ours.
        self._open: dict[int, int] = {}

    async def read(self, calls: AsyncIterator[bytes]) -> None:
        async for data in calls:
            for call in link_pb2.LinkCalls.FromString(data).calls:
                if call.HasField("body"):
                    self._begin(call.id, call.body)
                elif (ours := self._open.pop(call.id, None)) is not None:
                    self._door.request_gone(ours)

    def gone(self) -> None:
        for ours in self._open.values():
            self._door.request_gone(ours)
        self._open.clear()

    def _begin(self, id: int, packed: Any) -> None:
        try:
            body = convert.from_any(self._requests, packed)
        except ValueError as error:
            self._outbox.put(_link_event(id, Failure(ExitCode.PROTOCOL, str(error))))
            return

        def answer(message: Message) -> None:
            if self._open.pop(id, None) is not None:
                self._outbox.put(_link_event(id, self._checked(body, message)))

        self._open[id] = self._door.request(self.client, body, answer)


def _not_allowed(client: Client, what: str) -> Failure:
    return Failure(ExitCode.INSUFFICIENT_PRIV, f"Permission denied: {what} is not for {client.user}")


def _link_event(id: int, body: Message) -> bytes:
    event = link_pb2.LinkEvent(id=id)
    convert.set_any(event.body, body)
    return link_pb2.LinkEvents(events=(event,)).SerializeToString()


def _field_name(service: Service, kind: type[Message]) -> str:
    for field in notice_class(service).DESCRIPTOR.fields:
        if field.message_type.name == kind.__name__:
            return field.name
    raise TypeError(f"{service.name}Notice has no place for {kind.__name__}")
