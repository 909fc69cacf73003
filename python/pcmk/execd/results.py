"""From the end of an agent to the result of an operation (OCF Resource Agent API 1.1, LSB init scripts)."""

import signal
from enum import IntEnum

from msgspec import Struct

from pcmk.execd.events import AgentDone
from pcmk.kernel.agent_api import exit_reason, ocf_code
from pcmk.kernel.exitcodes import ExitCode

OUTPUT_CAP = 4096


class Status(IntEnum):
    """Execution status numbers of the operation history."""

    UNKNOWN = -2
    PENDING = -1
    DONE = 0
    CANCELLED = 1
    TIMEOUT = 2
    NOT_SUPPORTED = 3
    ERROR = 4
    HARD_ERROR = 5
    FATAL_ERROR = 6
    NOT_INSTALLED = 7
    NOT_CONNECTED = 8
    INVALID = 9
    NO_FENCE_DEVICE = 10
    NO_SECRETS = 11


class Outcome(Struct, frozen=True):
    """How an operation ended."""

    rc: int
    status: Status
    reason: str = ""
    output: str = ""


CANCELLED = Outcome(ExitCode.OK, Status.CANCELLED)


def outcome_of(done: AgentDone, action: str, timeout_ms: int) -> Outcome:
    """The result of an action whose agent ended; `lost` is no end and must not be asked for."""
    output = (done.stdout + done.stderr)[-OUTPUT_CAP:]
    match done.how:
        case "exited":
            reason = exit_reason(done.stderr) if done.standard == "ocf" else ""
            return Outcome(ocf_code(done.standard, action, done.code), Status.DONE, reason, output)
        case "signaled":
            reason = f"Resource agent was interrupted by {_signal_name(done.code)}"
            return Outcome(ExitCode.ERROR, Status.ERROR, reason, output)
        case "timeout":
            reason = f"Resource agent did not complete within {duration(timeout_ms)}"
            return Outcome(ExitCode.ERROR, Status.TIMEOUT, reason, output)
        case "cancelled":
            return CANCELLED
        case "not_installed":
            return Outcome(ExitCode.NOT_INSTALLED, Status.NOT_INSTALLED, done.reason)
        case "no_secrets":
            # The field's result: a parameter that is no good here, so that another node may try.
            return Outcome(ExitCode.INVALID_PARAM, Status.DONE, done.reason)
        case "denied":
            return Outcome(ExitCode.INSUFFICIENT_PRIV, Status.ERROR, done.reason)
        case _:
            return Outcome(ExitCode.ERROR, Status.ERROR, done.reason)


def duration(milliseconds: int) -> str:
    """A time limit for a human: `20s`, `1500ms`."""
    return f"{milliseconds // 1000}s" if milliseconds % 1000 == 0 else f"{milliseconds}ms"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
