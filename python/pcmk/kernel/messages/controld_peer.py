"""What controllers say to each other. The term of each message is the DC's term as its sender knows it."""

from dataclasses import dataclass, field

from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibVersion
from pcmk.kernel.messages.executor import KeepSecrets


@dataclass(frozen=True, slots=True)
class ControllerHello(Message):
    """First message on every connection, and again whenever one of the facts changes.

    `started_ms` (epoch milliseconds when the process began) stands for uptime: unlike an age it is the same number for
    everybody, so all members rank candidates alike. `dc` is the node that the sender follows (itself if it acts as
    DC), empty if none. `jobs` is how many actions it takes at a time. `diskless`: its CIB manager can't write.
    """

    feature_set: str
    started_ms: int
    dc: str
    leaving: bool
    jobs: int
    diskless: bool = False


@dataclass(frozen=True, slots=True)
class Offer(Message):
    """The sender wants to be, or is, the DC of the message's term. Answered by `Accept` or `Refuse`."""

    feature_set: str
    leaving: bool


@dataclass(frozen=True, slots=True)
class Accept(Message):
    """The sender follows this DC from now on, and nobody else with a term that is not higher.

    `fresh`: it never joined in this life of its node, so nothing that history says of it holds any more.
    """

    fresh: bool


@dataclass(frozen=True, slots=True)
class Refuse(Message):
    """The sender does not follow: it knows of `highest_term`, or follows `dc` and still hears of it."""

    highest_term: int
    dc: str


@dataclass(frozen=True, slots=True)
class Welcome(Message):
    """The CIB has the receiver's node at `version`. It brings its history up to date and answers `Joined`."""

    version: CibVersion


@dataclass(frozen=True, slots=True)
class Joined(Message):
    """The sender takes part. Everything that it knows of its own history is in the CIB at `version`.

    `mended`: the history in the CIB was another one, so the scheduler has to look at it again.
    """

    version: CibVersion
    mended: bool = False


@dataclass(frozen=True, slots=True)
class Confirmed(Message):
    """The receiver's node is a member in a committed CIB, with quorum where `no-quorum-policy` asks for that."""


@dataclass(frozen=True, slots=True)
class PerformAction(Message):
    """An action of the graph, to be carried out by the receiver's executor.

    `key` is its transition key; a receiver that has seen the key does nothing twice. `attributes` are the parameters
    and meta-attributes (`CRM_meta_...`) as the graph has them.
    """

    key: str
    operation: str
    operation_key: str
    on_node: str
    resource: str
    standard: str
    provider: str
    type: str
    shutdown_lock: int = 0
    attributes: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class ActionDone(Message):
    """Result of an action that leaves no entry in the history, told to the DC directly."""

    key: str
    rc: int
    status: int
    exit_reason: str = ""


@dataclass(frozen=True, slots=True)
class LeaveRequest(Message):
    """The sender wants to stop; the DC first moves its resources."""


@dataclass(frozen=True, slots=True)
class LeavePermitted(Message):
    """Nothing runs on the receiver any more: it stops."""


@dataclass(frozen=True, slots=True)
class NodeForgotten(Message):
    """A node was removed from the cluster."""

    name: str


@dataclass(frozen=True, slots=True)
class AskState(Message):
    """A tool asks for the receiver's state. Answered by `StateAnswer` with the same number."""

    number: int


@dataclass(frozen=True, slots=True)
class StateAnswer(Message):
    """See `pcmk.kernel.messages.controller.ControllerStatus`."""

    number: int
    state: str
    dc: str
    dc_term: int
    feature_set: str
    quorate: bool


@dataclass(frozen=True, slots=True)
class ForgetHistory(Message):
    """A tool wants the receiver to forget a resource (all if empty). Answered by `RelayDone`."""

    number: int
    resource: str


@dataclass(frozen=True, slots=True)
class InjectFailure(Message):
    """A tool wants the receiver to report a made-up failure of a resource. Answered by `RelayDone`."""

    number: int
    resource: str


@dataclass(frozen=True, slots=True)
class KeepSecretsHere(Message):
    """A tool wants the receiver's executor to keep secrets. Answered by `RelayDone`."""

    number: int
    keep: KeepSecrets


@dataclass(frozen=True, slots=True)
class StoreCorosyncConf(Message):
    """See `pcmk.kernel.messages.controller.ConfigureCorosync`. Answered by `RelayDone`."""

    number: int
    configuration: str
    replaces: str


@dataclass(frozen=True, slots=True)
class RelayDone(Message):
    """How a relayed request of a tool ended; `code` is an exit code, `message` empty if it is 0."""

    number: int
    code: int
    message: str
