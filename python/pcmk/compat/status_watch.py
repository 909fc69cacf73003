"""`crm_mon` when it goes on: the status is shown anew when it changes, and programs are told of what happens."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from pcmk._core import Cib
from pcmk.compat.background import go_to_background, release
from pcmk.compat.cib_access import USER_VARIABLE
from pcmk.compat.status_events import StatusEvent, fencing, happened, operations
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

if TYPE_CHECKING:
    from pcmk.compat.status_events import Operations
    from pcmk.kernel.messages.fencer import FenceResult

    # None: the CIB manager is away.
    Told = Cib | FenceResult | BaseException | None

CALM_SECONDS = 1.0
"""What changes within this time is shown at once."""

RECONNECT_SECONDS = 1.0


class Watch:
    """What is to be done, and until when: `show` shows the status, if there is anywhere to show it."""

    def __init__(
        self,
        program: str,
        show: Callable[[], None] | None,
        interval: float,
        agent: str,
        recipient: str,
        with_fencing: bool,
    ) -> None:
        self._program = program
        self._show = show
        self._interval = interval
        self._agent = agent
        self._recipient = recipient
        self._with_fencing = with_fencing and agent != ""
        self._told: queue.SimpleQueue[Told] = queue.SimpleQueue()
        self._known: Operations | None = None
        self._agents: list[subprocess.Popen[bytes]] = []

    def in_background(self, pid_file: Path | None) -> NoReturn:
        """Go on in the background until told to end (SIGTERM)."""
        go_to_background(self._program, pid_file)
        os.umask(0o022)
        code = ExitCode.ERROR
        try:
            self._run()
            code = ExitCode.OK
        finally:
            release(pid_file)
            os._exit(code)

    def in_foreground(self) -> NoReturn:
        """Go on until told to end (SIGTERM, SIGINT)."""
        self._run()
        sys.stdout.flush()
        # The threads wait for what may never come.
        os._exit(ExitCode.OK)

    def _run(self) -> None:
        signal.signal(signal.SIGTERM, _stop)
        for follow in (self._follow_cib, self._follow_fencing)[: 1 + self._with_fencing]:
            threading.Thread(target=self._in_thread, args=(follow,), daemon=True).start()
        shown, due = -CALM_SECONDS, time.monotonic()
        try:
            while True:
                if self._wait(due - time.monotonic()):
                    due = min(due, shown + CALM_SECONDS)
                if time.monotonic() >= due:
                    if self._show is not None:
                        self._show()
                    shown = time.monotonic()
                    due = shown + self._interval
        except KeyboardInterrupt:
            return

    def _wait(self, seconds: float) -> bool:
        """Take in what is told within a time; whether there is something else to show."""
        changed = False
        try:
            told = self._told.get(timeout=max(seconds, 0.0))
            while True:
                changed |= told is None or isinstance(told, Cib)
                self._take(told)
                told = self._told.get_nowait()
        except queue.Empty:
            return changed

    def _take(self, told: "Told") -> None:
        if isinstance(told, BaseException):
            raise told
        if not self._agent or told is None:
            return
        if not isinstance(told, Cib):
            self._tell(fencing(told))
            return
        before, self._known = self._known, operations(told)
        # What was there at the beginning is no news.
        for event in happened(before, self._known) if before is not None else ():
            self._tell(event)

    def _tell(self, event: StatusEvent) -> None:
        self._agents = [each for each in self._agents if each.poll() is None]
        environment = os.environ | event.variables(self._recipient)
        try:
            self._agents.append(subprocess.Popen([self._agent], env=environment, stdin=subprocess.DEVNULL))
        except OSError as error:
            print(f"{self._program}: {self._agent} can't be run: {error.strerror}", file=sys.stderr)

    # ---- followers, each in a thread ---------------------------------------------------------------

    def _in_thread(self, follow: Callable[[], None]) -> None:
        try:
            follow()
        except BaseException as error:  # noqa: BLE001 - it is raised where it is seen
            self._told.put(error)

    def _follow_cib(self) -> None:
        from pcmk.client import Connection
        from pcmk.client.cib_changes import follow
        from pcmk.runtime.settings import from_environment

        with Connection(from_environment(), self._program) as connection:
            for change in follow(connection, user=os.environ.get(USER_VARIABLE, ""), pause=self._away):
                self._told.put(change.cib)

    def _away(self, seconds: float) -> None:
        """The CIB manager can't be reached: what is shown says so."""
        self._told.put(None)
        time.sleep(seconds)

    def _follow_fencing(self) -> None:
        from pcmk.client import Connection
        from pcmk.kernel.daemons import Daemon
        from pcmk.kernel.messages.fencer import FenceResult
        from pcmk.runtime.settings import from_environment

        while True:
            try:
                with (
                    Connection(from_environment(), self._program) as connection,
                    connection.watch(Daemon.FENCED) as notices,
                ):
                    for notice in notices:
                        if isinstance(notice, FenceResult):
                            self._told.put(notice)
            except PcmkError:
                time.sleep(RECONNECT_SECONDS)


def _stop(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
