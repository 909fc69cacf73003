"""What controllers say to each other. The term of each message is the DC's term as its sender knows it."""

from msgspec import field

from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibVersion
from pcmk.kernel.messages.executor import KeepSecrets


class ControllerHello(Message, frozen=True):
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


class Offer(Message, frozen=True):
    """The sender wants to be, or is, the DC of the message's term. Answered by `Accept` or `Refuse`."""

    feature_set: str
    leaving: bool


class Accept(Message, frozen=True):
    """The sender follows this DC from now on, and nobody else with a term that is not higher.

    `fresh`: it never joined in this life of its node, so nothing that history says of it holds any more.
    """

    fresh: bool


class Refuse(Message, frozen=True):
    """The sender does not follow: it knows of `highest_term`, or follows `dc` and still hears of it."""

    highest_term: int
    dc: str


class Welcome(Message, frozen=True):
    """The CIB has the receiver's node at `version`. It brings its history up to date and answers `Joined`."""

    version: CibVersion


class Joined(Message, frozen=True):
    """The sender takes part. Everything that it knows of its own history is in the CIB at `version`.

    `mended`: the history in the CIB was another one, so the scheduler has to look at it again.
    """

    version: CibVersion
    mended: bool = False


class Confirmed(Message, frozen=True):
    """The receiver's node is a member in a committed CIB, with quorum where `no-quorum-policy` asks for that."""


class PerformAction(Message, frozen=True):
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


class ActionDone(Message, frozen=True):
    """Result of an action that leaves no entry in the history, told to the DC directly."""

    key: str
    rc: int
    status: int
    exit_reason: str = ""


class LeaveRequest(Message, frozen=True):
    """The sender wants to stop; the DC first moves its resources."""


class LeavePermitted(Message, frozen=True):
    """Nothing runs on the receiver any more: it stops."""


class NodeForgotten(Message, frozen=True):
    """A node was removed from the cluster."""

    name: str


class AskState(Message, frozen=True):
    """A tool asks for the receiver's state. Answered by `StateAnswer` with the same number."""

    number: int


class StateAnswer(Message, frozen=True):
    """See `pcmk.kernel.messages.controller.ControllerStatus`."""

    number: int
    state: str
    dc: str
    dc_term: int
    feature_set: str
    quorate: bool


class ForgetHistory(Message, frozen=True):
    """A tool wants the receiver to forget a resource (all if empty). Answered by `RelayDone`."""

    number: int
    resource: str


class InjectFailure(Message, frozen=True):
    """A tool wants the receiver to report a made-up failure of a resource. Answered by `RelayDone`."""

    number: int
    resource: str


class KeepSecretsHere(Message, frozen=True):
    """A tool wants the receiver's executor to keep secrets. Answered by `RelayDone`."""

    number: int
    keep: KeepSecrets


class StoreCorosyncConf(Message, frozen=True):
    """See `pcmk.kernel.messages.controller.ConfigureCorosync`. Answered by `RelayDone`."""

    number: int
    configuration: str
    replaces: str


class RelayDone(Message, frozen=True):
    """How a relayed request of a tool ended; `code` is an exit code, `message` empty if it is 0."""

    number: int
    code: int
    message: str
