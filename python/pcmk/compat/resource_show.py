"""What commands show about resources."""

import time
from collections.abc import Iterator
from typing import NamedTuple

from pcmk._core import Cib, Element, ResourceState, status_text
from pcmk.compat.resources import Cluster
from pcmk.output.exit_texts import EXECUTION_STATUS, UNKNOWN_STATUS
from pcmk.output.xml import element


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


class Operation(NamedTuple):
    """One operation of a history."""

    line: str
    item: str


def operations(cluster: Cluster, name: str, node: str, *, active: bool) -> list[Operation]:
    """The history of operations, oldest first; with `active` what came before the last start is left out, and
    everything if the resource was stopped since."""
    found: list[Operation] = []
    counts = {each.name: each.history_counts for each in cluster.nodes}
    for state in cluster.cib.find("/cib/status/node_state"):
        uname = state.get("uname", state.get("id", ""))
        if not counts.get(uname, False) or (node and uname.lower() != node.lower()):
            continue
        for history in state.find("//lrm_resource"):
            resource = history.get("id", "")
            if name and resource != name:
                continue
            records = sorted(history.children, key=_call)
            if active:
                records = _since_start(records)
            found += [_operation(cluster, resource, uname, record) for record in records]
    return found


def _call(record: Element) -> tuple[bool, int]:
    """Sort key: by call id; what is under way comes last."""
    call = int(record.get("call-id", "-1"))
    return call < 0, call


def _since_start(records: list[Element]) -> list[Element]:
    start = stop = monitored = promoted = -1
    for index, record in enumerate(records):
        task, rc = record.get("operation"), record.get("rc-code")
        if task == "stop" and record.get("op-status") == "0":
            stop = index
        elif task in ("start", "migrate_from"):
            start = index
        elif task == "monitor" and monitored <= stop and rc in ("0", "8"):
            monitored = index
        elif task in ("promote", "demote"):
            promoted = index
    # What was promoted, or found running, was started some time.
    start = next((each for each in (start, promoted, monitored) if each >= 0), -1)
    return [] if start < stop else records[max(start, 0) :]


def _operation(cluster: Cluster, resource: str, node: str, record: Element) -> Operation:
    known = next((each for each in cluster.resources if resource in (each.id, each.xml_id)), None)
    changed = int(record.get("last-rc-change", "0") or "0")
    when = time.asctime(time.localtime(changed)) if changed else None
    duration = record.get("exec-time")
    fields = [f"node={node}", f"call={record.get('call-id')}", f"rc={record.get('rc-code')}"]
    if when is not None:
        fields.append(f"last-rc-change='{when}'")
    if duration is not None:
        fields.append(f"exec={duration}ms")
    number = record.get("op-status", "")
    status = EXECUTION_STATUS.get(int(number), UNKNOWN_STATUS) if number.lstrip("-").isdigit() else UNKNOWN_STATUS
    key = record.get("operation_key", record.get("id", ""))
    about = f"Unknown resource {resource}" if known is None else known.line_without_node
    item = {
        "op": key,
        "node": node,
        "call": record.get("call-id"),
        "rc": record.get("rc-code"),
        "status": status,
        "rsc": None if known is None else known.id if known.unique else known.xml_id,
        "agent": None if known is None else _spelled_out(known.agent),
        "last-rc-change": when,
        "exec-time": duration if when is not None else None,
    }
    return Operation(f"{about}: {key} ({', '.join(fields)}): {status}", element("operation", item))


def _spelled_out(agent: str) -> str:
    """Standard, provider and type, each with its place."""
    standard, _, rest = agent.partition(":")
    return agent if ":" in rest else f"{standard}::{rest}"
