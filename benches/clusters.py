"""CIBs of clusters of any size and several shapes, for measurements: what they hold depends on the arguments alone.

`resources` is the number of primitives that want a node; a clone counts once for each node.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from msgspec import Struct

from pcmk._core import Cib, simulate

SCHEMA = "pacemaker-3.9"
FEATURE_SET = "3.16.1"
"""Old enough for every Pacemaker 2.1.5 and later to take it."""
NOW = 1767787200
BLOCK = 10
GROUP = 3
CHAIN = 50


class Parts(Struct, frozen=True):
    """What makes a shape: resources, constraints, and further options."""

    resources: Iterable[str]
    constraints: Iterable[str] = ()
    options: tuple[tuple[str, str], ...] = ()
    capacity: int = 0


def cluster(nodes: int, resources: int, shape: str = "mixed") -> str:
    """A cluster before its first transition: all nodes are members, nothing was probed."""
    parts = SHAPES[shape](nodes, resources)
    options = (("stonith-enabled", "true"), ("batch-limit", "0"), *parts.options)
    return "".join(
        (
            f'<cib crm_feature_set="{FEATURE_SET}" validate-with="{SCHEMA}" admin_epoch="0" epoch="1" num_updates="0" '
            f'have-quorum="1" dc-uuid="1" execution-date="{NOW}">'
            '<configuration><crm_config><cluster_property_set id="options">',
            *(_pair("options", name, value) for name, value in options),
            "</cluster_property_set></crm_config><nodes>",
            *(_node(node, parts.capacity) for node in range(1, nodes + 1)),
            '</nodes><resources><primitive id="fencer" class="stonith" type="fence_xvm"/>',
            *parts.resources,
            "</resources><constraints>",
            *parts.constraints,
            f"</constraints><rsc_defaults>{_meta('defaults', ('resource-stickiness', '100'))}</rsc_defaults>",
            "</configuration><status>",
            *(_state(node) for node in range(1, nodes + 1)),
            "</status></cib>",
        )
    )


def readable(text: str) -> str:
    """The same CIB as if old software had written it: who reads it refuses what comes from newer software."""
    return re.sub(r'crm_feature_set="[^"]*"', f'crm_feature_set="{FEATURE_SET}"', text)


def settled(cib: Cib) -> Cib:
    """The same cluster after its transition."""
    after = simulate(cib, now=NOW, wall_now=NOW, schedule=True, execute=True).cib
    return Cib.parse(readable(after.to_xml()))


def with_failed_node(cib: Cib, node: str = "node2") -> Cib:
    """The same cluster with a node lost."""
    return simulate(cib, now=NOW, wall_now=NOW, injections=[("node-fail", node)]).injected


def _pair(owner: str, name: str, value: str) -> str:
    return f'<nvpair id="{owner}-{name}" name="{name}" value="{value}"/>'


def _meta(owner: str, *pairs: tuple[str, str]) -> str:
    return f'<meta_attributes id="{owner}-meta">{"".join(_pair(owner, *pair) for pair in pairs)}</meta_attributes>'


def _node(node: int, capacity: int) -> str:
    room = f'<utilization id="room-{node}">{_pair(f"room-{node}", "cpu", str(capacity))}</utilization>'
    return f'<node id="{node}" uname="node{node}">{room if capacity else ""}</node>'


def _state(node: int) -> str:
    return (
        f'<node_state id="{node}" uname="node{node}" in_ccm="true" crmd="online" join="member" expected="member">'
        f'<lrm id="{node}"><lrm_resources/></lrm></node_state>'
    )


def _primitive(name: str, *, roles: bool = False, cpu: int = 0) -> str:
    monitors = (("10s", "Promoted"), ("11s", "Unpromoted")) if roles else (("10s", ""),)
    ops = "".join(
        f'<op id="{name}-monitor-{interval}" name="monitor" interval="{interval}" timeout="20s"'
        + (f' role="{role}"/>' if role else "/>")
        for interval, role in monitors
    )
    need = f'<utilization id="{name}-need">{_pair(f"{name}-need", "cpu", str(cpu))}</utilization>' if cpu else ""
    agent = "Stateful" if roles else "Dummy"
    return (
        f'<primitive id="{name}" class="ocf" provider="pacemaker" type="{agent}">'
        f'<instance_attributes id="{name}-params">{_pair(name, "state", f"/run/{name}")}</instance_attributes>'
        f'<operations>{ops}<op id="{name}-start" name="start" interval="0s" timeout="60s"/></operations>'
        f"{need}</primitive>"
    )


def _group(name: str, members: list[str]) -> str:
    return f'<group id="{name}">{"".join(map(_primitive, members))}</group>'


def _colocation(dependent: str, primary: str, score: str = "INFINITY") -> str:
    return f'<rsc_colocation id="{dependent}-with-{primary}" rsc="{dependent}" with-rsc="{primary}" score="{score}"/>'


def _order(first: str, then: str) -> str:
    return f'<rsc_order id="{first}-then-{then}" first="{first}" then="{then}"/>'


def _place(resource: str, node: int, role: str = "") -> str:
    of_role = f' role="{role}"' if role else ""
    return f'<rsc_location id="{resource}-on-{node}" rsc="{resource}"{of_role} node="node{node}" score="100"/>'


def _names(count: int, prefix: str = "rsc") -> list[str]:
    return [f"{prefix}{number}" for number in range(count)]


def _followers(names: list[str]) -> Iterator[str]:
    """Each is placed with, and started after, the one before it."""
    for before, after in pairwise(names):
        yield _colocation(after, before)
        yield _order(before, after)


def _primitives(nodes: int, resources: int) -> Parts:
    del nodes
    return Parts(map(_primitive, _names(resources)))


def _groups(nodes: int, resources: int) -> Parts:
    """Groups of three."""
    del nodes
    names = _names(resources)
    starts = range(0, resources, GROUP)
    return Parts(_group(f"group{start}", names[start : start + GROUP]) for start in starts)


def _clones(nodes: int, resources: int) -> Parts:
    names = _names(max(1, resources // nodes))
    return Parts(
        f'<clone id="{name}-clone">{_meta(f"{name}-clone", ("interleave", "true"))}{_primitive(name)}</clone>'
        for name in names
    )


def _promotable(nodes: int, resources: int) -> Parts:
    """Promotable clones with notifications, each promoted on a node of its own choice."""
    names = _names(max(1, resources // nodes))
    meta = (("promotable", "true"), ("notify", "true"))
    return Parts(
        (
            f'<clone id="{name}-clone">{_meta(f"{name}-clone", *meta)}{_primitive(name, roles=True)}</clone>'
            for name in names
        ),
        (_place(f"{name}-clone", number % nodes + 1, "Promoted") for number, name in enumerate(names)),
    )


def _mixed(nodes: int, resources: int) -> Parts:
    """A clone, and blocks of ten: a group of three that follows the clone and prefers a node, then a chain of seven."""

    def block(number: int) -> tuple[str, list[str]]:
        return f"group{number}", [f"rsc{number}-{member}" for member in range(BLOCK)]

    def parts(number: int) -> Iterator[str]:
        group, members = block(number)
        yield _group(group, members[:GROUP])
        yield from map(_primitive, members[GROUP:])

    def constraints(number: int) -> Iterator[str]:
        group, members = block(number)
        yield _place(group, number % nodes + 1)
        yield _colocation(group, "base") + _order("base", group)
        yield from _followers([group, *members[GROUP:]])
        if number % 2:
            yield _colocation(group, block(number - 1)[0], "-500")

    def all_resources() -> Iterator[str]:
        yield f'<clone id="base">{_meta("base", ("interleave", "true"))}{_primitive("daemon")}</clone>'
        for number in range(blocks):
            yield from parts(number)

    blocks = max(1, resources // BLOCK)
    return Parts(all_resources(), (text for number in range(blocks) for text in constraints(number)))


def _chains(nodes: int, resources: int) -> Parts:
    """Chains of fifty, the first of each with a preferred node."""

    def constraints() -> Iterator[str]:
        for start in range(0, resources, CHAIN):
            yield _place(names[start], start // CHAIN % nodes + 1)
            yield from _followers(names[start : start + CHAIN])

    names = _names(resources)
    return Parts(map(_primitive, names), constraints())


def _utilization(nodes: int, resources: int) -> Parts:
    """Primitives of four sizes, on nodes that have room for half as much again."""
    sizes = [number * 7 % 4 + 1 for number in range(resources)]
    return Parts(
        (_primitive(name, cpu=size) for name, size in zip(_names(resources), sizes, strict=True)),
        options=(("placement-strategy", "balanced"),),
        capacity=sum(sizes) * 3 // (2 * nodes) + 4,
    )


def _anti(nodes: int, resources: int) -> Parts:
    """Each keeps away from the two before it: paths through these are without number."""
    del nodes
    names = _names(resources)
    return Parts(
        map(_primitive, names),
        (
            _colocation(name, names[number - back], "-1000")
            for number, name in enumerate(names)
            for back in (1, 2)
            if number >= back
        ),
    )


SHAPES: dict[str, Callable[[int, int], Parts]] = {
    "primitives": _primitives,
    "groups": _groups,
    "clones": _clones,
    "promotable": _promotable,
    "mixed": _mixed,
    "chain": _chains,
    "utilization": _utilization,
    "anti": _anti,
}
