"""What commands show about resources."""

import time
from collections.abc import Iterator

from pcmk._core import Cib, Element, ResourceState, status_text
from pcmk.compat.resources import Cluster
from pcmk.output.exit_texts import EXECUTION_STATUS


def listing(cib: Cib) -> str:
    """All resources with their state."""
    now = int(time.time())
    return status_text(cib, now=now, now_text="", sections=["resources"], inactive=True, without_nodes=True)


def raw_ids(cluster: Cluster) -> list[str]:
    """Ids of configured primitives and instances."""
    tops = [each for each in cluster.resources if each.parent is None and not each.removed]
    return [each.id for top in tops for each in primitives(cluster, top)]


def primitives(cluster: Cluster, resource: ResourceState) -> Iterator[ResourceState]:
    """The resource itself, or all primitives below it."""
    if resource.kind == "primitive":
        yield resource
    for child in cluster.children(resource):
        yield from primitives(cluster, child)


def locations(cluster: Cluster, name: str) -> list[tuple[str, bool]]:
    """Nodes on which a resource runs, and whether in the promoted role; last found first."""
    found = [
        (node, cluster.is_promoted(resource)) for resource in cluster.instances(name) for node in resource.active_on
    ]
    return found[::-1]


def why(cluster: Cluster, resource: ResourceState, node: str) -> list[str]:
    """Whether a resource runs, on a node if one is named, and what in its configuration says that it does not."""
    runs = any(not node or each == node for each in resource.active_on)
    where = f" on host {node}" if node else ""
    lines = [f"Resource {resource.id} is {'' if runs else 'not '}running{where}"]
    at: ResourceState | None = resource
    while at is not None:
        if (at.target_role or "") == "Stopped":
            lines.append(f"Configuration specifies '{at.id}' should remain stopped")
            break
        at = cluster.parent(at)
    if not resource.managed:
        lines.append(f"Configuration specifies '{resource.id}' should not be managed")
    return lines


def operations(cluster: Cluster, name: str, node: str, *, active: bool) -> list[str]:
    """The history of operations, oldest first; with `active` what came before the last start is left out, and
    everything if the resource was stopped since."""
    lines: list[str] = []
    for state in cluster.cib.find("/cib/status/node_state"):
        uname = state.get("uname", state.get("id", ""))
        if node and uname.lower() != node.lower():
            continue
        for history in state.find("//lrm_resource"):
            resource = history.get("id", "")
            if name and resource not in (name, name.partition(":")[0]):
                continue
            records = sorted(history.children, key=lambda record: _call(record))
            if active:
                records = _since_start(records)
            lines += [_operation(cluster, resource, uname, record) for record in records]
    return lines


def _call(record: Element) -> tuple[bool, int]:
    """Sort key: by call id; what is under way comes last."""
    call = int(record.get("call-id", "-1"))
    return call < 0, call


def _since_start(records: list[Element]) -> list[Element]:
    start = stop = -1
    implied = 0
    for index, record in enumerate(records):
        task, rc = record.get("operation"), record.get("rc-code")
        if task == "stop" and record.get("op-status") == "0":
            stop = index
        elif task in ("start", "migrate_from"):
            start = index
        elif start <= stop and task == "monitor" and rc in ("0", "8"):
            implied = index
    if start == -1:
        start = implied or start
    return [] if start < stop else records[max(start, 0) :]


def _operation(cluster: Cluster, resource: str, node: str, record: Element) -> str:
    found = next((each for each in cluster.resources if resource in (each.id, each.xml_id)), None)
    about = resource if found is None else _without_node(found)
    changed = int(record.get("last-rc-change", "0") or "0")
    fields = [f"node={node}", f"call={record.get('call-id')}", f"rc={record.get('rc-code')}"]
    if changed:
        fields.append(f"last-rc-change='{time.asctime(time.localtime(changed))}'")
    if record.get("exec-time") is not None:
        fields.append(f"exec={record.get('exec-time')}ms")
    status = EXECUTION_STATUS.get(int(record.get("op-status", "-2") or "-2"), "unknown")
    return f"{about}: {record.get('operation_key', record.get('id', ''))} ({', '.join(fields)}): {status}"


def _without_node(resource: ResourceState) -> str:
    line = resource.line
    for node in resource.active_on:
        line = line.replace(f" {node}", "", 1) if line.endswith(f" {node}") else line
    return line
