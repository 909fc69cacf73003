"""The streams between the same daemon of all members of the view."""

import asyncio
import contextlib
import importlib
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeAlias, cast

import grpc
import grpc.aio

from pcmk.kernel.core import PeerMessage
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Member, View
from pcmk.rpc import convert, options
from pcmk.rpc.knocks import PATIENCE, Knocks
from pcmk.rpc.outbox import Outbox
from pcmk.rpc.peer import Incoming, Outgoing, Peer
from pcmk.rpc.streams import accepted, end_of, stream_unary, write_to
from pcmk.rpc.tls import Identity, certificate_name
from pcmk.rpc.v1 import peer_pb2

Context = grpc.aio.ServicerContext[Any, Any]
Spawn: TypeAlias = Callable[[Coroutine[Any, Any, None], str], "asyncio.Task[None]"]
Log: TypeAlias = Callable[[str, str], None]

_PORTS = {Daemon.BASED: 0, Daemon.ATTRD: 1, Daemon.CONTROLD: 2, Daemon.FENCED: 3}
_FIRST_DELAY = 0.05
_LAST_DELAY = 1.0
_BIND_DELAY = 1.0
_HELLO_SECONDS = 5.0


def peer_messages(daemon: Daemon) -> tuple[type[Message], ...]:
    """What this daemon may say to its peers: the message classes in its `kernel.messages.NAME_peer`."""
    name = daemon.value.removeprefix("pacemaker-")
    module = importlib.import_module(f"pcmk.kernel.messages.{name}_peer")
    return tuple(kind for _name, kind in inspect.getmembers(module, inspect.isclass) if issubclass(kind, Message))


