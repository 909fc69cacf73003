"""The daemons' names as commands. Clients ask them for `metadata` and `version`; neither starts a daemon."""

import os
import sys
from typing import NoReturn

from pcmk import __version__
from pcmk.compat.daemon_options import SUBJECTS, DaemonOption
from pcmk.compat.entry import run
from pcmk.compat.options import Given, usage
from pcmk.kernel.core import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.versions import RELEASE
from pcmk.output.report import Report
from pcmk.output.xml import element


def based() -> NoReturn:
    """Entry point of `pacemaker-based`."""
    _main(Daemon.BASED)


def fenced() -> NoReturn:
    """Entry point of `pacemaker-fenced`."""
    _main(Daemon.FENCED)


def execd() -> NoReturn:
    """Entry point of `pacemaker-execd`."""
    _main(Daemon.EXECD)


def attrd() -> NoReturn:
    """Entry point of `pacemaker-attrd`."""
    _main(Daemon.ATTRD)


def schedulerd() -> NoReturn:
    """Entry point of `pacemaker-schedulerd`."""
    _main(Daemon.SCHEDULERD)


def controld() -> NoReturn:
    """Entry point of `pacemaker-controld`."""
    _main(Daemon.CONTROLD)


def _main(daemon: Daemon) -> NoReturn:
    about = "metadata and version tell of it; without a word it starts, which is pacemakerd's business"
    run(daemon.value, about, (), lambda given, report: command(daemon, given, report))


def command(daemon: Daemon, given: Given, report: Report) -> int:
    """Answer `metadata` or `version`, or become the daemon."""
    match given.words:
        case ("metadata",) if daemon in SUBJECTS:
            report.write(metadata(daemon))
            return ExitCode.OK
        case ("version",):
            report.say(f"CRM Version: {RELEASE} (pcmk {__version__})")
            return ExitCode.OK
        case ():
            package = f"pcmk.{daemon.value.removeprefix('pacemaker-')}"
            os.execv(sys.executable, (sys.executable, "-m", package))
        case _:
            usage(f"Unexpected argument {given.words[0]}")


def metadata(daemon: Daemon) -> str:
    """A daemon's options as OCF 1.1 metadata. An older name of an option is another parameter, for clients that know
    no other set that one."""
    subject = SUBJECTS[daemon]
    parameters = "".join(
        f"    {_parameter(name, option)}\n"
        for option in subject.options
        for name in (option.name, option.former)
        if name
    )
    about = "".join(f"  {element(tag, {'lang': 'en'}, _text(subject.text))}\n" for tag in ("longdesc", "shortdesc"))
    inner = f"\n  <version>1.1</version>\n{about}  <parameters>\n{parameters}  </parameters>\n"
    names: dict[str, str | None] = {"name": daemon.value, "version": RELEASE}
    return f'<?xml version="1.0"?>\n{element("resource-agent", names, inner)}\n'


def _parameter(name: str, option: DaemonOption) -> str:
    marks = "*** Advanced Use Only *** " * option.advanced + "*** Deprecated *** " * option.deprecated
    short = marks + (option.text if name == option.name else f"Older name of {option.name}: {option.text}")
    long = f"{option.text}. {option.details}" if option.details else option.text
    if option.choices:
        long += f"  Allowed values: {', '.join(option.choices)}"
    choices = "".join(element("option", {"value": each}) for each in option.choices)
    content = element("content", {"type": option.kind, "default": option.default}, choices)
    about = element("longdesc", {"lang": "en"}, _text(long)) + element("shortdesc", {"lang": "en"}, _text(short))
    return element("parameter", {"name": name}, about + content)


def _text(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
