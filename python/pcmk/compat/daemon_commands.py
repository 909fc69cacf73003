"""The daemons' names as commands. Clients ask them for `metadata` and `version`; neither starts a daemon."""

import os
import sys
from typing import TYPE_CHECKING, NoReturn

from pcmk.compat.entry import run
from pcmk.compat.options import Given, usage
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.versions import RELEASE, SOFTWARE
from pcmk.output.report import Report
from pcmk.output.xml import element

if TYPE_CHECKING:
    from pcmk.compat.daemon_options import DaemonOption


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
    about = "metadata and version tell of it; without a word it starts, which is pacemakerd's business"
    run(daemon, about, (), lambda given, report: command(daemon, given, report))


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

    subject = SUBJECTS.get(daemon)
    if subject is None:
        usage(f"{daemon} has no options of its own")
    parameters = "".join(
        f"    {_parameter(name, option)}\n"
        for option in subject.options
        for name in (option.name, option.former)
        if name
    )
    about = "".join(f"  {element(tag, {'lang': 'en'}, _text(subject.text))}\n" for tag in ("longdesc", "shortdesc"))
    inner = f"\n  <version>1.1</version>\n{about}  <parameters>\n{parameters}  </parameters>\n"
    names: dict[str, str | None] = {"name": daemon, "version": RELEASE}
    return f'<?xml version="1.0"?>\n{element("resource-agent", names, inner)}\n'


def _parameter(name: str, option: "DaemonOption") -> str:
    mark = f"*** {option.mark} *** " if option.mark else ""
    short = mark + (option.text if name == option.name else f"Older name of {option.name}: {option.text}")
    long = f"{option.text}. {option.details}" if option.details else option.text
    if option.choices:
        long += f"  Allowed values: {', '.join(option.choices)}"
    choices = "".join(element("option", {"value": each}) for each in option.choices)
    content = element("content", {"type": option.kind, "default": option.default}, choices)
    about = element("longdesc", {"lang": "en"}, _text(long)) + element("shortdesc", {"lang": "en"}, _text(short))
    return element("parameter", {"name": name}, about + content)


def _text(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
