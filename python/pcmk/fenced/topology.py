"""Fencing topology: for which targets which devices must work together."""

import re
from collections.abc import Mapping

from msgspec import Struct

from pcmk._core import Element
from pcmk.fenced.node_rules import node_attributes

KINDS = ("target", "pattern", "attribute")
"""What a level can be for, in the order of precedence."""

LAST_LEVEL = 9


class Level(Struct, frozen=True):
    """One `fencing-level`; `kind` is one of `KINDS`."""

    kind: str
    key: str
    value: str
    index: int
    devices: tuple[str, ...]


class Topology(Struct, frozen=True):
    """All levels in document order, with the attributes of the nodes that levels may ask for."""

    levels: tuple[Level, ...] = ()
    attributes: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()

    def levels_for(self, target: str) -> tuple[tuple[str, ...], ...]:
        """Devices of each level for a target, in the order of the levels; empty without a topology for it.

        Levels of the exact name win over patterns, these over attributes; of several patterns or attributes that
        match, the first in the document counts.
        """
        attributes = dict(dict(self.attributes).get(target, ()))
        for kind in KINDS:
            matching = [level for level in self.levels if level.kind == kind and _fits(level, target, attributes)]
            if matching:
                key = (matching[0].key, matching[0].value)
                same = [level for level in matching if (level.key, level.value) == key]
                return tuple(level.devices for level in sorted(same, key=lambda level: level.index))
        return ()


def levels_of(root: Element) -> tuple[Level, ...]:
    """The levels of a CIB; those with an index out of 1 to 9 or without devices are passed over."""
    levels: list[Level] = []
    for element in root.find("/cib/configuration/fencing-topology/fencing-level"):
        index = element.get("index", "")
        devices = tuple(name.strip() for name in element.get("devices", "").split(",") if name.strip())
        kind, key, value = _target(element)
        if index.isdigit() and 1 <= int(index) <= LAST_LEVEL and devices and kind:
            levels.append(Level(kind, key, value, int(index), devices))
    return tuple(levels)


def topology_of(levels: tuple[Level, ...], root: Element | None) -> Topology:
    """The topology that levels make in the cluster of a CIB, if that is known."""
    if root is None:
        return Topology(levels)
    names = [node.get("uname", "") for node in root.find("/cib/configuration/nodes/node")]
    wanted = any(level.kind == "attribute" for level in levels)
    attributes = tuple((name, tuple(sorted(node_attributes(root, name).items()))) for name in names) if wanted else ()
    return Topology(levels, attributes)


def _target(element: Element) -> tuple[str, str, str]:
    for kind, name in (("target", "target"), ("pattern", "target-pattern"), ("attribute", "target-attribute")):
        key = element.get(name)
        if key:
            return kind, key, element.get("target-value", "")
    return "", "", ""


def _fits(level: Level, target: str, attributes: Mapping[str, str]) -> bool:
    match level.kind:
        case "target":
            return level.key.lower() == target.lower()
        case "pattern":
            try:
                return re.search(level.key, target) is not None
            except re.error:
                return False
        case _:
            return attributes.get(level.key) == level.value
