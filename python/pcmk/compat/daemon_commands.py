"""The daemons' names as commands. Clients ask them for `metadata` and `version`; neither starts a daemon."""

import os
import sys
from typing import TYPE_CHECKING, NoReturn

from pcmk.compat.entry import run
from pcmk.compat.options import About, Given, usage
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.versions import RELEASE, SOFTWARE
from pcmk.output.report import Report
from pcmk.output.xml import element

if TYPE_CHECKING:
    from pcmk.compat.daemon_options import DaemonOption


METADATA = ("metadata", "tell what can be configured of it, as the metadata of an agent")
VERSION = ("version", "tell the version of the cluster's software")
SUMMARIES = {
    "pacemaker-attrd": "keep the attributes of nodes",
    "pacemaker-based": "keep the CIB",
    "pacemaker-controld": "have the cluster do what the scheduler plans",
    "pacemaker-execd": "execute resource agents on this node",
    "pacemaker-fenced": "fence nodes",
    "pacemaker-schedulerd": "plan what the cluster has to do",
}
WITH_OPTIONS = ("pacemaker-based", "pacemaker-controld", "pacemaker-fenced", "pacemaker-schedulerd")
"""Those that `daemon_options.SUBJECTS` knows; by name here, because most calls ask for the version alone."""
OCF_KINDS = {
    "duration": "time",
    "timeout": "time",
    "score": "integer",
    "nonnegative_integer": "integer",
    "version": "string",
}
"""Types of OCF metadata for kinds that it has no word for."""


def about(daemon: str) -> About:
    """What a daemon's command is."""
    tasks = (METADATA, VERSION) if daemon in WITH_OPTIONS else (VERSION,)
    return About(daemon, f"{SUMMARIES[daemon]}; pacemakerd starts it", tasks=tasks)


def based() -> NoReturn:
    """Entry point of `pacemaker-based`."""
    _main("pacemaker-based")


def fenced() -> NoReturn:
    """Entry point of `pacemaker-fenced`."""
    _main("pacemaker-fenced")


def execd() -> NoReturn:
    """Entry point of `pacemaker-execd`."""
    _main("pacemaker-execd")


def attrd() -> NoReturn:
    """Entry point of `pacemaker-attrd`."""
    _main("pacemaker-attrd")


def schedulerd() -> NoReturn:
    """Entry point of `pacemaker-schedulerd`."""
    _main("pacemaker-schedulerd")


def controld() -> NoReturn:
    """Entry point of `pacemaker-controld`."""
    _main("pacemaker-controld")


def _main(daemon: str) -> NoReturn:
    run(about(daemon), lambda given, report: command(daemon, given, report))


def command(daemon: str, given: Given, report: Report) -> int:
    """Answer `metadata` or `version`, or become the daemon."""
    if not given.words:
        package = f"pcmk.{daemon.removeprefix('pacemaker-')}"
        os.execv(sys.executable, (sys.executable, "-m", package))
    if given.words == ("metadata",):
        report.write(metadata(daemon))
    elif given.words == ("version",):
        report.say(f"CRM Version: {SOFTWARE}")
    else:
        usage(f"Unexpected argument {given.words[0]}")
    return ExitCode.OK


def metadata(daemon: str) -> str:
    """A daemon's options as OCF 1.1 metadata. An older name of an option is another parameter, for clients that know
    no other set that one. Raises `PcmkError` (USAGE) for a daemon that has none.
    """
    from pcmk.compat.daemon_options import SUBJECTS

    if daemon not in WITH_OPTIONS:
        usage(f"{daemon} has no options of its own")
    subject = SUBJECTS[daemon]
    parameters = "".join(
        f"    {_parameter(name, option)}\n"
        for option in subject.options
        for name in (option.name, option.former)
        if name
    )
    texts = "".join(f"  {element(tag, {'lang': 'en'}, _text(subject.text))}\n" for tag in ("longdesc", "shortdesc"))
    inner = f"\n  <version>1.1</version>\n{texts}  <parameters>\n{parameters}  </parameters>\n"
    names: dict[str, str | None] = {"name": daemon, "version": RELEASE}
    return f'<?xml version="1.0"?>\n{element("resource-agent", names, inner)}\n'


def _parameter(name: str, option: "DaemonOption") -> str:
    short = _warnings(name, option) + (option.text if name == option.name else f"Older name of {option.name}")
    long = f"{option.text}. {option.details}" if option.details else option.text
    if option.choices:
        long += f"  Allowed values: {', '.join(option.choices)}"
    choices = "".join(element("option", {"value": each}) for each in option.choices)
    kind = OCF_KINDS.get(option.kind, option.kind)
    content = element("content", {"type": kind, "default": option.default}, choices)
    about = element("longdesc", {"lang": "en"}, _text(long)) + element("shortdesc", {"lang": "en"}, _text(short))
    return element("parameter", {"name": name}, about + content)


def _warnings(name: str, option: "DaemonOption") -> str:
    from pcmk.compat.daemon_options import DEPRECATED

    replaced = (DEPRECATED, f"Replaced with {option.name}") if name != option.name else ()
    marks = (*replaced, *(mark for mark in (option.mark,) if mark and mark not in replaced))
    return "".join(f"*** {mark} *** " for mark in marks)


def _text(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
