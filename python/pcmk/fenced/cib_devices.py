"""Which fence devices a node has, according to the CIB."""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from pcmk._core import Element
from pcmk.fenced.node_rules import holds, node_attributes
from pcmk.fenced.parameters import Parameters
from pcmk.kernel.watchdog import AGENTS, DEVICE, FORMER_OPTION, OPTION

INFINITY = 1_000_000


class DeviceConfig(Struct, frozen=True):
    """A fence device as it is configured, for one node."""

    id: str
    agent: str
    params: tuple[tuple[str, str], ...]


class WatchdogConfig(Struct, frozen=True):
    """Fencing by watchdog: the option as a text, the only hosts (lower case) that are fenced so if there are any, and
    whether its resource is to be stopped. `ignored` are devices that are no good, with why."""

    timeout: str = ""
    hosts: frozenset[str] = frozenset()
    stopped: bool = False
    ignored: tuple[str, ...] = ()


class _Found(Struct, frozen=True):
    """A primitive with what encloses it, itself first."""

    primitive: Element
    lineage: tuple[Element, ...]


def devices_for(root: Element, node: str) -> dict[str, DeviceConfig]:
    """The devices that the node may use: those that are not disabled, and that constraints of location allow there.

    A device may be used on a node where its resource does not run. Of a clone there is one device.
    """
    attributes = node_attributes(root, node)
    symmetric = _option(root, "symmetric-cluster", "true").lower() not in ("false", "no", "off", "0", "n")
    devices: dict[str, DeviceConfig] = {}
    for found, template, config in _configured(root, attributes):
        if config.agent in AGENTS or _disabled(root, found, template, attributes):
            continue
        if _allowed(root, [element.get("id", "") for element in found.lineage], attributes, symmetric):
            devices[config.id] = config
    return devices


def watchdog_of(root: Element, node: str) -> WatchdogConfig:
    """What the CIB says of fencing by watchdog. Constraints of location don't matter: every node has its own device."""
    attributes = node_attributes(root, node)
    timeout = _option(root, OPTION, "") or _option(root, FORMER_OPTION, "")
    known: WatchdogConfig | None = None
    ignored: list[str] = []
    for found, template, config in _configured(root, attributes):
        if config.agent not in AGENTS:
            if config.id == DEVICE:
                ignored.append(f"{config.id} is of the agent {config.agent}, not {AGENTS[0]}")
        elif config.id != DEVICE:
            ignored.append(f"{config.id} is of the agent {config.agent}, whose only device is {DEVICE}")
        else:
            hosts = Parameters(dict(config.params)).host_list
            known = WatchdogConfig(timeout, hosts, stopped=_disabled(root, found, template, attributes))
    return replace(known or WatchdogConfig(timeout), ignored=tuple(ignored))


def _configured(root: Element, attributes: Mapping[str, str]) -> Iterator[tuple[_Found, Element | None, DeviceConfig]]:
    """All primitives that are fence devices, with their templates."""
    for found in _primitives(root):
        template = _template(root, found.primitive)
        if _either(found.primitive, template, "class") == "stonith":
            params = _pairs(root, [found.primitive, template], "instance_attributes", attributes)
            agent = _either(found.primitive, template, "type")
            yield found, template, DeviceConfig(found.primitive.get("id", ""), agent, tuple(sorted(params.items())))


def _primitives(root: Element) -> Iterator[_Found]:
    def walk(element: Element, above: tuple[Element, ...]) -> Iterator[_Found]:
        for child in element.children:
            lineage = (child, *above)
            if child.name == "primitive":
                yield _Found(child, lineage)
            elif child.name in ("group", "clone", "master"):
                yield from walk(child, lineage)

    for resources in root.find("/cib/configuration/resources"):
        yield from walk(resources, ())


def _template(root: Element, primitive: Element) -> Element | None:
    name = primitive.get("template")
    if not name:
        return None
    return next((e for e in root.find("/cib/configuration/resources/template") if e.get("id") == name), None)


def _either(primitive: Element, template: Element | None, name: str) -> str:
    return primitive.get(name) or (template.get(name, "") if template is not None else "")


def _disabled(root: Element, found: _Found, template: Element | None, attributes: Mapping[str, str]) -> bool:
    defaults = next(iter(root.find("/cib/configuration/rsc_defaults")), None)
    sources = [found.primitive, template, *found.lineage[1:]]
    meta = _pairs(root, [*sources, defaults], "meta_attributes", attributes)
    return meta.get("target-role", "").lower() == "stopped"


def _pairs(root: Element, sources: list[Element | None], block: str, attributes: Mapping[str, str]) -> dict[str, str]:
    """Name/value pairs: an earlier source wins, then the higher score of the block, then document order."""
    pairs: dict[str, str] = {}
    for source in sources:
        if source is None:
            continue
        blocks = [_referred(root, child) for child in source.children if child.name == block]
        for element in sorted(blocks, key=lambda element: -score(element.get("score", "0"))):
            if not all(holds(child, attributes) for child in element.children if child.name == "rule"):
                continue
            for child in element.children:
                pair = _referred(root, child)
                if pair.name == "nvpair":
                    pairs.setdefault(child.get("name") or pair.get("name", ""), pair.get("value", ""))
    return pairs


def _referred(root: Element, element: Element) -> Element:
    """The element itself, or the one that its `id-ref` names."""
    wanted = element.get("id-ref")
    if not wanted:
        return element
    return next((other for other in root.find(f"//{element.name}") if other.get("id") == wanted), element)


def _allowed(root: Element, ids: list[str], attributes: Mapping[str, str], symmetric: bool) -> bool:
    scores = [
        found
        for location in root.find("/cib/configuration/constraints/rsc_location")
        if _concerns(location, ids)
        for found in _location_scores(location, attributes)
    ]
    if not scores:
        return symmetric
    return min(scores) > -INFINITY and sum(scores) >= 0


def _concerns(location: Element, ids: list[str]) -> bool:
    if location.get("rsc", "") in ids:
        return True
    pattern = location.get("rsc-pattern")
    if pattern and any(_matches(pattern, id) for id in ids):
        return True
    return any(reference.get("id", "") in ids for reference in location.find("//resource_ref"))


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False


def _location_scores(location: Element, attributes: Mapping[str, str]) -> Iterator[int]:
    node = location.get("node")
    if node is not None:
        if node.lower() == attributes["#uname"].lower():
            yield score(location.get("score", "0"))
        return
    for rule in location.children:
        if rule.name == "rule" and holds(rule, attributes):
            from_attribute = rule.get("score-attribute")
            yield score(attributes.get(from_attribute, "0") if from_attribute else rule.get("score", "0"))


def score(text: str) -> int:
    """A score; what can't be read counts as 0."""
    text = text.strip()
    if text.lstrip("+-").upper() == "INFINITY":
        return -INFINITY if text.startswith("-") else INFINITY
    try:
        return max(-INFINITY, min(INFINITY, int(text)))
    except ValueError:
        return 0


def _option(root: Element, name: str, default: str) -> str:
    for pair in root.find("/cib/configuration/crm_config/cluster_property_set/nvpair"):
        if pair.get("name") == name:
            return pair.get("value", default)
    return default
