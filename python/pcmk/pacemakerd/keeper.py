"""Keeps the node's watchdog device from resetting it, as long as that is right. Pure.

A sign of life is given on evidence alone: the node has not joined, so nothing runs here that others could start; or its
controller answers that nobody counts on the reset, or that the node is in a view with quorum, which the membership
engine has just proven. So it ends with any of them: with this process, the controller, the engine, or quorum. Evidence
that is older than a share of the device's timeout is none: the process, or the machine, may have stood still since.
"""

from typing import TypeAlias

from msgspec import Struct

from pcmk.kernel.core import Call, CommonEffect, Instant, Log, SetTimer
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.messages.controller import WatchdogAnswer, WatchdogQuery

TIMER = "watchdog"
TICKS = 8
"""How often in the device's timeout evidence is looked for."""
SHARE = 4
"""The part of the device's timeout after which evidence is too old."""
UNWELL = 60.0
"""Seconds without all daemons up, in spite of all respawns, after which a node that runs something is beyond help."""


class LookJoined(Struct, frozen=True):
    """Look whether the node has joined; one `JoinedSeen` follows."""


class JoinedSeen(Struct, frozen=True):
    """Whether the cluster may run something on this node (see `pcmk.controld.events.MarkJoined`)."""

    joined: bool


class Pet(Struct, frozen=True):
    """Give the device a sign of life; it begins to count when it gets the first one, if it did not before."""


class Disarm(Struct, frozen=True):
    """Let the device rest; if something may run here, only when `anyway`, else take the node down."""

    anyway: bool


KeeperEffect: TypeAlias = CommonEffect | LookJoined | Pet | Disarm


class Keeper:
    """The signs of life for one device with this timeout in seconds.

    `bound`: others may count on the reset. Until a controller says so, that is taken for granted of a node that has
    joined in the life of a former pacemakerd.
    """

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._bound = True
        self._looked = 0.0
        self._asked: tuple[int, float] | None = None
        self._last_call = 0
        self._well = 0.0
        self._silent = False

    def start(self, now: Instant) -> list[KeeperEffect]:
        """This process begins. On a node that has joined the device counts on from the last sign of a former one."""
        return self.due(now, well=True)

    def due(self, now: Instant, *, well: bool) -> list[KeeperEffect]:
        """Look for evidence. `well`: all daemons that should be up are so."""
        if well:
            self._well = now.mono
        self._looked = now.mono
        return [SetTimer(TIMER, self._timeout / TICKS), LookJoined()]

    def seen(self, event: JoinedSeen, now: Instant) -> list[KeeperEffect]:
        """Whether something may run here is known."""
        if not self._fresh(self._looked, now):
            return []
        if not event.joined:
            return self._pet()
        if self._asked is not None:
            return []
        self._last_call += 1
        self._asked = self._last_call, now.mono
        return [Call(self._last_call, Daemon.CONTROLD, WatchdogQuery(self._bound), self._timeout / SHARE)]

    def answered(self, id: int, body: Message, now: Instant) -> list[KeeperEffect]:
        """The controller has answered, or nobody has."""
        if self._asked is None or self._asked[0] != id:
            return []
        at, self._asked = self._asked[1], None
        if isinstance(body, Failure):
            return self._withhold(f"the controller can't say that it need not be: {body.message}")
        assert isinstance(body, WatchdogAnswer)
        self._bound = body.bound
        if body.bound and not body.safe:
            return self._withhold("this node has no quorum")
        if now.mono - self._well > UNWELL:
            return self._withhold(f"daemons have been missing for more than {UNWELL:g} s")
        if not self._fresh(at, now):
            return self._withhold("the answer came too late")
        return self._pet()

    def end(self) -> list[KeeperEffect]:
        """All daemons have ended."""
        return [Disarm(anyway=not self._bound)]

    def _fresh(self, at: float, now: Instant) -> bool:
        return now.mono - at <= self._timeout / SHARE

    def _pet(self) -> list[KeeperEffect]:
        if not self._silent:
            return [Pet()]
        self._silent = False
        return [Log("notice", "The watchdog device gets signs of life again"), Pet()]

    def _withhold(self, reason: str) -> list[KeeperEffect]:
        if self._silent:
            return []
        self._silent = True
        text = f"No signs of life for the watchdog device, which resets this node in {self._timeout:g} s: {reason}"
        return [Log("crit", text)]
