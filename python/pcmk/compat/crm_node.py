"""`crm_node`: who is in the cluster."""

from typing import TYPE_CHECKING, NoReturn

from pcmk.compat.daemons import ask
from pcmk.compat.entry import run
from pcmk.compat.nodes import local_name
from pcmk.compat.options import Given, option, usage
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report

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


def main() -> NoReturn:
    """Entry point."""
    run(PROGRAM, "show the nodes of the cluster", OPTIONS, command)


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
            report.say(local_name())
        case "cluster-id":
            report.say(str(_one(_nodes(), "name", local_name()).id))
        case "name-for-id":
            report.say(_one(_nodes(), "id", value).name)
        case "list":
            for node in _nodes():
                report.say(f"{node.id} {node.name} {node.state}")
        case "partition":
            report.say("".join(f"{node.name} " for node in _nodes() if node.state == "member"))
        case "quorum":
            report.say(str(int(_is_quorate())))
        case _:
            _remove(value, given.has("force"))
    return ExitCode.OK


def _nodes() -> "tuple[KnownNode, ...]":
    from pcmk.kernel.core import Daemon
    from pcmk.kernel.messages.controller import KnownNodes, NodesQuery

    return ask(PROGRAM, Daemon.CONTROLD, NodesQuery(), KnownNodes).nodes


def _is_quorate() -> bool:
    from pcmk.kernel.core import Daemon
    from pcmk.kernel.messages.controller import ControllerQuery, ControllerStatus

    return ask(PROGRAM, Daemon.CONTROLD, ControllerQuery(), ControllerStatus).quorate


def _one(nodes: "tuple[KnownNode, ...]", key: str, value: str) -> "KnownNode":
    for node in nodes:
        if str(getattr(node, key)) == value:
            return node
    raise PcmkError(ExitCode.NOHOST, f"No node with {key} {value} is known")


def _remove(name: str, force: bool) -> None:
    from pcmk.kernel.core import Daemon
    from pcmk.kernel.messages.common import Done
    from pcmk.kernel.messages.controller import RemoveNode

    if not force:
        message = (
            "The supplied command is considered dangerous. To prevent accidental destruction of the cluster, "
            "the --force flag is required in order to proceed."
        )
        raise PcmkError(ExitCode.USAGE, message)
    ask(PROGRAM, Daemon.CONTROLD, RemoveNode(name), Done)