class Peers:
    """Keeps a stream each way to every other member; posts `PeerUp`, `PeerDown` and `PeerMessage`.

    `identity` is asked before each connection for what to prove and to check with, from any thread.
    """

    def __init__(
        self,
        daemon: Daemon,
        node: str,
        incarnation: str,
        identity: Callable[[], Identity],
        kinds: tuple[type[Message], ...],
        post: Callable[[Any], None],
        spawn: Spawn,
        log: Log,
        patience: float = PATIENCE,
    ) -> None:
        self._offset = _PORTS[daemon]
        self._node = node
        self._incarnation = incarnation
        self._identity = identity
        self._kinds = {convert.type_url(kind): kind for kind in kinds}
        self._post = post
        self._spawn = spawn
        self._log = log
        self._patience = patience
        self._knocks: Knocks | None = None
        self._view_id = 0
        self._peers: dict[str, Peer] = {}
        self._members: dict[str, Member] = {}
        self._connecting: dict[str, asyncio.Task[None]] = {}
        self._listening: asyncio.Task[None] | None = None
        self._server: grpc.aio.Server | None = None
        # Whose refusal is in the log already; a peer that is refused tries again all the time.
        self._refused: set[tuple[str, str]] = set()
        # What was sent last (message, term, view), and as what.
        self._last_said: tuple[tuple[Message, int, int] | None, bytes] = None, b""
        self._closing = False

    def view_changed(self, view: View) -> None:
        """Leave those who left, at once, and connect to those who came. Who is no member itself has no peers."""
        self._view_id = view.id
        self._refused.clear()
        members = {member.name: member for member in view.members}
        own = members.pop(self._node, None)
        if own is None:
            members = {}
        for name, member in self._members.items():
            if members.get(name) != member:
                self._connecting.pop(name).cancel()
                self._peers.pop(name).reset()
        for name, member in members.items():
            if name not in self._peers:
                peer = self._peers[name] = Peer(name, self._post)
                self._connecting[name] = self._spawn(self._keep_connected(peer, member), f"stream to {name}")
        self._members = members
        if own is not None and self._listening is None:
            self._listening = self._spawn(self._listen(own), "listener for peers")

    def send(self, node: str, term: int, body: Message) -> None:
        """Send to the peer on a node; lost if it is not up."""
        if convert.type_url(type(body)) not in self._kinds:
            raise TypeError(f"{type(body).__name__} is no message between peers of this daemon")
        if node == self._node:
            raise ValueError("a message to the own node must not be sent")
        peer = self._peers.get(node)
        outbox = peer.outbox if peer is not None else None
        if outbox is not None:
            outbox.put(self._packed(term, body))

    def _packed(self, term: int, body: Message) -> bytes:
        # Most of what is said is said to all members, one after the other.
        said, chunk = self._last_said
        if said is None or said[0] is not body or said[1:] != (term, self._view_id):
            envelope = peer_pb2.Envelope(view_id=self._view_id, term=term)
            convert.set_any(envelope.body, body)
            chunk = _chunk(envelope)
            self._last_said = (body, term, self._view_id), chunk
        return chunk

    async def close(self, grace: float) -> None:
        """Write what is waiting, then close everything; at most `grace` seconds."""
        self._closing = True
        tasks = list(self._connecting.values())
        for peer in self._peers.values():
            if peer.outbox is not None:
                peer.outbox.close()
            else:
                self._connecting[peer.node].cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
        for task in (*tasks, *([self._listening] if self._listening is not None else [])):
            task.cancel()
        for peer in self._peers.values():
            peer.reset()
        if self._server is not None:
            await self._server.stop(0)

    # ---- to the peer ------------------------------------------------------------------------------

    async def _keep_connected(self, peer: Peer, member: Member) -> None:
        delay = _FIRST_DELAY
        # Links are tried in turn, beginning with the one that worked last.
        link = 0
        while True:
            was_up = await self._connection(peer, member, member.hosts[link])
            if self._closing:
                return
            if not was_up:
                link = (link + 1) % len(member.hosts)
                if link:
                    continue
            delay = _FIRST_DELAY if was_up else min(delay * 2, _LAST_DELAY)
            peer.knocked.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(peer.knocked.wait(), delay)

    async def _connection(self, peer: Peer, member: Member, host: str) -> bool:
        """One life of the stream; whether the peer accepted it."""
        identity = self._identity()
        credentials = grpc.ssl_channel_credentials(identity.ca, identity.key, identity.certificate)
        named = (("grpc.ssl_target_name_override", certificate_name(member.name)),)
        target = _address(host, member.port + self._offset)
        async with grpc.aio.secure_channel(target, credentials, options=(*options.PEER_CHANNEL, *named)) as channel:
            stream = stream_unary(channel, options.PEER_METHOD)
            outbox = Outbox(joins=True)
            outbox.put(_chunk(peer_pb2.Envelope(sender=self._node, incarnation=self._incarnation)))
            writer = asyncio.create_task(write_to(stream, outbox))
            outgoing: Outgoing | None = None
            try:
                incarnation = await accepted(stream, options.INCARNATION_KEY)
                if incarnation is None:
                    await self._report_refusal(member.name, stream)
                    return False
                outgoing = Outgoing(incarnation, outbox, stream.cancel)
                peer.outgoing_opened(outgoing)
                await end_of(stream)
                return True
            finally:
                writer.cancel()
                if outgoing is not None:
                    peer.outgoing_ended(outgoing)

    async def _report_refusal(self, node: str, stream: Any) -> None:
        code = await end_of(stream)
        details = str(await stream.details())
        if code == grpc.StatusCode.PERMISSION_DENIED:
            self._report("warning", node, f"{node} refuses to be a peer: {details}")
        elif "certificate" in details.lower():
            self._report("warning", node, f"{node} can't prove to be of this cluster, or this node to it: {details}")
        else:
            self._report("debug", node, f"{node} can't be reached: {details}")

    # ---- from the peer ----------------------------------------------------------------------------

    async def _listen(self, own: Member) -> None:
        port = own.port + self._offset
        self._knocks = Knocks(port, self._report_stranger, self._patience)
        # With several links the daemon is there on whichever of them work, now or later.
        address = _address("[::]" if own.more_hosts else own.host, port)
        handler: Any = cast(Any, grpc).stream_unary_rpc_method_handler(self._serve)
        while True:
            server = grpc.aio.server(options=options.PEER_SERVER)
            server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("pcmk.v1.Peer", {"Open": handler}),))
            try:
                server.add_secure_port(address, self._knocks.credentials(self._identity))
                break
            except RuntimeError:
                self._report("error", self._node, f"Cannot listen on {address} for peers; trying again")
                await asyncio.sleep(_BIND_DELAY)
        await server.start()
        self._server = server

    async def _serve(self, chunks: AsyncIterator[bytes], context: Context) -> bytes:
        sender, incarnation = await self._introduction(chunks, context)
        peer = self._peers[sender]
        stream = Incoming(incarnation)
        peer.incoming_opened(stream)
        reader = asyncio.create_task(self._read(peer, stream, chunks))
        reader.add_done_callback(lambda _task: stream.closed.set())
        try:
            await context.send_initial_metadata(((options.INCARNATION_KEY, self._incarnation),))
            await stream.closed.wait()
        finally:
            peer.incoming_ended(stream)
            reader.cancel()
            for error in await asyncio.gather(reader, return_exceptions=True):
                if isinstance(error, Exception):
                    self._log("error", f"Stream of {sender}: {error!r}")
        return peer_pb2.PeerClosed().SerializeToString()

    async def _introduction(self, chunks: AsyncIterator[bytes], context: Context) -> tuple[str, str]:
        """Who opens a stream; a liar or who is no member is refused. A stranger did not come as far as this."""
        if self._knocks is not None:
            self._knocks.proven(context.peer())
        try:
            data = await asyncio.wait_for(anext(aiter(chunks), b""), _HELLO_SECONDS)
        except TimeoutError:
            data = b""
        # Nothing follows it before it is accepted, so it is alone.
        hello = next(iter(peer_pb2.Envelopes.FromString(data).envelopes), peer_pb2.Envelope())
        names = _certified_names(context)
        if not hello.sender or f"pcmk-node-{hello.sender}" not in names:
            proven = ", ".join(sorted(names)) or "nobody"
            self._report("warning", hello.sender, f"Refused a peer that says to be {hello.sender!r} but is {proven}")
            await context.abort(grpc.StatusCode.PERMISSION_DENIED, "the certificate is another node's")
        if self._closing:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the daemon is shutting down")
        if hello.sender not in self._peers:
            self._report("info", hello.sender, f"Refused {hello.sender}, which is no member of view {self._view_id}")
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, "no member of the view")
        return hello.sender, hello.incarnation

    def _report_stranger(self, host: str) -> None:
        reason = "it did not prove to be of this cluster (a certificate of another CA, an expired one, or none)"
        self._report("warning", host, f"Refused a connection from {host}: {reason}")

    async def _read(self, peer: Peer, stream: Incoming, chunks: AsyncIterator[bytes]) -> None:
        async for data in chunks:
            for envelope in peer_pb2.Envelopes.FromString(data).envelopes:
                try:
                    body = convert.from_any(self._kinds, envelope.body)
                except ValueError as error:
                    # A newer version may know more; what this one can't read is not meant for it.
                    self._report("warning", peer.node, f"Dropped a message of {peer.node}: {error}")
                    continue
                peer.received(stream, PeerMessage(peer.node, envelope.term, body))

    def _report(self, level: str, node: str, text: str) -> None:
        if (node, text) not in self._refused:
            self._refused.add((node, text))
            self._log(level, text)


def _chunk(envelope: peer_pb2.Envelope) -> bytes:
    return peer_pb2.Envelopes(envelopes=(envelope,)).SerializeToString()


def _certified_names(context: Context) -> set[str]:
    """The names in the certificate that the connection was opened with, which TLS has checked against the CA."""
    proven: Any = context.auth_context()
    names = proven.get("x509_subject_alternative_name") or proven.get("x509_common_name") or ()
    return {name.decode("utf-8", "replace") for name in names}


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host and not host.startswith("[") else f"{host}:{port}"
