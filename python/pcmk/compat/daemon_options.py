"""Options that the daemons tell of themselves: the cluster's by the daemon that acts on them, and those that the fencer
takes from the parameters of every fence device (specification of cluster options, section 1.2; reference on the fencer,
section 3.3)."""

from collections.abc import Iterator
from typing import NamedTuple

ADVANCED = "Advanced Use Only"
DEPRECATED = "Deprecated"


class DaemonOption(NamedTuple):
    """One option. `kind` is what its values are; `former` an older name that is still accepted, `mark` a word of
    warning to users; `generated` tells that the cluster sets it, whatever users say.
    """

    name: str
    kind: str
    default: str | None
    text: str
    choices: tuple[str, ...] = ()
    former: str = ""
    mark: str = ""
    details: str = ""
    generated: bool = False


def _flag(name: str, default: str, text: str, *, former: str = "", mark: str = "") -> DaemonOption:
    return DaemonOption(name, "boolean", default, text, former=former, mark=mark)


def _duration(name: str, default: str, text: str, *, former: str = "", mark: str = "") -> DaemonOption:
    return DaemonOption(name, "duration", default, text, former=former, mark=mark)


def _number(name: str, default: str, text: str, *, mark: str = "") -> DaemonOption:
    return DaemonOption(name, "integer", default, text, mark=mark)


def _score(name: str, default: str, text: str, *, former: str = "") -> DaemonOption:
    return DaemonOption(name, "score", default, text, former=former)


def _choice(name: str, choices: tuple[str, ...], text: str, *, former: str = "") -> DaemonOption:
    return DaemonOption(name, "select", choices[0], text, choices, former)


_POLICIES = ("stop", "freeze", "ignore", "demote", "fence", "suicide")

CLUSTER = (
    DaemonOption("dc-version", "version", None, "Version of the DC", generated=True),
    DaemonOption("cluster-infrastructure", "string", None, "Messaging layer", generated=True),
    DaemonOption("cluster-name", "string", None, "A name for the cluster, which rules know as #cluster-name"),
    _duration("dc-deadtime", "20s", "How long to wait for other nodes at start-up before a DC is elected"),
    _duration(
        "cluster-recheck-interval", "15min", "After how long without an event the cluster is looked at again; 0: never"
    ),
    _duration("election-timeout", "2min", "After how long an undecided election is given up", mark=ADVANCED),
    _duration("shutdown-escalation", "20min", "After how long a shutdown that does not end is forced", mark=ADVANCED),
    _duration("join-integration-timeout", "3min", "How long nodes may take to answer an offer to join", mark=ADVANCED),
    _duration("join-finalization-timeout", "30min", "How long nodes may take to complete a join", mark=ADVANCED),
    _duration("transition-delay", "0s", "How long to wait after an event for further ones", mark=ADVANCED),
    _choice("no-quorum-policy", _POLICIES, "What to do with resources while there is no quorum"),
    _flag("shutdown-lock", "false", "Whether resources of a node that was shut down wait for that node"),
    _duration("shutdown-lock-limit", "0", "How long they wait for it at most; 0: without limit"),
    _flag("enable-acl", "false", "Whether access control lists limit what users may read and change in the CIB"),
    _flag("symmetric-cluster", "true", "Whether resources may run on any node unless a constraint forbids it"),
    _flag("maintenance-mode", "false", "Whether resources are neither started, stopped nor monitored"),
    _flag("start-failure-is-fatal", "true", "Whether one failed start bans a resource from the node"),
    _flag("enable-startup-probes", "true", "Whether nodes that join are asked what is already active", mark=DEPRECATED),
    _flag(
        "fence-remote-without-quorum",
        "false",
        "Whether a partition without quorum may fence remote nodes",
        mark=ADVANCED,
    ),
    _flag(
        "fencing-enabled",
        "true",
        "Whether nodes are fenced; without it services may become active twice and lose data",
        former="stonith-enabled",
        mark=ADVANCED,
    ),
    _choice(
        "fencing-action",
        ("reboot", "off"),
        "What fencing does to a node",
        former="stonith-action",
    ),
    _choice(
        "fencing-reaction",
        ("stop", "panic"),
        "What a node does that is told of its own fencing",
        former="fence-reaction",
    ),
    _duration("fencing-timeout", "60s", "How long on, off and reboot may take", former="stonith-timeout"),
    DaemonOption("have-watchdog", "boolean", "false", "Whether watchdog devices are in use", generated=True),
    DaemonOption(
        "fencing-watchdog-timeout",
        "timeout",
        "0",
        "After how long a lost node counts as fenced by its watchdog; 0: never, negative: twice the device's timeout",
        former="stonith-watchdog-timeout",
    ),
    _score(
        "fencing-max-attempts",
        "10",
        "How often fencing of a node may fail before it is not retried at once",
        former="stonith-max-attempts",
    ),
    _flag("concurrent-fencing", "true", "Whether several nodes may be fenced at a time", mark=DEPRECATED),
    _flag("startup-fencing", "true", "Whether nodes that were never seen are fenced", mark=ADVANCED),
    _duration(
        "priority-fencing-delay", "0", "By how much fencing of the node with the more important resources is delayed"
    ),
    _duration("node-pending-timeout", "0", "After how long a node that does not complete its join is fenced; 0: never"),
    _duration("cluster-delay", "60s", "How long messages between nodes may take beside the actions themselves"),
    DaemonOption("load-threshold", "percentage", "80%", "CPU load from which fewer actions run at a time; 0: no limit"),
    _number("node-action-limit", "0", "How many actions may run at a time on a node; 0: twice its CPU cores"),
    _number(
        "batch-limit", "0", "How many actions may run at a time in the cluster; 0: as the load allows, -1: any number"
    ),
    _number("migration-limit", "-1", "How many live migrations may run at a time on a node; -1: any number"),
    DaemonOption("cluster-ipc-limit", "nonnegative_integer", None, "Ignored", mark=DEPRECATED),
    _flag("stop-all-resources", "false", "Whether all resources are stopped"),
    _flag(
        "stop-removed-resources",
        "true",
        "Whether resources that are no longer configured are stopped",
        former="stop-orphan-resources",
        mark=DEPRECATED,
    ),
    _flag(
        "cancel-removed-actions",
        "true",
        "Whether recurring actions that are no longer configured are cancelled",
        former="stop-orphan-actions",
        mark=DEPRECATED,
    ),
    _number("pe-error-series-max", "-1", "How many scheduler inputs with errors are kept; -1: all"),
    _number("pe-warn-series-max", "5000", "How many scheduler inputs with warnings are kept; -1: all"),
    _number("pe-input-series-max", "4000", "How many other scheduler inputs are kept; -1: all"),
    _choice(
        "node-health-strategy",
        ("none", "migrate-on-red", "only-green", "progressive", "custom"),
        "What health attributes of a node mean for its resources",
    ),
    _score("node-health-base", "0", "Score that every node has (progressive strategy)"),
    _score("node-health-green", "0", "Score of the health attribute value green"),
    _score("node-health-yellow", "0", "Score of the health attribute value yellow"),
    _score("node-health-red", "-INFINITY", "Score of the health attribute value red"),
    _choice(
        "placement-strategy",
        ("default", "utilization", "minimal", "balanced"),
        "How utilization takes part in the choice of nodes",
    ),
)
"""Those of the cluster, in the order in which they are listed."""

