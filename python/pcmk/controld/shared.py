"""What the parts of the controller share."""

from typing import Literal, TypeAlias

from msgspec import Struct, field

from pcmk.controld.events import Settings, State
from pcmk.controld.options import Options
from pcmk.controld.port import Port
from pcmk.controld.roster import Roster
from pcmk.controld.writer import Writer
from pcmk.kernel.cib_replica import CibReplica
from pcmk.kernel.watchdog import WatchdogFencing, watchdog_fencing

INFINITY = 1_000_000

# What to do when a graph has ended, from the weakest.
Completion: TypeAlias = Literal["done", "wait", "restart", "shutdown"]


class Standing(Struct):
    """What this controller knows of terms.

    `seen` is the highest term of all; `dc` and `term` are who is followed (this node too) and since which term: nobody
    else is followed in a term that is not higher. `standing` and `leading` say that this node is a candidate in
    `term`, or has been accepted by all.
    """

    seen: int = 0
    dc: str = ""
    term: int = 0
    promised: str = ""
    standing: bool = False
    leading: bool = False


class Shared(Struct):
    """The common memory of the parts."""

    port: Port
    settings: Settings
    roster: Roster
    replica: CibReplica
    writer: Writer
    incarnation: str
    # It has not answered a `Welcome` in this life, so it was given nothing to run.
    fresh: bool
    started_ms: int = 0
    standing: Standing = field(default_factory=Standing)
    options: Options = field(default_factory=Options)
    state: State = State.STARTING
    leaving: bool = False
    # The CIB manager of this node can't write to its disk.
    diskless: bool = False
    # A DC has said that this node joined in this life; see `MarkJoined`.
    known: bool = False

    def __post_init__(self) -> None:
        self.known = not self.fresh

    @property
    def node(self) -> str:
        """Name of the own node."""
        return self.roster.node

    @property
    def leading(self) -> bool:
        """Whether this node is the DC."""
        return self.standing.leading

    def must_wait(self, *, known: bool, quorate: bool | None = None) -> bool:
        """Whether a node, known or not, must not join before there is quorum. `quorate`: if that is not to be taken
        from the view.

        Without it, under `no-quorum-policy=freeze`, resources may move between the nodes of a partition. To the others
        a node that started anew is down and clean until it has joined with quorum: one that gains quorum would not
        fence it, and would start once more what has moved to it, be it after another merge. Where a watchdog fences,
        one that joined without quorum would have to be reset for it, again after each start.
        """
        if quorate is None:
            quorate = self.roster.quorate
        return not known and not quorate and (self.options.freezes or self.fences_itself)

    @property
    def watchdog(self) -> WatchdogFencing:
        """Fencing by watchdog as it is configured, and as this node's device allows it."""
        return watchdog_fencing(self.options.watchdog_timeout, self.settings.watchdog)

    @property
    def fences_itself(self) -> bool:
        """Whether this node's watchdog device is to reset it when it loses quorum."""
        return bool(self.settings.watchdog) and (self.options.panics or self.watchdog.timeout > 0)

    def become(self, state: State) -> None:
        """Change the state that tools see. A controller that stops does not begin anything else."""
        if state is not self.state and (self.state is not State.STOPPING or state is State.TERMINATE):
            self.port.log("info", f"State transition {self.state} -> {state}")
            self.state = state
