"""Carries out what only the controller does: the mark that this node has joined, and Corosync's configuration."""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pcmk.controld.events import CorosyncConfWritten, MarkJoined, WriteCorosyncConf
from pcmk.kernel.core import Exit
from pcmk.kernel.exitcodes import ExitCode
from pcmk.membership.corosync.files import configuration_file
from pcmk.runtime.actor import Actor
from pcmk.runtime.files import put

_CONFIGURATION_MODE = 0o644


def replace_configuration(text: str, replaces: str) -> str:
    """Have another `corosync.conf` instead of one with the SHA-256 `replaces`; why not, or nothing."""
    path = configuration_file()
    try:
        present = path.read_bytes()
        if present == text.encode():
            return ""
        if hashlib.sha256(present).hexdigest() != replaces:
            return f"{path} is another one here than where it was changed"
        put(path, text.encode(), _CONFIGURATION_MODE)
    except OSError as error:
        return f"{path}: {error.strerror}"
    return ""


class ControldShell:
    """Keeps the mark in the run folder, which is empty after a start of the machine."""

    def __init__(self, actor: Actor, mark: Path) -> None:
        self._actor = actor
        self._mark = mark

    def carry_out(self, effect: Any) -> None:
        """Carry out an effect."""
        match effect:
            case MarkJoined(joined=True):
                if not self._try(self._mark.touch) and self._actor.settings.watchdog_device is not None:
                    # The watchdog would be kept from resetting a node of which nobody knows that it runs something.
                    reason = f"what this node begins can't be told by {self._mark}, on which its watchdog depends"
                    self._actor.ended.set_result(Exit(ExitCode.FATAL, reason))
            case MarkJoined(joined=False):
                self._try(lambda: self._mark.unlink(missing_ok=True))
            case WriteCorosyncConf():
                self._actor.spawn(self._configure(effect), "writer of corosync.conf")
            case _:
                raise TypeError(f"unknown effect {type(effect).__name__}")

    async def close(self) -> None:
        """Nothing is held."""

    async def _configure(self, effect: WriteCorosyncConf) -> None:
        failure = await asyncio.to_thread(replace_configuration, effect.text, effect.replaces)
        if failure:
            self._actor.log("error", f"The other corosync.conf is not taken: {failure}")
        self._actor.post(CorosyncConfWritten(effect.id, failure))

    def _try(self, work: Callable[[], None]) -> bool:
        try:
            work()
        except OSError as error:
            # Without the mark a respawned controller takes its node for a fresh one, and its resources are probed.
            self._actor.log("error", f"{self._mark}: {error}")
            return False
        return True
