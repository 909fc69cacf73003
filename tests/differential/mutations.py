"""Changes of a CIB, drawn at random: of what a cluster is configured as, and of what its history tells.

What comes of them need not make sense, only be something that both schedulers read.
"""

import copy
import random
from collections.abc import Callable, Sequence

from lxml import etree

OPTIONS: dict[str, Sequence[str]] = {
    "concurrent-fencing": ("true", "false"),
    "enable-startup-probes": ("true", "false"),
    "have-watchdog": ("true", "false"),
    "maintenance-mode": ("true", "false"),
    "no-quorum-policy": ("stop", "ignore", "freeze", "demote", "fence"),
    "node-health-base": ("0", "5"),
    "node-health-strategy": ("none", "only-green", "migrate-on-red", "progressive", "custom"),
    "node-pending-timeout": ("0", "2h"),
    "placement-strategy": ("default", "utilization", "balanced", "minimal"),
    "priority-fencing-delay": ("0", "15s"),
    "shutdown-lock": ("true", "false"),
    "start-failure-is-fatal": ("true", "false"),
    "startup-fencing": ("true", "false"),
    "stonith-action": ("reboot", "off"),
    "stonith-enabled": ("true", "false"),
    "stop-all-resources": ("true", "false"),
    "stop-orphan-actions": ("true", "false"),
    "stop-orphan-resources": ("true", "false"),
    "symmetric-cluster": ("true", "false"),
}
META: dict[str, Sequence[str]] = {
    "allow-migrate": ("true", "false"),
    "allow-unhealthy-nodes": ("true", "false"),
    "clone-max": ("1", "2", "3", "5"),
    "clone-min": ("1", "2"),
    "clone-node-max": ("1", "2"),
    "critical": ("true", "false"),
    "failure-timeout": ("0", "60s", "10min"),
    "globally-unique": ("true", "false"),
    "interleave": ("true", "false"),
    "is-managed": ("true", "false"),
    "maintenance": ("true", "false"),
    "migration-threshold": ("1", "2", "3", "INFINITY"),
    "multiple-active": ("stop_start", "stop_only", "block", "stop_unexpected"),
    "notify": ("true", "false"),
    "ordered": ("true", "false"),
    "priority": ("0", "5", "10", "-3"),
    "promoted-max": ("0", "1", "2"),
    "promoted-node-max": ("1", "2"),
    "requires": ("nothing", "quorum", "fencing", "unfencing"),
    "resource-stickiness": ("0", "1", "100", "INFINITY", "-5"),
    "target-role": ("Started", "Stopped", "Promoted", "Unpromoted"),
}
OPERATION: dict[str, Sequence[str]] = {
    "enabled": ("true", "false"),
    "on-fail": ("ignore", "block", "stop", "restart", "fence", "standby", "demote", "restart-container"),
    "record-pending": ("true", "false"),
    "role": ("Started", "Promoted", "Unpromoted", "Stopped"),
    "timeout": ("5s", "90s"),
}
OF_NODES = (
    ("standby", "true"), ("standby", "false"), ("maintenance", "true"), ("terminate", "true"), ("#health-x", "red"),
    ("#health-x", "yellow"), ("site", "a"), ("site", "b"), ("rack", "1"), ("pingd", "0"), ("shutdown", "1700000299"),
)  # fmt: skip
OF_STATES = (
    ("crmd", "online"), ("crmd", "offline"), ("crmd", "0"), ("crmd", "1700000000"), ("in_ccm", "true"),
    ("in_ccm", "false"), ("in_ccm", "1700000200"), ("join", "down"), ("join", "member"), ("join", "pending"),
    ("expected", "down"), ("expected", "member"),
)  # fmt: skip
SCORES = ("INFINITY", "-INFINITY", "100", "-100", "1", "0", "5000", "-7")
ROLES = ("Promoted", "Started", "Unpromoted")
TASKS = ("start", "stop", "promote", "demote")
REMOVABLE = {
    "rsc_location", "rsc_order", "rsc_colocation", "rsc_ticket", "nvpair", "op", "lrm_rsc_op", "lrm_resource",
    "node_state", "resource_set", "transient_attributes", "lrm",
}  # fmt: skip
NOW = 1_700_000_300
"""The present of recorded clusters."""


def mutated(document: bytes, seed: int, changes: int) -> tuple[str, list[str]]:
    """A CIB after so many changes, and which ones these are. The same seed gives the same."""
    mutator = _Mutator(etree.fromstring(document), random.Random(seed))
    told: list[str] = []
    for _ in range(10 * changes):
        if len(told) == changes:
            break
        name, change = mutator.draw()
        what = change()
        if what:
            told.append(f"{name}: {what}")
    return etree.tostring(mutator.root, encoding="unicode"), told


