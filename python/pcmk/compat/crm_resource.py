"""`crm_resource`: look at resources, move them, set their options, clean up after failures."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from pcmk.compat import resource_attributes, resource_location, resource_show
from pcmk.compat.cib_access import Change, CibAccess, open_cib
from pcmk.compat.entry import run
from pcmk.compat.options import Given, option, usage
from pcmk.compat.resource_attributes import ELEMENT, META, PARAMETERS, UTILIZATION, Pair
from pcmk.compat.resources import Cluster, definition
from pcmk.compat.times import end_of, milliseconds
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import element, quoted

if TYPE_CHECKING:
    from pcmk.kernel.messages import Message

PROGRAM = "crm_resource"

OPTIONS = (
    option("-L --list", text="show all resources with their state"),
    option("-l --list-raw", text="show the ids of all primitives and instances"),
    option("-O --list-operations", text="show the operations that count"),
    option("-o --list-all-operations", text="show the history of operations"),
    option("--list-standards", text="show the standards of agents"),
    option("--list-ocf-providers", text="show the providers of OCF agents"),
    option("--list-agents", "STANDARD[:PROVIDER]", "show agents"),
    option("--list-ocf-alternatives", "AGENT", "show the providers of an OCF agent"),
    option("--show-metadata", "AGENT", "show the metadata of an agent, as in ocf:pacemaker:Dummy"),
    option("-q --query-xml", text="show a resource's definition"),
    option("-w --query-xml-raw", text="show a resource's definition without its template's"),
    option("-W --locate", text="show where a resource runs"),
    option("-Y --why", text="show why resources do not run"),
    option("-g --get-parameter", "NAME", "show a parameter"),
    option("-p --set-parameter", "NAME", "set a parameter, with --parameter-value"),
    option("-d --delete-parameter", "NAME", "delete a parameter"),
    option("-v --parameter-value --property-value", "VALUE", "the value for --set-parameter"),
    option("-m --meta", text="-g, -p, -d: a meta-attribute instead of a parameter"),
    option("-z --utilization", text="-g, -p, -d: utilization instead of a parameter"),
    option("--element", text="-g, -p: an attribute of the resource's element itself"),
    option("-s --set-name", "ID", "-p, -d: the XML id of the set"),
    option("-i --nvpair", "ID", "-p, -d: the XML id of the name/value pair"),
    option("-M --move", text="let a resource prefer --node, or leave its node"),
    option("-B --ban", text="keep a resource away from --node, or from its node"),
    option("-U --clear --un-move", text="remove what --move and --ban made"),
    option("-u --lifetime", "DURATION", "-M, -B: until when it holds, as in PT1H"),
    option("--promoted --master", text="-M, -B: only the promoted role"),
    option("-C --cleanup", text="forget failures, so that the cluster tries again"),
    option("-R --refresh --reprobe", text="forget history, so that the cluster looks again"),
    option("-F --fail", text="report a failure that did not happen, to see the recovery"),
    option("-n --operation", "NAME", "-C: only failures of this operation"),
    option("-I --interval", "TIME", "-C: only failures of the operation with this interval"),
    option("--restart", text="stop a resource and start it again"),
    option("--wait", text="wait until the cluster has nothing to do"),
    option("-D --delete", text="delete a resource's definition"),
    option("-t --resource-type", "ELEMENT", "-D: primitive, group, clone, bundle, template"),
    option("-r --resource", "RESOURCE", "the resource"),
    option("-N --node --host-uname -H", "NODE", "the node"),
    option("-T --timeout", "TIME", "--restart, --wait: how long to wait"),
    option("-f --force", text="do what would be refused"),
    option("-Q --quiet", text="tell less"),
)

Task = Callable[[Given, str, Report], int]


def main() -> NoReturn:
    """Entry point."""
    run(PROGRAM, "perform tasks related to resources", OPTIONS, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out."""
    if given.words:
        usage(f"Unexpected argument {given.words[0]}")
    chosen = given.last_of(tuple(TASKS))
    if chosen is None:
        usage("must specify what to do")
    name, value = chosen
    return TASKS[name](given, value, report)


def _name(given: Given) -> str:
    name = given.get("resource")
    if not name:
        usage("Must supply a resource ID with -r/--resource")
    return name


def _open() -> tuple[CibAccess, Cluster]:
    access = open_cib(PROGRAM)
    return access, Cluster.read(access.read())


# ---- looking --------------------------------------------------------------------------------------


def _list(_given: Given, _value: str, report: Report) -> int:
    report.write(resource_show.listing(open_cib(PROGRAM).read()))
    return ExitCode.OK


def _list_raw(_given: Given, _value: str, report: Report) -> int:
    found = resource_show.raw_ids(_open()[1])
    if not found:
        raise PcmkError(ExitCode.NOSUCH, "NO resources configured")
    report.say("\n".join(found))
    return ExitCode.OK


