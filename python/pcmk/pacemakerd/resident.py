"""Keeps the resident of commands (`pcmk.compat.resident`) running: a child of the spawner.

It is an interpreter of its own: commands need little of what daemons share, and all of that would be in each fork that
carries commands out.
"""

import os
import signal
import sys
import time
from collections.abc import Sequence

SHORT_LIFE = 5.0
DELAY = 4.0
"""Seconds until the first one is started: it is of use when daemons are up, which need the processor until then."""

PROGRAM = (sys.executable, "-P", "-m", "pcmk.compat.resident")
"""How it is called, with a pipe's end as last argument: it lives until nobody has the other end. It is a way in for
people, which daemons know only by name."""


class Resident:
    """The resident's process, which has a session of its own. One that died is replaced, unless it died young: commands
    do without it."""

    def __init__(self, program: Sequence[str] = PROGRAM, delay: float = DELAY) -> None:
        self._program = program
        self._due: float | None = time.monotonic() + delay
        self._alive, self._ours = os.pipe2(os.O_CLOEXEC)
        self._pid = 0
        self._since = 0.0

    @property
    def files(self) -> tuple[int, ...]:
        """What is open for it in this process, and is no child's."""
        return self._alive, self._ours

    def start_when_due(self) -> float | None:
        """Start it if it is time to; else the seconds until then. None once it was started."""
        if self._due is None:
            return None
        pause = self._due - time.monotonic()
        if pause > 0:
            return pause
        self._due = None
        self._start()
        return None

    def _start(self) -> None:
        words = [*self._program, str(self._alive)]
        kept = [(os.POSIX_SPAWN_DUP2, self._alive, self._alive)]
        try:
            self._pid = os.posix_spawn(
                words[0], words, os.environ, file_actions=kept, setsid=True, setsigdef=[signal.SIGINT]
            )
        except OSError:
            return
        self._since = time.monotonic()

    def has_ended(self, pid: int) -> bool:
        """Whether it is the resident that ended."""
        if pid != self._pid:
            return False
        if time.monotonic() - self._since > SHORT_LIFE:
            self._start()
        return True