class _Mutator:
    """Each change tells what it did, nothing if there was nothing to change."""

    def __init__(self, root: etree._Element, draw: random.Random) -> None:
        self.root = root
        self._random = draw
        self._ids = 0

    def draw(self) -> tuple[str, Callable[[], str]]:
        """One of the changes."""
        name = self._random.choice(_CHANGES)
        return name, getattr(self, name)

    def option(self) -> str:
        name, value = self._setting(OPTIONS)
        section = self._section("crm_config")
        options = section.find("cluster_property_set")
        if options is None:
            options = self._new(section, "cluster_property_set")
        return self._set_pair(options, name, value)

    def meta(self) -> str:
        found = self._resources()
        return self._set_in(self._random.choice(found), "meta_attributes", *self._setting(META)) if found else ""

    def parameter(self) -> str:
        return self._of_primitive("instance_attributes", self._random.choice(("fake", "envfile", "op_sleep")), "x")

    def utilization(self) -> str:
        value = self._random.choice(("0", "1", "2", "4"))
        return self._of_primitive("utilization", self._random.choice(("cpu", "memory")), value)

    def operation(self) -> str:
        primitives = self._primitives()
        if not primitives:
            return ""
        primitive = self._random.choice(primitives)
        operations = primitive.find("operations")
        if operations is None:
            operations = etree.SubElement(primitive, "operations")
        name = self._random.choice(("monitor", "monitor", *TASKS, "migrate_to", "migrate_from", "notify"))
        known = [each for each in operations if each.get("name") == name]
        if known and self._random.random() < 0.7:
            operation = self._random.choice(known)
        else:
            interval = self._random.choice(("10s", "11s", "20s")) if name == "monitor" else "0"
            operation = self._new(operations, "op", name=name, interval=interval)
        for setting, values in OPERATION.items():
            if self._random.random() < 0.25:
                operation.set(setting, self._random.choice(values))
        return f"{primitive.get('id')} {dict(operation.attrib)}"

    def colocation(self) -> str:
        pair = self._pair()
        if not pair:
            return ""
        more = self._some({"rsc-role": ROLES, "with-rsc-role": ROLES, "influence": ("false",)}, 0.25)
        score = self._random.choice(SCORES)
        return self._constrain("rsc_colocation", {"rsc": pair[0], "with-rsc": pair[1], "score": score, **more})

    def order(self) -> str:
        pair = self._pair()
        if not pair:
            return ""
        more = self._some({"first-action": TASKS, "then-action": TASKS, "require-all": ("false",)}, 0.25)
        kind = self._random.choice(("Mandatory", "Optional", "Serialize"))
        return self._constrain("rsc_order", {"first": pair[0], "then": pair[1], "kind": kind, **more})

    def location(self) -> str:
        resources, nodes = self._resources(), self._nodes()
        if not resources or not nodes:
            return ""
        place = {"rsc": self._random.choice(resources).get("id", ""), "node": self._random.choice(nodes)}
        more = self._some({"role": ROLES, "resource-discovery": ("never", "exclusive", "always")}, 0.2)
        return self._constrain("rsc_location", {**place, "score": self._random.choice(SCORES), **more})

    def ticket(self) -> str:
        resources = self._resources()
        if not resources:
            return ""
        policy = self._random.choice(("stop", "demote", "fence", "freeze"))
        more = self._some({"rsc-role": ROLES}, 0.3)
        name = self._random.choice(resources).get("id", "")
        return self._constrain("rsc_ticket", {"rsc": name, "ticket": "ticketA", "loss-policy": policy, **more})

    def sets(self) -> str:
        names = [each.get("id", "") for each in self._resources()]
        if len(names) < 3:
            return ""
        kind = self._random.choice(("rsc_order", "rsc_colocation"))
        constraint = self._new(self._section("constraints"), kind)
        is_order = kind == "rsc_order"
        values = ("Mandatory", "Optional", "Serialize") if is_order else SCORES
        constraint.set("kind" if is_order else "score", self._random.choice(values))
        chosen = self._random.sample(names, min(len(names), self._random.choice((2, 3, 4))))
        cut = self._random.randrange(len(chosen) + 1)
        settings = {"require-all": ("false",), "action": TASKS} if is_order else {"role": ROLES}
        for part in filter(None, (chosen[:cut], chosen[cut:])):
            more = self._some({"sequential": ("true", "false"), **settings}, 0.3)
            members = self._new(constraint, "resource_set", **more)
            for name in part:
                etree.SubElement(members, "resource_ref", id=name)
        return f"{kind} {dict(constraint.attrib)} {chosen[:cut]} {chosen[cut:]}"

    def node_attribute(self) -> str:
        nodes = self.root.findall("configuration/nodes/node")
        return self._set_in(self._random.choice(nodes), "instance_attributes", *self._of(OF_NODES)) if nodes else ""

    def transient_attribute(self) -> str:
        primitives = self._primitives()
        if not primitives:
            return ""
        name = self._random.choice(primitives).get("id", "")
        task = self._random.choice(("monitor_10000", "start_0", "stop_0", "monitor_0", "promote_0", "demote_0"))
        failure = f"fail-count-{name}#{task}", self._random.choice(("1", "3", "INFINITY"))
        score = f"master-{name}", self._random.choice(("10", "-INFINITY", "5"))
        return self._set_transient(*self._random.choice((failure, score, self._of(OF_NODES))))

    def state(self) -> str:
        states = self.root.findall("status/node_state")
        if not states:
            return ""
        state, (name, value) = self._random.choice(states), self._of(OF_STATES)
        state.set(name, value)
        return f"{state.get('uname')} {name}={value}"

    def result(self) -> str:
        records = list(self.root.iter("lrm_rsc_op"))
        if not records:
            return ""
        record = self._random.choice(records)
        rc = self._random.choice(("0", "7", "1", "5", "8", "9", "2", "193"))
        status = "-1" if rc == "193" else self._random.choice(("0", "0", "4"))
        changes = ({"rc-code": rc, "op-status": status}, {"call-id": self._random.choice(("-1", "1", "20", "200"))},
                   {"last-rc-change": str(NOW - self._random.choice((0, 10, 700, 100_000)))}, {"op-digest": "0" * 32},
                   {"op-restart-digest": "0" * 32})  # fmt: skip
        changed = self._random.choice(changes)
        record.attrib.update(changed)
        return f"{record.get('id')} {changed}"

    def another_task(self) -> str:
        records = list(self.root.iter("lrm_rsc_op"))
        if not records:
            return ""
        model = self._random.choice(records)
        record, history = copy.deepcopy(model), model.getparent()
        task = self._random.choice((*TASKS, "monitor", "migrate_to", "migrate_from"))
        key, rc = f"{history.get('id')}_{task}_0", self._random.choice(("0", "0", "1", "7", "5"))
        for other in history.findall(f"lrm_rsc_op[@id='{key}']"):
            history.remove(other)
        record.attrib.update({"id": key, "operation_key": key, "operation": task, "interval": "0", "rc-code": rc})
        record.attrib.update({"op-status": "0", "call-id": self._random.choice(("1", "10", "40", "90"))})
        history.append(record)
        return f"{key} rc={rc} call={record.get('call-id')}"

    def removal(self) -> str:
        found = list(self.root.iter(*REMOVABLE))
        if not found:
            return ""
        gone = self._random.choice(found)
        gone.getparent().remove(gone)
        return f"{gone.tag} {gone.get('id')}"

    def _resources(self) -> list[etree._Element]:
        top = self.root.find("configuration/resources")
        return [] if top is None else [each for each in top if each.get("id") and each.tag != "template"]

    def _primitives(self) -> list[etree._Element]:
        return [each for each in self.root.iter("primitive") if each.get("id")]

    def _nodes(self) -> list[str]:
        return [name for each in self.root.findall("configuration/nodes/node") if (name := each.get("uname"))]

    def _pair(self) -> list[str]:
        names = [each.get("id", "") for each in self._resources()]
        return self._random.sample(names, 2) if len(names) > 1 else []

    def _setting(self, known: dict[str, Sequence[str]]) -> tuple[str, str]:
        name = self._random.choice(list(known))
        return name, self._random.choice(known[name])

    def _of(self, known: Sequence[tuple[str, str]]) -> tuple[str, str]:
        return self._random.choice(known)

    def _some(self, known: dict[str, Sequence[str]], chance: float) -> dict[str, str]:
        return {name: self._random.choice(values) for name, values in known.items() if self._random.random() < chance}

    def _section(self, name: str) -> etree._Element:
        configuration = self.root.find("configuration")
        assert configuration is not None
        found = configuration.find(name)
        return etree.SubElement(configuration, name) if found is None else found

    def _new(self, parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
        self._ids += 1
        return etree.SubElement(parent, tag, {"id": f"mutation-{self._ids}", **attributes})

    def _constrain(self, kind: str, attributes: dict[str, str]) -> str:
        self._new(self._section("constraints"), kind, **attributes)
        return f"{kind} {attributes}"

    def _of_primitive(self, kind: str, name: str, value: str) -> str:
        primitives = self._primitives()
        return self._set_in(self._random.choice(primitives), kind, name, value) if primitives else ""

    def _set_in(self, owner: etree._Element, kind: str, name: str, value: str) -> str:
        found = owner.find(kind)
        if found is None or found.get("id-ref"):
            found = self._new(owner, kind)
            owner.insert(0, found)
        return f"{owner.get('id')} {self._set_pair(found, name, value)}"

    def _set_transient(self, name: str, value: str) -> str:
        states = self.root.findall("status/node_state")
        if not states:
            return ""
        state = self._random.choice(states)
        transient = state.find("transient_attributes")
        if transient is None:
            transient = etree.SubElement(state, "transient_attributes", id=state.get("id", ""))
        return f"transient {self._set_in(transient, 'instance_attributes', name, value)}"

    def _set_pair(self, pairs: etree._Element, name: str, value: str) -> str:
        known = [each for each in pairs.iter("nvpair") if each.get("name") == name]
        for each in known:
            each.set("value", value)
        if not known:
            self._new(pairs, "nvpair", name=name, value=value)
        return f"{name}={value}"


_CHANGES = [name for name in vars(_Mutator) if not name.startswith("_") and name != "draw"]
