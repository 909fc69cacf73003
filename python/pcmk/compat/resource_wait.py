"""Waiting for a running cluster."""

import time
from collections.abc import Callable

from pcmk._core import ResourceState, schedule
from pcmk.compat import resource_attributes
from pcmk.compat.cib_access import CibAccess
from pcmk.compat.resource_attributes import META, Pair
from pcmk.compat.resources import Cluster, definition
from pcmk.compat.times import milliseconds
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report

PROGRAM = "crm_resource"
IDLE = "S_IDLE"
IDLE_PATIENCE_MS = 3_600_000
RESTART_PATIENCE_MS = 300_000
POLL_SECONDS = 0.2
TARGET_ROLE = Pair(META, "target-role")


def wait_idle(access: CibAccess, timeout: str | None) -> None:
    """Wait until the scheduler finds nothing to do and nothing is under way; raises `PcmkError` (TIMEOUT)."""

    def is_idle() -> bool:
        return schedule(access.read(), int(time.time()), 0).action_count == 0 and _is_dc_idle()

    _until(is_idle, milliseconds(timeout) if timeout else IDLE_PATIENCE_MS, "the cluster to have nothing to do")


def _is_dc_idle() -> bool:
    from pcmk.compat.daemons import ask
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.controller import ControllerQuery, ControllerStatus

    own = ask(PROGRAM, Daemon.CONTROLD, ControllerQuery(), ControllerStatus)
    if not own.dc:
        return False
    dc = own if own.dc == own.node else ask(PROGRAM, Daemon.CONTROLD, ControllerQuery(own.dc), ControllerStatus)
    return dc.state == IDLE


def restart(access: CibAccess, name: str, timeout: str | None, report: Report) -> None:
    """Stop a resource by its target role, and start it again when it has stopped everywhere.

    Whatever happens, its target role is as before in the end. Raises `PcmkError`: NOSUCH if it does not run, TIMEOUT.
    """
    patience = milliseconds(timeout) if timeout else RESTART_PATIENCE_MS
    cluster = Cluster.read(access.read())
    resource = cluster.find(name)
    if not resource.active_on:
        raise PcmkError(ExitCode.NOSUCH, f"{name} is not running anywhere and so cannot be restarted")
    target = _owner(cluster, resource)
    before = _configured(cluster, target)
    report.say(f"Set '{target}' target-role to Stopped")
    resource_attributes.update(access, cluster, target, TARGET_ROLE, "Stopped", force=True, report=report)
    try:
        _until(lambda: not _find(access, target).active_on, patience, f"{target} to stop")
    finally:
        now = Cluster.read(access.read())
        if before is None:
            resource_attributes.delete(access, now, target, TARGET_ROLE, force=True, report=report)
        else:
            resource_attributes.update(access, now, target, TARGET_ROLE, before, force=True, report=report)
    wanted = len(resource.active_on)
    _until(lambda: len(_find(access, target).active_on) >= wanted, patience, f"{target} to start")
    wait_idle(access, timeout or f"{RESTART_PATIENCE_MS}ms")


def _owner(cluster: Cluster, resource: ResourceState) -> str:
    """What is stopped for it: for an instance its whole clone."""
    parent = cluster.parent(resource)
    return parent.xml_id if parent is not None and parent.kind == "clone" else resource.xml_id


def _configured(cluster: Cluster, name: str) -> str | None:
    own = definition(cluster.cib, name)
    pairs = [] if own is None else own.find(f"/{own.name}/{META}/nvpair[@name='{TARGET_ROLE.name}']")
    return pairs[0].get("value") if pairs else None


def _find(access: CibAccess, name: str) -> ResourceState:
    return Cluster.read(access.read()).find(name)


def _until(holds: Callable[[], bool], patience_ms: int, what: str) -> None:
    deadline = time.monotonic() + patience_ms / 1000
    while not holds():
        if time.monotonic() > deadline:
            raise PcmkError(ExitCode.TIMEOUT, f"waited {patience_ms / 1000:g} s in vain for {what}")
        time.sleep(POLL_SECONDS)
