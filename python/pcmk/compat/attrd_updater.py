"""`attrd_updater`: transient node attributes."""

from typing import NoReturn

from pcmk.compat import nodes
from pcmk.compat.daemons import ask
from pcmk.compat.entry import run
from pcmk.compat.options import About, Given, option, usage
from pcmk.compat.times import milliseconds
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report

PROGRAM = "attrd_updater"
COMMANDS = ("update", "update-both", "update-delay", "query", "delete", "refresh")
WAITS = ("no", "local", "cluster")

OPTIONS = (
    option("-n --name", "NAME", "the attribute"),
    option("-P --pattern", "REGEX", "all attributes whose name matches"),
    option("-U --update -v", "VALUE", "set the value; `value++` and `value+=N` count up"),
    option("-B --update-both", "VALUE", "set the value and the delay of -d"),
    option("-Y --update-delay", text="set the delay of -d"),
    option("-Q --query", text="show the value"),
    option("-D --delete", text="delete the value"),
    option("-R --refresh", text="write all attributes to the CIB now"),
    option("-d --delay", "TIME", "how long changes are gathered until the CIB is written"),
    option("-s --set", "ID", "the XML id of the set"),
    option("-N --node", "NODE", "the node, by default this one"),
    option("-A --all", text="with -Q: show the values of all nodes"),
    option("-p --private", text="never write the attribute to the CIB"),
    option(
        "-W --wait",
        "UNTIL",
        "return when it is accepted (no), in force here (local) or everywhere (cluster)",
        choices="no local cluster",
    ),
    option("-z --utilization", text="the attribute is about utilization"),
    option("-l --lifetime -S --section", "LIFETIME"),
    option("-q --quiet"),
)

ABOUT = About(PROGRAM, "query and update node attributes", OPTIONS)


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out."""
    chosen = given.last_of(COMMANDS)
    if chosen is None or given.words:
        usage("must specify one of --update, --update-both, --update-delay, --query, --delete, --refresh")
    task, value = chosen
    name, pattern = given.get("name"), given.get("pattern")
    if name and pattern:
        usage("--name and --pattern cannot be used at the same time")
    if task == "refresh":
        return _refresh()
    if pattern:
        if task not in ("update", "delete"):
            usage("--pattern can be used with --update and --delete only")
        return _pattern(pattern, value if task == "update" else None, given)
    if not name:
        usage("Command requires --name or --pattern argument")
    if task == "query":
        return _query(name, given, report)
    return _update(name, task, value, given)


def _refresh() -> int:
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.attributes import AttributeRefresh
    from pcmk.kernel.messages.common import Done

    ask(PROGRAM, Daemon.ATTRD, AttributeRefresh(), Done)
    return ExitCode.OK


def _pattern(pattern: str, value: str | None, given: Given) -> int:
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.attributes import AttributePattern
    from pcmk.kernel.messages.common import Done

    ask(PROGRAM, Daemon.ATTRD, AttributePattern(pattern, value, nodes.attribute_target(given.get("node"))), Done)
    return ExitCode.OK


def _query(name: str, given: Given, report: Report) -> int:
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.attributes import AttributeQuery, AttributeValues

    node = "" if given.has("all") else nodes.attribute_target(given.get("node"))
    answer = ask(PROGRAM, Daemon.ATTRD, AttributeQuery(name, node), AttributeValues)
    found = [each for each in answer.values if each.value is not None]
    if not found:
        raise PcmkError(ExitCode.NOSUCH, f"Could not query value of {name}: attribute does not exist")
    for each in found:
        report.say(f'name="{each.name}" host="{each.node}" value="{each.value}"')
    return ExitCode.OK


def _update(name: str, task: str, value: str, given: Given) -> int:
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.attributes import AttributeChange, AttributeUpdate
    from pcmk.kernel.messages.common import Done

    delay = given.get("delay")
    if task in ("update-both", "update-delay") and delay is None:
        usage(f"--{task} needs --delay")
    wait = given.get("wait") or "local"
    if wait not in WAITS:
        usage(f"--wait must be one of {', '.join(WAITS)}, not {wait!r}")
    change = AttributeChange(
        name,
        value if task in ("update", "update-both") else None,
        nodes.attribute_target(given.get("node")),
        set_type="utilization" if given.has("utilization") else "instance_attributes",
        set_id=given.get("set") or "",
        dampening_ms=None if delay is None else milliseconds(delay),
        private=given.has("private"),
        set_delay_only=task == "update-delay",
    )
    ask(PROGRAM, Daemon.ATTRD, AttributeUpdate((change,), wait), Done)
    return ExitCode.OK
