"""What a primary commits, and so acknowledges, is safe from a loss of power on a majority of its view, its own disk
included, and on a majority of all nodes as far as the view has members. Members that the DC has declared failed count
only where there is quorum."""

from typing import TYPE_CHECKING

from pcmk.based.disk import MarkCommitted
from pcmk.kernel.messages.cib import CibVersion
from tests.simulation.invariants import Violation
from tests.simulation.process import Process

if TYPE_CHECKING:
    from tests.simulation.world import World


class CommittedIsOnDisk:
    """Looks at the disks whenever a primary commits."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def committed(self, process: Process, effect: MarkCommitted) -> None:
        position, view = effect.position, process.view
        if position.primary != process.node.name or view is None:
            return
        assert process.body is not None
        if process.body.core._primary is None:
            return
        chain = process.body.core.state.chain
        for link in reversed(chain.links):
            if link.entry.position <= position:
                if link.entry.quorate and view.quorate:
                    self._world.observers.quorate_commit(link.entry.version)
                if link.entry.position < position:
                    break
        absent = process.body.core.state.absent
        live = sum(name not in absent for name in view.names)
        members = len(view.names) if view.quorate and view.expected_votes > 2 else live
        needed = max(live // 2 + 1, min(members, view.expected_votes // 2 + 1))
        holders = [name for name in view.names if self._world.nodes[name].disk.has(position)]
        if len(holders) < needed or process.node.name not in holders:
            raise Violation(
                f"{process.node.name} commits {position} ({CibVersion(*chain.committed.version)}), which is on the "
                f"disks of {holders} only; {needed} of {view.names} are needed"
            )
