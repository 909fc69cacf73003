"""`stonith_admin`: fence nodes, look at fence devices and at what was fenced."""

from typing import NoReturn

from pcmk.compat.daemons import TIMEOUT, ask
from pcmk.compat.entry import run
from pcmk.compat.options import PAGE, About, Given, option, usage
from pcmk.compat.times import milliseconds
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import cdata, element, escape

PROGRAM = "stonith_admin"
ACTIONS = {"fence": "off", "unfence": "on", "reboot": "reboot"}
COMMANDS = (
    *ACTIONS, "confirm", "list", "list-registered", "list-installed", "list-targets", "metadata", "query", "history",
    "last",
)  # fmt: skip
FENCE_SECONDS = 120.0
ALL = ("*", "")
REPLY_SECONDS = 5.0

OPTIONS = (
    *PAGE,
    option("-F --fence", "NODE", "switch a node off"),
    option("-U --unfence", "NODE", "switch a node on"),
    option("-B --reboot", "NODE", "switch a node off and on"),
    option("-C --confirm", "NODE", "tell the cluster that a node is down for sure"),
    option("-l --list", "NODE", "show the devices that can fence a node"),
    option("-L --list-registered", text="show all fence devices"),
    option("-I --list-installed", text="show all fence agents"),
    option("-s --list-targets", "DEVICE", "show what a device can fence"),
    option("-M --metadata", text="show the metadata of --agent"),
    option("-Q --query", "DEVICE", "ask a device whether it works"),
    option("-H --history", "NODE", "show what was fenced; `*` for all nodes"),
    option("-h --last", "NODE", "show when a node was fenced last"),
    option("-c --cleanup", text="with -H: forget what is finished"),
    option("-b --broadcast", text="with -H: bring the histories of all nodes together (they always are)"),
    option("-a --agent", "AGENT", "the fence agent"),
    option("-t --timeout", "SECONDS", "how long an action may take (default 120)"),
    option("-y --delay", "SECONDS", "how long to wait before fencing"),
    option("--tolerance", "TIME", "do nothing if the same was done within this time"),
    option("-q --quiet", text="tell less"),
    option("-T --tag", "TAG"),
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
    match name:
        case "fence" | "unfence" | "reboot":
            _fence(given, value, ACTIONS[name])
        case "confirm":
            _confirm(value)
        case "list":
            _devices(value, report)
        case "list-registered":
            _devices("", report)
        case "list-installed":
            from pcmk.runtime.agent_paths import fence_agents

            _print_all(fence_agents(), "Installed fence devices", "fence agent", report)
        case "metadata":
            _metadata(given.get("agent") or "", report)
        case "query" | "list-targets":
            _device(value, "list" if name == "list-targets" else "monitor", report)
        case "history":
            _history(given, value, report)
        case _:
            _last(value, report)
    return ExitCode.OK


def _seconds(given: Given, name: str, default: float) -> float:
    text = given.get(name)
    return milliseconds(text) / 1000 if text else default


def _fence(given: Given, target: str, action: str) -> None:
    from pcmk.kernel.core import Daemon
    from pcmk.kernel.messages.fencer import Fence, FenceResult

    timeout = _seconds(given, "timeout", FENCE_SECONDS)
    delay = _seconds(given, "delay", 0.0)
    request = Fence(target, action, timeout, delay, _seconds(given, "tolerance", 0.0), allow_self=True)
    result = ask(PROGRAM, Daemon.FENCED, request, FenceResult, timeout + delay + REPLY_SECONDS)
    if result.outcome == "confirmed":
        return
    code = ExitCode.NOSUCH if result.no_device else ExitCode.ERROR
    if result.outcome == "unknown":
        code = ExitCode.TIMEOUT
    raise PcmkError(code, f"Couldn't {action} {target}: {result.reason or result.outcome}")


def _confirm(target: str) -> None:
    from pcmk.kernel.core import Daemon
    from pcmk.kernel.messages.fencer import ConfirmFenced, FenceResult

    result = ask(PROGRAM, Daemon.FENCED, ConfirmFenced(target), FenceResult)
    if result.outcome != "confirmed":
        raise PcmkError(ExitCode.ERROR, f"Couldn't confirm that {target} is down: {result.reason or result.outcome}")


def _devices(target: str, report: Report) -> None:
    from pcmk.kernel.core import Daemon
    from pcmk.kernel.messages.fencer import Devices, DevicesQuery

    found = ask(PROGRAM, Daemon.FENCED, DevicesQuery(target), Devices).devices
    title = f"Devices for {target}" if target else "Registered fence devices"
    _print_all(tuple(sorted({device.id for device in found})), title, "fence device", report)


def _print_all(names: tuple[str, ...], title: str, what: str, report: Report) -> None:
    for name in names:
        report.say(name)
    report.say(f"{len(names)} {what}{'' if len(names) == 1 else 's'} found")
    items = "".join(element("item", {}, escape(name)) for name in names)
    report.item(element("list", {"name": title, "count": str(len(names))}, items))


def _device(device: str, action: str, report: Report) -> None:
    from pcmk.kernel.core import Daemon
    from pcmk.kernel.messages.fencer import DeviceAnswer, DeviceCommand

    answer = ask(PROGRAM, Daemon.FENCED, DeviceCommand(device, action), DeviceAnswer)
    if answer.output:
        report.say(answer.output.rstrip())
    if answer.rc != 0:
        raise PcmkError(ExitCode.ERROR, f"{action} of {device} failed: {answer.reason or f'exit status {answer.rc}'}")


def _metadata(agent: str, report: Report) -> None:
    from pcmk.kernel.core import Daemon
    from pcmk.kernel.messages.executor import Metadata, MetadataQuery

    if not agent:
        usage("--metadata needs --agent")
    text = ask(PROGRAM, Daemon.EXECD, MetadataQuery("stonith", "", agent), Metadata, TIMEOUT).xml.rstrip()
    report.say(text, element("metadata", {}, cdata(text)))


def _history(given: Given, target: str, report: Report) -> None:
    from pcmk.kernel.core import Daemon
    from pcmk.kernel.messages.common import Done
    from pcmk.kernel.messages.fencer import FenceHistory, FenceHistoryClean, FenceHistoryQuery
    from pcmk.output.fencing import as_element, newest_first, technical_line

    node = "" if target in ALL else target
    if given.has("cleanup"):
        ask(PROGRAM, Daemon.FENCED, FenceHistoryClean(node), Done)
        if not given.has("quiet"):
            report.say(f"cleaning up fencing-history for node {target}")
        return
    events = newest_first(ask(PROGRAM, Daemon.FENCED, FenceHistoryQuery(node), FenceHistory).events)
    for event in events:
        report.say(technical_line(event))
    report.say(f"{len(events)} event{'' if len(events) == 1 else 's'} found")
    about = {"name": f"{node} history" if node else "history", "count": str(len(events))}
    report.item(element("list", about, "".join(map(as_element, events))))


def _last(target: str, report: Report) -> None:
    from pcmk.kernel.core import Daemon
    from pcmk.kernel.messages.fencer import FenceHistory, FenceHistoryQuery
    from pcmk.output.fencing import date

    events = ask(PROGRAM, Daemon.FENCED, FenceHistoryQuery(target), FenceHistory).events
    done = [event.completed for event in events if event.state == "success"]
    if not done:
        report.say(f"Node {target} has never been fenced")
        return
    when = date(max(done))
    report.say(f"Node {target} last fenced at: {when}", element("last-fenced", {"target": target, "when": when}))
