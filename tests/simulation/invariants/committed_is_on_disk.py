"""What a primary commits, and so acknowledges, is safe from a loss of power on a majority of its view, its own disk
included unless that fails, and on a majority of all nodes as far as the view has members. Members that the DC has
declared failed count only where there is quorum."""

from typing import TYPE_CHECKING

from pcmk.based.disk import MarkCommitted
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.based_peer import Position
from pcmk.kernel.messages.cib import CibChanged, CibReplaced, CibVersion
from tests.simulation.invariants import Violation
from tests.simulation.process import Process

if TYPE_CHECKING:
    from tests.simulation.world import World


class CommittedIsOnDisk:
    """Looks at the disks whenever a primary marks something as committed, or shows it to its subscribers."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._last: dict[str, Position] = {}

    def committed(self, process: Process, effect: MarkCommitted) -> None:
        self._look(process, effect.position)

    def published(self, process: Process, body: Message) -> None:
        if isinstance(body, (CibChanged, CibReplaced)) and process.body is not None:
            self._look(process, process.body.core.state.chain.committed_position)

    def _look(self, process: Process, position: Position) -> None:
        view = process.view
        if position.primary != process.node.name or view is None or self._last.get(process.incarnation) == position:
            return
        self._last[process.incarnation] = position
        assert process.body is not None
        if process.body.core._primary is None:
            return
        chain = process.body.core.state.chain
        for link in reversed(chain.links):
            if link.entry.position <= position:
                if link.entry.quorate and view.quorate:
                    self._world.observers.quorate_commit(link.entry.position)
                if link.entry.position < position:
                    break
        absent = process.body.core.state.absent
        live = sum(name not in absent for name in view.names)
        members = len(view.names) if view.quorate and view.expected_votes > 2 else live
        needed = max(live // 2 + 1, min(members, view.expected_votes // 2 + 1))
        holders = [name for name in view.names if self._world.nodes[name].disk.has(position)]
        own = process.node.name in holders or process.body.core.state.disk.failure
        if len(holders) < needed or not own:
            raise Violation(
                f"{process.node.name} commits {position} ({CibVersion(*chain.committed.version)}), which is on the "
                f"disks of {holders} only; {needed} of {view.names} are needed"
            )
