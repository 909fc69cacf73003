"""Nodes and their attributes on a page."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pcmk.output.html import Tag, span, sublist
from pcmk.output.outline import Entry, items
from pcmk.output.resource_lines import resource_item

if TYPE_CHECKING:
    from pcmk._core import Element

_KIND = re.compile(r"(?:Node|RemoteNode|GuestNode) (?P<rest>.*)", re.DOTALL)


def display_names(entries: Sequence[Entry], nodes: Sequence["Element"]) -> dict[str, str]:
    """How each node is called on a display: `entries` have a line for each, in the same order as `nodes`."""
    names: dict[str, str] = {}
    for entry, node in zip(entries, nodes, strict=False):
        found = _KIND.fullmatch(entry.text)
        if found is not None:
            names[node.get("name", "")] = found["rest"].rpartition(": ")[0]
    return names


def node_items(
    nodes: Sequence["Element"], names: Mapping[str, str], grouped: Sequence[Entry] | None, detail: bool
) -> list[Tag]:
    """An item for each node. If resources are shown below their nodes, they are in `grouped`, whose headings begin with
    kind and name of the node, as in `names`."""
    found: list[Tag] = []
    for node in nodes:
        name = node.get("name", "")
        shown = f"{names.get(name, name)}:"
        state = _state(node, detail)
        if grouped is None:
            found.append(Tag("li", [span(shown, "bold"), *state]))
            continue
        parts = [span("Status:"), *state, *_resources(node, shown, grouped)]
        found.append(sublist(shown, [Tag("li", parts)]))
    return found


def _resources(node: "Element", shown: str, grouped: Sequence[Entry]) -> list[Tag]:
    if node.get("resources_running") == "0":
        return []
    for entry in grouped:
        found = _KIND.fullmatch(entry.text)
        if found is not None and found["rest"].startswith(f"{shown} "):
            return items(entry.below or (), resource_item(node))
    return []


def _state(node: "Element", detail: bool) -> list[Tag]:
    online = node.get("online") == "true"
    found = [span(" online", "online") if online else span(" OFFLINE", "offline")]
    active = node.get("resources_running") != "0"
    if node.get("standby_onfail") == "true":
        found.append(span(f" (in standby due to on-fail{', with active resources' if active else ''})", "standby"))
    elif node.get("standby") == "true":
        found.append(span(f" (in standby{', with active resources' if active else ''})", "standby"))
    if node.get("maintenance") == "true":
        found.append(span(" (in maintenance mode)", "maint"))
    health = node.get("health")
    if health in ("red", "yellow"):
        found.append(span(f" (health is {health.upper()})", f"health_{health}"))
    feature_set = node.get("feature_set")
    if detail and feature_set is not None:
        found.append(span(f", feature set {feature_set}"))
    return found


def attribute_items(nodes: Sequence["Element"], names: Mapping[str, str]) -> list[Tag]:
    """An item for each node of a `node_attributes` element, with its attributes."""
    return [
        sublist(f"{names.get(name, name)}:", [_attribute(attribute) for attribute in node.children])
        for node in nodes
        for name in (node.get("name", ""),)
    ]


def _attribute(attribute: "Element") -> Tag:
    value, expected = attribute.get("value", ""), attribute.get("expected")
    text = f"{attribute.get('name')}: {value}"
    if expected is None:
        return Tag("li", text)
    number = re.match(r"\s*([+-]?\d+)", value)
    score = 0 if number is None else int(number[1])
    if score <= 0:
        return Tag("li", [span(text), span("(connectivity is lost)", "bold")])
    if score < int(expected):
        return Tag("li", [span(text), span(f"(connectivity is degraded -- expected {expected})", "bold")])
    return Tag("li", [span(text)])