def _list_operations(given: Given, _value: str, report: Report) -> int:
    return _operations(given, report, active=True)


def _operations(given: Given, report: Report, *, active: bool) -> int:
    lines = resource_show.operations(_open()[1], given.get("resource") or "", given.get("node") or "", active=active)
    report.write("".join(f"{line}\n" for line in lines))
    return ExitCode.OK


def _list_all_operations(given: Given, _value: str, report: Report) -> int:
    return _operations(given, report, active=False)


def _query_xml(given: Given, _value: str, report: Report) -> int:
    cluster = _open()[1]
    resource = cluster.find(_name(given))
    raw = definition(cluster.cib, resource.xml_id) if given.has("query-xml-raw") else None
    lines = [each.line for each in resource_show.primitives(cluster, resource)]
    report.write("\n".join([*lines, "Resource XML:", raw.to_xml(pretty=True) if raw is not None else resource.xml]))
    return ExitCode.OK


def _locate(given: Given, _value: str, report: Report) -> int:
    name = _name(given)
    found = resource_show.locations(_open()[1], name)
    for node, promoted in found:
        if given.has("quiet"):
            report.say(node)
        else:
            report.say(f"resource {name} is running on: {node}{' Promoted' if promoted else ''}")
    if not found:
        report.warn(f"resource {name} is NOT running")
    return ExitCode.OK


def _why(given: Given, _value: str, report: Report) -> int:
    cluster = _open()[1]
    name = given.get("resource")
    resources = [cluster.find(name)] if name else [each for each in cluster.resources if each.parent is None]
    for resource in resources:
        report.say("\n".join(resource_show.why(cluster, resource, given.get("node") or "")))
    return ExitCode.OK


def _get(given: Given, wanted: str, report: Report) -> int:
    cluster = _open()[1]
    value = resource_attributes.value(cluster, cluster.find(_name(given)), _pair(given, wanted))
    if value is None:
        report.warn(f"Attribute '{wanted}' not found for '{_name(given)}'")
    else:
        report.say(value)
    return ExitCode.OK


# ---- changing definitions -------------------------------------------------------------------------


def _pair(given: Given, name: str) -> Pair:
    kinds = (("meta", META), ("utilization", UTILIZATION), ("element", ELEMENT))
    kind = next((kind for word, kind in kinds if given.has(word)), PARAMETERS)
    return Pair(kind, name, given.get("set-name") or "", given.get("nvpair") or "")


def _set(given: Given, wanted: str, report: Report) -> int:
    new = given.get("parameter-value")
    if new is None:
        usage("You need to supply a value with the -v option")
    access, cluster = _open()
    resource_attributes.update(access, cluster, _name(given), _pair(given, wanted), new, given.has("force"), report)
    return ExitCode.OK


def _unset(given: Given, wanted: str, report: Report) -> int:
    access, cluster = _open()
    name = cluster.find(_name(given)).xml_id
    resource_attributes.delete(access, cluster, name, _pair(given, wanted), given.has("force"), report)
    return ExitCode.OK


def _delete(given: Given, _value: str, _report: Report) -> int:
    name, kind = _name(given), given.get("resource-type")
    if not kind:
        usage("You need to specify a resource type with -t")
    access = open_cib(PROGRAM)
    cib = access.read()
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


# ---- placing --------------------------------------------------------------------------------------


def _until(given: Given, report: Report) -> str | None:
    lifetime = given.get("lifetime")
    if lifetime is None:
        return None
    text = end_of(lifetime, int(time.time())).text()
    report.say(f"Migration will take effect until: {text}")
    return text


def _move(given: Given, _value: str, report: Report) -> int:
    name, node = _name(given), given.get("node")
    access, cluster = _open()
    cluster.find(name)
    until, promoted, quiet = _until(given, report), given.has("promoted"), given.has("quiet")
    if node is None:
        resource_location.leave(access, cluster, name, until, promoted, quiet, report)
    else:
        resource_location.move(access, cluster, name, node, until, promoted, given.has("force"), quiet, report)
    return ExitCode.OK


def _ban(given: Given, _value: str, report: Report) -> int:
    name, node = _name(given), given.get("node")
    access, cluster = _open()
    cluster.find(name)
    until, promoted, quiet = _until(given, report), given.has("promoted"), given.has("quiet")
    if node is None:
        resource_location.leave(access, cluster, name, until, promoted, quiet, report)
    else:
        resource_location.ban(access, name, cluster.node(node).name, until, promoted, quiet, report)
    return ExitCode.OK


def _clear(given: Given, _value: str, report: Report) -> int:
    access, cluster = _open()
    removed = resource_location.clear(access, cluster, _name(given), given.get("node"))
    if not given.has("quiet"):
        for constraint in removed:
            report.say(f"Removing constraint: {constraint}")
    return ExitCode.OK


