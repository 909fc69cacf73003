"""When a pair of streams makes a peer."""

from typing import Any

from pcmk.kernel.core import PeerDown, PeerMessage, PeerUp
from pcmk.kernel.messages.common import Done
from pcmk.rpc.outbox import Outbox
from pcmk.rpc.peer import Incoming, Outgoing, Peer

MESSAGE = PeerMessage("b", 1, Done())


class Case:
    def __init__(self) -> None:
        self.events: list[Any] = []
        self.abandoned: list[str] = []
        self.peer = Peer("b", self.events.append)

    def outgoing(self, incarnation: str) -> Outgoing:
        stream = Outgoing(incarnation, Outbox(), lambda: self.abandoned.append(incarnation))
        self.peer.outgoing_opened(stream)
        return stream

    def incoming(self, incarnation: str) -> Incoming:
        stream = Incoming(incarnation)
        self.peer.incoming_opened(stream)
        return stream


async def test_a_peer_is_up_when_both_streams_stand() -> None:
    case = Case()
    case.outgoing("x")
    assert case.events == []
    case.incoming("x")
    assert case.events == [PeerUp("b", "x")]


async def test_what_the_peer_says_before_it_is_up_waits() -> None:
    case = Case()
    stream = case.incoming("x")
    case.peer.received(stream, MESSAGE)
    assert case.events == []
    case.outgoing("x")
    assert case.events == [PeerUp("b", "x"), MESSAGE]


async def test_a_stream_of_a_former_life_does_not_make_a_pair() -> None:
    case = Case()
    case.outgoing("old")
    case.incoming("new")
    assert case.abandoned == ["old"]
    case.outgoing("new")
    assert case.events == [PeerUp("b", "new")]


async def test_an_accepted_stream_voids_what_a_former_life_sends() -> None:
    case = Case()
    old = case.incoming("old")
    case.outgoing("new")
    assert old.closed.is_set()
    case.peer.received(old, MESSAGE)
    assert case.events == []


async def test_when_one_stream_ends_both_are_given_up() -> None:
    case = Case()
    incoming, outgoing = case.incoming("x"), case.outgoing("x")
    case.peer.incoming_ended(incoming)
    assert case.events == [PeerUp("b", "x"), PeerDown("b")]
    assert case.abandoned == ["x"]
    assert case.peer.outbox is None
    case.peer.outgoing_ended(outgoing)
    assert len(case.events) == 2


async def test_a_second_stream_of_the_same_life_ends_the_session_of_the_first() -> None:
    case = Case()
    first, _outgoing = case.incoming("x"), case.outgoing("x")
    case.incoming("x")
    assert first.closed.is_set()
    assert case.events == [PeerUp("b", "x"), PeerDown("b")]
    case.peer.incoming_ended(first)
    case.outgoing("x")
    assert case.events[2:] == [PeerUp("b", "x")]
