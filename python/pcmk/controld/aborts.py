"""What a change of the CIB means to the transition that is under way: a table of paths and reasons."""

import re
from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

from pcmk._core import Cib, Element
from pcmk.kernel.cib_replica import PatchChange

_STEP = re.compile(r"([^/\[\]]+)((?:\[@[^=\]]+=(?:'[^']*'|\"[^\"]*\")\])*)")
_ID = re.compile(r"\[@id=(?:'([^']*)'|\"([^\"]*)\")\]")
_TELLING = frozenset({"transition-magic", "transition-key", "call-id", "rc-code", "op-status", "last-rc-change"})


class Reason(Struct, frozen=True):
    """The graph is not up to date any more. `node` is given if this doesn't hold while that node is expected down."""

    text: str
    unless_down: str = ""


class Recorded(Struct, frozen=True):
    """A result came into the history of the node with this id."""

    node: str
    entry: Element


class Removed(Struct, frozen=True):
    """An entry of the history of a node is gone."""

    node: str
    entry: str


class Forgotten(Struct, frozen=True):
    """What the history of a node says of a resource is gone as a whole."""

    node: str
    resource: str


Finding: TypeAlias = Reason | Recorded | Removed | Forgotten


def examine(changes: Sequence[PatchChange], cib: Cib, *, busy: bool) -> list[Finding]:
    """What a patchset means, in its order. `busy` says that actions are under way, so that results matter even when
    there are many at once.

    After a reason that holds in any case only results are looked for: one write may carry several subjects, and an
    action whose result is overlooked would be waited for until it counts as lost.
    """
    findings: list[Finding] = []
    decided = False
    for change in changes:
        for finding in _one(change, cib, busy):
            if not decided or isinstance(finding, Recorded):
                findings.append(finding)
            decided = decided or (isinstance(finding, Reason) and not finding.unless_down)
    return findings


def forgotten_failures(changes: Sequence[PatchChange], node: str) -> list[str]:
    """Resources of which the record of a failure on the node with this id was removed, and nothing else."""
    found: list[str] = []
    for change in changes:
        if change.operation == "delete" and "_last_failure_0" in change.path:
            steps = _steps(change.path)
            if [name for name, _ in steps[-2:]] == ["lrm_resource", "lrm_rsc_op"] and steps[2][1] == node:
                found.append(steps[-2][1])
    return found


def recorded(cib: Cib) -> list[Recorded]:
    """All results in a CIB that was read anew."""
    states = cib.find("/cib/status/node_state")
    return [Recorded(state.get("id", ""), entry) for state in states for entry in _entries(state)]


def _one(change: PatchChange, cib: Cib, busy: bool) -> list[Finding]:
    steps = _steps(change.path)
    names = [name for name, _ in steps]
    if change.operation == "create" and change.element is not None:
        names = [*names, change.element.name]
    if names[:2] == ["cib", "configuration"]:
        moved_elsewhere = change.operation == "move" and "resources" not in names
        return [] if moved_elsewhere else [Reason("Configuration change")]
    if names[:2] != ["cib", "status"]:
        return []
    node = steps[2][1] if len(steps) > 2 else ""
    match change.operation:
        case "create" if change.element is not None:
            return _created(change.element, names, node, busy)
        case "modify":
            return _modified(change, names, node, cib)
        case "delete":
            return _deleted(names, node, steps[-1][1])
        case _:
            return []


def _created(element: Element, names: list[str], node: str, busy: bool) -> list[Finding]:
    if "tickets" in names or element.find("/status/tickets"):
        return [Reason("Ticket attribute change")]
    if "transient_attributes" in names:
        return [Reason("Transient attribute change")]
    match element.name:
        case "status":
            return [Reason("Non-status-only change")]
        case "node_state":
            findings = _results(element, element.get("id", ""), busy)
            attributes = element.child("transient_attributes")
            return [*findings, Reason("Transient attribute change")] if attributes is not None else findings
        case "lrm" | "lrm_resources" | "lrm_resource" | "lrm_rsc_op":
            return _results(element, node, busy)
        case _:
            return []


def _results(element: Element, node: str, busy: bool) -> list[Finding]:
    if element.name == "lrm_rsc_op":
        return [Recorded(node, element)]
    resources = [element] if element.name == "lrm_resource" else _resources(element)
    if len(resources) > 1 and not busy:
        return [Reason("History refresh")]
    if any(resource.get("shutdown-lock") == "0" for resource in resources):
        return [Reason("Shutdown lock cleared")]
    return [Recorded(node, entry) for entry in _entries(element)]


def _modified(change: PatchChange, names: list[str], node: str, cib: Cib) -> list[Finding]:
    if "tickets" in names:
        return [Reason("Ticket attribute change")]
    if "transient_attributes" in names:
        return [Reason("Transient attribute change")]
    attributes = dict(change.attributes)
    if names[-1] == "lrm_resource" and attributes.get("shutdown-lock") == "0":
        return [Reason("Shutdown lock cleared")]
    if names[-1] == "lrm_rsc_op" and _TELLING & attributes.keys():
        return [Recorded(node, entry) for entry in cib.find(change.path)]
    return []


def _deleted(names: list[str], node: str, id: str) -> list[Finding]:
    if "tickets" in names:
        return [Reason("Ticket attribute change")]
    if "transient_attributes" in names:
        return [Reason("Transient attribute change", node)]
    match names[-1]:
        case "lrm_rsc_op":
            return [Removed(node, id)]
        case "lrm_resource":
            return [Forgotten(node, id)]
        case "lrm":
            return [Reason("Resource state removal", node)]
        case "node_state":
            return [Reason("Node state removal", node)]
        case _:
            return []


def _resources(element: Element) -> list[Element]:
    return element.find("//lrm_resource")


def _entries(element: Element) -> list[Element]:
    return element.find("//lrm_rsc_op")


def _steps(path: str) -> list[tuple[str, str]]:
    """Names and ids of the elements on a path."""
    steps: list[tuple[str, str]] = []
    for found in _STEP.finditer(path):
        id = _ID.search(found.group(2))
        steps.append((found.group(1), (id.group(1) or id.group(2) or "") if id else ""))
    return steps
