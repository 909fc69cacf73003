"""From the end of a fence agent to what it means."""

from enum import IntEnum

from msgspec import Struct

from pcmk.fenced.events import AgentDone


class Status(IntEnum):
    """Execution status numbers of the operation history, as far as fencing has them."""

    DONE = 0
    CANCELLED = 1
    TIMEOUT = 2
    NOT_SUPPORTED = 3
    ERROR = 4
    NOT_INSTALLED = 7
    INVALID = 9
    NO_FENCE_DEVICE = 10
    NO_SECRETS = 11


class Verdict(Struct, frozen=True):
    """How a device did. `ran`: its agent was started, so that it may have done something whatever it reported."""

    rc: int
    status: Status
    reason: str = ""
    output: str = ""
    ran: bool = True

    @property
    def ok(self) -> bool:
        """Whether it did what it was asked for."""
        return self.rc == 0 and self.status is Status.DONE


def verdict_of(done: AgentDone, timeout: float) -> Verdict:
    """What the end of an agent means."""
    said = (done.stderr or done.stdout).strip()[-1024:]
    match done.how:
        case "exited":
            status = Status.DONE if done.code == 0 else Status.ERROR
            reason = "" if done.code == 0 else said or f"Fence agent exited with status {done.code}"
            return Verdict(done.code, status, reason, done.stdout)
        case "timeout":
            return Verdict(1, Status.TIMEOUT, f"Fence agent did not complete within {timeout:g}s", done.stdout)
        case "signaled":
            return Verdict(1, Status.ERROR, f"Fence agent was killed by signal {done.code}", done.stdout)
        case "not_installed":
            return Verdict(1, Status.NOT_INSTALLED, done.reason, ran=False)
        case "no_secrets":
            return Verdict(1, Status.NO_SECRETS, done.reason, ran=False)
        case "denied" | "failed":
            return Verdict(1, Status.ERROR, done.reason, ran=False)
        case _:
            return Verdict(1, Status.ERROR, "Fence agent was lost: its helper process died")
