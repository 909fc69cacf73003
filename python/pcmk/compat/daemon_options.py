"""Options that the daemons tell of themselves: the cluster's by the daemon that acts on them, and those that the fencer
takes from the parameters of every fence device (specification of cluster options, section 1.2; reference on the fencer,
section 3.3)."""

from collections.abc import Iterator
from dataclasses import dataclass

ADVANCED = "Advanced Use Only"
DEPRECATED = "Deprecated"


@dataclass(frozen=True, slots=True)
class DaemonOption:
    """One option. `kind` is a type of OCF 1.1 metadata; `former` an older name that is still accepted,
    `mark` a word of warning to users.
    """

    name: str
    kind: str
    default: str | None
    text: str
    choices: tuple[str, ...] = ()
    former: str = ""
    mark: str = ""
    details: str = ""


def _flag(name: str, default: str, text: str, *, former: str = "", mark: str = "") -> DaemonOption:
    return DaemonOption(name, "boolean", default, text, former=former, mark=mark)


def _time(name: str, default: str, text: str, *, former: str = "", mark: str = "") -> DaemonOption:
    return DaemonOption(name, "time", default, text, former=former, mark=mark)


def _number(name: str, default: str | None, text: str, *, former: str = "", mark: str = "") -> DaemonOption:
    return DaemonOption(name, "integer", default, text, former=former, mark=mark)


def _choice(
    name: str, choices: tuple[str, ...], text: str, *, default: str = "", former: str = "", mark: str = ""
) -> DaemonOption:
    return DaemonOption(name, "select", default or choices[0], text, choices, former, mark)


BASED = (
    _flag("enable-acl", "false", "Whether access control lists limit what users may read and change in the CIB"),
    _number("cluster-ipc-limit", "500", "Ignored", mark=DEPRECATED),
)

CONTROLD = (
    DaemonOption("dc-version", "string", None, "Version of the DC; set by the cluster"),
    DaemonOption("cluster-infrastructure", "string", "corosync", "Messaging layer; set by the cluster"),
    DaemonOption("cluster-name", "string", None, "A name for the cluster, which rules know as #cluster-name"),
    _time("dc-deadtime", "20s", "How long to wait for other nodes at start-up before a DC is elected"),
    _time(
        "cluster-recheck-interval", "15min", "After how long without an event the cluster is looked at again; 0: never"
    ),
    DaemonOption("load-threshold", "percentage", "80%", "CPU load from which fewer actions run at a time; 0: no limit"),
    _number("node-action-limit", "0", "How many actions may run at a time on a node; 0: twice its CPU cores"),
    _choice(
        "fencing-reaction",
        ("stop", "panic"),
        "What a node does that is told of its own fencing",
        former="fence-reaction",
    ),
    _time("election-timeout", "2min", "After how long an undecided election is given up", mark=ADVANCED),
    _time("shutdown-escalation", "20min", "After how long a shutdown that does not end is forced", mark=ADVANCED),
    _time("join-integration-timeout", "3min", "How long nodes may take to answer an offer to join", mark=ADVANCED),
    _time("join-finalization-timeout", "30min", "How long nodes may take to complete a join", mark=ADVANCED),
    _time("transition-delay", "0s", "How long to wait after an event for further ones", mark=ADVANCED),
    _time(
        "fencing-watchdog-timeout",
        "0",
        "After how long a lost node counts as fenced by its watchdog; 0: never, negative: twice the device's timeout",
        former="stonith-watchdog-timeout",
    ),
    _number(
        "fencing-max-attempts",
        "10",
        "How often fencing of a node may fail before it is not retried at once",
        former="stonith-max-attempts",
    ),
)

_POLICIES = ("stop", "freeze", "ignore", "demote", "fence", "suicide")

SCHEDULERD = (
    _choice("no-quorum-policy", _POLICIES, "What to do with resources while there is no quorum"),
    _flag("shutdown-lock", "false", "Whether resources of a node that was shut down wait for that node"),
    _time("shutdown-lock-limit", "0", "How long they wait for it at most; 0: without limit"),
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
        ("reboot", "off", "poweroff"),
        "What fencing does to a node (poweroff: older name of off)",
        former="stonith-action",
    ),
    _time("fencing-timeout", "60s", "How long on, off and reboot may take", former="stonith-timeout"),
    _flag("have-watchdog", "false", "Whether watchdog devices are in use; set by the cluster", mark=ADVANCED),
    _flag("concurrent-fencing", "true", "Whether several nodes may be fenced at a time", mark=DEPRECATED),
    _flag("startup-fencing", "true", "Whether nodes that were never seen are fenced", mark=ADVANCED),
    _time(
        "priority-fencing-delay", "0", "By how much fencing of the node with the more important resources is delayed"
    ),
    _time("node-pending-timeout", "0", "After how long a node that does not complete its join is fenced; 0: never"),
    _time("cluster-delay", "60s", "How long messages between nodes may take beside the actions themselves"),
    _number(
        "batch-limit", "0", "How many actions may run at a time in the cluster; 0: as the load allows, -1: any number"
    ),
    _number("migration-limit", "-1", "How many live migrations may run at a time on a node; -1: any number"),
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
    _number("node-health-base", "0", "Score that every node has (progressive strategy)"),
    _number("node-health-green", "0", "Score of the health attribute value green"),
    _number("node-health-yellow", "0", "Score of the health attribute value yellow"),
    _number("node-health-red", "-INFINITY", "Score of the health attribute value red"),
    _choice(
        "placement-strategy",
        ("default", "utilization", "minimal", "balanced"),
        "How utilization takes part in the choice of nodes",
    ),
)


def _of_action(action: str) -> Iterator[DaemonOption]:
    yield DaemonOption(
        f"pcmk_{action}_action", "string", action, f"Command of the agent that stands for {action}", mark=ADVANCED
    )
    yield _time(f"pcmk_{action}_timeout", "60s", f"How long {action} may take", mark=ADVANCED)
    yield _number(f"pcmk_{action}_retries", "2", f"How often {action} is tried within its timeout", mark=ADVANCED)


FENCED = (
    DaemonOption(
        "pcmk_host_argument",
        "string",
        "port",
        "Parameter of the agent that names the target; none: no parameter does",
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
        "dynamic-list",
        "How the targets of the device are known",
        ("dynamic-list", "static-list", "status", "none"),
        details="dynamic-list: the device lists them; static-list: pcmk_host_list and pcmk_host_map name them; "
        "status: the device is asked for each; none: every node is one.",
    ),
    _time("pcmk_delay_max", "0s", "Fencing is delayed by a random time of at most this"),
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


@dataclass(frozen=True, slots=True)
class Subject:
    """What a daemon's metadata is about."""

    text: str
    options: tuple[DaemonOption, ...]


SUBJECTS = {
    "pacemaker-based": Subject("Cluster options of the CIB manager", BASED),
    "pacemaker-controld": Subject("Cluster options of the controller", CONTROLD),
    "pacemaker-schedulerd": Subject("Cluster options of the scheduler", SCHEDULERD),
    "pacemaker-fenced": Subject("Parameters that every fence device has", FENCED),
}
"""The daemons that tell options. The other daemons have none."""
