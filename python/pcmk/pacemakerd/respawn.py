"""When a daemon that exited is started again."""

from msgspec import Struct, field

QUIET = 30.0
"""Seconds of life after which an exit counts as the first again."""
DELAYS = (0.0, 0.25, 0.5, 1.0, 2.0)
LIMIT = 100
WINDOW = 3600.0


class Exits(Struct):
    """The exits of one daemon; `total` counts those of pacemakerd's whole life."""

    total: int = 0
    in_row: int = 0
    times: list[float] = field(default_factory=list[float])

    def add(self, now: float) -> float | None:
        """Note an exit; the seconds to wait before the next start, or None to give the daemon up.

        The first restart is immediate. Each further one after a short life waits longer, so that a daemon that cannot
        live leaves the machine to the others. More than 100 exits within an hour are hopeless.
        """
        self.total += 1
        self.in_row = self.in_row + 1 if self.times and now - self.times[-1] < QUIET else 1
        self.times = [time for time in self.times if time > now - WINDOW] + [now]
        if len(self.times) > LIMIT:
            return None
        return DELAYS[min(self.in_row, len(DELAYS)) - 1]