# ---- running cluster ------------------------------------------------------------------------------


def _chosen(given: Given, *, unknown_node: ExitCode = ExitCode.NOHOST) -> tuple[CibAccess, str, str]:
    """The CIB, the resource and the node that were given, empty for all; both are known."""
    access, cluster = _open()
    name, node = given.get("resource") or "", given.get("node") or ""
    if name:
        cluster.find(name)
    if node:
        try:
            node = cluster.node(node).name
        except PcmkError as error:
            raise PcmkError(unknown_node, error.message) from error
    return access, name, node


def _live(given: Given, task: str) -> CibAccess:
    """The live CIB; the resource that was given is known."""
    access, _, _ = _chosen(given)
    if not access.is_live:
        raise PcmkError(ExitCode.DISCONNECT, f"--{task} needs a running cluster, not a file")
    return access


def _forget(given: Given, report: Report, request: Callable[[str, str], "Message"]) -> int:
    """Have the controller forget what `request` says of a resource and a node; with a file, only say so."""
    from pcmk.compat.daemons import ask
    from pcmk.kernel.core import Daemon
    from pcmk.kernel.messages.common import Done

    access, name, node = _chosen(given, unknown_node=ExitCode.NOSUCH)
    if access.is_live:
        ask(PROGRAM, Daemon.CONTROLD, request(name, node), Done)
        report.say(f"Cleaned up {name or 'all resources'} on {node or 'all nodes'}")
    elif name:
        report.warn(f"Dry run: skipping clean-up of {name} on {node or 'all nodes'} due to CIB_file")
    else:
        report.say(f"Dry run: skipping clean-up of {node or 'all nodes'} due to CIB_file")
    return ExitCode.OK


def _cleanup(given: Given, _value: str, report: Report) -> int:
    from pcmk.kernel.messages.controller import CleanupResource

    operation = given.get("operation") or ""
    interval = milliseconds(given.get("interval") or "0")
    return _forget(given, report, lambda name, node: CleanupResource(name, node, operation, interval))


def _refresh(given: Given, _value: str, report: Report) -> int:
    from pcmk.kernel.messages.controller import RefreshResource

    return _forget(given, report, RefreshResource)


def _fail(given: Given, _value: str, report: Report) -> int:
    from pcmk.compat.daemons import ask
    from pcmk.kernel.core import Daemon
    from pcmk.kernel.messages.common import Done
    from pcmk.kernel.messages.controller import FailResource

    _name(given)
    access, name, node = _chosen(given)
    if not node:
        usage("--fail needs --node")
    if access.is_live:
        ask(PROGRAM, Daemon.CONTROLD, FailResource(name, node), Done)
    else:
        report.warn(f"Dry run: skipping fail of {name} on {node} due to CIB_file")
    return ExitCode.OK


def _restart(given: Given, _value: str, report: Report) -> int:
    from pcmk.compat.resource_wait import restart

    access = _live(given, "restart")
    restart(access, _name(given), given.get("timeout"), report)
    return ExitCode.OK


def _wait(given: Given, _value: str, _report: Report) -> int:
    from pcmk.compat.resource_wait import wait_idle

    access = _live(given, "wait")
    wait_idle(access, given.get("timeout"))
    return ExitCode.OK


# ---- agents ---------------------------------------------------------------------------------------


def _agents(given: Given, value: str, report: Report) -> int:
    from pcmk.compat.agent_lists import agents, alternatives, providers, standards

    if given.has("list-standards"):
        found = standards()
    elif given.has("list-ocf-providers"):
        found = providers()
    elif given.has("list-agents"):
        found = agents(value)
    else:
        found = alternatives(value)
    if not found:
        raise PcmkError(ExitCode.NOSUCH, "No agents found")
    report.say("\n".join(found))
    return ExitCode.OK


def _metadata(_given: Given, value: str, report: Report) -> int:
    from pcmk.compat.agent_metadata import metadata

    text = metadata(value).rstrip()
    report.say(text, f"<metadata><![CDATA[{text}]]></metadata>")
    return ExitCode.OK


TASKS: dict[str, Task] = {
    "list": _list,
    "list-raw": _list_raw,
    "list-operations": _list_operations,
    "list-all-operations": _list_all_operations,
    "list-standards": _agents,
    "list-ocf-providers": _agents,
    "list-agents": _agents,
    "list-ocf-alternatives": _agents,
    "show-metadata": _metadata,
    "query-xml": _query_xml,
    "query-xml-raw": _query_xml,
    "locate": _locate,
    "why": _why,
    "get-parameter": _get,
    "set-parameter": _set,
    "delete-parameter": _unset,
    "move": _move,
    "ban": _ban,
    "clear": _clear,
    "cleanup": _cleanup,
    "refresh": _refresh,
    "fail": _fail,
    "restart": _restart,
    "wait": _wait,
    "delete": _delete,
}
