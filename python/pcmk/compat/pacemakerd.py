"""`pacemakerd`: start the cluster's software on this node, or shut it down."""

import os
import sys
import time
from typing import NoReturn

from pcmk import __version__
from pcmk.compat.entry import run
from pcmk.compat.options import About, Given, option, usage
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.versions import FEATURE_SET, RELEASE, SOFTWARE
from pcmk.output.report import Report
from pcmk.output.xml import element

PROGRAM = "pacemakerd"
SHUTDOWN_POLL = 0.2
FEATURES = ("acls", "cibsecrets", "corosync-ge-2", "lsb")
"""What clients may look for, by the names of the field."""

OPTIONS = (
    option("-F --features", text="show the version and what the software was built with"),
    option("-S --shutdown", text="shut down the instance that runs, and wait until it has ended"),
    option("-s --standby", text="start the node in standby"),
    option("-f --foreground", text="ignored: it never goes to the background"),
    option("-p --pid-file", "FILE", "ignored"),
)

ABOUT = About(PROGRAM, "start and watch the daemons of this node", OPTIONS)


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out; without anything to do but that, it becomes the supervisor."""
    if given.words:
        usage(f"Unexpected argument {given.words[0]}")
    if given.has("features"):
        _features(report)
    elif given.has("shutdown"):
        _shut_down()
    else:
        if given.has("standby"):
            os.environ["PCMK_node_start_state"] = "standby"
        os.execv(sys.executable, (sys.executable, "-m", "pcmk.pacemakerd"))
    return ExitCode.OK


def _features(report: Report) -> None:
    lines = f"Pacemaker {SOFTWARE}\n Supporting v{FEATURE_SET}: {' '.join(FEATURES)}"
    about: dict[str, str | None] = {"version": RELEASE, "build": __version__, "feature_set": FEATURE_SET}
    features = "".join(element("feature", {}, name) for name in FEATURES)
    report.say(lines, element("pacemakerd", about, element("features", {}, features)))


def _shut_down() -> None:
    from pcmk.client import Connection
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.pacemakerd import ShutdownRequest
    from pcmk.rpc.claim import holder
    from pcmk.runtime.settings import from_environment

    settings = from_environment()
    with Connection(settings, PROGRAM) as connection:
        connection.call(Daemon.PACEMAKERD, ShutdownRequest())
    while holder(settings.socket(Daemon.PACEMAKERD)) is not None:
        time.sleep(SHUTDOWN_POLL)
