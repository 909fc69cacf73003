"""The supervisor's API."""

from dataclasses import dataclass

from pcmk.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class SupervisorQuery(Message):
    """Ask pacemakerd how it is."""


@dataclass(frozen=True, slots=True)
class DaemonState(Message):
    """A supervised daemon."""

    name: str
    pid: int
    state: str
    respawns: int


@dataclass(frozen=True, slots=True)
class SupervisorStatus(Message):
    """`state` is one of init, wait_for_ping, starting_daemons, running, shutting_down, shutdown_complete."""

    state: str
    last_progress: int
    daemons: tuple[DaemonState, ...]


@dataclass(frozen=True, slots=True)
class ShutdownRequest(Message):
    """Stop this node cleanly: resources are stopped or moved first. Answered at once; watch the state."""
