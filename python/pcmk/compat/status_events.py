"""What happened between two CIBs, and in fencing, as programs that `crm_mon --external-agent` starts are told."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pcmk._core import Cib
from pcmk.kernel.exitcodes import ExitCode, description
from pcmk.output.exit_texts import EXECUTION_STATUS, UNKNOWN_STATUS

if TYPE_CHECKING:
    from pcmk.kernel.messages.fencer import FenceResult

    Operations = dict[tuple[str, str, str], dict[str, str]]

_DONE = "0"


class StatusEvent(NamedTuple):
    """An operation of a resource ended or is under way, or (without a resource) a node was fenced."""

    node: str
    resource: str
    task: str
    text: str
    code: str
    expected: str
    status: str

    def variables(self, recipient: str) -> dict[str, str]:
        """The environment in which a program finds it."""
        values = {
            "recipient": recipient,
            "node": self.node,
            "rsc": self.resource,
            "task": self.task,
            "desc": self.text,
            "rc": self.code,
            "target_rc": self.expected,
            "status": self.status,
        }
        return {f"CRM_notify_{name}": value for name, value in values.items() if value}


def operations(cib: Cib) -> "Operations":
    """The attributes of all entries of the history, by node, resource and entry."""
    found: Operations = {}
    for node in cib.find("/cib/status/node_state"):
        name = node.get("uname") or node.get("id", "")
        for resource in node.find("//lrm_resource"):
            for entry in resource.children:
                found[name, resource.get("id", ""), entry.get("id", "")] = entry.attrib
    return found


def happened(before: "Operations", after: "Operations") -> Iterator[StatusEvent]:
    """What entries tell that were not there before, or were others. A probe that found nothing is no event."""
    for key, entry in after.items():
        if before.get(key) != entry:
            event = _event(key[0], key[1], entry)
            if event is not None:
                yield event


def _event(node: str, resource: str, entry: dict[str, str]) -> StatusEvent | None:
    outcome, _, key = entry.get("transition-magic", "").partition(";")
    status, _, code = outcome.partition(":")
    words = key.split(":")
    if len(words) != 4 or not code:
        return None
    task, expected = entry.get("operation", ""), words[2]
    as_wanted = status == _DONE and code == expected
    if as_wanted and code == str(int(ExitCode.NOT_RUNNING)):
        return None
    text = description(ExitCode.OK if as_wanted else int(code)) if status == _DONE else _status_text(status)
    named = entry.get("operation_key", "").removesuffix(f"_{task}_{entry.get('interval', '0')}")
    return StatusEvent(entry.get("on_node", node), named or resource, task, text, code, expected, status)


def _status_text(status: str) -> str:
    return EXECUTION_STATUS.get(int(status), UNKNOWN_STATUS) if status.lstrip("-").isdigit() else UNKNOWN_STATUS


def fencing(result: "FenceResult") -> StatusEvent:
    """A node was fenced, or should have been."""
    done = result.outcome == "confirmed"
    how = "OK" if done else f"{result.outcome}{f' ({result.reason})' if result.reason else ''}"
    text = (
        f"Operation {result.action} of {result.target} by {result.delegate or '<no-one>'} "
        f"for {result.client}@{result.origin}: {how} (ref={result.id})"
    )
    code = str(int(ExitCode.OK if done else ExitCode.ERROR))
    return StatusEvent(result.target, "", result.action, text, code, "0", "0")
