"""A node that has left for good."""

from collections.abc import Iterable

from pcmk.hosts.corosync_conf import CorosyncConf
from pcmk.hosts.places import Places
from pcmk.hosts.plan import PUBLIC, Plan, PlannedFile
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.controller import KnownNode


def without(configuration: CorosyncConf, own: str, node: str, places: Places) -> tuple[tuple[str, ...], Plan]:
    """Take a node off Corosync's list; the members that remain besides this host, and the file. Raises `PcmkError`
    (USAGE, NOHOST)."""
    if node == own:
        raise PcmkError(ExitCode.USAGE, f"{node} is this host; remove it on a node that stays")
    smaller = CorosyncConf(configuration.text)
    smaller.remove_node(node)
    others = tuple(each.name for each in smaller.nodes if each.name != own)
    summary = f"Corosync's list of nodes, without {node}"
    return others, Plan((PlannedFile(places.corosync, smaller.text.encode(), PUBLIC, summary, keep=True),))


def refuse_running(node: str, known: Iterable[KnownNode]) -> None:
    """Raises `PcmkError` (UNSAFE) if a node is a member of the cluster now."""
    if any(each.name == node and each.state == "member" for each in known):
        raise PcmkError(ExitCode.UNSAFE, f"{node} is a member now; stop the cluster and Corosync on it first")
