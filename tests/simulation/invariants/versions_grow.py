"""The CIB's version never goes back: not for the subscribers of a node's CIB manager, and not for who asks its successor
after a kill, as long as the node lives."""

from typing import TYPE_CHECKING

from pcmk.kernel.core import Daemon
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibChanged, CibReplaced
from tests.simulation.invariants import Violation
from tests.simulation.process import Process

if TYPE_CHECKING:
    from tests.simulation.world import World


class VersionsGrow:
    """Remembers the last version of each node's life."""

    def __init__(self, _world: "World") -> None:
        self._last: dict[tuple[str, int], tuple[int, int, int]] = {}

    def published(self, process: Process, body: Message) -> None:
        if isinstance(body, (CibChanged, CibReplaced)):
            version = body.version
            triple = (version.admin_epoch, version.epoch, version.num_updates)
            self._seen(process, triple, isinstance(body, CibReplaced))

    def process_started(self, process: Process) -> None:
        if process.daemon is Daemon.BASED and process.body is not None:
            self._seen(process, process.body.core.state.chain.committed.version, True)

    def _seen(self, process: Process, version: tuple[int, int, int], may_be_same: bool) -> None:
        life = (process.node.name, process.node.life)
        last = self._last.get(life)
        if last is not None and (version < last or (version == last and not may_be_same)):
            raise Violation(f"the CIB of {process.node.name} goes from version {last} to {version}")
        self._last[life] = version
