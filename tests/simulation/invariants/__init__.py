"""What must be true of every cluster at any time, and what must become true once all faults have ended.

One property a file. A property is an object; of the moments below it has the methods that it needs:

    node_up(node)                        a node begins a new life
    node_down(node)                      a node lost power, by a fault, by fencing or at the end of a clean stop
    fenced(node)                         a fence agent did its work on a node
    agent_begins(node, resource, action) an agent's process starts
    process_started(process)             a daemon's core came to life
    committed(process, effect)           a CIB manager marks entries as committed
    published(process, body)             a daemon publishes a notice
    unsettled() -> str                   why the cluster is not at rest yet; empty when it is
    end()                                the simulation is over
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.simulation.world import World


class Violation(AssertionError):
    """A property does not hold."""


from tests.simulation.invariants.acknowledged_survives import AcknowledgedSurvives  # noqa: E402
from tests.simulation.invariants.committed_is_on_disk import CommittedIsOnDisk  # noqa: E402
from tests.simulation.invariants.everything_runs import EverythingRuns  # noqa: E402
from tests.simulation.invariants.fenced_first import FencedFirst  # noqa: E402
from tests.simulation.invariants.idle_in_the_end import IdleInTheEnd  # noqa: E402
from tests.simulation.invariants.nothing_planned import NothingPlanned  # noqa: E402
from tests.simulation.invariants.one_active import OneActive  # noqa: E402
from tests.simulation.invariants.one_primary import OnePrimary  # noqa: E402
from tests.simulation.invariants.same_content import SameContent  # noqa: E402
from tests.simulation.invariants.versions_grow import VersionsGrow  # noqa: E402

TABLE: tuple[Callable[["World"], Any], ...] = (
    OnePrimary,
    OneActive,
    FencedFirst,
    VersionsGrow,
    SameContent,
    CommittedIsOnDisk,
    IdleInTheEnd,
    EverythingRuns,
    AcknowledgedSurvives,
    NothingPlanned,
)


class Observers:
    """All properties of one world, told of every moment that they want to know of, without those that it can't have."""

    def __init__(self, world: "World", without: tuple[Callable[["World"], Any], ...] = ()) -> None:
        self.properties = [make(world) for make in TABLE if make not in without]
        self.conflicts: list[str] = []
        self._quorate: set[Any] = set()
        self.node_up = self._all("node_up")
        self.node_down = self._all("node_down")
        self.fenced = self._all("fenced")
        self.agent_begins = self._all("agent_begins")
        self.process_started = self._all("process_started")
        self.committed = self._all("committed")
        self.published = self._all("published")
        self.end = self._all("end")

    def unsettled(self) -> str:
        """Why the cluster is not at rest; empty when it is."""
        for observer in self.properties:
            check = getattr(observer, "unsettled", None)
            reason = check() if check is not None else ""
            if reason:
                return reason
        return ""

    def conflict_kept(self, _node: Any, effect: Any) -> None:
        """A CIB manager kept what was lost to another partition."""
        self.conflicts.append(effect.text)

    def quorate_commit(self, position: Any) -> None:
        """An entry was committed by a primary with quorum."""
        self._quorate.add(position)

    def committed_with_quorum(self, position: Any) -> bool:
        """Whether an entry was committed by a primary with quorum."""
        return position in self._quorate

    def _all(self, moment: str) -> Callable[..., None]:
        wanted = [getattr(observer, moment) for observer in self.properties if hasattr(observer, moment)]

        def tell(*args: Any) -> None:
            for one in wanted:
                one(*args)

        return tell
