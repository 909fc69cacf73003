"""Changes of what the cluster itself records (nodes and status) by somebody else.

Who edits a copy of the whole CIB and puts it back, or restores a former one, sets status back to what it was when the
copy was made. Then only the nodes themselves know what runs on them.
"""

from pcmk.kernel.cib_replica import PatchChange, ReplicaUpdate
from pcmk.kernel.daemons import Daemon

# Programs that change single facts on purpose, and know what they do (`cib__client_triggers_refresh`).
_TRUSTED = frozenset(
    (*(daemon.value for daemon in Daemon), "attrd_updater", "crm_attribute", "crm_node", "crm_resource", "crm_ticket")
)
_PLACES = (("/cib", "status"), ("/cib/configuration", "nodes"))


def disturbs(update: ReplicaUpdate) -> bool:
    """Whether a change was made by a client that is not trusted, and concerns nodes or status."""
    return update.client not in _TRUSTED and any(_concerns(change) for change in update.changes)


def _concerns(change: PatchChange) -> bool:
    created = change.element.name if change.operation == "create" and change.element is not None else ""
    return any(
        change.path == f"{parent}/{section}"
        or change.path.startswith(f"{parent}/{section}/")
        or (change.path == parent and created == section)
        for parent, section in _PLACES
    )
