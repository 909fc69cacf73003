"""`crmadmin`: the controllers and the supervisor."""

import time
from typing import NoReturn

from pcmk.compat.daemons import TIMEOUT, ask
from pcmk.compat.entry import run
from pcmk.compat.options import Given, option, usage
from pcmk.compat.times import milliseconds
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report

PROGRAM = "crmadmin"
COMMANDS = ("status", "pacemakerd", "dc_lookup", "nodes")
KINDS = ("all", "cluster", "guest", "remote")

OPTIONS = (
    option("-S --status", "NODE", "show the state of a node's controller"),
    option("-P --pacemakerd", text="show the state of this node's daemons"),
    option("-D --dc_lookup", text="show which node is the DC"),
    option("-N --nodes", "[KIND]", f"show the nodes; kinds separated by commas: {', '.join(KINDS)}"),
    option("-t --timeout", "TIME", "how long to wait"),
    option("-B --bash-export", text="with -N: as commands of a shell"),
    option("-q --quiet", text="tell only what was asked for"),
    option("-i --ipc-name", "NAME"),
)


def main() -> NoReturn:
    """Entry point."""
    run(PROGRAM, "query the cluster's controllers", OPTIONS, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out."""
    chosen = given.last_of(COMMANDS)
    if chosen is None or given.words:
        usage("must specify one of --status, --pacemakerd, --dc_lookup, --nodes")
    name, value = chosen
    timeout = given.get("timeout")
    seconds = milliseconds(timeout) / 1000 if timeout else TIMEOUT
    match name:
        case "status":
            _status(value, seconds, given.has("quiet"), report)
        case "pacemakerd":
            _supervisor(seconds, given.has("quiet"), report)
        case "dc_lookup":
            _dc(seconds, given.has("quiet"), report)
        case _:
            _nodes(value, given.has("bash-export"), report)
    return ExitCode.OK


def _status(node: str, timeout: float, quiet: bool, report: Report) -> None:
    from pcmk.kernel.core import Daemon
    from pcmk.kernel.messages.controller import ControllerQuery, ControllerStatus

    status = ask(PROGRAM, Daemon.CONTROLD, ControllerQuery(node), ControllerStatus, timeout)
    report.say(status.state if quiet else f"Controller on {status.node} in state {status.state}: ok")


def _supervisor(timeout: float, quiet: bool, report: Report) -> None:
    from pcmk.kernel.core import Daemon
    from pcmk.kernel.messages.pacemakerd import SupervisorQuery, SupervisorStatus

    status = ask(PROGRAM, Daemon.PACEMAKERD, SupervisorQuery(), SupervisorStatus, timeout)
    when = time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(status.last_progress))
    report.say(status.state if quiet else f"Status of pacemakerd: '{status.state}' (last updated {when})")


def _dc(timeout: float, quiet: bool, report: Report) -> None:
    from pcmk.kernel.core import Daemon
    from pcmk.kernel.messages.controller import ControllerQuery, ControllerStatus

    dc = ask(PROGRAM, Daemon.CONTROLD, ControllerQuery(), ControllerStatus, timeout).dc
    if not dc:
        raise PcmkError(ExitCode.NO_DC, "Designated Controller is: not yet elected")
    report.say(dc if quiet else f"Designated Controller is: {dc}")


def _nodes(kinds: str, as_shell: bool, report: Report) -> None:
    from pcmk.compat.cib_access import open_cib
    from pcmk.compat.resources import Cluster

    wanted = set((kinds or "all").split(","))
    if not wanted <= set(KINDS):
        usage(f"--nodes knows the kinds {', '.join(KINDS)}")
    for node in Cluster.read(open_cib(PROGRAM).read()).nodes:
        if wanted & {"all", node.kind}:
            report.say(f"export {node.name}={node.id}" if as_shell else f"{node.kind} node: {node.name} ({node.id})")
