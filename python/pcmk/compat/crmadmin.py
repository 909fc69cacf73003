"""`crmadmin`: the controllers and the supervisor."""

import time
from typing import NoReturn

from pcmk.compat.cib_access import open_cib
from pcmk.compat.daemons import TIMEOUT, ask
from pcmk.compat.entry import run
from pcmk.compat.options import About, Given, option, usage
from pcmk.compat.times import milliseconds
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import element

PROGRAM = "crmadmin"
COMMANDS = ("status", "pacemakerd", "dc_lookup", "nodes")
CLUSTER_NODES = "/cib/configuration/nodes/node[not(@type) or @type='member']"
GUEST_NODES = "/cib/configuration/resources//primitive/meta_attributes/nvpair[@name='remote-node']"
REMOTE_NODES = "/cib/configuration/resources//primitive[@class='ocf'][@provider='pacemaker'][@type='remote']"
KINDS = ("all", "cluster", "guest", "remote")

OPTIONS = (
    option("-S --status", "NODE", "show the state of a node's controller"),
    option("-P --pacemakerd", text="show the state of this node's daemons"),
    option("-D --dc_lookup", text="show which node is the DC"),
    option(
        "-N --nodes",
        "[KIND]",
        f"show the nodes; kinds separated by commas: {', '.join(KINDS)}",
        choices=" ".join(KINDS),
    ),
    option("-t --timeout", "TIME", "how long to wait"),
    option("-B --bash-export", text="with -N: as commands of a shell"),
    option("-q --quiet", text="tell only what was asked for"),
    option("-i --ipc-name", "NAME"),
    option("-H --health"),
)

ABOUT = About(PROGRAM, "query the cluster's controllers", OPTIONS)


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


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
            _nodes(value, given, report)
    return ExitCode.OK


def _status(node: str, timeout: float, quiet: bool, report: Report) -> None:
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.controller import ControllerQuery, ControllerStatus

    status = ask(PROGRAM, Daemon.CONTROLD, ControllerQuery(node), ControllerStatus, timeout)
    about = {"node_name": status.node, "state": status.state, "result": "ok"}
    text = status.state if quiet else f"Controller on {status.node} in state {status.state}: ok"
    report.say(text, element("crmd", about))


def _supervisor(timeout: float, quiet: bool, report: Report) -> None:
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.pacemakerd import SupervisorQuery, SupervisorStatus

    status = ask(PROGRAM, Daemon.PACEMAKERD, SupervisorQuery(), SupervisorStatus, timeout)
    when = time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(status.last_progress))
    about = {"sys_from": "pacemakerd", "state": status.state, "last_updated": when}
    text = status.state if quiet else f"Status of pacemakerd: '{status.state}' (last updated {when})"
    report.say(text, element("pacemakerd", about))


def _dc(timeout: float, quiet: bool, report: Report) -> None:
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.controller import ControllerQuery, ControllerStatus

    dc = ask(PROGRAM, Daemon.CONTROLD, ControllerQuery(), ControllerStatus, timeout).dc
    if not dc:
        raise PcmkError(ExitCode.NO_DC, "Designated Controller is: not yet elected")
    report.say(dc if quiet else f"Designated Controller is: {dc}", element("dc", {"node_name": dc}))


def _nodes(kinds: str, given: Given, report: Report) -> None:
    wanted = set((kinds or "all").split(","))
    if not wanted <= set(KINDS):
        usage(f"--nodes knows the kinds {', '.join(KINDS)}")
    configured = open_cib(PROGRAM).read().find
    nodes = [("cluster", each.get("uname", ""), each.get("id", "")) for each in configured(CLUSTER_NODES)]
    nodes += [("guest", each.get("value", ""), each.get("value", "")) for each in configured(GUEST_NODES)]
    nodes += [("remote", each.get("id", ""), each.get("id", "")) for each in configured(REMOTE_NODES)]
    shown = [each for each in nodes if wanted & {"all", each[0]}]
    for kind, name, id in shown:
        if given.has("quiet"):
            report.say(name)
        elif given.has("bash-export"):
            report.say(f"export {name}={id}")
        else:
            report.say(f"{kind} node: {name} ({id})")
    items = (element("node", {"type": kind, "name": name, "id": id}) for kind, name, id in shown)
    report.item(element("nodes", {}, "".join(items)))
