"""Tells the CIB manager and the attribute manager of this node who is DC, until they know."""

from collections.abc import Callable

from pcmk.controld.port import Port
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Done, Failure, SetPrimary

_RETRY = 1.0
_TOLD = (Daemon.BASED, Daemon.ATTRD)


class Primacy:
    """The last `SetPrimary`, told again whenever one of the two was out of reach. `refused` is called when the CIB
    manager knows better."""

    def __init__(self, port: Port, refused: Callable[[], None]) -> None:
        self._port = port
        self._refused = refused
        self._links: dict[Daemon, None] = {}
        self._wanted: SetPrimary | None = None

    def tell(self, term: int, node: str, absent: tuple[str, ...]) -> None:
        """From now on `node` is the DC of `term`, and has declared the members in `absent` failed."""
        wanted = SetPrimary(term, node, absent)
        if wanted == self._wanted:
            return
        self._wanted = wanted
        for daemon in _TOLD:
            self._send(daemon)

    def linked(self, daemon: Daemon) -> None:
        """A daemon answers (again); a new process knows nothing of the DC."""
        self._links[daemon] = None
        self._send(daemon)

    def unlinked(self, daemon: Daemon) -> None:
        """A daemon is out of reach."""
        self._links.pop(daemon, None)

    def _send(self, daemon: Daemon) -> None:
        wanted = self._wanted
        if wanted is None or daemon not in self._links or daemon not in _TOLD:
            return

        def answered(body: Message) -> None:
            if isinstance(body, Done) or self._wanted is not wanted:
                return
            if isinstance(body, Failure) and body.code == ExitCode.OLD and daemon is Daemon.BASED:
                self._refused()
            else:
                self._port.after(f"primacy/{daemon.value}", _RETRY, lambda: self._send(daemon))

        self._port.call(daemon, wanted, answered)
