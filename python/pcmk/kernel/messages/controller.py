"""The controller's API for tools."""

from dataclasses import dataclass

from pcmk.kernel.messages import Message
from pcmk.kernel.messages.executor import KeepSecrets


@dataclass(frozen=True, slots=True)
class ControllerQuery(Message):
    """Ask a controller about itself; with `node`, that node's controller is asked."""

    node: str = ""


@dataclass(frozen=True, slots=True)
class ControllerStatus(Message):
    """State by its field name (`S_IDLE`, ...); `dc` empty while none is known."""

    node: str
    state: str
    dc: str
    term: int
    feature_set: str
    quorate: bool


@dataclass(frozen=True, slots=True)
class WatchdogQuery(Message):
    """From pacemakerd: may this node's watchdog device be kept from resetting it? `bound` is what it was told last.

    Answered by `WatchdogAnswer`, or by a failure if nothing is certain: the membership engine has not shown in time
    that it works, or the configuration can't be read.
    """

    bound: bool


@dataclass(frozen=True, slots=True)
class WatchdogAnswer(Message):
    """`bound`: others may count this node as fenced when they have not seen it for a while, so it must give signs of
    life only as long as it is told that it is `safe`: at a moment after the query it was in a view with quorum."""

    bound: bool
    safe: bool


@dataclass(frozen=True, slots=True)
class NodesQuery(Message):
    """List the nodes that this controller knows."""


@dataclass(frozen=True, slots=True)
class KnownNode(Message):
    """A cluster node; `state` is `member` or `lost`."""

    name: str
    id: int
    state: str


@dataclass(frozen=True, slots=True)
class KnownNodes(Message):
    """Cluster nodes by id."""

    nodes: tuple[KnownNode, ...]


@dataclass(frozen=True, slots=True)
class RemoveNode(Message):
    """Forget a node that is no member any more, everywhere."""

    name: str


@dataclass(frozen=True, slots=True)
class ConfigureCorosync(Message):
    """Have another `corosync.conf` on another node. Corosync is not told to read it.

    It is made from one with the SHA-256 `replaces`; a node that has yet another one refuses, so that nothing that
    somebody wrote there is lost.
    """

    node: str
    configuration: str
    replaces: str


@dataclass(frozen=True, slots=True)
class RefreshResource(Message):
    """Forget the history of a resource on a node (all resources, all nodes when empty), so that it is probed anew."""

    resource: str = ""
    node: str = ""


@dataclass(frozen=True, slots=True)
class CleanupResource(Message):
    """Forget the failures of a resource (all when empty) on a node (all when empty), fail counts included."""

    resource: str = ""
    node: str = ""
    operation: str = ""
    interval_ms: int = 0


@dataclass(frozen=True, slots=True)
class FailResource(Message):
    """Report a made-up failure of a resource on a node, to see the recovery."""

    resource: str
    node: str


@dataclass(frozen=True, slots=True)
class ShareSecrets(Message):
    """Have the executors of all other cluster nodes keep secrets."""

    keep: KeepSecrets


@dataclass(frozen=True, slots=True)
class SharedWith(Message):
    """What came of it on a node: `code` is 0, or an exit code (NOHOST for a node that is down) with the reason."""

    node: str
    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class SecretsShared(Message):
    """Answer to `ShareSecrets`: every other node that is known, by name."""

    nodes: tuple[SharedWith, ...]
