"""Temporary stand-ins for daemons that are not there yet."""

from typing import Any

from pcmk.kernel.core import Call, Daemon, Exit, Instant, LinkUp, Terminate, ViewChanged
from pcmk.kernel.messages.common import SetPrimary, View


class ToyController:
    """The first member of the view is DC; the view's number is the term."""

    def __init__(self, node: str) -> None:
        self._node = node
        self._view: View | None = None
        self._calls = 0

    def handle(self, event: Any, _now: Instant) -> list[Any]:
        match event:
            case ViewChanged(view=view):
                self._view = view
            case Terminate():
                return [Exit(0, "asked to stop")]
            case LinkUp(daemon=Daemon.BASED):
                pass
            case _:
                return []
        if self._view is None:
            return []
        self._calls += 1
        return [Call(self._calls, Daemon.BASED, SetPrimary(self._view.id, min(self._view.names)))]
