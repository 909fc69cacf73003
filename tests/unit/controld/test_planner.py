"""When the scheduler is asked."""

from dataclasses import dataclass, field

from pcmk._core import Cib
from pcmk.controld.events import Settings
from pcmk.controld.planner import Planner
from pcmk.controld.port import Port
from pcmk.controld.roster import Roster
from pcmk.controld.shared import Shared
from pcmk.controld.writer import Writer
from pcmk.kernel.cib_replica import CibReplica
from pcmk.kernel.core import Call, Instant
from pcmk.kernel.messages.scheduler import Schedule, Scheduled

CIB = '<cib admin_epoch="0" epoch="{}" num_updates="0"><configuration/><status/></cib>'


@dataclass
class Bench:
    """A planner of a DC whose plans are of no avail: each is wanted anew at once."""

    port: Port = field(default_factory=lambda: Port("dc"))
    loaded: list[int] = field(default_factory=list[int])

    def __post_init__(self) -> None:
        self.port.now = Instant(100.0, 1_000_000.0)
        self.shared = Shared(self.port, Settings(), Roster("dc"), CibReplica(), Writer(self.port, 1.0), "me", False)
        self.shared.replica.current = True
        self.change(1)
        self.shared.standing.leading = True
        self.planner = Planner(self.shared, lambda: True, lambda scheduled: self.loaded.append(scheduled.transition_id))

    def change(self, epoch: int) -> None:
        self.shared.replica.cib = Cib.parse(CIB.format(epoch))

    def wait(self, seconds: float) -> None:
        self.port.now = Instant(self.port.now.mono + seconds, self.port.now.wall + seconds)

    def answer(self) -> bool:
        """Answer the scheduler's call if there is one."""
        calls = [effect for effect in self.port.take() if isinstance(effect, Call)]
        for call in calls:
            assert isinstance(call.body, Schedule)
            self.port.answered(call.id, Scheduled(call.body.transition_id, "<transition_graph/>", ""))
        return bool(calls)


def test_the_same_cib_is_not_planned_for_twice_within_a_second():
    bench = Bench()
    bench.planner.want()
    assert bench.answer()
    bench.wait(0.1)
    bench.planner.want()
    bench.planner.advance()
    assert not bench.answer()
    bench.wait(0.9)
    bench.port.fired("pace")
    assert bench.answer()
    assert bench.loaded == [1, 2]


def test_another_cib_is_planned_for_soon():
    bench = Bench()
    bench.planner.want()
    assert bench.answer()
    bench.wait(0.01)
    bench.planner.want()
    assert not bench.answer()
    bench.change(2)
    bench.planner.advance()
    assert not bench.answer()
    bench.wait(0.04)
    bench.port.fired("pace")
    assert bench.answer()
    assert bench.loaded == [1, 2]


def test_changes_that_follow_each_other_are_planned_for_together_and_the_first_at_once():
    bench = Bench()
    for epoch in range(2, 30):
        bench.change(epoch)
        bench.planner.want()
        bench.answer()
        bench.wait(0.01)
    # Within 0.28 seconds: at once, and then every 0.05 seconds.
    assert bench.loaded == [1, 2, 3, 4, 5, 6]
