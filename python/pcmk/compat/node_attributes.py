"""Name/value pairs in the CIB: of nodes, of the cluster's options and of defaults."""

import re
from typing import NamedTuple

from pcmk._core import Element
from pcmk.compat.cib_access import Change, CibAccess
from pcmk.compat.nodes import NodeReference
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.xml import element, quoted

DEFAULTS = ("op_defaults", "rsc_defaults")


class Place(NamedTuple):
    """Where pairs are: `section` is crm_config, rsc_defaults, op_defaults, tickets, nodes or status.

    `node` is for the last two. `set_type` other than the usual is `utilization`; `set_id` limits to one set.
    """

    section: str
    node: NodeReference | None = None
    set_type: str = ""
    set_id: str = ""


def find(access: CibAccess, place: Place, *, name: str = "", pair_id: str = "") -> list[Element]:
    """The pairs in a place, in document order; those of a name and an id if given."""
    conditions = [f"@{key}={quoted(value)}" for key, value in (("id", pair_id), ("name", name)) if value]
    condition = f"[{' and '.join(conditions)}]" if conditions else ""
    return access.select(f"{_sets(place)}//nvpair{condition}")


def only(pairs: list[Element], name: str) -> Element | None:
    """The only pair; raises `PcmkError` (MULTIPLE) if there are several."""
    if len(pairs) > 1:
        raise PcmkError(ExitCode.MULTIPLE, f"{several(pairs, name)}\nPlease choose one of them with --id")
    return pairs[0] if pairs else None


def several(pairs: list[Element], name: str) -> str:
    """What is told of pairs that have the same name."""
    lines = "".join(f"\n  Value: {each.get('value', '')} \t(id={each.get('id', '')})" for each in pairs)
    return f"Multiple attributes match name={name}{lines}"


def update(access: CibAccess, place: Place, name: str, value: str, *, pair_id: str = "") -> None:
    """Set a pair where it is, or make it, with its set if need be."""
    found = only(find(access, place, name=name, pair_id=pair_id), name)
    section = "status" if place.section == "tickets" else place.section
    if found is not None:
        pair = element("nvpair", {"id": found.get("id"), "name": name or None, "value": value})
    else:
        pair = _with_parents(place, name, value, pair_id)
    access.change(Change("modify", section, pair, score_update=True))


def delete(access: CibAccess, place: Place, name: str, *, pair_id: str = "") -> str | None:
    """Delete a pair. The result is its id, None if it was not there."""
    if not pair_id:
        found = only(find(access, place, name=name), name)
        if found is None:
            return None
        pair_id = found.get("id", "")
    pair = element("nvpair", {"id": pair_id, "name": name or None})
    access.change(Change("delete", "status" if place.section == "tickets" else place.section, pair))
    return pair_id


def xml_id(text: str) -> str:
    """A text as an XML id: what may not be in one becomes a full stop."""
    clean = re.sub(r"[^\w.-]", ".", text)
    return clean if re.match(r"[^\W\d]", clean) else f"_{clean[1:]}"


def _sets(place: Place) -> str:
    set_condition = f"[@id={quoted(place.set_id)}]" if place.set_id else ""
    match place.section:
        case "crm_config":
            way = "/cib/configuration/crm_config//cluster_property_set"
        case "op_defaults" | "rsc_defaults":
            way = f"/cib/configuration/{place.section}//meta_attributes"
        case "tickets":
            way = f"/cib/status//tickets//{place.set_type or 'instance_attributes'}"
        case "nodes":
            way = f"/cib/configuration/nodes//node[@id={_node_id(place)}]//{place.set_type or 'instance_attributes'}"
        case _:
            way = f"/cib/status//node_state[@id={_node_id(place)}]//transient_attributes"
            return f"{way}//{place.set_type or '*'}{set_condition}" if place.set_type or place.set_id else way
    return way + set_condition


def _node_id(place: Place) -> str:
    return quoted(_node(place).id)


def _node(place: Place) -> NodeReference:
    assert place.node is not None, place
    return place.node


def _with_parents(place: Place, name: str, value: str, pair_id: str) -> str:
    set_id = place.set_id or _default_set_id(place)
    pair = element("nvpair", {"id": pair_id or xml_id(f"{set_id}-{name}"), "name": name or pair_id, "value": value})
    if place.section == "crm_config":
        return element("crm_config", {}, element("cluster_property_set", {"id": set_id}, pair))
    if place.section in DEFAULTS:
        return element(place.section, {}, element("meta_attributes", {"id": set_id}, pair))
    pairs = element(place.set_type or "instance_attributes", {"id": set_id}, pair)
    if place.section == "tickets":
        return element("status", {}, element("tickets", {}, pairs))
    node = _node(place)
    if place.section == "status":
        return element("node_state", {"id": node.id}, element("transient_attributes", {"id": node.id}, pairs))
    if not node.is_remote:
        return element("node", {"id": node.id}, pairs)
    return element("nodes", {}, element("node", {"type": "remote", "id": node.id, "uname": node.id}, pairs))


def _default_set_id(place: Place) -> str:
    if place.section == "crm_config":
        return "cib-bootstrap-options"
    if place.section in DEFAULTS:
        return f"{place.section}-options"
    if place.section == "tickets":
        return "status-tickets"
    return f"{place.section}-{_node(place).id}" + (f"-{place.set_type}" if place.set_type else "")
