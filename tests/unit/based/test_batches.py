"""How changes that are asked for at the same time are ordered, sent, and told together."""

from based_world import World

from pcmk.based.core import BasedCore
from pcmk.based.primary import BATCH_LENGTH, GATHER_SECONDS, GATHER_TIMER
from pcmk.kernel.core import PeerMessage, Publish, TimerFired
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.based_peer import Committed, Replicate
from pcmk.kernel.messages.cib import CibChanged, CibModified


class Case:
    """A settled cluster with a record of what its primary sends to one of the others, and shows."""

    def __init__(self) -> None:
        self.world = World(3, 7)
        self.world.settle()
        self.dc = self.world.dc["n1"][1]
        self.other = next(name for name in self.world.nodes if name != self.dc)
        self.sent: list[Message] = []
        self.shown: list[CibChanged] = []
        inner = self.world.carry_out

        def carry_out(node: object, effect: object) -> None:
            if (
                node is self.world.nodes[self.dc]
                and isinstance(effect, Publish)
                and isinstance(effect.body, CibChanged)
            ):
                self.shown.append(effect.body)
            inner(node, effect)  # pyright: ignore[reportArgumentType]

        self.world.carry_out = carry_out  # pyright: ignore[reportAttributeAccessIssue]

    @property
    def core(self) -> BasedCore:
        core = self.world.nodes[self.dc].core
        assert core is not None
        return core

    def batches(self) -> list[int]:
        """The lengths of the batches on their way to the other node."""
        link = self.world.links[self.dc, self.other]
        return [len(message.body.entries) for message in link if isinstance(message.body, Replicate)]

    def round(self) -> None:
        """Have what was sent on all disks, and told to the primary."""
        for name in self.world.nodes:
            if name != self.dc:
                self.deliver(self.dc, name)
        for name, node in self.world.nodes.items():
            while node.disk:
                self.world.write(name)
        for name in self.world.nodes:
            if name != self.dc:
                self.deliver(name, self.dc)

    def deliver(self, sender: str, receiver: str) -> None:
        link = self.world.links[sender, receiver]
        while link:
            message = link.popleft()
            assert isinstance(message, PeerMessage)
            self.sent.append(message.body)
            self.world.give(receiver, message)


def test_what_is_asked_for_while_a_batch_is_under_way_is_the_next_batch() -> None:
    case = Case()
    first = case.world.client_writes(case.dc)
    assert case.batches() == [1]
    later = [case.world.client_writes(case.dc) for _ in range(5)]
    assert case.batches() == [1]
    case.round()
    assert isinstance(first.answer, CibModified) and case.batches() == [5]
    case.round()
    assert all(isinstance(write.answer, CibModified) for write in later)
    case.world.settle()
    case.world.check_healed()


def test_the_next_batch_tells_what_is_committed() -> None:
    case = Case()
    case.world.client_writes(case.dc)
    case.world.client_writes(case.dc)
    case.round()
    case.sent.clear()
    case.deliver(case.dc, case.other)
    assert [type(body) for body in case.sent] == [Replicate]
    case.round()
    case.sent.clear()
    case.deliver(case.dc, case.other)
    assert [type(body) for body in case.sent] == [Committed]


def test_changes_that_are_committed_together_are_told_as_one() -> None:
    case = Case()
    case.world.client_writes(case.dc)
    for _ in range(5):
        case.world.client_writes(case.dc)
    case.round()
    case.round()
    # That each leads to what was committed is looked at by the world.
    assert len(case.shown) == 2 and case.core.state.chain.committed.version == case.world.nodes[case.dc].shown


def test_a_batch_has_a_limit() -> None:
    case = Case()
    case.world.client_writes(case.dc)
    for _ in range(BATCH_LENGTH + 3):
        case.world.client_writes(case.dc)
    case.round()
    assert case.batches() == [BATCH_LENGTH]
    case.round()
    assert case.batches() == [3]


def test_a_batch_waits_for_those_who_were_just_answered_but_not_for_long() -> None:
    case = Case()
    case.world.client_writes(case.dc)
    for _ in range(3):
        case.world.client_writes(case.dc)
    case.round()
    case.world.clock += 0.004
    case.round()
    for count in (1, 2, 3):
        assert case.batches() == []
        case.world.client_writes(case.dc)
        assert case.batches() == ([3] if count == 3 else [])
    case.world.clock += 0.004
    case.round()
    case.world.client_writes(case.dc)
    assert case.batches() == []
    assert case.world.nodes[case.dc].timers[GATHER_TIMER] <= case.world.clock + GATHER_SECONDS
    case.world.clock += 0.004
    case.world.give(case.dc, TimerFired(GATHER_TIMER))
    assert case.batches() == [1]


def test_one_client_never_waits_for_others() -> None:
    case = Case()
    for _ in range(3):
        case.world.client_writes(case.dc)
        assert case.batches() == [1]
        case.world.clock += 0.004
        case.round()
        # What tells the others of the commit.
        case.deliver(case.dc, case.other)
