"""What ACLs let a client do with attributes: as if it changed and read them in the CIB itself.

Private attributes never get there, so ACLs say nothing of them.
"""

from collections.abc import Mapping

from pcmk._core import Cib
from pcmk.attrd import ordering, writer
from pcmk.attrd.table import Table
from pcmk.kernel.acl import refusal
from pcmk.kernel.cib_requests import cib_request
from pcmk.kernel.core import Client
from pcmk.kernel.errors import CibError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.attrd_peer import AttributeForward, AttributeRow, Order, Ordered
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.users import subject


def may_not_change(
    table: Table, forward: AttributeForward, cib: Cib | None, members: Mapping[str, int], client: Client, wall: float
) -> Failure | None:
    """Why ACLs don't let a client ask for a change; None if they do, or if it makes no sense anyway."""
    if client.privileged:
        return None
    ordered = ordering.order(table, forward, Order(), writer.values_in(cib) if cib is not None else [])
    if isinstance(ordered, Failure):
        return None
    if cib is None:
        return refusal(cib, client, (), wall)
    ids = writer.node_ids(cib, members)
    asked = _only(table, ordered)
    public = [row for row in asked.rows.values() if not asked.kinds[row.name].private]
    if any(not row.remote and row.node not in ids for row in public):
        return Failure(ExitCode.INSUFFICIENT_PRIV, "Permission denied: not all of these nodes are known")
    dropped = [dropped.node for dropped in ordered.dropped]
    writes = writer.differences(asked, asked.kinds, cib, ids, dropped)
    return refusal(cib, client, (write.operation for write in writes), wall)


def readable(
    table: Table, rows: list[AttributeRow], cib: Cib | None, members: Mapping[str, int], client: Client, wall: float
) -> list[AttributeRow]:
    """Those of some values that a client may read: those that it would see if all of them were in the CIB."""
    user = None if client.privileged else subject(client.user, client.groups, wall)
    if user is None or not rows:
        return rows
    if cib is None:
        return []
    public = [row for row in rows if not table.kinds[row.name].private]
    ids = writer.node_ids(cib, members)
    told = _only(table, Ordered(Order(), rows=tuple(public)))
    written = writer.differences(told, told.kinds, cib, ids, ())
    try:
        with_rows, _ = cib.apply_all([cib_request(write.operation, keep_version=True) for write in written])
        seen = user.view(with_rows)
    except CibError:
        return [row for row in rows if row not in public]
    if seen == with_rows:
        return rows
    shown = writer.states_in(seen)

    def is_shown(row: AttributeRow) -> bool:
        id = row.node if row.remote else ids.get(row.node, "")
        pair = writer.pair_of(table.kinds[row.name], row.name, id, shown.get(id))
        return pair is not None and pair.get("value") is not None

    return [row for row in rows if row not in public or is_shown(row)]


def _only(table: Table, ordered: Ordered) -> Table:
    """A table with nothing but what is changed."""
    changed = Table()
    changed.kinds = {row.name: table.kinds[row.name] for row in ordered.rows if row.name in table.kinds}
    changed.apply(ordered)
    return changed
