"""Nodes find each other, trust only certificates of the cluster, and tell when a peer comes and goes."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from pcmk.kernel.core import Daemon, PeerDown, PeerMessage, PeerUp
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibReady
from pcmk.kernel.messages.common import Member, View
from pcmk.rpc.peers import Peers
from pcmk.rpc.tls import Identity, load_identity, make_ca, make_node

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

    def __init__(self, name: str, port: int, identity: Identity, incarnation: str = "1") -> None:
        self.member = Member(name, 1, "127.0.0.1", port)
        self.events: asyncio.Queue[Any] = asyncio.Queue()
        self.logged: asyncio.Queue[str] = asyncio.Queue()
        self.tasks: set[asyncio.Task[None]] = set()
        kinds: tuple[type[Message], ...] = (CibReady,)
        self.peers = Peers(
            Daemon.BASED, name, incarnation, identity, kinds, self.events.put_nowait, self.spawn, self.log
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

    def node(self, name: str, *, ca: str = "cluster", proves: str = "", port: int = 0, incarnation: str = "1") -> Node:
        identity = self.certificates(ca, proves or name)
        made = Node(name, port or free_port(), identity, incarnation)
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
