"""Tasks of `crm_resource` that need a running cluster."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pcmk.compat.cib_access import CibAccess
from pcmk.compat.options import Given, usage
from pcmk.compat.resource_show import primitives
from pcmk.compat.resource_tasks import PROGRAM, Task, chosen, named
from pcmk.compat.resources import Cluster
from pcmk.compat.times import milliseconds
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report

if TYPE_CHECKING:
    from pcmk.kernel.messages import Message


def _live(given: Given, task: str) -> CibAccess:
    """The live CIB; the resource that was given is known."""
    access = chosen(given)[0]
    if not access.is_live:
        raise PcmkError(ExitCode.DISCONNECT, f"--{task} needs a running cluster, not a file")
    return access


def _forget(given: Given, report: Report, request: Callable[[str, str], "Message"]) -> int:
    """Have the controller forget what `request` says of a resource and a node; with a file, only say so."""
    from pcmk.compat.daemons import ask
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.common import Done

    access, cluster, name, node = chosen(given)
    if access.is_live:
        for each in with_history(cluster, name) if name else [""]:
            ask(PROGRAM, Daemon.CONTROLD, request(each, node), Done)
            report.say(f"Cleaned up {each or 'all resources'} on {node or 'all nodes'}")
    elif name:
        report.warn(f"Dry run: skipping clean-up of {name} on {node or 'all nodes'} due to CIB_file")
    else:
        report.say(f"Dry run: skipping clean-up of {node or 'all nodes'} due to CIB_file")
    return ExitCode.OK


def with_history(cluster: Cluster, name: str) -> list[str]:
    """The names under which a resource has history and fail counts: of a collective, those of the primitives in it."""
    resource = cluster.find(name)
    if resource.kind == "primitive":
        return [name]
    parts = list(primitives(cluster, resource))
    known = {history.get("id", "") for history in cluster.cib.find("/cib/status/node_state//lrm_resource")}
    return list(dict.fromkeys([*(part.xml_id for part in parts), *(part.id for part in parts if part.id in known)]))


def cleanup(given: Given, _value: str, report: Report) -> int:
    """Forget failures."""
    from pcmk.kernel.messages.controller import CleanupResource

    operation = given.get("operation") or ""
    interval = milliseconds(given.get("interval") or "0")
    return _forget(given, report, lambda name, node: CleanupResource(name, node, operation, interval))


def refresh(given: Given, _value: str, report: Report) -> int:
    """Forget history."""
    from pcmk.kernel.messages.controller import RefreshResource

    return _forget(given, report, RefreshResource)


def fail(given: Given, _value: str, report: Report) -> int:
    """Report a failure that did not happen."""
    from pcmk.compat.daemons import ask
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.common import Done
    from pcmk.kernel.messages.controller import FailResource

    named(given)
    access, _, name, node = chosen(given)
    if not node:
        usage("--fail needs --node")
    if access.is_live:
        ask(PROGRAM, Daemon.CONTROLD, FailResource(name, node), Done)
    else:
        report.warn(f"Dry run: skipping fail of {name} on {node} due to CIB_file")
    return ExitCode.OK


def restart(given: Given, _value: str, report: Report) -> int:
    """Stop a resource and start it again."""
    from pcmk.compat.resource_wait import restart as stop_and_start

    access = _live(given, "restart")
    stop_and_start(access, named(given), given.get("timeout"), report)
    return ExitCode.OK


def wait(given: Given, _value: str, _report: Report) -> int:
    """Wait until the cluster has nothing to do."""
    from pcmk.compat.resource_wait import wait_idle

    access = _live(given, "wait")
    wait_idle(access, given.get("timeout"))
    return ExitCode.OK


TASKS: dict[str, Task] = {
    "cleanup": cleanup,
    "refresh": refresh,
    "fail": fail,
    "restart": restart,
    "wait": wait,
}
