"""Fence devices and levels for `stonith_admin`: those of the fencer, those that clients add, and agents by hand."""

import os

from pcmk.compat.daemons import ask
from pcmk.compat.options import Given, usage
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import cdata, element, escape

AGENT_NEEDED = "Please specify an agent to query using -a,--agent [value]"
LAST_LEVEL = 9
_GENERIC_ERROR = -201
"""The older number of an error without a name, which programs find in answers of agents."""


def parameters(given: Given) -> dict[str, str]:
    """The parameters of a device, from `--option` and `--env-option` in their order."""
    found: dict[str, str] = {}
    for option, text in given.options:
        if option == "option":
            name, equals, value = text.partition("=")
            if not (name and equals):
                usage(f"Invalid option: -o {text}")
            found[name] = value
        elif option == "env-option":
            known = os.environ.get(f"OCF_RESKEY_{text}")
            if known is None:
                usage(f"Invalid option: -e {text}")
            found[text] = known
    return found


def register(program: str, given: Given, device: str) -> None:
    """Let the fencer of this node have a device."""
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.common import Done
    from pcmk.kernel.messages.fencer import RegisterDevice

    agent = given.get("agent")
    if not agent:
        usage(AGENT_NEEDED)
    ask(program, Daemon.FENCED, RegisterDevice(device, agent, parameters(given)), Done)


def deregister(program: str, device: str) -> None:
    """Take back what `register` did."""
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.common import Done
    from pcmk.kernel.messages.fencer import DeregisterDevice

    ask(program, Daemon.FENCED, DeregisterDevice(device), Done)


def register_level(program: str, given: Given, target: str, *, wanted: bool) -> None:
    """Let the fencer of this node have a level of the topology, or take that back."""
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.common import Done
    from pcmk.kernel.messages.fencer import DeregisterLevel, FencingLevel, RegisterLevel

    index = given.get("index") or ""
    if not index.isdecimal() or not 1 <= int(index) <= LAST_LEVEL:
        usage(f"a level needs --index, from 1 to {LAST_LEVEL}")
    devices = tuple(given.all("device"))
    if wanted and not devices:
        usage("--register-level needs --device")
    level = FencingLevel(*_what(target), int(index), devices if wanted else ())
    ask(program, Daemon.FENCED, RegisterLevel(level) if wanted else DeregisterLevel(level), Done)


def _what(target: str) -> tuple[str, str, str]:
    """What a level is for: its kind, key and value."""
    if target.startswith("@"):
        return "pattern", target[1:], ""
    name, equals, value = target.partition("=")
    return ("attribute", name, value) if equals else ("target", target, "")


def show(program: str, target: str, report: Report) -> None:
    """Show the devices of this node, or those of the cluster that can fence a target."""
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.fencer import Devices, DevicesQuery

    found = ask(program, Daemon.FENCED, DevicesQuery(target), Devices).devices
    title = f"Devices for {target}" if target else "Registered fence devices"
    show_names(tuple(sorted({device.id for device in found})), title, "fence device", report)


def show_names(names: tuple[str, ...], title: str, what: str, report: Report) -> None:
    """Show names, one a line, and how many they are."""
    for name in names:
        report.say(name)
    report.say(f"{len(names)} {what}{'' if len(names) == 1 else 's'} found")
    items = "".join(element("item", {}, escape(name)) for name in names)
    report.item(element("list", {"name": title, "count": str(len(names))}, items))


def command(program: str, device: str, actions: tuple[str, ...], report: Report, timeout: float) -> None:
    """Have a device do the first of some actions that succeeds, and show what it printed; raises if none does."""
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.fencer import DeviceAnswer, DeviceCommand

    reasons: list[str] = []
    for action in actions:
        request = DeviceCommand(device, action, "", timeout)
        answer = ask(program, Daemon.FENCED, request, DeviceAnswer, timeout + 5.0)
        if answer.rc == 0:
            if answer.output:
                report.say(answer.output.rstrip())
            return
        reasons.append(f"{action} of {device} failed: {answer.reason or f'exit status {answer.rc}'}")
    raise PcmkError(ExitCode.ERROR, reasons[0])


def metadata(given: Given, report: Report) -> None:
    """Show what an agent says of itself; no daemon is needed."""
    from pcmk.compat import agent_metadata

    agent = given.get("agent")
    if not agent:
        usage(AGENT_NEEDED)
    text = agent_metadata.metadata(f"stonith:{agent}").rstrip()
    report.say(text, element("metadata", {}, cdata(text)))


def validate(given: Given, report: Report, timeout: float) -> None:
    """Have an agent check parameters; no daemon is needed. Raises ERROR if they are not valid."""
    from pcmk.compat.fence_agent import carry_out

    agent, device = given.get("agent"), given.get("device") or ""
    if not agent:
        usage(AGENT_NEEDED)
    ended = carry_out(agent, "validate-all", device, parameters(given), timeout)
    valid = ended.code == 0
    where = f"{agent} on {device}" if device else agent
    report.say(f"Validation of {where} {'succeeded' if valid else 'failed'}")
    outputs = (("stdout", ended.stdout), ("stderr", ended.stderr))
    for _, text in outputs:
        if report.is_text and text.strip() and not given.has("quiet"):
            report.write(f"{text.rstrip()}\n")
    told = "".join(element("output", {"source": source}, cdata(text)) for source, text in outputs if text)
    code = {"code": str(0 if valid else _GENERIC_ERROR)}
    about = {"agent": agent, "device": device or None, "valid": "true" if valid else "false"}
    report.item(element("validate", about, element("command", code, told) if told else ""))
    if not valid:
        raise PcmkError(ExitCode.ERROR, f"{agent} does not accept these parameters")
