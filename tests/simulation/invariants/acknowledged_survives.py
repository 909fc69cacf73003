"""Every acknowledged change is in the CIB in the end, or, if it was acknowledged without quorum and lost against
another partition, in a conflict file. What was refused is not, and nothing is carried out twice."""

from typing import TYPE_CHECKING

from pcmk.kernel.daemons import Daemon
from tests.simulation.invariants import Violation

if TYPE_CHECKING:
    from tests.simulation.world import World


class AcknowledgedSurvives:
    """Asks the oracle at the end."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def end(self) -> None:
        for name in self._world.nodes:
            core = self._world.core(name, Daemon.BASED)
            if core is None:
                raise Violation(f"{name} has no CIB manager in the end")
            kept = "".join(self._world.observers.conflicts)
            problems = self._world.oracle.contradictions(core.state.chain.committed, kept)
            if problems:
                raise Violation(f"in the CIB of {name}: {'; '.join(problems[:5])}")
