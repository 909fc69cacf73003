"""`crm_resource --list-cts`: resources with their flags as numbers, as the field's test programs read them."""

from collections.abc import Iterator

from pcmk._core import ResourceState
from pcmk.compat.resources import Cluster

FLAGS: dict[str, int] = {
    "REMOVED": 0,
    "MANAGED": 1,
    "BLOCKED": 2,
    "REMOVED_LAUNCHED": 3,
    "NOTIFY": 4,
    "UNIQUE": 5,
    "FENCE_DEVICE": 6,
    "PROMOTABLE": 7,
    "RESTARTING": 11,
    "STOP_IF_FAILED": 12,
    "RELOAD": 13,
    "REMOTE_NESTING_ALLOWED": 14,
    "CRITICAL": 15,
    "FAILED": 16,
    "REMOTE_CONNECTION": 18,
    "START_PENDING": 19,
    "EXCLUSIVE_PROBES": 20,
    "STOP_UNEXPECTED": 22,
    "MIGRATABLE": 23,
    "IGNORE_FAILURE": 24,
    "MAINTENANCE": 26,
    "NEEDS_QUORUM": 28,
    "NEEDS_FENCING": 29,
    "NEEDS_UNFENCING": 30,
}
"""Bits of the flags."""

UNASSIGNED = 8
REPLICA_CONTAINER = 25
CONTAINERS = ("docker", "podman")
NONE = "NA"
NO_AGENT = "(null)"


def lines(cluster: Cluster) -> Iterator[str]:
    """One line a resource, then one a colocation."""
    for resource in cluster.resources:
        yield _resource(cluster, resource)
    for constraint in cluster.cib.find("/cib/configuration/constraints/rsc_colocation[@id]"):
        names = ("id", "rsc", "with-rsc", "score", "rsc-role", "with-rsc-role")
        yield f"Constraint rsc_colocation {' '.join(constraint.get(name, NONE) for name in names)}"


def _resource(cluster: Cluster, resource: ResourceState) -> str:
    standard, provider, kind = _agent(resource.agent)
    flags = _flags(cluster, resource)
    about = (
        resource.kind,
        resource.id,
        resource.history_id or resource.id,
        resource.parent or NONE,
        provider,
        standard,
        kind,
        resource.current_node or NONE,
        "0" if "FENCE_DEVICE" in resource.flags else "1",
        str(flags),
        f"0x{flags:016x}",
    )
    return f"Resource: {' '.join(about)}"


def _agent(agent: str) -> tuple[str, str, str]:
    """Standard, provider and type."""
    words = agent.split(":")
    if len(words) < 2:
        return NO_AGENT, NONE, NO_AGENT
    return words[0], words[1] if len(words) > 2 else NONE, words[-1]


def _flags(cluster: Cluster, resource: ResourceState) -> int:
    bits = {FLAGS[name] for name in resource.flags if name in FLAGS} | {UNASSIGNED}
    parent = cluster.parent(resource)
    # Of the primitives that a bundle is made of, the container is the one that launches the others.
    if parent is not None and parent.kind == "bundle" and resource.agent.split(":")[-1] in CONTAINERS:
        bits.add(REPLICA_CONTAINER)
    return sum(1 << bit for bit in bits)
