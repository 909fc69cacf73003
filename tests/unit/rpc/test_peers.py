"""Nodes find each other, trust only certificates of the cluster, and tell when a peer comes and goes."""

import asyncio
import gc
import random
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
import pytest_asyncio

from pcmk.kernel.core import PeerDown, PeerMessage, PeerUp
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibReady
from pcmk.kernel.messages.common import Member, View
from pcmk.rpc import options, tls
from pcmk.rpc.knocks import PATIENCE, connections, parse_peer
from pcmk.rpc.peers import Peers
from pcmk.rpc.tls import Identity, IdentityFolder, load_identity
from pcmk.runtime.certificates import make_ca, make_node

SECONDS = 20


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Identity]:
    """Identities by CA and node name."""
    folder = tmp_path_factory.mktemp("tls")

    def identity(ca: str, node: str) -> Identity:
        if not (folder / ca / "ca.crt").exists():
            make_ca(folder / ca)
        own = folder / f"{ca}-{node}"
        if not own.exists():
            make_node(folder / ca, own, node)
        return load_identity(own, node)

    return identity


class Node:
    """One node's peers, with everything that they post and log."""

    def __init__(
        self,
        name: str,
        port: int,
        identity: Callable[[], Identity],
        incarnation: str = "1",
        patience: float = PATIENCE,
    ) -> None:
        self.member = Member(name, 1, "127.0.0.1", port)
        self.events: asyncio.Queue[Any] = asyncio.Queue()
        self.logged: asyncio.Queue[str] = asyncio.Queue()
        self.tasks: set[asyncio.Task[None]] = set()
        kinds: tuple[type[Message], ...] = (CibReady,)
        self.peers = Peers(
            Daemon.BASED, name, incarnation, identity, kinds, self.events.put_nowait, self.spawn, self.log, patience
        )

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        task = asyncio.create_task(work, name=name)
        self.tasks.add(task)
        return task

    def log(self, _level: str, text: str) -> None:
        self.logged.put_nowait(text)

    def see(self, id: int, *nodes: "Node") -> None:
        self.peers.view_changed(View(id, tuple(node.member for node in nodes), True))

    async def event(self) -> Any:
        return await asyncio.wait_for(self.events.get(), SECONDS)

    async def line(self, part: str) -> str:
        async with asyncio.timeout(SECONDS):
            while part not in (text := await self.logged.get()):
                pass
            return text

    async def stop(self) -> None:
        await self.peers.close(1.0)
        for result in await asyncio.gather(*self.tasks, return_exceptions=True):
            assert result is None or isinstance(result, asyncio.CancelledError), result


@dataclass
class Net:
    """Makes nodes and stops them."""

    certificates: Callable[[str, str], Identity]
    nodes: list[Node]

    def node(
        self,
        name: str,
        *,
        ca: str = "cluster",
        proves: str = "",
        port: int = 0,
        incarnation: str = "1",
        patience: float = PATIENCE,
    ) -> Node:
        identity = self.certificates(ca, proves or name)
        made = Node(name, port or free_port(), lambda: identity, incarnation, patience)
        self.nodes.append(made)
        return made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest_asyncio.fixture
async def net(certificates: Callable[[str, str], Identity]) -> AsyncIterator[Net]:
    made = Net(certificates, [])
    yield made
    for node in made.nodes:
        await node.stop()


async def connect(*nodes: Node) -> None:
    """Put the nodes into one view, and take their PeerUp events."""
    for node in nodes:
        node.see(1, *nodes)
    for node in nodes:
        up = [await node.event() for other in nodes if other is not node]
        assert sorted(event.node for event in up) == sorted(o.member.name for o in nodes if o is not node)
        assert all(isinstance(event, PeerUp) for event in up)


