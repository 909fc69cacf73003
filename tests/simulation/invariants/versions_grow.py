"""The CIB's version never goes back for the subscribers of a CIB manager. One that was killed may come back with what
its disk had, but once it is in step again it is at no lower version than the node has seen in this life; unless the
disk was full, for then it shows more than that has."""

from typing import TYPE_CHECKING, Any

from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibChanged, CibReplaced
from tests.simulation.invariants import Violation
from tests.simulation.process import Process

if TYPE_CHECKING:
    from tests.simulation.world import World

Triple = tuple[int, int, int]


class VersionsGrow:
    """Remembers the last version of each process, and of each node's life."""

    def __init__(self, _world: "World") -> None:
        self._of_process: dict[str, Triple] = {}
        self._of_life: dict[tuple[str, int], Triple] = {}
        # Lives in which the disk was full.
        self._full: set[tuple[str, int]] = set()

    def published(self, process: Process, body: Message) -> None:
        if not isinstance(body, (CibChanged, CibReplaced)) or process.body is None:
            return
        version = (body.version.admin_epoch, body.version.epoch, body.version.num_updates)
        last = self._of_process.get(process.incarnation)
        if last is not None and (version < last or (version == last and isinstance(body, CibChanged))):
            raise Violation(f"the CIB of {process.node.name} goes from version {last} to {version}")
        self._of_process[process.incarnation] = version
        life = (process.node.name, process.node.life)
        if process.node.disk.full:
            self._full.add(life)
        highest = self._of_life.get(life, version)
        core = process.body.core
        shown = core.state.chain.committed.version
        if shown < highest and _in_step(core):
            if life not in self._full:
                raise Violation(f"the CIB of {process.node.name} is in step at {shown}, but {highest} was there before")
            highest = version
        self._of_life[life] = max(version, highest)


def _in_step(core: Any) -> bool:
    primary = core._primary
    return primary.ready if primary is not None else core._follower.in_step
