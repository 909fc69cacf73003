"""`crm_resource --constraints` and `--stack`: where the configuration wants a resource, and with what."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct, field

from pcmk._core import LocationScore, ResourceColocation, ResourceConstraints
from pcmk.output.xml import element

Side = Literal["dependents", "primaries"]
WHERE = "#uname"


class Listing(Struct):
    """Texts with their depth, and elements for programs."""

    lines: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    items: list[str] = field(default_factory=list[str])

    @property
    def text(self) -> str:
        """Lists in lists; only the outermost headings have no bullet."""
        return "".join(f"{'  ' * depth}* {text}\n" if depth else f"{text}\n" for depth, text in self.lines)

    @property
    def item(self) -> str:
        """One element."""
        return element("constraints", {}, "".join(self.items))


def listing(constraints: dict[str, ResourceConstraints], resource: str, *, recursive: bool) -> Listing:
    """What is configured for a resource: its locations, what is colocated with it, and with what it is colocated; with
    `recursive` what is true of all those."""
    found = Listing()
    _locations(found, constraints, resource, 0)
    for side in ("dependents", "primaries"):
        _colocations(found, constraints, resource, side, 0, recursive, set())
    return found


def dependents(constraints: dict[str, ResourceConstraints], resource: str) -> Iterator[str]:
    """All that is colocated with a resource, directly or by way of others, each once."""
    seen = {resource}

    def below(name: str) -> Iterator[str]:
        for colocation in constraints[name].as_primary:
            if colocation.dependent not in seen:
                seen.add(colocation.dependent)
                yield colocation.dependent
                yield from below(colocation.dependent)

    return below(resource)


def _locations(found: Listing, constraints: dict[str, ResourceConstraints], resource: str, depth: int) -> None:
    for position, location in enumerate(constraints[resource].locations):
        if position == 0:
            found.lines.append((depth, "Locations:"))
        about = f"score={location.score}, id={location.id}, rsc={resource}"
        found.lines.append((depth + 1, f"Node {location.node} ({about})"))
        found.items.append(_location_item(location, resource))


def _colocations(
    found: Listing,
    constraints: dict[str, ResourceConstraints],
    resource: str,
    side: Side,
    depth: int,
    recursive: bool,
    seen: set[str],
) -> None:
    seen.add(resource)
    own = constraints[resource]
    for position, colocation in enumerate(own.as_primary if side == "dependents" else own.as_dependent):
        other = colocation.dependent if side == "dependents" else colocation.primary
        if position == 0:
            heading = f"Resources colocated with {resource}:"
            found.lines.append((depth, heading if side == "dependents" else f"Resources {resource} is colocated with:"))
        found.items.append(_colocation_item(colocation))
        if other in seen:
            found.lines.append((depth + 1, f"{other} (id={colocation.id} - loop)"))
            continue
        found.lines.append((depth + 1, f"{other} ({_about(colocation, side)})"))
        _locations(found, constraints, other, depth + 2)
        if recursive:
            _colocations(found, constraints, other, side, depth + 2, recursive, seen)


def _about(colocation: ResourceColocation, side: Side) -> str:
    role = colocation.primary_role
    word = "needs" if side == "dependents" else "with"
    with_role = f", {word} role={role}" if role in ("Promoted", "Unpromoted") else ""
    return f"score={colocation.score}{with_role}, id={colocation.id}"


def _location_item(location: LocationScore, resource: str) -> str:
    about = {"node": location.node, "rsc": resource, "id": location.id, "score": location.score}
    return element("rsc_location", about)


def _colocation_item(colocation: ResourceColocation) -> str:
    about = {
        "id": colocation.id,
        "rsc": colocation.dependent,
        "with-rsc": colocation.primary,
        "score": colocation.score,
        "node-attribute": colocation.node_attribute or WHERE,
        "rsc-role": colocation.dependent_role,
        "with-rsc-role": colocation.primary_role,
    }
    return element("rsc_colocation", about)
