"""The controller's API for tools."""

from pcmk.kernel.messages import Message
from pcmk.kernel.messages.executor import KeepSecrets


class ControllerQuery(Message, frozen=True):
    """Ask a controller about itself; with `node`, that node's controller is asked."""

    node: str = ""


class ControllerStatus(Message, frozen=True):
    """State by its field name (`S_IDLE`, ...); `dc` empty while none is known."""

    node: str
    state: str
    dc: str
    term: int
    feature_set: str
    quorate: bool


class WatchdogQuery(Message, frozen=True):
    """From pacemakerd: may this node's watchdog device be kept from resetting it? `bound` is what it was told last.

    Answered by `WatchdogAnswer`, or by a failure if nothing is certain: the membership engine has not shown in time
    that it works, or the configuration can't be read.
    """

    bound: bool


class WatchdogAnswer(Message, frozen=True):
    """`bound`: others may count this node as fenced when they have not seen it for a while, so it must give signs of
    life only as long as it is told that it is `safe`: at a moment after the query it was in a view with quorum."""

    bound: bool
    safe: bool


class NodesQuery(Message, frozen=True):
    """List the nodes that this controller knows."""


class KnownNode(Message, frozen=True):
    """A cluster node; `state` is `member` or `lost`."""

    name: str
    id: int
    state: str


class KnownNodes(Message, frozen=True):
    """Cluster nodes by id."""

    nodes: tuple[KnownNode, ...]


class RemoveNode(Message, frozen=True):
    """Forget a node that is no member any more, everywhere."""

    name: str


class ConfigureCorosync(Message, frozen=True):
    """Have another `corosync.conf` on another node. Corosync is not told to read it.

    It is made from one with the SHA-256 `replaces`; a node that has yet another one refuses, so that nothing that
    somebody wrote there is lost.
    """

    node: str
    configuration: str
    replaces: str


class RefreshResource(Message, frozen=True):
    """Forget the history of a resource on a node (all resources, all nodes when empty), so that it is probed anew."""

    resource: str = ""
    node: str = ""


class CleanupResource(Message, frozen=True):
    """Forget the failures of a resource (all when empty) on a node (all when empty), fail counts included."""

    resource: str = ""
    node: str = ""
    operation: str = ""
    interval_ms: int = 0


class FailResource(Message, frozen=True):
    """Report a made-up failure of a resource on a node, to see the recovery."""

    resource: str
    node: str


class ShareSecrets(Message, frozen=True):
    """Have the executors of all other cluster nodes keep secrets."""

    keep: KeepSecrets


class SharedWith(Message, frozen=True):
    """What came of it on a node: `code` is 0, or an exit code (NOHOST for a node that is down) with the reason."""

    node: str
    code: int
    reason: str


class SecretsShared(Message, frozen=True):
    """Answer to `ShareSecrets`: every other node that is known, by name."""

    nodes: tuple[SharedWith, ...]