async def test_members_of_a_view_become_peers_with_each_others_incarnation(net: Net) -> None:
    a, b = net.node("a", incarnation="first"), net.node("b", incarnation="second")
    a.see(1, a, b)
    b.see(1, a, b)
    assert await a.event() == PeerUp("b", "second")
    assert await b.event() == PeerUp("a", "first")


async def test_messages_arrive_in_order_and_none_is_missing(net: Net) -> None:
    a, b, c = net.node("a"), net.node("b"), net.node("c")
    await connect(a, b, c)
    for number in range(500):
        a.peers.send("b", number, CibReady(number))
        c.peers.send("b", number, CibReady(-number))
    got = [await b.event() for _ in range(1000)]
    assert [event for event in got if event.node == "a"] == [PeerMessage("a", n, CibReady(n)) for n in range(500)]
    assert [event for event in got if event.node == "c"] == [PeerMessage("c", n, CibReady(-n)) for n in range(500)]


async def test_a_peer_that_ends_goes_down_and_its_next_life_comes_up(net: Net) -> None:
    a, b = net.node("a"), net.node("b")
    await connect(a, b)
    await b.stop()
    assert await a.event() == PeerDown("b")
    again = net.node("b", port=b.member.port, incarnation="2")
    again.see(1, a, again)
    assert await a.event() == PeerUp("b", "2")
    assert await again.event() == PeerUp("a", "1")


async def test_what_was_sent_before_the_end_still_arrives(net: Net) -> None:
    a, b = net.node("a"), net.node("b")
    await connect(a, b)
    for number in range(100):
        a.peers.send("b", 0, CibReady(number))
    await a.stop()
    assert [await b.event() for _ in range(101)] == [
        *(PeerMessage("a", 0, CibReady(n)) for n in range(100)),
        PeerDown("a"),
    ]


async def test_who_leaves_the_view_goes_down_at_once_and_is_not_heard_any_more(net: Net) -> None:
    a, b = net.node("a"), net.node("b")
    await connect(a, b)
    b.peers.send("a", 0, CibReady(1))
    a.see(2, a)
    assert a.events.get_nowait() == PeerDown("b")
    assert await b.event() == PeerDown("a")
    # b still counts a as a member and knocks; a answers with a refusal.
    assert "no member of view 2" in await a.line("Refused b")
    assert a.events.empty()
    a.see(3, a, b)
    assert await a.event() == PeerUp("b", "1")
    assert await b.event() == PeerUp("a", "1")


async def test_a_broken_stream_takes_both_sides_down_and_is_mended(net: Net) -> None:
    a, b = net.node("a"), net.node("b")
    await connect(a, b)
    peer: Any = a.peers
    peer._peers["b"].reset()
    assert [await a.event(), await a.event()] == [PeerDown("b"), PeerUp("b", "1")]
    assert [await b.event(), await b.event()] == [PeerDown("a"), PeerUp("a", "1")]
    a.peers.send("b", 0, CibReady(7))
    assert await b.event() == PeerMessage("a", 0, CibReady(7))


async def test_a_certificate_of_another_ca_is_refused(net: Net) -> None:
    a, stranger = net.node("a"), net.node("b", ca="strangers")
    a.see(1, a, stranger)
    stranger.see(1, a, stranger)
    assert "b can't prove to be of this cluster" in await a.line("certificate")
    assert "a can't prove to be of this cluster" in await stranger.line("certificate")
    assert a.events.empty()
    assert stranger.events.empty()


