"""After the faults end the cluster becomes idle by itself: all nodes are there, one of them is DC and has nothing left
to do, all others follow it, and all copies of the CIB are the same."""

from typing import TYPE_CHECKING

from pcmk.controld.events import State
from pcmk.kernel.daemons import Daemon
from tests.simulation.invariants import Violation
from tests.simulation.node import Node

if TYPE_CHECKING:
    from tests.simulation.world import World


class IdleInTheEnd:
    """Looked at again and again once the faults have ended."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def unsettled(self) -> str:
        world = self._world
        for node in world.nodes.values():
            trouble = _missing(node)
            if trouble:
                return trouble
        shared = {name: world.core(name, Daemon.CONTROLD)._shared for name in world.nodes}
        leading = [name for name, one in shared.items() if one.leading]
        if len(leading) != 1:
            return f"DCs are {leading}"
        for name, one in shared.items():
            expected = State.IDLE if name == leading[0] else State.NOT_DC
            if one.state is not expected:
                return f"the controller of {name} is in {one.state}"
            if one.standing.dc != leading[0]:
                return f"{name} follows {one.standing.dc or 'nobody'}"
        copies = {world.core(name, Daemon.BASED).state.chain.committed.fingerprint for name in world.nodes}
        return "" if len(copies) == 1 else "the copies of the CIB differ"

    def end(self) -> None:
        trouble = self._world.observers.unsettled()
        if trouble:
            raise Violation(f"the cluster is not at rest: {trouble}")


def _missing(node: Node) -> str:
    if not node.up or node.frozen:
        return f"{node.name} is down"
    for daemon in Daemon:
        process = node.processes.get(daemon)
        if process is None or not process.alive or process.body is None:
            return f"{daemon.value} of {node.name} is down"
    return ""
