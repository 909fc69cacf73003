"""Waiting for a node's watchdog to have reset it."""

from enum import Enum

from msgspec import Struct

from pcmk.fenced.watchdog import Watchdog


class Verdict(Enum):
    """How it stands."""

    WAIT = "wait"
    OVER = "over"
    """The node has not been seen for long enough, if the view still holds."""
    BROKEN = "broken"


class Vigil(Struct):
    """Begun when an operation wants it. The time counts while the target is no member and this node is in a view with
    quorum; both without a break, for a node that was back with quorum gave its device signs of life again.

    `since` is when it began to count; until then the target is a member that was asked to take itself down.
    """

    target: str
    patience: float
    since: float | None = None
    broken: str = ""

    def look(self, watchdog: Watchdog, now: float) -> Verdict:
        """Take note of the present view."""
        if not self.broken and not watchdog.has_quorum():
            self.broken = "without a quorum that no other partition can have, a watchdog proves nothing"
        if not self.broken and watchdog.sees(self.target) and self.since is not None:
            self.broken = f"{self.target} is a member again"
        if self.broken:
            return Verdict.BROKEN
        if watchdog.sees(self.target):
            return Verdict.WAIT
        if self.since is None:
            self.since = now
        return Verdict.OVER if self.left(now) <= 0 else Verdict.WAIT

    def left(self, now: float) -> float:
        """Seconds that are still to pass."""
        return self.patience if self.since is None else self.since + self.patience - now
