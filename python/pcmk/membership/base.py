"""What every membership backend offers, and the choice between them."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Protocol

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import View


class MembershipLost(PcmkError):
    """The membership engine of this node is gone: nothing is known about the other nodes any more."""

    def __init__(self, message: str) -> None:
        super().__init__(ExitCode.DISCONNECT, message)


class Backend(Protocol):
    """A source of views."""

    def views(self) -> AsyncIterator[View]:
        """The current view, then every later one, in order and none left out.

        Raises `MembershipLost` when the engine can't be reached or its connection breaks.
        """
        ...

    async def prove(self) -> bool:
        """Whether the engine let this node speak in the view that `views` gave last, at a time after the call.

        A view alone is no proof: an engine that hangs tells of no other. False, or no answer for some seconds, means
        that nothing is known; a node that was thrown out is told of its new view before it could be answered.
        """
        ...

    async def close(self) -> None:
        """End the stream; a pending `views` stops without an error."""
        ...


class MembershipSettings(Protocol):
    """The settings that choose a backend, and what Corosync's does not tell (`PCMK_MEMBERSHIP` and others)."""

    @property
    def membership(self) -> str:
        """`local` or `corosync`."""
        ...

    @property
    def membership_socket(self) -> Path | None:
        """Where the node agent serves views; needed for `local`."""
        ...

    @property
    def node_name(self) -> str:
        """This node's name."""
        ...

    @property
    def peer_port(self) -> int:
        """`Member.port` of all nodes, where the membership engine has none."""
        ...


def open_backend(settings: MembershipSettings, log: Callable[[str, str], None]) -> Backend:
    """The backend that the settings ask for; connects when `views` is first read. `log` takes a level and a text.

    Raises `PcmkError` (CONFIG) when the settings name none that can be used.
    """
    match settings.membership:
        case "local":
            if settings.membership_socket is None:
                raise PcmkError(
                    ExitCode.CONFIG, "PCMK_MEMBERSHIP=local needs PCMK_MEMBERSHIP_SOCKET, the node agent's socket"
                )
            from pcmk.membership.local import LocalBackend

            return LocalBackend(settings.membership_socket)
        case "corosync":
            from pcmk.membership.corosync import CorosyncBackend

            return CorosyncBackend(settings.node_name, settings.peer_port, log)
        case other:
            raise PcmkError(ExitCode.CONFIG, f"PCMK_MEMBERSHIP={other!r} is unknown; use `local` or `corosync`")
