"""Work for fence devices of this node, and whom it is for."""

from dataclasses import dataclass
from typing import TypeAlias

FENCING = ("off", "reboot", "on")


@dataclass(frozen=True, slots=True)
class ForOwner:
    """A step of a fencing operation; its owner is told."""

    owner: str
    op: str
    attempt: int
    sole: bool


@dataclass(frozen=True, slots=True)
class ForClient:
    """A `DeviceCommand` of a local client."""

    request: int


@dataclass(frozen=True, slots=True)
class ForHostCheck:
    """Learn whether a device can fence a host."""


Purpose: TypeAlias = ForOwner | ForClient | ForHostCheck


@dataclass(slots=True)
class Job:
    """One action of one device. `ready` is false while a delay runs, `began` is when its first try began."""

    id: int
    device: str
    action: str
    target: str
    timeout: float
    purpose: Purpose
    ready: bool = True
    began: float | None = None
    tries: int = 0
    run: int = 0
    try_timeout: float = 0.0
    requested_delay: float = 0.0

    @property
    def timer(self) -> str:
        """Key of the timer of its delay, and of its pause between tries."""
        return f"job/{self.id}"

    @property
    def same(self) -> tuple[str, str, str]:
        """Jobs that are equal in this do the same to the same target."""
        return self.device, self.action, self.target
