"""When pacemakerd gives the watchdog device a sign of life, and when not."""

from dataclasses import dataclass, field

import pytest

from pcmk.kernel.core import Call, Instant, Log, SetTimer
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.messages.controller import WatchdogAnswer, WatchdogQuery
from pcmk.pacemakerd.keeper import (
    SHARE,
    TICKS,
    TIMER,
    UNWELL,
    Disarm,
    JoinedSeen,
    Keeper,
    KeeperEffect,
    LookJoined,
    Pet,
)

TIMEOUT = 8.0
SILENCE = Failure(ExitCode.TIMEOUT, "no answer")


@dataclass
class Device:
    """A keeper with a clock; a controller that answers `answer` after `delay` seconds."""

    joined: bool = True
    answer: Message = field(default_factory=lambda: WatchdogAnswer(True, True))
    delay: float = 0.01
    well: bool = True
    now: float = 100.0
    pets: int = 0
    queries: list[WatchdogQuery] = field(default_factory=list[WatchdogQuery])
    log: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.keeper = Keeper(TIMEOUT)
        self.take(self.keeper.start(self.instant))

    @property
    def instant(self) -> Instant:
        return Instant(self.now, self.now)

    def take(self, effects: list[KeeperEffect]) -> None:
        for effect in effects:
            match effect:
                case LookJoined():
                    self.take(self.keeper.seen(JoinedSeen(self.joined), self.instant))
                case Call(id=id, daemon=Daemon.CONTROLD, body=WatchdogQuery() as query):
                    self.queries.append(query)
                    self.now += self.delay
                    self.take(self.keeper.answered(id, self.answer, self.instant))
                case Pet():
                    self.pets += 1
                case Log(text=text):
                    self.log.append(text)
                case SetTimer(key=key, delay=delay):
                    assert (key, delay) == (TIMER, TIMEOUT / TICKS)
                case _:
                    raise AssertionError(effect)

    def tick(self) -> int:
        """How many signs of life there were."""
        before = self.pets
        self.now += TIMEOUT / TICKS
        self.take(self.keeper.due(self.instant, well=self.well))
        return self.pets - before


def test_a_node_that_runs_nothing_needs_nobody() -> None:
    device = Device(joined=False, answer=SILENCE)
    assert device.pets == 1
    assert device.tick() == 1
    assert device.queries == []


def test_one_that_has_joined_needs_its_controllers_word() -> None:
    device = Device()
    assert device.pets == 1
    assert device.tick() == 1
    assert device.queries == [WatchdogQuery(True)] * 2


@pytest.mark.parametrize("answer", [SILENCE, WatchdogAnswer(True, False)], ids=["none", "no quorum"])
def test_without_it_there_is_silence_which_is_said_once(answer: Message) -> None:
    device = Device()
    device.answer = answer
    assert [device.tick() for _ in range(3)] == [0, 0, 0]
    assert len(device.log) == 1 and "No signs of life" in device.log[0]
    device.answer = WatchdogAnswer(True, True)
    assert device.tick() == 1
    assert "again" in device.log[1]


def test_nobody_counts_on_the_reset_of_one_that_is_not_bound() -> None:
    device = Device(answer=WatchdogAnswer(False, False))
    assert device.tick() == 1
    assert device.queries[-1] == WatchdogQuery(False)


def test_an_answer_that_comes_late_is_no_evidence() -> None:
    """The process, or the machine, may have stood still: what was true then need not be now."""
    device = Device()
    device.delay = TIMEOUT / SHARE + 0.01
    assert device.tick() == 0
    assert "too late" in device.log[0]


def test_nor_is_a_look_at_the_mark_that_was_long_ago() -> None:
    keeper = Keeper(TIMEOUT)
    keeper.start(Instant(100.0, 0.0))
    assert keeper.seen(JoinedSeen(False), Instant(100.0 + TIMEOUT / SHARE + 0.01, 0.0)) == []
    assert keeper.seen(JoinedSeen(False), Instant(100.0 + TIMEOUT / SHARE, 0.0)) == [Pet()]


def test_one_question_at_a_time_and_only_its_own_answer() -> None:
    keeper = Keeper(TIMEOUT)
    now = Instant(100.0, 0.0)
    keeper.start(now)
    (call,) = keeper.seen(JoinedSeen(True), now)
    assert isinstance(call, Call) and call.timeout == TIMEOUT / SHARE
    assert keeper.seen(JoinedSeen(True), now) == []
    assert keeper.answered(call.id + 1, WatchdogAnswer(True, True), now) == []
    assert keeper.answered(call.id, WatchdogAnswer(True, True), now) == [Pet()]
    assert keeper.answered(call.id, WatchdogAnswer(True, True), now) == []


def test_a_node_whose_daemons_stay_away_is_beyond_help() -> None:
    device = Device(well=False)
    ticks = [device.tick() for _ in range(int((UNWELL + 2) / (TIMEOUT / TICKS)))]
    assert ticks[0] == 1 and ticks[-1] == 0
    device.well = True
    assert device.tick() == 1


def test_in_the_end_the_device_rests_if_nobody_counts_on_it() -> None:
    assert Keeper(TIMEOUT).end() == [Disarm(anyway=False)]
    device = Device()
    assert device.keeper.end() == [Disarm(anyway=False)]
    device.answer = WatchdogAnswer(False, True)
    device.tick()
    assert device.keeper.end() == [Disarm(anyway=True)]
