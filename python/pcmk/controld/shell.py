"""Carries out the one effect that only the controller has: the mark that this node has joined."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pcmk.controld.events import MarkJoined
from pcmk.runtime.actor import Actor


class ControldShell:
    """Keeps the mark in the run folder, which is empty after a start of the machine."""

    def __init__(self, actor: Actor, mark: Path) -> None:
        self._actor = actor
        self._mark = mark

    def carry_out(self, effect: Any) -> None:
        """Carry out an effect."""
        match effect:
            case MarkJoined(joined=True):
                self._try(self._mark.touch)
            case MarkJoined(joined=False):
                self._try(lambda: self._mark.unlink(missing_ok=True))
            case _:
                raise TypeError(f"unknown effect {type(effect).__name__}")

    async def close(self) -> None:
        """Nothing is held."""

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except OSError as error:
            # Without the mark a respawned controller takes its node for a fresh one, and its resources are probed.
            self._actor.log("error", f"{self._mark}: {error}")
