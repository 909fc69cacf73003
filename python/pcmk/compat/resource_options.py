"""Meta-attributes of primitives (specification, section 3.3), for those who list them."""

from pcmk.compat.daemon_options import DaemonOption

PRIMITIVE = (
    DaemonOption(
        "priority", "score", "0", "How important the resource is: what matters less is stopped if not all can run"
    ),
    DaemonOption("critical", "boolean", "true", "Default of influence for colocations in which it is the dependent"),
    DaemonOption(
        "target-role",
        "select",
        "Started",
        "The role that the cluster tries to keep it in",
        ("Stopped", "Started", "Unpromoted", "Promoted"),
        details="Started allows promotion; Unpromoted and Promoted are for promotable clones.",
    ),
    DaemonOption("is-managed", "boolean", "true", "Whether the cluster may start, stop, promote and demote it"),
    DaemonOption("maintenance", "boolean", "false", "Whether it is neither changed nor monitored"),
    DaemonOption(
        "resource-stickiness",
        "score",
        None,
        "What staying on the node where it runs is worth",
        details="By default 1 for instances of clones, and 0 for all others.",
    ),
    DaemonOption(
        "requires",
        "select",
        None,
        "What has to be true before it may be started",
        ("nothing", "quorum", "fencing", "unfencing"),
        details="fencing: quorum, and failed nodes are fenced. unfencing: also, that its own node was unfenced.",
    ),
    DaemonOption(
        "migration-threshold", "score", "INFINITY", "After how many failures on a node it leaves that node; 0: never"
    ),
    DaemonOption("failure-timeout", "duration", "0", "After how long a failure is forgotten; 0: never"),
    DaemonOption(
        "multiple-active",
        "select",
        "stop_start",
        "What is done if it is active on several nodes",
        ("block", "stop_only", "stop_start", "stop_unexpected"),
    ),
    DaemonOption(
        "allow-migrate",
        "boolean",
        None,
        "Whether it may be migrated live",
        details="By default true for ocf:pacemaker:remote, and false for all others.",
    ),
    DaemonOption("allow-unhealthy-nodes", "boolean", "false", "Whether it may run where a node's health forbids it"),
    DaemonOption(
        "container-attribute-target",
        "string",
        None,
        "host: its node attributes are those of the machine that its container runs on",
    ),
    DaemonOption("remote-node", "string", None, "The name of the guest node that it makes, if it is one"),
    DaemonOption("remote-addr", "string", None, "Where that guest node is connected to, by default its name"),
    DaemonOption("remote-port", "port", "3121", "The port that it is connected to"),
    DaemonOption("remote-connect-timeout", "timeout", "60s", "How long connecting may take"),
    DaemonOption("remote-allow-migrate", "boolean", "true", "allow-migrate of the guest node's connection"),
)
