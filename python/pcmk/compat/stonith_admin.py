"""`stonith_admin`: fence nodes, look at fence devices and at what was fenced."""

from typing import NoReturn

from pcmk.compat import fence_devices
from pcmk.compat.daemons import ask
from pcmk.compat.entry import run
from pcmk.compat.options import PAGE, About, Given, option, usage
from pcmk.compat.times import milliseconds
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import element

PROGRAM = "stonith_admin"
ACTIONS = {"fence": "off", "unfence": "on", "reboot": "reboot"}
COMMANDS = (
    *ACTIONS, "confirm", "list", "list-registered", "list-installed", "list-targets", "metadata", "query", "history",
    "last", "validate", "register", "deregister", "register-level", "deregister-level",
)  # fmt: skip
FENCE_SECONDS = 120.0
ALL = ("*", "")
REPLY_SECONDS = 5.0
DEVICE_SECONDS = 20.0
NO_DELAY = -1.0

OPTIONS = (
    *PAGE,
    option("-R --register", "DEVICE", "let this node's fencer have a device, with --agent and --option"),
    option("-D --deregister", "DEVICE", "take back what --register did"),
    option("-r --register-level", "TARGET", "let this node's fencer have --device on level --index of a target"),
    option("-d --deregister-level", "TARGET", "take back level --index of a target: NAME, @PATTERN or ATTRIBUTE=VALUE"),
    option("-F --fence", "NODE", "switch a node off"),
    option("-U --unfence", "NODE", "switch a node on"),
    option("-B --reboot", "NODE", "switch a node off and on"),
    option("-C --confirm", "NODE", "tell the cluster that a node is down for sure"),
    option("-l --list", "NODE", "show the devices that can fence a node"),
    option("-L --list-registered", text="show all fence devices"),
    option("-I --list-installed", text="show all fence agents"),
    option("-s --list-targets", "DEVICE", "show what a device can fence"),
    option("-M --metadata", text="show the metadata of --agent"),
    option("-K --validate", text="have --agent check the parameters of --option; secrets are those of --device"),
    option("-Q --query", "DEVICE", "ask a device whether it works"),
    option("-H --history", "NODE", "show what was fenced; `*` for all nodes"),
    option("-h --last", "NODE", "show when a node was fenced last"),
    option("-c --cleanup", text="with -H: forget what is finished"),
    option("-b --broadcast", text="with -H: bring the histories of all nodes together (they always are)"),
    option("-a --agent", "AGENT", "the fence agent"),
    option("-o --option", "NAME=VALUE", "-R, -K: a parameter of the device (may be repeated)"),
    option("-e --env-option", "NAME", "-R, -K: a parameter with the value of OCF_RESKEY_NAME (may be repeated)"),
    option("-v --device", "DEVICE", "-r, -K: a device (with -r it may be repeated)"),
    option("-i --index", "LEVEL", "-r, -d: the level, from 1 to 9", choices="1 2 3 4 5 6 7 8 9"),
    option("-t --timeout", "SECONDS", "how long an action may take (default 120)"),
    option("-y --delay", "SECONDS", "how long to wait before fencing, beside what devices wait; -1: not at all"),
    option("--tolerance", "TIME", "do nothing if the same was done within this time"),
    option("-n --as-node-id", text="-h: the node is given by its cluster id"),
    option("-q --quiet", text="tell less"),
    option("-T --tag", "TAG", "what the client is called by after `stonith_admin.`"),
)