class Stranger:
    """Connects to a node, and what it has to prove is not what the cluster asks for."""

    def __init__(self, folder: Path, identity: Identity, node: Node) -> None:
        self._folder = folder
        self._ca = identity.ca
        self._target = node.member

    async def with_a_certificate_of_another_ca(self) -> None:
        make_ca(self._folder / "strangers")
        make_node(self._folder / "strangers", self._folder / "own", "b")
        await self._open(load_identity(self._folder / "own", "b"))

    async def with_an_expired_certificate(self) -> None:
        make_node(self._folder, self._folder / "own", "b", days=0)
        await self._open(load_identity(self._folder / "own", "b"))

    async def without_a_certificate(self) -> None:
        await self._open(None)

    async def without_tls(self) -> None:
        _reader, writer = await asyncio.open_connection(self._target.host, self._target.port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        await asyncio.sleep(0)
        writer.close()

    async def _open(self, identity: Identity | None) -> None:
        proof = (identity.key, identity.certificate) if identity is not None else ()
        named = (("grpc.ssl_target_name_override", tls.certificate_name(self._target.name)),)
        credentials = grpc.ssl_channel_credentials(self._ca, *proof)
        target = f"{self._target.host}:{self._target.port}"
        async with grpc.aio.secure_channel(target, credentials, options=named) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await channel.stream_unary(options.PEER_METHOD)(iter([b""]), timeout=SECONDS)
            assert caught.value.code() == grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize(
    "knock",
    [
        Stranger.with_a_certificate_of_another_ca,
        Stranger.with_an_expired_certificate,
        Stranger.without_a_certificate,
        Stranger.without_tls,
    ],
)
async def test_who_can_not_prove_to_be_of_the_cluster_is_refused_and_told_of(
    net: Net, tmp_path: Path, knock: Callable[[Stranger], Coroutine[Any, Any, None]]
) -> None:
    make_ca(tmp_path)
    make_node(tmp_path, tmp_path / "a", "a")
    identity = load_identity(tmp_path / "a", "a")
    a = Node("a", free_port(), lambda: identity, patience=0.2)
    net.nodes.append(a)
    a.see(1, a)
    await listening(a)
    await knock(Stranger(tmp_path, identity, a))
    told = await a.line("Refused a connection from 127.0.0.1")
    assert "did not prove to be of this cluster" in told
    assert a.events.empty()


async def test_members_that_connect_are_no_strangers(net: Net) -> None:
    a, b, c = net.node("a"), net.node("b"), net.node("c")
    await connect(a, b, c)
    watched: Any = a.peers
    assert list(watched._knocks._proven.values()) == [True, True]
    assert set(watched._knocks._proven) == connections(a.member.port)


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("ipv4:10.1.2.3:4711", ("10.1.2.3", 4711)),
        ("ipv6:%5B::1%5D:4711", ("::1", 4711)),
        ("ipv6:%5Bfe80::1%25eth0%5D:1", ("fe80::1", 1)),
        ("unix:", None),
    ],
)
def test_how_grpc_names_the_other_end(peer: str, address: tuple[str, int] | None) -> None:
    assert parse_peer(peer) == address


async def listening(node: Node) -> None:
    """Wait until a node can be connected to."""
    watched: Any = node.peers
    await asyncio.wait_for(asyncio.shield(watched._listening), SECONDS)


async def test_a_node_that_claims_a_name_which_is_not_in_its_certificate_is_refused(net: Net) -> None:
    a, liar = net.node("a"), net.node("b", proves="c")
    a.see(1, a, liar)
    liar.see(1, a, liar)
    assert await a.line("Refused") == "Refused a peer that says to be 'b' but is pcmk-node-c"
    assert "certificate is another node's" in await liar.line("refuses")
    assert a.events.empty()
    assert liar.events.empty()


async def test_a_node_outside_the_view_is_refused(net: Net) -> None:
    a, outsider = net.node("a"), net.node("b")
    a.see(1, a)
    outsider.see(1, a, outsider)
    assert await a.line("Refused") == "Refused b, which is no member of view 1"
    assert a.events.empty()
    assert outsider.events.empty()


