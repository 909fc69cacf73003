"""What has to be written to the CIB: the difference between the table and the transient attributes in the CIB.

The CIB's part is an output. Whatever others do to it, the difference tells what to write.
"""

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from pcmk._core import Cib, Element
from pcmk.attrd.table import Table
from pcmk.kernel.cib_replica import PatchChange
from pcmk.kernel.markup import tag
from pcmk.kernel.messages.attrd_peer import AttributeKind, AttributeRow, Order
from pcmk.kernel.messages.cib import CibOperation, CibOptions

_NOT_IN_IDS = re.compile(r"[^\w.\-]")
_BEGINNING = Order()


class Write(Struct, frozen=True):
    """An operation for the CIB; `name` is the attribute, or empty for the erasure of what a node had."""

    name: str
    node: str
    operation: CibOperation


def node_ids(cib: Cib, members: Mapping[str, int]) -> dict[str, str]:
    """The XML ids of cluster nodes by name: as configured in the CIB, else the number that membership gave it."""
    ids = {name: str(number) for name, number in members.items()}
    for node in cib.find("/cib/configuration/nodes/node"):
        if node.get("uname") and node.get("id") and node.get("type", "member") == "member":
            ids[node.get("uname", "")] = node.get("id", "")
    return ids


def states_in(cib: Cib) -> dict[str, Element]:
    """The states of nodes in a CIB, by their XML ids."""
    return {state.get("id", ""): state for state in cib.find("/cib/status/node_state")}


def differences(
    table: Table, names: Iterable[str], cib: Cib, ids: Mapping[str, str], erase: Iterable[str]
) -> list[Write]:
    """The operations that bring the CIB in step for these attributes, and those that erase what nodes had in the CIB.

    Values of nodes whose id is not known are left out.
    """
    states = states_in(cib)
    writes = [
        Write("", node, CibOperation("delete", xpath=f"{_state_path(state)}/transient_attributes"))
        for node in erase
        for state in states.values()
        if state.get("uname") == node and state.child("transient_attributes") is not None
    ]
    erased = {write.node for write in writes}
    for name in names:
        kind = table.kinds[name]
        if kind.private:
            continue
        for row in table.rows_of(name):
            node_id = row.node if row.remote else ids.get(row.node)
            if node_id is None:
                continue
            state = states.get(node_id) if row.node not in erased else None
            write = _difference(kind, row, node_id, state)
            if write is not None:
                writes.append(write)
    return writes


def touches_attributes(changes: Iterable[PatchChange]) -> bool:
    """Whether changes of the CIB concern transient attributes or the ids of nodes."""
    return any(_touches(change) for change in changes)


def values_in(cib: Cib) -> list[tuple[AttributeKind, AttributeRow]]:
    """The transient attributes in a CIB, as a table with the zero order would have them."""
    found: list[tuple[AttributeKind, AttributeRow]] = []
    for state in cib.find("/cib/status/node_state"):
        node, node_id = state.get("uname", ""), state.get("id", "")
        remote = state.get("remote_node") == "true"
        attributes = state.child("transient_attributes")
        if not node or attributes is None:
            continue
        for block in attributes.children:
            block_id = block.get("id", "")
            set_id = "" if block_id == f"status-{node_id}" else block_id
            for pair in block.children:
                name, value = pair.get("name"), pair.get("value")
                if pair.name == "nvpair" and name and value is not None:
                    kind = AttributeKind(name, _BEGINNING, block.name, set_id)
                    found.append((kind, AttributeRow(name, node, value, _BEGINNING, remote)))
    return found


def _difference(kind: AttributeKind, row: AttributeRow, node_id: str, state: Element | None) -> Write | None:
    set_id, pair_id = _ids(kind, row.name, node_id)
    pair = pair_of(kind, row.name, node_id, state)
    present = pair.get("value", "") if pair is not None else None
    if present == row.value:
        return None
    if row.value is None:
        path = f"{_path(node_id)}/transient_attributes/{kind.set_type}[@id='{set_id}']/nvpair[@id='{pair_id}']"
        return Write(row.name, row.node, CibOperation("delete", xpath=path))
    written = tag("nvpair", {"id": pair_id, "name": row.name, "value": row.value})
    attributes = tag("transient_attributes", {"id": node_id}, tag(kind.set_type, {"id": set_id}, written))
    remote = {"remote_node": "true"} if row.remote else {}
    xml = tag("node_state", {"id": node_id, **remote, "uname": row.node}, attributes)
    operation = CibOperation("modify", "status", input_xml=xml, options=CibOptions(allow_create=True))
    return Write(row.name, row.node, operation)


def _ids(kind: AttributeKind, name: str, node_id: str) -> tuple[str, str]:
    """The ids of the set and of the pair that an attribute of a node has in the CIB."""
    set_id = _sanitized(kind.set_id or f"status-{node_id}")
    return set_id, _sanitized(f"{set_id}-{name}")


def pair_of(kind: AttributeKind, name: str, node_id: str, state: Element | None) -> Element | None:
    """The pair of an attribute in the state of a node, if there is one."""
    set_id, pair_id = _ids(kind, name, node_id)
    attributes = state.child("transient_attributes") if state is not None else None
    if attributes is None:
        return None
    pairs = (
        pair
        for block in attributes.children
        if block.name == kind.set_type and block.get("id") == set_id
        for pair in block.children
    )
    return next((pair for pair in pairs if pair.get("id") == pair_id), None)


def _touches(change: PatchChange) -> bool:
    if "/transient_attributes" in change.path or change.path.startswith("/cib/configuration/nodes"):
        return True
    created = change.element.name if change.element is not None else ""
    if created in ("transient_attributes", "node_state", "status"):
        return True
    steps = change.path.count("/")
    return change.operation == "delete" and change.path.startswith("/cib/status") and steps <= 3


def _sanitized(text: str) -> str:
    """A valid XML id; what is not allowed in one becomes a dot."""
    return _NOT_IN_IDS.sub(".", text)


def _path(node_id: str) -> str:
    return f"/cib/status/node_state[@id='{node_id}']"


def _state_path(state: Element) -> str:
    return _path(state.get("id", ""))
