"""The same version has the same content: everywhere at the same place in the order of changes, and among all that was
committed with quorum."""

from typing import TYPE_CHECKING, Any

from pcmk._core import Cib
from pcmk.based.disk import MarkCommitted
from pcmk.kernel.messages.based_peer import Position
from pcmk.kernel.messages.cib import CibVersion
from tests.simulation.invariants import Violation
from tests.simulation.process import Process

if TYPE_CHECKING:
    from tests.simulation.world import World

KEPT = 400


class SameContent:
    """Remembers the committed trees of late; a tree shares all but what changed with the one before it."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._at: dict[Position, Cib] = {}
        self._of: dict[CibVersion, Cib] = {}

    def committed(self, process: Process, effect: MarkCommitted) -> None:
        assert process.body is not None
        chain = process.body.core.state.chain
        cib = chain.committed
        if chain.committed_position != effect.position:
            return
        self._compare(self._at, effect.position, cib, process)
        by_primary = effect.position.primary == process.node.name and process.view is not None and process.view.quorate
        if by_primary and chain.quorate >= effect.position and not self._world.plan.rules.two_node:
            self._compare(self._of, CibVersion(*cib.version), cib, process)

    def _compare(self, all: dict[Any, Cib], key: Position | CibVersion, cib: Cib, process: Process) -> None:
        known = all.get(key)
        if known is None:
            all[key] = cib
            if len(all) > KEPT:
                del all[next(iter(all))]
        elif known != cib:
            raise Violation(f"{process.node.name} has another CIB at {key} than was committed elsewhere")
