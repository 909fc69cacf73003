"""Tasks of `crm_resource` that change definitions and constraints."""

import time

from pcmk.compat import resource_attributes, resource_location
from pcmk.compat.cib_access import Change, open_cib
from pcmk.compat.options import Given, usage
from pcmk.compat.resource_attributes import META, pair_of
from pcmk.compat.resource_tasks import PROGRAM, Task, named, opened
from pcmk.compat.times import end_of
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import element, quoted


def set_value(given: Given, wanted: str, report: Report) -> int:
    """Set a parameter; with `--recursive` also of what is colocated with the resource."""
    new = given.get("parameter-value")
    if new is None:
        usage("You need to supply a value with the -v option")
    access, cluster = opened()
    name, pair = named(given), pair_of(given, wanted)
    others: list[str] = []
    if given.has("recursive") and pair.kind == META:
        from pcmk._core import resource_constraints
        from pcmk.compat.resource_constraints import dependents

        of_all = resource_constraints(cluster.cib, now=int(time.time()))
        others = list(dependents(of_all, cluster.defined(name).id))
    resource_attributes.update(access, cluster, name, pair, new, given.has("force"), report, others)
    return ExitCode.OK


def unset(given: Given, wanted: str, report: Report) -> int:
    """Delete a parameter."""
    access, cluster = opened()
    name = cluster.defined(named(given)).xml_id
    resource_attributes.delete(access, cluster, name, pair_of(given, wanted), given.has("force"), report)
    return ExitCode.OK


def delete(given: Given, _value: str, _report: Report) -> int:
    """Delete a definition that nothing refers to."""
    name, kind = named(given), given.get("resource-type")
    if not kind:
        usage("You need to specify a resource type with -t")
    access = open_cib(PROGRAM)
    cib = access.read()
    if not cib.find(f"/cib/configuration/resources//{kind}[@id={quoted(name)}]"):
        return ExitCode.OK
    references = "|".join(
        f"/cib/configuration/{way}"
        for way in (
            *(f"constraints//*[@{key}={quoted(name)}]" for key in ("rsc", "with-rsc", "first", "then")),
            f"constraints//resource_ref[@id={quoted(name)}]",
            f"tags//obj_ref[@id={quoted(name)}]",
        )
    )
    found = cib.find(references)
    if found:
        about = found[0].get("id", "") if found[0].name != "resource_ref" else "a resource set"
        raise PcmkError(ExitCode.CONFIG, f"Could not delete resource {name}: it is referred to by {about}")
    access.change(Change("delete", "resources", element(kind, {"id": name})))
    return ExitCode.OK


def move(given: Given, _value: str, report: Report) -> int:
    """Let a resource prefer a node, or leave the one where it is."""
    return _place(given, report, away=False)


def ban(given: Given, _value: str, report: Report) -> int:
    """Keep a resource away from a node, or from the one where it is."""
    return _place(given, report, away=True)


def _place(given: Given, report: Report, *, away: bool) -> int:
    name, node = named(given), given.get("node")
    access, cluster = opened()
    cluster.expect_no_instance(name)
    until, promoted, quiet = _until(given, report), given.has("promoted"), given.has("quiet")
    if node is None:
        resource_location.leave(access, cluster, name, until, promoted, quiet, report)
    elif away:
        resource_location.ban(access, name, cluster.node(node).name, until, promoted, quiet, report)
    else:
        resource_location.move(access, cluster, name, node, until, promoted, given.has("force"), quiet, report)
    return ExitCode.OK


def clear(given: Given, _value: str, report: Report) -> int:
    """Remove what `--move` and `--ban` made; with `--expired` only what is over, of all resources or one."""
    expired = given.has("expired")
    name = given.get("resource") or "" if expired else named(given)
    access, cluster = opened()
    if name:
        cluster.expect_no_instance(name)
    removed = resource_location.clear(access, cluster, name, given.get("node"), int(time.time()) if expired else None)
    if not given.has("quiet"):
        for constraint in removed:
            report.say(f"Removing constraint: {constraint}")
    return ExitCode.OK


def _until(given: Given, report: Report) -> str | None:
    lifetime = given.get("lifetime")
    if lifetime is None:
        return None
    text = end_of(lifetime, int(time.time())).text()
    report.say(f"Migration will take effect until: {text}")
    return text


TASKS: dict[str, Task] = {
    "set-parameter": set_value,
    "delete-parameter": unset,
    "delete": delete,
    "move": move,
    "ban": ban,
    "clear": clear,
}
