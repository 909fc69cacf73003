"""The shape of every daemon: a pure core that turns events into effects.

A core is handed one event at a time together with the time, changes its own state, and returns what
should be done about it. It reads no clock, draws no random number and performs no I/O, so the same
core runs under asyncio in a daemon and, beside the cores of all other nodes, under a manual clock in
the whole-cluster simulation.

Events and effects that every daemon shares are here; a daemon adds its own beside its core.
"""

from typing import Protocol, TypeAlias, TypeVar

from msgspec import Struct

from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import View


class Instant(Struct, frozen=True):
    """A moment: `mono` in seconds on a clock that never jumps, `wall` in seconds since the epoch."""

    mono: float
    wall: float


class Client(Struct, frozen=True):
    """Who asks on a local socket: the program's name and the socket's peer credentials.

    `privileged` are root, the cluster's own user, and who the daemons run as. `groups` are those of everybody else.
    """

    name: str
    pid: int = 0
    uid: int = 0
    user: str = "root"
    privileged: bool = True
    groups: tuple[str, ...] = ()


# ---- events ---------------------------------------------------------------------------------------


class Started(Struct, frozen=True):
    """First event of a core's life."""


class Request(Struct, frozen=True):
    """A client of the local socket asks; it is answered by one `Reply` with the same id."""

    id: int
    client: Client
    body: Message


class RequestGone(Struct, frozen=True):
    """The client of an unanswered request hung up or its deadline passed; a later `Reply` is dropped."""

    id: int


class CallResult(Struct, frozen=True):
    """The answer to an own `Call`; `Failure` when refused, unreachable or late."""

    id: int
    body: Message


class LinkUp(Struct, frozen=True):
    """A local daemon that this core talks to answers, and its notices are subscribed."""

    daemon: Daemon


class LinkDown(Struct, frozen=True):
    """The connection to a local daemon broke; notices may have been missed. It is being re-made."""

    daemon: Daemon


class Notice(Struct, frozen=True):
    """A local daemon published something (see `Publish`)."""

    daemon: Daemon
    body: Message


class ViewChanged(Struct, frozen=True):
    """Membership or quorum changed. Views arrive in one order that all members share."""

    view: View


class PeerUp(Struct, frozen=True):
    """Messages flow both ways to the same daemon of another member.

    `incarnation` is new in every process life, so a respawn differs from a mended connection.
    """

    node: str
    incarnation: str


class PeerDown(Struct, frozen=True):
    """The connection to a peer broke: messages not yet received are lost. Always before the next `PeerUp`, and before
    the `ViewChanged` that the peer is no member of any more."""

    node: str


class PeerMessage(Struct, frozen=True):
    """A message of a peer, in the order it was sent. `term` is the DC's term as the sender knew it."""

    node: str
    term: int
    body: Message


class TimerFired(Struct, frozen=True):
    """A timer of this core ran out; `key` is the one given to `SetTimer`."""

    key: str


class Terminate(Struct, frozen=True):
    """The daemon was asked to stop (SIGTERM)."""


class MembershipProven(Struct, frozen=True):
    """Answer to `ProveMembership`. `holds`: the last view was that of this node at a time after it was asked; else
    nothing is known."""

    id: int
    holds: bool


CommonEvent: TypeAlias = (
    Started
    | Request
    | RequestGone
    | CallResult
    | LinkUp
    | LinkDown
    | Notice
    | ViewChanged
    | PeerUp
    | PeerDown
    | PeerMessage
    | TimerFired
    | Terminate
)

# ---- effects --------------------------------------------------------------------------------------


class Reply(Struct, frozen=True):
    """Answer a client's request."""

    id: int
    body: Message


class Call(Struct, frozen=True):
    """Ask a local daemon; exactly one `CallResult` with the same id follows."""

    id: int
    daemon: Daemon
    body: Message
    timeout: float = 30.0


class Publish(Struct, frozen=True):
    """Send a notice to every subscriber of this daemon, in order."""

    body: Message


class Send(Struct, frozen=True):
    """Send to the same daemon of another node; silently lost when that peer is not up."""

    node: str
    term: int
    body: Message


class SetTimer(Struct, frozen=True):
    """(Re)start a one-shot timer; a running one of the same key is replaced. `delay` in seconds."""

    key: str
    delay: float


class CancelTimer(Struct, frozen=True):
    """Stop a timer if it runs."""

    key: str


class Log(Struct, frozen=True):
    """A log line: `text` is the human sentence, `fields` are added to the structured record."""

    level: str
    text: str
    fields: tuple[tuple[str, str], ...] = ()


class Exit(Struct, frozen=True):
    """End the process with this exit code once earlier effects are carried out."""

    code: int
    reason: str


class ProveMembership(Struct, frozen=True):
    """Have the membership engine show that it works and that the last view holds; one `MembershipProven` follows, after
    all views that came before. Only for a daemon that sees views."""

    id: int


CommonEffect: TypeAlias = Reply | Call | Publish | Send | SetTimer | CancelTimer | Log | Exit


Event_contra = TypeVar("Event_contra", contravariant=True)
Effect = TypeVar("Effect")


class Core(Protocol[Event_contra, Effect]):
    """What a shell or the simulation drives."""

    def handle(self, event: Event_contra, now: Instant) -> list[Effect]:
        """Take one event at time `now`; return the effects in the order they must be carried out."""
        ...
