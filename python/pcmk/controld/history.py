"""Entries of the operation history, as the `lrm_rsc_op` table of the field has them."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from pcmk._core import operation_digest, parameters_digest
from pcmk.controld.keys import OperationKey, TransitionKey, parse_key
from pcmk.controld.metadata import Metadata
from pcmk.controld.writer import modify
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.markup import tag
from pcmk.kernel.messages.cib import CibOperation
from pcmk.kernel.messages.executor import ExecuteOp, OpResult

PENDING = -1
DONE = 0
CANCELLED = 1
TIMEOUT = 2
ERROR = 4
INVALID = 9

_FAILED_STATUSES = frozenset({TIMEOUT, 3, ERROR, 5, 6, 7, 8, INVALID, 10, 11})
_NOT_RECORDED = frozenset({"cancel", "delete", "lrm_delete", "notify", "meta-data", "metadata"})
_WITH_METADATA = frozenset(
    {"start", "monitor", "promote", "demote", "reload", "reload-agent", "migrate_to", "migrate_from", "notify"}
)
_RELOADS = ("reload", "reload-agent")
_HEALTHY: dict[int, int] = {ExitCode.DEGRADED: ExitCode.OK, ExitCode.DEGRADED_PROMOTED: ExitCode.PROMOTED}
_FINE_THOUGH_ERROR = (ExitCode.NOT_RUNNING, ExitCode.PROMOTED, ExitCode.DEGRADED, ExitCode.DEGRADED_PROMOTED)
_NOBODY = "00000000-0000-0000-0000-000000000000"


class Place(Struct, frozen=True):
    """Where a result comes from: the node, and whether shutdown locks are in use."""

    node: str
    id: str
    feature_set: str
    locks: bool = False
    origin: str = "controld"


def is_recordable(action: str) -> bool:
    """Whether an action leaves an entry."""
    return action not in _NOT_RECORDED


def needs_metadata(standard: str, action: str) -> bool:
    """Whether the entry shows something of the agent's metadata."""
    return action in _WITH_METADATA and standard in ("ocf", "stonith")


def normal(result: OpResult) -> OpResult:
    """A result whose status says error though its code is one of those that say how a resource is, is no error."""
    if result.status == ERROR and result.rc in _FINE_THOUGH_ERROR:
        return replace(result, status=DONE)
    return result


def has_failed(rc: int, status: int, target_rc: int) -> bool:
    """Whether a result is a failure, given the one that was expected."""
    return status in _FAILED_STATUSES or _HEALTHY.get(rc, rc) != target_rc


def pending(op: ExecuteOp, now: int) -> OpResult:
    """What is recorded before an action runs."""
    return OpResult(
        sequence=0,
        call_id=-1,
        resource=op.resource,
        standard=op.standard,
        provider=op.provider,
        type=op.type,
        action=op.action,
        interval_ms=op.interval_ms,
        timeout_ms=op.timeout_ms,
        rc=ExitCode.NONE,
        status=PENDING,
        exit_reason="",
        output="",
        exec_time_ms=0,
        queue_time_ms=0,
        last_run=now,
        last_rc_change=now,
        params=op.params,
        user_data=op.user_data,
    )


def entries(result: OpResult, place: Place, metadata: Metadata | None) -> CibOperation:
    """The modification of the `status` section that records a result."""
    key = _key_of(result)
    attributes = _attributes(result, place, key, _failed(result))
    attributes.update(_digests(result, metadata))
    ops = [tag("lrm_rsc_op", {"id": id, **attributes}) for id in entry_ids(result)]
    resource: dict[str, str | int] = {"id": result.resource, "class": result.standard}
    if result.provider:
        resource["provider"] = result.provider
    resource["type"] = result.type
    container = result.params.get("CRM_meta_container")
    if container:
        resource["container"] = container
    if result.status != PENDING and (place.locks or "CRM_meta_shutdown_lock" in result.params):
        resource["shutdown-lock"] = _lock(result)
    inner = tag("lrm_resource", resource, *ops)
    lrm = tag("lrm", {"id": place.id}, f"<lrm_resources>{inner}</lrm_resources>")
    state = {"id": place.id, "uname": place.node, "crm-debug-origin": place.origin}
    return modify("status", tag("node_state", state, lrm))


def entry_ids(result: OpResult) -> tuple[str, ...]:
    """Under which ids a result is kept."""
    name, failed = result.resource, _failed(result)
    if result.action in ("migrate_to", "migrate_from"):
        return (f"{name}_{result.action}_{result.interval_ms}",)
    if failed:
        failure = f"{name}_last_failure_0"
        return (failure,) if result.interval_ms > 0 else (failure, f"{name}_last_0")
    if result.interval_ms > 0:
        return (f"{name}_{result.action}_{result.interval_ms}",)
    return (f"{name}_last_0",)


def _key_of(result: OpResult) -> TransitionKey:
    return parse_key(result.user_data) or TransitionKey(0, -1, ExitCode.OK, _NOBODY)


def _failed(result: OpResult) -> bool:
    return result.status != PENDING and has_failed(result.rc, result.status, _key_of(result).target_rc)


def _attributes(result: OpResult, place: Place, key: TransitionKey, failed: bool) -> dict[str, str | int]:
    action = result.action
    if action in _RELOADS:
        action = "monitor" if failed else "start"
    attributes: dict[str, str | int] = {
        "operation_key": str(OperationKey(result.resource, action, result.interval_ms)),
        "operation": action,
        "crm-debug-origin": place.origin,
        "crm_feature_set": result.params.get("crm_feature_set", place.feature_set),
        "transition-key": str(key),
        "transition-magic": f"{result.status}:{result.rc};{key}",
        "exit-reason": result.exit_reason if failed else "",
        "on_node": place.node,
        "call-id": result.call_id,
        "rc-code": result.rc,
        "op-status": result.status,
        "interval": result.interval_ms,
        "last-rc-change": result.last_rc_change if result.interval_ms > 0 else result.last_run,
        "exec-time": result.exec_time_ms,
        "queue-time": result.queue_time_ms,
    }
    if action in ("migrate_to", "migrate_from"):
        for end in ("migrate_source", "migrate_target"):
            attributes[end] = result.params.get(f"CRM_meta_{end}", "")
    return attributes


def _digests(result: OpResult, metadata: Metadata | None) -> dict[str, str | int]:
    digests: dict[str, str | int] = {"op-digest": operation_digest(result.params)}
    if metadata is None or not needs_metadata(result.standard, result.action):
        return digests
    if metadata.reload_action and result.interval_ms == 0:
        fixed = {name: result.params[name] for name in metadata.not_reloadable if name in result.params}
        digests["op-force-restart"] = _listed(metadata.not_reloadable)
        digests["op-restart-digest"] = parameters_digest(fixed)
    private = [name for name in metadata.private if name in result.params]
    if private:
        digests["op-secure-params"] = _listed(metadata.private)
        digests["op-secure-digest"] = operation_digest(_without(result.params, metadata.private))
    return digests


def _listed(names: tuple[str, ...]) -> str:
    return f" {' '.join(names)} " if names else ""


def _without(params: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in params.items() if name not in names}


def _lock(result: OpResult) -> int:
    """A shutdown lock is kept where the resource was stopped, or found stopped."""
    lock = result.params.get("CRM_meta_shutdown_lock", "")
    stopped = (result.action == "stop" and result.rc == ExitCode.OK) or (
        result.action == "monitor" and result.interval_ms == 0 and result.rc == ExitCode.NOT_RUNNING
    )
    return int(lock) if lock.isdecimal() and stopped else 0
