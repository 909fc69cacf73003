"""What the agents of a lab wrote down, examined after a test: nothing was ever active twice."""

from pathlib import Path
from typing import NamedTuple


class Entry(NamedTuple):
    """At `time` (epoch seconds) a resource was started or stopped on a node, or the node lost power (`off`)."""

    time: float
    what: str
    resource: str
    node: str


def read(path: Path) -> list[Entry]:
    """All entries, in the order of time."""
    lines = path.read_text().split("\n") if path.exists() else []
    entries = [
        Entry(float(time), what, resource, node) for time, what, resource, node in map(str.split, filter(None, lines))
    ]
    return sorted(entries)


def active(entries: list[Entry]) -> dict[str, list[str]]:
    """On which nodes each resource is active in the end; raises AssertionError where one was active on two at once."""
    places: dict[str, list[str]] = {}
    for entry in entries:
        if entry.what == "off":
            for nodes in places.values():
                if entry.node in nodes:
                    nodes.remove(entry.node)
            continue
        nodes = places.setdefault(entry.resource, [])
        if entry.what == "stop" and entry.node in nodes:
            nodes.remove(entry.node)
        elif entry.what == "start" and entry.node not in nodes:
            nodes.append(entry.node)
        assert len(nodes) <= 1, f"{entry.resource} is active on {nodes} at {entry.time}"
    return places
