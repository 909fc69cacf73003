"""Parameters, meta-attributes and utilization of resources."""

from collections.abc import Sequence
from typing import NamedTuple

from pcmk._core import Cib, Element, ResourceState
from pcmk.compat.cib_access import Change, CibAccess
from pcmk.compat.node_attributes import only, several, xml_id
from pcmk.compat.options import Given
from pcmk.compat.resources import Cluster, definition
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import element, quoted

PARAMETERS = "instance_attributes"
META = "meta_attributes"
UTILIZATION = "utilization"
ELEMENT = "element"


class Pair(NamedTuple):
    """A name in sets of one kind, limited to one set or one pair if ids are given."""

    kind: str
    name: str
    set_id: str = ""
    pair_id: str = ""


def pair_of(given: Given, name: str) -> Pair:
    """The pair that a command line is about."""
    kinds = (("meta", META), ("utilization", UTILIZATION), ("element", ELEMENT))
    kind = next((kind for word, kind in kinds if given.has(word)), PARAMETERS)
    return Pair(kind, name, given.get("set-name") or "", given.get("nvpair") or "")


def value(cluster: Cluster, resource: ResourceState, pair: Pair) -> str | None:
    """What holds for a resource: inherited values, defaults and rules included, but not for utilization."""
    if pair.kind == META:
        return resource.meta.get(pair.name)
    if pair.kind == PARAMETERS:
        return resource.parameters.get(pair.name)
    if pair.kind == ELEMENT:
        own = definition(cluster.cib, resource.xml_id)
        return None if own is None else own.get(pair.name)
    found = only(_find(cluster.cib, resource.xml_id, pair), pair.name)
    return None if found is None else found.get("value")


def update(
    access: CibAccess,
    cluster: Cluster,
    name: str,
    pair: Pair,
    new: str,
    force: bool,
    report: Report,
    others: Sequence[str] = (),
) -> None:
    """Set a value, in the place where it is or in a set of its own; at the same time that of other resources. What is
    set for an instance is set for its clone, unless the instance's definition has it already; what is set for a group
    is set for members with a value of their own, too. With `force` it is set for what was named, and nothing else."""
    if pair.kind == ELEMENT:
        _element(access, cluster, name, pair.name, new)
        report.say(f"Set attribute: name={pair.name} value={new}")
        return
    if pair.kind == PARAMETERS and not force and _find(cluster.cib, name, Pair(META, pair.name)):
        message = f"There is a meta attribute '{pair.name}' of '{name}'; delete it first, or use --force"
        raise PcmkError(ExitCode.MULTIPLE, message)
    if not force:
        _warn_of_others(cluster, name, pair, report)
    members = [] if force else _members_with(cluster, name, pair)
    settings = [_setting(cluster, each, pair, new, force, report) for each in (*members, name)]
    settings += [_setting(cluster, other, Pair(pair.kind, pair.name), new, force, report) for other in others]
    access.change(*(setting.change for setting in settings))
    for setting in settings:
        report.say(setting.text)
    report.item(element("resource-settings", {}, "".join(setting.item for setting in settings)))


class _Setting(NamedTuple):
    """A change of one value, and what is told of it."""

    change: Change
    text: str
    item: str


def _setting(cluster: Cluster, name: str, pair: Pair, new: str, force: bool, report: Report) -> _Setting:
    owner = _owner(cluster, name, pair, force, "update", report)
    resource = definition(cluster.cib, owner)
    if resource is None:
        raise PcmkError(ExitCode.NOSUCH, f"Resource '{owner}' not found")
    found = only(_find(cluster.cib, owner, pair), pair.name)
    set_id = pair.set_id or f"{owner}-{pair.kind}"
    if found is None:
        own = pair.pair_id or xml_id(f"{set_id}-{pair.name}")
        pairs = element(pair.kind, {"id": set_id}, _pair(own, pair.name, new))
        change = Change("modify", "resources", element(resource.name, {"id": owner}, pairs))
        told = f"Set '{owner}' option: id={own} set={set_id} name={pair.name} value={new}"
    else:
        own = found.get("id", "")
        set_id = _set_of(resource, pair, own)
        change = Change("modify", "resources", _pair(own, pair.name, new))
        told = f"Set '{owner}' option: id={own} name={pair.name} value={new}"
    shown = element(pair.kind, {"id": set_id}, _pair(own, pair.name, new))
    return _Setting(change, told, element(resource.name, {"id": owner}, shown))


