"""Cluster options that the controller itself acts on."""

from msgspec import Struct

from pcmk._core import Cib
from pcmk.kernel.booleans import is_true
from pcmk.kernel.durations import duration
from pcmk.kernel.watchdog import FORMER_OPTION, OPTION

_INFINITY = 1_000_000


class Options(Struct, frozen=True):
    """Values of the cluster option set; times in seconds. `freezes` says that without quorum what runs goes on,
    `panics` that a node which loses it takes itself down. `watchdog_timeout` is a text, as it means nothing without a
    device (`pcmk.kernel.watchdog`)."""

    recheck_interval: float = 900.0
    dc_deadtime: float = 20.0
    transition_delay: float = 0.0
    shutdown_escalation: float = 1200.0
    cluster_delay: float = 60.0
    fencing_max_attempts: int = 10
    fencing_panics: bool = False
    node_action_limit: int = 0
    node_pending_timeout: float = 0.0
    shutdown_lock: bool = False
    shutdown_lock_limit: float = 0.0
    cluster_name: str = ""
    freezes: bool = False
    panics: bool = False
    watchdog_timeout: str = ""


def options_of(cib: Cib) -> Options:
    """Read the cluster options; what is missing or invalid has its default. Rules are left to the scheduler."""
    values: dict[str, str] = {}
    sets = cib.find("/cib/configuration/crm_config/cluster_property_set")
    for block in sorted(sets, key=lambda block: block.get("id") != "cib-bootstrap-options"):
        if block.child("rule") is None:
            for pair in block.children:
                values.setdefault(pair.get("name", ""), pair.get("value", ""))
    default = Options()

    def seconds(name: str, standard: float) -> float:
        found = duration(values.get(name, ""))
        return standard if found is None else found

    reaction = values.get("fencing-reaction") or values.get("fence-reaction", "")
    attempts = values.get("fencing-max-attempts") or values.get("stonith-max-attempts", "")
    limit = values.get("node-action-limit", "")
    return Options(
        seconds("cluster-recheck-interval", default.recheck_interval),
        seconds("dc-deadtime", default.dc_deadtime),
        seconds("transition-delay", default.transition_delay),
        seconds("shutdown-escalation", default.shutdown_escalation),
        seconds("cluster-delay", default.cluster_delay),
        _attempts(attempts, default.fencing_max_attempts),
        reaction == "panic",
        int(limit) if limit.isdecimal() else 0,
        seconds("node-pending-timeout", 0.0),
        is_true(values.get("shutdown-lock", "")),
        seconds("shutdown-lock-limit", 0.0),
        values.get("cluster-name", ""),
        values.get("no-quorum-policy") == "freeze",
        values.get("no-quorum-policy") in ("fence", "suicide"),
        values.get(OPTION) or values.get(FORMER_OPTION, ""),
    )


def _attempts(text: str, standard: int) -> int:
    if text.upper().lstrip("+") == "INFINITY":
        return _INFINITY
    return int(text) if text.isdecimal() and int(text) > 0 else standard
