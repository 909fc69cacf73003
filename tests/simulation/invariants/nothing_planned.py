"""A cluster at rest has reached what it wants: another run of the scheduler plans nothing."""

from typing import TYPE_CHECKING

from pcmk._core import schedule
from pcmk.kernel.daemons import Daemon
from tests.simulation.clock import EPOCH
from tests.simulation.invariants import Violation

if TYPE_CHECKING:
    from tests.simulation.world import World


class NothingPlanned:
    """Schedules once more at the end."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def end(self) -> None:
        world = self._world
        for name in world.nodes:
            cib = world.core(name, Daemon.BASED).state.chain.committed
            result = schedule(cib.real, int(EPOCH + world.queue.now), 0)
            if result.action_count:
                raise Violation(
                    f"the cluster is idle, but a plan has {result.action_count} actions: {result.graph_xml}"
                )