_OF_BASED = frozenset({"enable-acl", "cluster-ipc-limit"})
_OF_CONTROLD = frozenset(
    {
        "cluster-infrastructure",
        "cluster-name",
        "cluster-recheck-interval",
        "dc-deadtime",
        "dc-version",
        "election-timeout",
        "fencing-max-attempts",
        "fencing-reaction",
        "fencing-watchdog-timeout",
        "join-finalization-timeout",
        "join-integration-timeout",
        "load-threshold",
        "node-action-limit",
        "shutdown-escalation",
        "transition-delay",
    }
)


def _of_action(action: str) -> Iterator[DaemonOption]:
    yield DaemonOption(
        f"pcmk_{action}_action", "string", action, f"Command of the agent that stands for {action}", mark=ADVANCED
    )
    yield DaemonOption(f"pcmk_{action}_timeout", "timeout", "60s", f"How long {action} may take", mark=ADVANCED)
    yield _number(f"pcmk_{action}_retries", "2", f"How often {action} is tried within its timeout", mark=ADVANCED)


FENCED = (
    DaemonOption(
        "pcmk_host_argument",
        "string",
        None,
        "Parameter of the agent that names the target: port or plug by default; none: no parameter does",
        mark=ADVANCED,
    ),
    DaemonOption(
        "pcmk_host_map",
        "string",
        None,
        "What the device calls each target",
        details="node1:1;node2:2,3 has port 1 stand for node1, ports 2 and 3 for node2.",
    ),
    DaemonOption("pcmk_host_list", "string", None, "Targets of the device, separated by commas or blanks"),
    DaemonOption(
        "pcmk_host_check",
        "select",
        None,
        "How the targets of the device are known",
        ("dynamic-list", "static-list", "status", "none"),
        details="dynamic-list: the device lists them; static-list: pcmk_host_list and pcmk_host_map name them; "
        "status: the device is asked for each; none: every node is one.",
    ),
    _duration("pcmk_delay_max", "0s", "Fencing is delayed by a random time of at most this"),
    DaemonOption(
        "pcmk_delay_base",
        "string",
        "0s",
        "Fencing is delayed by at least this",
        details="One time for all targets, or one for each: node1:1s;node2:5s.",
    ),
    _number("pcmk_action_limit", "1", "How many actions may run at a time on the device; -1: any number"),
    *(each for action in ("reboot", "off", "on", "list", "monitor", "status") for each in _of_action(action)),
)


class Subject(NamedTuple):
    """What a daemon's metadata is about."""

    text: str
    options: tuple[DaemonOption, ...]


SUBJECTS = {
    "pacemaker-based": Subject(
        "Cluster options of the CIB manager", tuple(each for each in CLUSTER if each.name in _OF_BASED)
    ),
    "pacemaker-controld": Subject(
        "Cluster options of the controller", tuple(each for each in CLUSTER if each.name in _OF_CONTROLD)
    ),
    "pacemaker-schedulerd": Subject(
        "Cluster options of the scheduler",
        tuple(each for each in CLUSTER if each.name not in _OF_BASED | _OF_CONTROLD),
    ),
    "pacemaker-fenced": Subject("Parameters that every fence device has", FENCED),
}
"""The daemons that tell options. The other daemons have none."""
