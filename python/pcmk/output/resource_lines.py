"""The lines of resources on a page: their classes show at a glance what is well."""

import re
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from pcmk.output.html import Tag, span

if TYPE_CHECKING:
    from pcmk._core import Element

_LINE = re.compile(r"(?P<name>[^\t]*)\t\((?P<agent>[^\t]*)\):\t (?P<state>.*)", re.DOTALL)
_UNMANAGED = re.compile(r"[(,] ?(blocked|maintenance|unmanaged)[,)]")


def resource_item(scope: "Element") -> Callable[[str], Tag]:
    """What makes items of the lines of a list of resources; `scope` is the part of the status document that tells of
    the same resources."""
    by_id: defaultdict[str, list[Element]] = defaultdict(list)
    beside: dict[str, list[Element]] = {}
    for resource in scope.find("//resource"):
        by_id[resource.get("id", "")].append(resource)
    for replica in scope.find("//replica"):
        beside |= {part.get("id", ""): replica.children for part in replica.children}

    def item(line: str) -> Tag:
        found = _LINE.fullmatch(line)
        if found is None:
            return Tag("li", line)
        name, agent, state = found.groups()
        # The line of a bundle's replica has the connection's name and the state of what runs inside.
        named = [each for each in by_id[name] if each.get("resource_agent") == agent]
        known = named or [
            each for each in beside.get(name.partition(" (")[0], ()) if each.get("resource_agent") == agent
        ]
        if not known:
            return Tag("li", [span(line)])
        # Instances of a clone share a name; their states tell them apart.
        return Tag("li", [span(line, _look(max(known, key=lambda each: _likeness(each, state))))])

    return item


def _likeness(resource: "Element", state: str) -> int:
    """How much of a line's state is also true of a resource."""
    words = state.split()
    nodes = [node.get("name", "") for node in resource.children]
    return sum(
        (
            ("FAILED" in words) == (resource.get("failed") == "true"),
            (_UNMANAGED.search(state) is None) == (resource.get("managed") == "true"),
            ("failure ignored" in state) == (resource.get("failure_ignored") == "true"),
            resource.get("role", "") in words,
            bool(nodes) and all(node in words for node in nodes),
        )
    )


def _look(resource: "Element") -> str:
    active = int(resource.get("nodes_running_on", "0"))
    if resource.get("managed") != "true":
        return "rsc-managed"
    if resource.get("failed") == "true" or not active:
        return "rsc-failed"
    if active > 1:
        return "rsc-multiple"
    return "rsc-failure-ignored" if resource.get("failure_ignored") == "true" else "rsc-ok"
