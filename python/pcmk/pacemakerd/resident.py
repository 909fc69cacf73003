"""Keeps the resident of commands (`pcmk.compat.resident`) running: a child of the spawner."""

import importlib
import os
import time
from collections.abc import Callable

from pcmk.pacemakerd.proctitle import set_title
from pcmk.runtime.forks import as_process, part

SHORT_LIFE = 5.0

Life = Callable[[int], int]


def resident_main(alive: int) -> int:
    """Be the resident until nobody has the other end of the pipe `alive`. It is a way in for people, which daemons know
    only by name."""
    main: Life = importlib.import_module("pcmk.compat.resident").main
    return main(alive)


class Resident:
    """The resident's process. One that died is replaced, unless it died young: commands do without it."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._alive, self._ours = os.pipe2(os.O_CLOEXEC)
        self._pid = 0
        self._since = 0.0

    @property
    def files(self) -> tuple[int, ...]:
        """What is open for it in this process."""
        return self._alive, self._ours

    def start(self, inherited: tuple[int, ...]) -> None:
        """Fork it; `inherited` are the files of this process that no child keeps."""
        try:
            pid = os.fork()
        except OSError:
            return
        if pid == 0:
            as_process(lambda: self._live(inherited))
        self._pid, self._since = pid, time.monotonic()

    def has_ended(self, pid: int, inherited: tuple[int, ...]) -> bool:
        """Whether it is the resident that ended."""
        if pid != self._pid:
            return False
        if time.monotonic() - self._since > SHORT_LIFE:
            self.start(inherited)
        return True

    def _live(self, inherited: tuple[int, ...]) -> int:
        part(descriptor for descriptor in inherited if descriptor != self._alive)
        set_title("pacemakerd-commands")
        return self._life(self._alive)
