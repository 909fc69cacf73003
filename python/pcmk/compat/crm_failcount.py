"""`crm_failcount`: how often a resource failed on a node."""

from typing import NoReturn

from pcmk.compat import crm_resource
from pcmk.compat.cib_access import open_cib
from pcmk.compat.entry import run
from pcmk.compat.nodes import Select, attribute_target, known
from pcmk.compat.options import About, Given, option, usage
from pcmk.compat.times import milliseconds
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import quoted

PROGRAM = "crm_failcount"
INFINITY = 1_000_000

OPTIONS = (
    option("-G --query --get-value", text="show the fail count"),
    option("-D --delete --delete-attr", text="forget the failures"),
    option("-r --resource --resource-id", "RESOURCE", "the resource"),
    option("-n --operation", "NAME", "only failures of this operation"),
    option("-I --interval", "TIME", "only failures of the operation with this interval"),
    option("-N --node -U --uname", "NODE", "the node, by default this one"),
    option("-q --quiet -Q", text="show nothing but the number"),
    option("-v --attr-value", "VALUE"),
    option("-i --attr-id", "ID"),
    option("-l --lifetime", "LIFETIME"),
)

ABOUT = About(PROGRAM, "query or reset the fail count of a resource", OPTIONS)


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out. The old way to reset a count, setting it to 0, still works."""
    name = given.get("resource")
    if given.words or not name:
        usage("resource name required")
    node = attribute_target(given.get("node"))
    operation, interval = given.get("operation") or "", given.get("interval") or "0"
    if given.has("delete") or given.get("attr-value") == "0":
        narrowed = (("operation", operation), ("interval", interval)) if operation else ()
        return crm_resource.command(Given((("cleanup", ""), ("resource", name), ("node", node), *narrowed), ()), report)
    if not given.has("query"):
        usage("must specify a command")
    shown = f"fail-count-{name}"
    if operation:
        shown += f"#{operation}_{milliseconds(interval)}"
    count = fail_count(open_cib(PROGRAM).select, node, shown, exact=bool(operation))
    report.say(count if given.has("quiet") else f"scope=status  name={shown} value={count}")
    return ExitCode.OK


def fail_count(select: Select, node: str, attribute: str, *, exact: bool) -> str:
    """The value of a fail count on a node, or the sum over all operations; empty for an unknown node."""
    found = next((each for each in known(select) if each.name.lower() == node.lower()), None)
    if found is None:
        return ""
    pairs = select(f"/cib/status/node_state[@id={quoted(found.id)}]/transient_attributes//nvpair")
    matching = [
        pair.get("value", "0")
        for pair in pairs
        if pair.get("name") == attribute or (not exact and pair.get("name", "").startswith(f"{attribute}#"))
    ]
    total = sum(
        INFINITY if value == "INFINITY" else int(value)
        for value in matching
        if value.isdecimal() or value == "INFINITY"
    )
    return "INFINITY" if total >= INFINITY else str(total)
