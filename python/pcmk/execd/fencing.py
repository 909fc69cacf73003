"""Fence devices as resources (agents of standard `stonith`): what their operations come to."""

from pcmk.execd.results import Outcome, Status, duration
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.messages.executor import ExecuteOp
from pcmk.kernel.messages.fencer import DeviceAnswer

_LINK_FAILURES = (ExitCode.DISCONNECT, ExitCode.UNAVAILABLE, ExitCode.TIMEOUT)


def local_outcome(op: ExecuteOp, started: bool) -> Outcome | None:
    """The result of what needs no fence agent: a stop, and a probe, which tells what the last start or stop left.
    None for what the fencer must be asked."""
    if op.action == "stop":
        return Outcome(ExitCode.OK, Status.DONE)
    if op.action == "monitor" and op.interval_ms == 0:
        return Outcome(ExitCode.OK if started else ExitCode.NOT_RUNNING, Status.DONE)
    if op.action in ("start", "monitor"):
        return None
    return Outcome(ExitCode.UNIMPLEMENT_FEATURE, Status.ERROR, f"Fence devices have no action {op.action}")


def is_link_failure(body: Message) -> bool:
    """Whether the fencer did not answer, rather than answer that the device failed."""
    return isinstance(body, Failure) and body.code in _LINK_FAILURES


def call_outcome(op: ExecuteOp, body: Message) -> Outcome:
    """The result of a start or a recurring monitor, from the fencer's answer."""
    if isinstance(body, Failure) and body.code == ExitCode.TIMEOUT:
        return Outcome(ExitCode.ERROR, Status.TIMEOUT, body.message)
    if not isinstance(body, DeviceAnswer):
        reason = body.message if isinstance(body, Failure) else f"Unexpected answer {type(body).__name__}"
        return Outcome(ExitCode.ERROR, Status.ERROR, reason)
    status = Status(body.status)
    match status:
        case Status.DONE:
            return Outcome(ExitCode.OK if body.rc == 0 else ExitCode.ERROR, status, body.reason, body.output)
        case Status.NO_FENCE_DEVICE:
            rc = ExitCode.NOT_RUNNING if op.action == "monitor" else ExitCode.NOT_INSTALLED
            return Outcome(rc, Status.ERROR, body.reason, body.output)
        case Status.NOT_SUPPORTED:
            return Outcome(ExitCode.UNIMPLEMENT_FEATURE, status, body.reason, body.output)
        case Status.NOT_CONNECTED | Status.INVALID:
            return Outcome(ExitCode.ERROR, Status.ERROR, body.reason, body.output)
        case Status.TIMEOUT:
            reason = body.reason or f"Fence agent did not complete within {duration(op.timeout_ms)}"
            return Outcome(ExitCode.ERROR, status, reason, body.output)
        case _:
            return Outcome(ExitCode.ERROR, status, body.reason, body.output)
