"""The cluster that a seed builds: its nodes and its configuration."""

from random import Random

from msgspec import Struct

from pcmk._core import Cib
from pcmk.membership.votes import VoteRules
from tests.simulation.oracle import COUNTER

MONITOR = 10
SCHEMA = "pacemaker-4.0"
FEATURE_SET = "3.20.5"


class Primitive(Struct, frozen=True):
    """A resource as users think of it. `clone` is the name of the clone around it, `group` that of its group."""

    id: str
    kind: str = "Dummy"
    clone: str = ""
    group: str = ""
    promotable: bool = False
    stonith: bool = False


class Plan(Struct, frozen=True):
    """What a world starts with."""

    nodes: tuple[str, ...]
    rules: VoteRules
    primitives: tuple[Primitive, ...]
    cib: str

    @property
    def freezes(self) -> bool:
        """Whether a partition without quorum goes on with what it has."""
        return 'value="freeze"' in self.cib


BASE = (
    Primitive("fencing", "fence_sim", stonith=True),
    Primitive("db", group="web"),
    Primitive("http", group="web"),
    Primitive("ping", clone="pings"),
    Primitive("state", "Stateful", clone="states", promotable=True),
    Primitive("cron"),
    Primitive("mail"),
)


def plan(random: Random, nodes: int | None, policy: str | None = None, watchdog: float = 0.0) -> Plan:
    """The cluster of a seed: mostly three nodes, and a `no-quorum-policy` of its choice, unless that is given. By
    `watchdog` two nodes can't fence each other, so with that they are three at least."""
    count = nodes or random.choices((2, 3, 5), (0, 7, 2) if watchdog else (2, 7, 1))[0]
    primitives = tuple(primitive for primitive in BASE if not (watchdog and primitive.stonith))
    names = tuple(f"node{number}" for number in range(1, count + 1))
    two_node = count == 2
    cib = _cib(random, names, primitives, policy, watchdog)
    return Plan(names, VoteRules(count, two_node=two_node), primitives, cib)


def primitive_xml(primitive: Primitive) -> str:
    """A primitive with its operations."""
    id = primitive.id
    if primitive.stonith:
        return (
            f'<primitive id="{id}" class="stonith" type="{primitive.kind}"><instance_attributes id="{id}-ia">'
            f'<nvpair id="{id}-check" name="pcmk_host_check" value="dynamic-list"/>'
            f'<nvpair id="{id}-delay" name="pcmk_delay_max" value="2s"/></instance_attributes>'
            f'<operations><op id="{id}-monitor" name="monitor" interval="60s" timeout="20s"/></operations></primitive>'
        )
    operations = [("start", "0", ""), ("stop", "0", "")]
    if primitive.promotable:
        operations += [("monitor", f"{MONITOR}s", "Promoted"), ("monitor", f"{MONITOR + 1}s", "Unpromoted")]
        operations += [("promote", "0", ""), ("demote", "0", "")]
    else:
        operations += [("monitor", f"{MONITOR}s", "")]
    ops = "".join(
        f'<op id="{id}-{name}-{interval}" name="{name}" interval="{interval}" timeout="20s"'
        + (f' role="{role}"/>' if role else "/>")
        for name, interval, role in operations
    )
    return (
        f'<primitive id="{id}" class="ocf" provider="pacemaker" type="{primitive.kind}">'
        f"<operations>{ops}</operations></primitive>"
    )


def resources_xml(primitives: tuple[Primitive, ...]) -> str:
    """All resources, in their groups and clones."""
    parts: list[str] = []
    for group in dict.fromkeys(primitive.group for primitive in primitives if primitive.group):
        members = "".join(primitive_xml(primitive) for primitive in primitives if primitive.group == group)
        parts.append(f'<group id="{group}">{members}</group>')
    for primitive in primitives:
        if primitive.clone:
            meta = f'<nvpair id="{primitive.clone}-interleave" name="interleave" value="true"/>'
            if primitive.promotable:
                meta += f'<nvpair id="{primitive.clone}-promotable" name="promotable" value="true"/>'
            parts.append(
                f'<clone id="{primitive.clone}"><meta_attributes id="{primitive.clone}-meta">{meta}'
                f"</meta_attributes>{primitive_xml(primitive)}</clone>"
            )
        elif not primitive.group:
            parts.append(primitive_xml(primitive))
    return "".join(parts)


def _cib(
    random: Random, names: tuple[str, ...], primitives: tuple[Primitive, ...], policy: str | None, watchdog: float
) -> str:
    options = {
        "fencing-enabled": "true",
        "no-quorum-policy": policy or random.choice(("stop", "fence" if watchdog else "stop", "freeze")),
        "fencing-action": random.choice(("reboot", "reboot", "off")),
        "fencing-timeout": "30s",
        "cluster-recheck-interval": "5min",
    }
    if watchdog:
        # The shortest that makes sense, or the usual one.
        options["fencing-watchdog-timeout"] = f"{random.choice((int(watchdog) + 1, 2 * watchdog)):g}s"
    properties = "".join(f'<nvpair id="opt-{name}" name="{name}" value="{value}"/>' for name, value in options.items())
    defaults = ""
    if random.random() < 0.5:
        defaults += '<nvpair id="rsc-stickiness" name="resource-stickiness" value="100"/>'
    if random.random() < 0.5:
        defaults += '<nvpair id="rsc-threshold" name="migration-threshold" value="3"/>'
        defaults += '<nvpair id="rsc-expiry" name="failure-timeout" value="60s"/>'
    nodes = "".join(f'<node id="{number}" uname="{name}"/>' for number, name in enumerate(names, 1))
    constraints = (
        '<rsc_colocation id="mail-with-state" rsc="mail" with-rsc="states" with-rsc-role="Promoted" score="INFINITY"/>'
        '<rsc_order id="state-then-mail" first="states" first-action="promote" then="mail" then-action="start"/>'
        '<rsc_order id="ping-then-web" first="pings" then="web"/>'
        f'<rsc_location id="web-prefers" rsc="web" node="{random.choice(names)}" score="50"/>'
    )
    xml = (
        f'<cib admin_epoch="0" epoch="1" num_updates="0" validate-with="{SCHEMA}" crm_feature_set="{FEATURE_SET}">'
        f'<configuration><crm_config><cluster_property_set id="cib-bootstrap-options">{properties}'
        f'</cluster_property_set><cluster_property_set id="oracle-options">'
        f'<nvpair id="{COUNTER}" name="{COUNTER}" value="0"/>'
        f"</cluster_property_set></crm_config><nodes>{nodes}</nodes><resources>{resources_xml(primitives)}</resources>"
        f"<constraints>{constraints}</constraints>"
        f'<rsc_defaults><meta_attributes id="rsc-options">{defaults}</meta_attributes></rsc_defaults>'
        "</configuration><status/></cib>"
    )
    return Cib.parse(xml).to_xml()
