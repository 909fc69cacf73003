"""Whether this node's watchdog device may be kept from resetting it, and whether the configuration fits that device."""

from collections.abc import Callable

from pcmk.controld.shared import Shared
from pcmk.kernel.core import Exit, ProveMembership
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.messages.controller import WatchdogAnswer


class Watchdog:
    """Answers pacemakerd, which keeps the device (`pcmk.pacemakerd.keeper`).

    The node is bound while others may count on its being reset: something may run here, as it has joined, and it is to
    fence itself when it loses quorum. What its own partition decides about that while it has no quorum does not free
    it, for those with quorum don't know of it.
    """

    def __init__(self, shared: Shared, leave: Callable[[int], None]) -> None:
        self._shared = shared
        self._leave = leave
        self._wanted = False
        self._questions: dict[int, int] = {}

    def advance(self) -> None:
        """A node that can't do what the others count on must not be among them."""
        shared = self._shared
        self._wanted = shared.fences_itself or (self._wanted and not shared.roster.quorate)
        problem = shared.watchdog.problem
        if not problem or shared.leaving:
            return
        if shared.known:
            # What runs here is stopped or moved first.
            shared.port.log("crit", f"This node has to leave the cluster: {problem}")
            self._leave(ExitCode.FATAL)
        elif shared.standing.dc and shared.replica.current and shared.replica.term == shared.standing.term:
            # Not by an old copy of the CIB, which nobody could mend.
            shared.leaving = True
            shared.port.emit(Exit(ExitCode.FATAL, problem))

    def quorum_lost(self) -> None:
        """This node had quorum a moment ago."""
        shared = self._shared
        if shared.options.panics and shared.settings.watchdog and shared.known:
            reason = "quorum is lost, and no-quorum-policy says that this node is to be fenced"
            shared.port.log("emerg", f"Panic: {reason}")
            shared.port.emit(Exit(ExitCode.PANIC, reason))

    def asked(self, request: int, bound: bool) -> None:
        """pacemakerd asks; it was told `bound` last, which a controller that was respawned can't know."""
        shared = self._shared
        self._wanted = self._wanted or (bound and not shared.roster.quorate)
        if not self._bound:
            # Others may know a newer configuration than a controller that has lost its CIB manager.
            known = shared.replica.current or not shared.known
            unread = Failure(ExitCode.UNAVAILABLE, "the CIB manager can't be reached")
            shared.port.reply(request, WatchdogAnswer(False, True) if known else unread)
            return
        number = shared.port.next_id()
        self._questions[number] = request
        shared.port.emit(ProveMembership(number))

    def proven(self, id: int, holds: bool) -> None:
        """The membership engine has answered, or not."""
        shared = self._shared
        request = self._questions.pop(id)
        silent = Failure(ExitCode.TIMEOUT, "the membership engine does not show that it works")
        shared.port.reply(request, WatchdogAnswer(self._bound, shared.roster.quorate) if holds else silent)

    @property
    def _bound(self) -> bool:
        return self._wanted and self._shared.known