async def test_certificates_are_exchanged_while_streams_go_on(net: Net, tmp_path: Path) -> None:
    make_ca(tmp_path / "old")
    make_ca(tmp_path / "new")
    told: list[str] = []
    nodes: dict[str, Node] = {}
    for name, ca in {"a": "old", "b": "old", "c": "new"}.items():
        make_node(tmp_path / ca, tmp_path / name, name)
        source = IdentityFolder(tmp_path / name, name, lambda _level, text: told.append(text))
        nodes[name] = Node(name, free_port(), source)
        net.nodes.append(nodes[name])
    a, b, c = nodes.values()
    await connect(a, b)
    for name in ("a", "b"):
        make_node(tmp_path / "new", tmp_path / name, name)
    # What stands goes on.
    a.peers.send("b", 0, CibReady(1))
    assert await b.event() == PeerMessage("a", 0, CibReady(1))
    # Who comes is shown the new one, and believed by it.
    for node in (a, b, c):
        node.see(2, a, b, c)
    assert {await c.event(), await c.event()} == {PeerUp("a", "1"), PeerUp("b", "1")}
    assert [await a.event(), await b.event()] == [PeerUp("c", "1"), PeerUp("c", "1")]
    peer: Any = a.peers
    peer._peers["b"].reset()
    assert [await a.event(), await a.event()] == [PeerDown("b"), PeerUp("b", "1")]
    assert any("in force for new connections" in text for text in told)


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Nothing goes but by the count of its references."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def open_calls() -> int:
    return sum(type(thing).__name__ == "StreamUnaryCall" for thing in gc.get_objects())


async def test_attempts_that_failed_leave_no_connection_that_tries_on(net: Net, uncollected: None) -> None:
    a, b = net.node("a"), net.node("b")
    attempts: asyncio.Queue[None] = asyncio.Queue()

    def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        attempts.put_nowait(None)

    async with await asyncio.start_server(hang_up, b.member.host, b.member.port):
        a.see(1, a, b)
        async with asyncio.timeout(SECONDS):
            for _ in range(4):
                await attempts.get()
        # That of the present attempt, and of the one before if it is just being left.
        assert open_calls() <= 2


async def test_a_peer_that_is_not_up_loses_messages_and_the_own_node_gets_none(net: Net) -> None:
    a, b = net.node("a"), net.node("b")
    a.peers.send("b", 0, CibReady(1))
    await connect(a, b)
    a.peers.send("b", 0, CibReady(2))
    assert await b.event() == PeerMessage("a", 0, CibReady(2))
    with pytest.raises(ValueError, match="own node"):
        a.peers.send("a", 0, CibReady(3))


async def test_a_port_that_is_taken_is_tried_again(net: Net) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        a, b = net.node("a", port=other.getsockname()[1]), net.node("b")
        a.see(1, a, b)
        b.see(1, a, b)
        assert "Cannot listen" in await a.line("listen")
    assert await a.event() == PeerUp("b", "1")


async def test_whatever_breaks_a_session_has_its_messages_without_a_gap(net: Net) -> None:
    a, b = net.node("a"), net.node("b")
    await connect(a, b)
    dice = random.Random(7)
    sent = 0
    for _ in range(40):
        for _ in range(dice.randrange(5)):
            a.peers.send("b", 0, CibReady(sent := sent + 1))
        breaker: Any = dice.choice((a, b)).peers
        peer = next(iter(breaker._peers.values()))
        if dice.random() < 0.5:
            peer.reset()
        elif peer._outgoing is not None:
            peer._outgoing.abandon()
        for _ in range(dice.randrange(20)):
            await asyncio.sleep(0)
        while a.peers._peers["b"].outbox is None:  # pyright: ignore[reportPrivateUsage]
            await asyncio.wait_for(a.events.get(), SECONDS)
    a.peers.send("b", 0, CibReady(-1))
    up, last = True, None
    while (event := await b.event()) != PeerMessage("a", 0, CibReady(-1)):
        match event:
            case PeerUp():
                assert not up
                up, last = True, None
            case PeerDown():
                assert up
                up = False
            case PeerMessage(body=CibReady(term)):
                assert up
                assert last is None or term == last + 1
                last = term
            case _:
                raise AssertionError(event)
