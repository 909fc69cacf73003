"""The processes of the supervisor: the spawner, and a handle on every daemon."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from pcmk.kernel.daemons import Daemon
from pcmk.pacemakerd.core import ChildExited, ChildStarted, Event, StartFailed
from pcmk.runtime.actor import Actor

PACKET = 65536
SHORT_LIFE = 5.0
RESTART_PAUSE = 1.0
START_PATIENCE = 20.0
"""How long a spawner may take to fork; one that takes longer hangs."""


class Processes:
    """Starts daemons through the spawner and posts what becomes of them.

    A spawner that dies is replaced; its daemons go on and are watched by their process descriptors, which tell that one
    ended but not how.
    """

    def __init__(self, actor: Actor, spawner: int, channel: socket.socket) -> None:
        self._actor = actor
        self._post: Callable[[Event], None] = actor.post
        self._starting: list[Daemon] = []
        self._spawned: dict[int, Daemon] = {}
        self._handles: dict[int, int] = {}
        self._closed = False
        self._use(spawner, channel)

    def start(self, daemon: Daemon, respawned: bool) -> None:
        """Have a daemon forked; `ChildStarted` or `StartFailed` is posted."""
        if self._channel is None:
            self._post(StartFailed(daemon, "the spawner died"))
            return
        self._starting.append(daemon)
        self._actor.loop.call_later(START_PATIENCE, self._check_start, daemon, self._spawner)
        try:
            self._channel.send(json.dumps({"start": daemon.value, "respawned": respawned}).encode())
        except OSError:
            # Its end is about to be read, which fails this start too.
            return

    def adopt(self, daemon: Daemon, pid: int) -> None:
        """Watch a process that is no child of the spawner."""
        self._watch(daemon, pid)

    def signal(self, pid: int, number: int) -> None:
        """Send a signal, unless the process is gone."""
        handle = self._handles.get(pid)
        try:
            if handle is not None:
                signal.pidfd_send_signal(handle, number)
        except ProcessLookupError:
            return

    def kill_all(self) -> None:
        """SIGKILL to every daemon."""
        for pid in list(self._handles):
            self.signal(pid, signal.SIGKILL)

    def close(self) -> None:
        """Let the spawner end."""
        self._closed = True
        if self._channel is not None:
            self._actor.loop.remove_reader(self._channel)
            self._channel.close()
            self._channel = None

    # ---- inside -----------------------------------------------------------------------------------

    def _use(self, spawner: int, channel: socket.socket) -> None:
        channel.setblocking(False)
        self._spawner = spawner
        self._channel: socket.socket | None = channel
        self._since = time.monotonic()
        self._actor.loop.add_reader(channel, self._read, channel)

    def _read(self, channel: socket.socket) -> None:
        try:
            packet = channel.recv(PACKET)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if not packet:
            self._lost()
            return
        message = json.loads(packet)
        if "started" in message:
            self._started(Daemon(message["started"]), message["pid"])
        elif "failed" in message:
            daemon = Daemon(message["failed"])
            self._starting.remove(daemon)
            self._post(StartFailed(daemon, message["reason"]))
        elif "exited" in message:
            daemon = self._spawned.pop(message["exited"])
            self._forget(message["exited"])
            self._post(ChildExited(daemon, message["exited"], message.get("code"), message.get("signal")))

    def _started(self, daemon: Daemon, pid: int) -> None:
        self._starting.remove(daemon)
        self._spawned[pid] = daemon
        # One that ended already and was reaped has none; how it ended is told next.
        with suppress(ProcessLookupError):
            self._handles[pid] = os.pidfd_open(pid)
        self._post(ChildStarted(daemon, pid))

    def _check_start(self, daemon: Daemon, spawner: int) -> None:
        if daemon in self._starting and self._channel is not None and self._spawner == spawner:
            self._actor.log("error", f"The spawner has not started {daemon.value} in {START_PATIENCE:g} s; killing it")
            os.kill(spawner, signal.SIGKILL)

    def _lost(self) -> None:
        assert self._channel is not None
        self._actor.log("error", "The spawner died; starting another one")
        self._actor.loop.remove_reader(self._channel)
        self._channel.close()
        self._channel = None
        os.kill(self._spawner, signal.SIGKILL)
        os.waitpid(self._spawner, 0)
        failed, self._starting = self._starting, []
        for daemon in failed:
            self._post(StartFailed(daemon, "the spawner died"))
        orphans, self._spawned = self._spawned, {}
        for pid, daemon in orphans.items():
            self._watch(daemon, pid)
        pause = RESTART_PAUSE if time.monotonic() - self._since < SHORT_LIFE else 0.0
        self._actor.loop.call_later(pause, self._respawn)

    def _respawn(self) -> None:
        if self._closed:
            return
        # Not forked: this process runs gRPC by now.
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", "pcmk.pacemakerd.spawner", str(theirs.fileno())], pass_fds=[theirs.fileno()]
            )
        # Reaped by number, like the first one.
        process.returncode = 0
        self._use(process.pid, ours)

    def _watch(self, daemon: Daemon, pid: int) -> None:
        try:
            handle = self._handles.get(pid) or os.pidfd_open(pid)
        except ProcessLookupError:
            self._post(ChildExited(daemon, pid))
            return
        self._handles[pid] = handle
        self._actor.loop.add_reader(handle, self._gone, daemon, pid)

    def _gone(self, daemon: Daemon, pid: int) -> None:
        self._forget(pid)
        self._post(ChildExited(daemon, pid))

    def _forget(self, pid: int) -> None:
        handle = self._handles.pop(pid, None)
        if handle is not None:
            self._actor.loop.remove_reader(handle)
            os.close(handle)
