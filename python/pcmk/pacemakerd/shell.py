"""Carries out what the supervisor decides."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import assert_never

from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.watchdog import least_timeout
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
from pcmk.pacemakerd.keeper import Disarm, JoinedSeen, LookJoined, Pet
from pcmk.pacemakerd.probe import probe
from pcmk.pacemakerd.processes import Processes
from pcmk.runtime.actor import Actor
from pcmk.runtime.sdnotify import Notifier
from pcmk.runtime.takedown import take_down
from pcmk.runtime.watchdog import WatchdogDevice

_SIGNS = 3
"""Signs of life in the time in which the service manager wants one."""

ShellEffect = Probe | StartChild | Adopt | Signal | TellManager | Mark | Panic | LookJoined | Pet | Disarm


def builder(spawner: int, channel: socket.socket) -> Callable[[Actor], Awaitable[tuple[Supervisor, "Shell"]]]:
    """What `run_daemon` builds pacemakerd from: the spawner that was forked, and the way to talk to it."""

    async def build(actor: Actor) -> tuple[Supervisor, Shell]:
        found = actor.settings
        mark = found.run_dir / "pacemakerd.started"
        settings = SupervisorSettings(found.node_name, fail_fast=found.fail_fast, watchdog=found.watchdog_timeout)
        path = found.watchdog_device
        device = WatchdogDevice(path, found.watchdog_timeout) if path is not None else None
        if device is not None and found.membership == "corosync":
            await _compare_with_corosync(found.watchdog_timeout, actor.log)
        if device is not None and not found.joined_mark.exists():
            # Else it counts already, and to open it would be a sign of life for which there is no reason yet.
            device.open()
        return Supervisor(settings, mark.exists()), Shell(actor, Processes(actor, spawner, channel), mark, device)

    return build


async def _compare_with_corosync(device: float, log: Callable[[str, str], None]) -> None:
    """Tell when the loss of one node would have all the others reset."""
    from pcmk.membership.corosync import learn_silence

    silence = await learn_silence(log)
    if device < least_timeout(silence):
        what = f"Corosync is silent for {silence:g} s (token and consensus) when a node is lost"
        wanted = f"SBD_WATCHDOG_TIMEOUT of {device:g} s should be {least_timeout(silence):g} s at least"
        log("error", f"{what}, which may reset all others: {wanted}")


class Shell:
    """The hands of the supervisor."""

    def __init__(self, actor: Actor, processes: Processes, mark: Path, device: WatchdogDevice | None = None) -> None:
        self._actor = actor
        self._processes = processes
        self._mark = mark
        self._device = device
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
            case LookJoined():
                self._actor.post(JoinedSeen(self._actor.settings.joined_mark.exists()))
            case Pet():
                self._pet()
            case Disarm():
                self._disarm(effect.anyway)
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

    def _pet(self) -> None:
        assert self._device is not None
        try:
            self._device.pet()
        except (OSError, PcmkError) as error:
            # It goes on to count, and resets the node if that does not pass.
            self._actor.log("crit", f"The watchdog device can't be given a sign of life: {error}")

    def _disarm(self, anyway: bool) -> None:
        assert self._device is not None
        if not anyway and self._actor.settings.joined_mark.exists():
            # Its device would reset it soon; the next pacemakerd must not be there before.
            self._panic("this node stops, and may run something that others will start")
        try:
            self._device.disarm()
        except (OSError, PcmkError) as error:
            self._actor.log("crit", f"The watchdog device can't be disarmed, and resets this node: {error}")

    def _panic(self, reason: str) -> None:
        self._actor.log("emerg", f"Panic: {reason}")
        self._processes.kill_all()
        take_down(self._actor.settings.panic)
        # The agent of a sandbox node sees the exit code and takes everything else down.
        os._exit(ExitCode.PANIC)
