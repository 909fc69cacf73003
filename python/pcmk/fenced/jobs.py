"""Work for fence devices of this node, and whom it is for."""

from typing import TypeAlias

from msgspec import Struct

FENCING = ("off", "reboot", "on")


class ForOwner(Struct, frozen=True):
    """A step of a fencing operation; its owner is told."""

    owner: str
    op: str
    attempt: int
    sole: bool


class ForClient(Struct, frozen=True):
    """A `DeviceCommand` of a local client."""

    request: int


class ForHostCheck(Struct, frozen=True):
    """Learn whether a device can fence a host."""


Purpose: TypeAlias = ForOwner | ForClient | ForHostCheck


class Job(Struct):
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
