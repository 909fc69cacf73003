"""The supervisor's API."""

from pcmk.kernel.messages import Message


class SupervisorQuery(Message, frozen=True):
    """Ask pacemakerd how it is."""


class DaemonState(Message, frozen=True):
    """A supervised daemon."""

    name: str
    pid: int
    state: str
    respawns: int


class SupervisorStatus(Message, frozen=True):
    """`state` is one of init, wait_for_ping, starting_daemons, running, shutting_down, shutdown_complete."""

    state: str
    last_progress: int
    daemons: tuple[DaemonState, ...]


class ShutdownRequest(Message, frozen=True):
    """Stop this node cleanly: resources are stopped or moved first. Answered at once; watch the state."""
