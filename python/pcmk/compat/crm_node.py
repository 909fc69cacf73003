"""`crm_node`: who is in the cluster."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from pcmk.compat.daemons import ask
from pcmk.compat.entry import run
from pcmk.compat.nodes import local_name
from pcmk.compat.options import About, Given, option, usage
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import element

if TYPE_CHECKING:
    from pcmk.kernel.messages.controller import KnownNode

PROGRAM = "crm_node"
COMMANDS = ("cluster-id", "list", "name", "partition", "quorum", "name-for-id", "remove")

OPTIONS = (
    option("-i --cluster-id", text="show this node's cluster id"),
    option("-l --list", text="show all nodes that are known, with their state"),
    option("-n --name", text="show this node's name"),
    option("-p --partition", text="show the members of this node's partition"),
    option("-q --quorum", text="show 1 if this node's partition has quorum, 0 if not"),
    option("-N --name-for-id", "ID", "show the name of the node with a cluster id"),
    option("-R --remove", "NODE", "forget a node that has left for good"),
    option("-f --force", text="do what is dangerous"),
    option("-Q --quiet", text="tell less"),
    option("-C --corosync"),
)

ABOUT = About(PROGRAM, "show the nodes of the cluster", OPTIONS)


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out."""
    chosen = given.last_of(COMMANDS)
    if chosen is None:
        usage("must specify one of --cluster-id, --list, --name, --partition, --quorum, --name-for-id, --remove")
    if given.words:
        usage(f"Unexpected argument {given.words[0]}")
    task, value = chosen
    match task:
        case "name":
            name = local_name()
            report.say(name, _info(None, name))
        case "cluster-id":
            node = _one(_nodes(), "name", local_name())
            report.say(str(node.id), _info(node.id, node.name))
        case "name-for-id":
            node = _one(_nodes(), "id", value)
            report.say(node.name, _info(node.id, node.name))
        case "list":
            _list(_nodes(), report)
        case "partition":
            members = tuple(node for node in _nodes() if node.state == "member")
            report.say("".join(f"{node.name} " for node in members), _elements(members))
        case "quorum":
            quorate = _is_quorate()
            report.say(str(int(quorate)), element("cluster-info", {"quorum": "true" if quorate else "false"}))
        case _:
            _remove(value, given.has("force"))
    return ExitCode.OK


def _list(nodes: Sequence["KnownNode"], report: Report) -> None:
    for node in nodes:
        report.say(f"{node.id} {node.name} {node.state}")
    report.item(_elements(nodes))


def _elements(nodes: Sequence["KnownNode"]) -> str:
    items = (element("node", {"id": str(node.id), "name": node.name, "state": node.state}) for node in nodes)
    return element("nodes", {}, "".join(items))


def _info(id: object, name: str) -> str:
    return element("node-info", {"nodeid": None if id is None else str(id), "uname": name})


def _nodes() -> "tuple[KnownNode, ...]":
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.controller import KnownNodes, NodesQuery

    return ask(PROGRAM, Daemon.CONTROLD, NodesQuery(), KnownNodes).nodes


def _is_quorate() -> bool:
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.controller import ControllerQuery, ControllerStatus

    return ask(PROGRAM, Daemon.CONTROLD, ControllerQuery(), ControllerStatus).quorate


def _one(nodes: "tuple[KnownNode, ...]", key: str, value: str) -> "KnownNode":
    for node in nodes:
        if str(getattr(node, key)) == value:
            return node
    raise PcmkError(ExitCode.NOHOST, f"No node with {key} {value} is known")


def _remove(name: str, force: bool) -> None:
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.common import Done
    from pcmk.kernel.messages.controller import RemoveNode

    if not force:
        message = (
            "The supplied command is considered dangerous. To prevent accidental destruction of the cluster, "
            "the --force flag is required in order to proceed."
        )
        raise PcmkError(ExitCode.USAGE, message)
    ask(PROGRAM, Daemon.CONTROLD, RemoveNode(name), Done)
