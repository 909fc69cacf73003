"""`crm_resource`: look at resources, move them, set their options, clean up after failures."""

from importlib import import_module
from typing import NoReturn

from pcmk.compat.entry import run
from pcmk.compat.options import About, Given, option, usage
from pcmk.compat.resource_tasks import BY_HAND, PROGRAM, Task
from pcmk.output.report import Report

OPTIONS = (
    option("-L --list", text="show all resources with their state"),
    option("-l --list-raw", text="show the ids of all primitives and instances"),
    option("-c --list-cts"),
    option("-O --list-operations", text="show the operations that count"),
    option("-o --list-all-operations", text="show the history of operations"),
    option(
        "--list-options",
        "KIND",
        "show what can be configured; KIND is primitive (meta-attributes) or fencing",
        choices="primitive fencing",
    ),
    option("--all", text="--list-options: also what is advanced or deprecated"),
    option("--list-standards", text="show the standards of agents"),
    option("--list-ocf-providers", text="show the providers of OCF agents"),
    option("--list-agents", "STANDARD[:PROVIDER]", "show agents"),
    option("--list-ocf-alternatives", "AGENT", "show the providers of an OCF agent"),
    option("--show-metadata", "AGENT", "show the metadata of an agent, as in ocf:pacemaker:Dummy"),
    option("-q --query-xml", text="show a resource's definition"),
    option("-w --query-xml-raw", text="show a resource's definition without its template's"),
    option("-W --locate", text="show where a resource runs"),
    option("-a --constraints", text="show what location and colocation constraints say about a resource"),
    option("-A --stack", text="the same, with what is true of all that it is colocated with"),
    option("-Y --why", text="show why resources do not run"),
    option("-g --get-parameter", "NAME", "show a parameter"),
    option("-p --set-parameter", "NAME", "set a parameter, with --parameter-value"),
    option("-d --delete-parameter", "NAME", "delete a parameter"),
    option("-v --parameter-value --property-value", "VALUE", "the value for --set-parameter"),
    option("-m --meta", text="-g, -p, -d: a meta-attribute instead of a parameter"),
    option("-z --utilization", text="-g, -p, -d: utilization instead of a parameter"),
    option("--element", text="-g, -p: an attribute of the resource's element itself"),
    option("--recursive", text="-p --meta: also for what is colocated with the resource"),
    option("-s --set-name", "ID", "-p, -d: the XML id of the set"),
    option("-i --nvpair", "ID", "-p, -d: the XML id of the name/value pair"),
    option("-M --move", text="let a resource prefer --node, or leave its node"),
    option("-B --ban", text="keep a resource away from --node, or from its node"),
    option("-U --clear --un-move", text="remove what --move and --ban made"),
    option("-e --expired", text="-U: only what is over"),
    option("-u --lifetime", "DURATION", "-M, -B: until when it holds, as in PT1H"),
    option("--promoted --master", text="-M, -B: only the promoted role"),
    option("-C --cleanup", text="forget failures, so that the cluster tries again"),
    option("-R --refresh --reprobe", text="forget history, so that the cluster looks again"),
    option("-F --fail", text="report a failure that did not happen, to see the recovery"),
    option("-n --operation", "NAME", "-C: only failures of this operation"),
    option("-I --interval", "TIME", "-C: only failures of the operation with this interval"),
    option("--digests", text="show the digests of a resource on --node; words NAME=VALUE go before its parameters"),
    option("--validate", "[LEVEL]", "have the agent check a resource's parameters, or those of --class and --agent"),
    option("--force-check", "[LEVEL]", "have the agent look at a resource on this machine, behind the cluster's back"),
    option("--force-start", text="start a resource on this machine, behind the cluster's back"),
    option("--force-stop", text="stop a resource on this machine, behind the cluster's back"),
    option("--force-promote", text="promote a resource on this machine, behind the cluster's back"),
    option("--force-demote", text="demote a resource on this machine, behind the cluster's back"),
    option("--class", "STANDARD", "--validate: the standard of the agent"),
    option("--agent", "TYPE", "--validate: the type of the agent"),
    option("--provider", "PROVIDER", "--validate: the provider of the agent"),
    option("--option", "NAME=VALUE", "--validate: a parameter for the agent (may be repeated)"),
    option("--restart", text="stop a resource and start it again"),
    option("--wait", text="wait until the cluster has nothing to do"),
    option("-D --delete", text="delete a resource's definition"),
    option(
        "-t --resource-type",
        "ELEMENT",
        "-D: primitive, group, clone, bundle, template",
        choices="primitive group clone bundle template",
    ),
    option("-r --resource", "RESOURCE", "the resource"),
    option("-N --node --host-uname -H", "NODE", "the node"),
    option("-T --timeout", "TIME", "--restart, --wait: how long to wait"),
    option("-f --force", text="do what would be refused"),
    option("-Q --quiet", text="tell less"),
)

ABOUT = About(PROGRAM, "perform tasks related to resources", OPTIONS, words="[NAME=VALUE...]")

ROOMS: dict[str, tuple[str, ...]] = {
    "resource_queries": (
        "list", "list-raw", "list-cts", "list-operations", "list-all-operations", "query-xml", "query-xml-raw",
        "locate", "why", "get-parameter", "constraints", "stack", "digests",
    ),
    "resource_changes": ("set-parameter", "delete-parameter", "delete", "move", "ban", "clear"),
    "resource_cluster": ("cleanup", "refresh", "fail", "restart", "wait"),
    "resource_agents": (
        "list-options", "list-standards", "list-ocf-providers", "list-agents", "list-ocf-alternatives", "show-metadata",
    ),
    "resource_actions": ("validate", "force-check", "force-start", "force-stop", "force-promote", "force-demote"),
}  # fmt: skip
"""Where each task is carried out: what a call does not need is not imported."""

PLACES = {task: room for room, tasks in ROOMS.items() for task in tasks}
TAKE_WORDS = ("digests", *ROOMS["resource_actions"])
"""Tasks for which words NAME=VALUE mean something."""


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out; without a task it lists all resources."""
    name, value = given.last_of(tuple(PLACES)) or ("list", "")
    if given.words and name not in TAKE_WORDS:
        usage(f"Unexpected argument {given.words[0]}")
    if any(map(given.has, BY_HAND)) and PLACES[name] != "resource_actions":
        usage("--class, --agent, --provider and --option can only be used with --validate")
    tasks: dict[str, Task] = import_module(f"pcmk.compat.{PLACES[name]}").TASKS
    return tasks[name](given, value, report)
