"""Carries out what the supervisor decides."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import assert_never

from pcmk.kernel.core import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.pacemakerd.core import (
    Adopt,
    Mark,
    Panic,
    Probe,
    Probed,
    Signal,
    StartChild,
    Supervisor,
    SupervisorSettings,
    TellManager,
)
from pcmk.pacemakerd.probe import probe
from pcmk.pacemakerd.processes import Processes
from pcmk.runtime.actor import Actor
from pcmk.runtime.sdnotify import Notifier

_SIGNS = 3
"""Signs of life in the time in which the service manager wants one."""

ShellEffect = Probe | StartChild | Adopt | Signal | TellManager | Mark | Panic


def builder(spawner: int, channel: socket.socket) -> Callable[[Actor], Awaitable[tuple[Supervisor, "Shell"]]]:
    """What `run_daemon` builds pacemakerd from: the spawner that was forked, and the way to talk to it."""

    async def build(actor: Actor) -> tuple[Supervisor, Shell]:
        mark = actor.settings.run_dir / "pacemakerd.started"
        settings = SupervisorSettings(node=actor.settings.node_name, fail_fast=actor.settings.fail_fast)
        return Supervisor(settings, mark.exists()), Shell(actor, Processes(actor, spawner, channel), mark)

    return build


class Shell:
    """The hands of the supervisor."""

    def __init__(self, actor: Actor, processes: Processes, mark: Path) -> None:
        self._actor = actor
        self._processes = processes
        self._mark = mark
        self._notifier = Notifier()
        if self._notifier.watchdog_seconds is not None:
            actor.spawn(self._show_life(self._notifier.watchdog_seconds), "signs of life")
        if actor.settings.membership == "corosync":
            from pcmk.membership.corosync import refuse_shutdown

            actor.spawn(refuse_shutdown(actor.log), "Corosync's control")

    def carry_out(self, effect: ShellEffect) -> None:
        """See `EffectHandler`."""
        match effect:
            case Probe():
                self._actor.spawn(self._probe(effect.daemon), f"look at {effect.daemon.value}")
            case StartChild():
                self._processes.start(effect.daemon, effect.respawned)
            case Adopt():
                self._processes.adopt(effect.daemon, effect.pid)
            case Signal():
                self._processes.signal(effect.pid, effect.number)
            case TellManager():
                self._tell_manager(effect.state)
            case Mark():
                self._set_mark(effect.started)
            case Panic():
                self._panic(effect.reason)
            case _:
                assert_never(effect)

    async def close(self) -> None:
        """See `EffectHandler`."""
        self._processes.close()

    async def _show_life(self, within: float) -> None:
        # In the loop that does all the work here: when that hangs, the manager is to start another pacemakerd.
        while True:
            self._notifier.watchdog()
            await asyncio.sleep(within / _SIGNS)

    async def _probe(self, daemon: Daemon) -> None:
        pid, answers = await probe(self._actor.settings.socket(daemon))
        self._actor.post(Probed(daemon, pid, answers))

    def _tell_manager(self, state: str) -> None:
        match state:
            case "running":
                self._notifier.ready("Pacemaker is running")
            case "shutting_down":
                self._notifier.stopping()
            case _:
                self._notifier.status(state.replace("_", " "))

    def _set_mark(self, started: bool) -> None:
        try:
            if started:
                self._mark.touch()
            else:
                self._mark.unlink(missing_ok=True)
        except OSError as error:
            self._actor.log("error", f"{self._mark}: {error.strerror}")

    def _panic(self, reason: str) -> None:
        # The node's init (the agent of a sandbox node) sees the exit code and takes everything else down.
        self._actor.log("emerg", f"Panic: {reason}")
        self._processes.kill_all()
        os._exit(ExitCode.PANIC)