ABOUT = About(PROGRAM, "access the cluster's fencing", OPTIONS)


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out."""
    chosen = given.last_of(COMMANDS)
    if chosen is None or given.words:
        usage("must specify what to do")
    name, value = chosen
    tag = given.get("tag")
    program = f"{PROGRAM}.{tag}" if tag else PROGRAM
    match name:
        case "fence" | "unfence" | "reboot":
            _fence(program, given, value, ACTIONS[name])
        case "confirm":
            _confirm(program, value)
        case "history":
            _history(program, given, value, report)
        case "last":
            _last(program, _name_of(program, value) if given.has("as-node-id") else value, report)
        case _:
            _device(program, given, name, value, report)
    return ExitCode.OK


def _device(program: str, given: Given, name: str, value: str, report: Report) -> None:
    timeout = _seconds(given, "timeout", DEVICE_SECONDS)
    match name:
        case "register":
            fence_devices.register(program, given, value)
        case "deregister":
            fence_devices.deregister(program, value)
        case "register-level" | "deregister-level":
            fence_devices.register_level(program, given, value, wanted=name == "register-level")
        case "list" | "list-registered":
            fence_devices.show(program, value, report)
        case "list-installed":
            from pcmk.runtime.agent_paths import fence_agents

            fence_devices.show_names(fence_agents(), "Installed fence devices", "fence agent", report)
        case "metadata":
            fence_devices.metadata(given, report)
        case "validate":
            fence_devices.validate(given, report, timeout)
        case "list-targets":
            fence_devices.command(program, value, ("list",), report, timeout)
        case _:
            fence_devices.command(program, value, ("monitor", "list"), report, timeout)


def _seconds(given: Given, name: str, default: float) -> float:
    text = given.get(name)
    return milliseconds(text) / 1000 if text else default


def _fence(program: str, given: Given, target: str, action: str) -> None:
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.fencer import Fence, FenceResult

    timeout = _seconds(given, "timeout", FENCE_SECONDS)
    delay = NO_DELAY if given.get("delay") == "-1" else _seconds(given, "delay", 0.0)
    request = Fence(target, action, timeout, delay, _seconds(given, "tolerance", 0.0), allow_self=True)
    result = ask(program, Daemon.FENCED, request, FenceResult, timeout + max(delay, 0.0) + REPLY_SECONDS)
    if result.outcome == "confirmed":
        return
    code = ExitCode.NOSUCH if result.no_device else ExitCode.ERROR
    if result.outcome == "unknown":
        code = ExitCode.TIMEOUT
    raise PcmkError(code, f"Couldn't {action} {target}: {result.reason or result.outcome}")


def _confirm(program: str, target: str) -> None:
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.fencer import ConfirmFenced, FenceResult

    result = ask(program, Daemon.FENCED, ConfirmFenced(target), FenceResult)
    if result.outcome != "confirmed":
        raise PcmkError(ExitCode.ERROR, f"Couldn't confirm that {target} is down: {result.reason or result.outcome}")


def _history(program: str, given: Given, target: str, report: Report) -> None:
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.common import Done
    from pcmk.kernel.messages.fencer import FenceHistory, FenceHistoryClean, FenceHistoryQuery
    from pcmk.output.fencing import as_element, newest_first, technical_line

    node = "" if target in ALL else target
    if given.has("cleanup"):
        ask(program, Daemon.FENCED, FenceHistoryClean(node), Done)
        if not given.has("quiet"):
            report.say(f"cleaning up fencing-history for node {target}")
        return
    events = newest_first(ask(program, Daemon.FENCED, FenceHistoryQuery(node), FenceHistory).events)
    for event in events:
        report.say(technical_line(event))
    report.say(f"{len(events)} event{'' if len(events) == 1 else 's'} found")
    about = {"name": f"{node} history" if node else "history", "count": str(len(events))}
    report.item(element("list", about, "".join(map(as_element, events))))


def _name_of(program: str, id: str) -> str:
    """The name of the node with a cluster id."""
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.controller import KnownNodes, NodesQuery

    nodes = ask(program, Daemon.CONTROLD, NodesQuery(), KnownNodes).nodes
    found = next((node.name for node in nodes if str(node.id) == id), None)
    if found is None:
        raise PcmkError(ExitCode.NOSUCH, f"there is no node with the id {id}")
    return found


def _last(program: str, target: str, report: Report) -> None:
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.fencer import FenceHistory, FenceHistoryQuery
    from pcmk.output.fencing import date

    events = ask(program, Daemon.FENCED, FenceHistoryQuery(target), FenceHistory).events
    done = [event.completed for event in events if event.state == "success"]
    if not done:
        report.say(f"Node {target} has never been fenced")
        return
    when = date(max(done))
    report.say(f"Node {target} last fenced at: {when}", element("last-fenced", {"target": target, "when": when}))