def _set_of(resource: Element, pair: Pair, pair_id: str) -> str | None:
    sets = resource.find(f"/{resource.name}/{pair.kind}[nvpair[@id={quoted(pair_id)}]]")
    return sets[0].get("id") if sets else None


def delete(access: CibAccess, cluster: Cluster, name: str, pair: Pair, force: bool, report: Report) -> None:
    """Delete a value; raises `PcmkError` (NOSUCH) if there is none. What is no attribute of the element is deleted
    already."""
    if pair.kind == ELEMENT:
        _element(access, cluster, name, pair.name, None)
        report.say(f"Deleted attribute: {pair.name}")
        return
    if not force:
        _warn_of_others(cluster, name, pair, report)
    members = [] if force else _members_with(cluster, name, pair)
    owner = name if pair.kind == PARAMETERS else _owner(cluster, name, pair, force, "delete", report)
    found = [(each, only(_find(cluster.cib, each, pair), pair.name)) for each in (*members, owner)]
    there = [(each, own.get("id", "")) for each, own in found if own is not None]
    if not there:
        raise PcmkError(ExitCode.NOSUCH, f"'{pair.name}' of '{owner}' is not set")
    access.change(
        *(Change("delete", "resources", element("nvpair", {"id": own, "name": pair.name})) for _, own in there)
    )
    for each, own in there:
        report.say(f"Deleted '{each}' option: id={own} name={pair.name}")


def _warn_of_others(cluster: Cluster, name: str, pair: Pair, report: Report) -> None:
    """Tell if the name is used several times in what the resource belongs to, whatever for: which one is changed may
    not be the one that was meant."""
    whole = definition(cluster.cib, cluster.top(cluster.defined(name)).xml_id)
    if whole is None or pair.pair_id:
        return
    found = whole.find(f"//nvpair[@name={quoted(pair.name)}]")
    if len(found) > 1:
        report.say(f"{several(found, pair.name)}\n")


def _members_with(cluster: Cluster, name: str, pair: Pair) -> list[str]:
    """Members of a group that have a meta-attribute themselves, unless one set or pair is meant."""
    group = cluster.defined(name)
    if group.kind != "group" or pair.kind != META or pair.set_id or pair.pair_id:
        return []
    return [each.xml_id for each in cluster.children(group) if _find(cluster.cib, each.xml_id, pair)]


def _owner(cluster: Cluster, name: str, pair: Pair, force: bool, verb: str, report: Report) -> str:
    """Whose definition is to be changed. An instance's own counts if it has exactly one such pair."""
    resource = cluster.defined(name)
    parent = cluster.parent(resource)
    if force or pair.kind == PARAMETERS:
        return resource.xml_id
    if parent is not None and parent.kind == "clone" and len(_find(cluster.cib, resource.xml_id, pair)) != 1:
        report.say(f"Performing {verb} of '{pair.name}' on '{parent.id}', the parent of '{name}'")
        return parent.xml_id
    if resource.kind == "clone" and resource.children:
        child = cluster.children(resource)[0]
        if child.kind == "primitive" and len(_find(cluster.cib, child.xml_id, pair)) == 1:
            report.say(
                f"A value for '{pair.name}' already exists in child '{child.xml_id}', "
                f"performing {verb} on that instead of '{name}'"
            )
            return child.xml_id
    return resource.xml_id


def _find(cib: Cib, owner: str, pair: Pair) -> list[Element]:
    conditions = [f"@{key}={quoted(text)}" for key, text in (("id", pair.pair_id), ("name", pair.name)) if text]
    set_condition = f"[@id={quoted(pair.set_id)}]" if pair.set_id else ""
    way = f"/cib/configuration/resources//*[@id={quoted(owner)}]/{pair.kind}{set_condition}"
    return cib.find(f"{way}/nvpair[{' and '.join(conditions)}]")


def _pair(own: str, name: str, text: str) -> str:
    return element("nvpair", {"id": own, "name": name, "value": text})


def _element(access: CibAccess, cluster: Cluster, name: str, attribute: str, value: str | None) -> None:
    """Set an attribute of a definition itself, or delete it; the definition counts as changed in any case."""
    resource = definition(cluster.cib, cluster.defined(name).xml_id)
    assert resource is not None
    values: dict[str, str | None] = {**resource.attrib, attribute: value}
    children = "".join(child.to_xml() for child in resource.children)
    access.change(Change("replace", "resources", element(resource.name, values, children)))
