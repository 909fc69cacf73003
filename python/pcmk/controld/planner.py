"""The scheduler's client: when to schedule, and with what."""

from collections.abc import Callable

from pcmk.controld.events import State
from pcmk.controld.shared import Shared
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.messages.scheduler import Schedule, Scheduled

_DELAY_TIMER = "transition-delay"
_RECHECK_TIMER = "recheck"
_RETRY_TIMER = "schedule-retry"
_PACE_TIMER = "pace"
_PAUSE = 0.05
"""Where changes come one after the other, each plan but the last is out of date when it is made."""
_SAME_INPUT_PAUSE = 1.0
"""The scheduler's clock has seconds: within one, the same CIB gives the same plan, and what it led to once it leads to
again, for example to a start that a leaving node refuses."""
_PAST_RECHECK = 0.5


class Planner:
    """Asks the scheduler for one graph at a time.

    `ready` says whether a graph could be begun; `load` gets it. An abort makes the answer that is waited for obsolete.
    """

    def __init__(self, shared: Shared, ready: Callable[[], bool], load: Callable[[Scheduled], None]) -> None:
        self._shared = shared
        self._ready = ready
        self._load = load
        self._wanted = False
        self._asked = False
        self._number = 0
        self._last_input: tuple[object, ...] = ()
        self._last_asked = -_SAME_INPUT_PAUSE
        self._resume_at = 0.0

    def want(self, delay: float = 0.0) -> None:
        """Something changed: schedule, after a delay that each new change restarts."""
        self._wanted = True
        self._shared.port.stop_timer(_RECHECK_TIMER)
        if self._ready():
            self._shared.become(State.POLICY_ENGINE)
        if delay > 0:
            self._shared.port.after(_DELAY_TIMER, delay, self.advance)
        else:
            self._shared.port.stop_timer(_DELAY_TIMER)
            self.advance()

    def stop(self) -> None:
        """This node is DC no more."""
        self._wanted = False
        for timer in (_DELAY_TIMER, _RECHECK_TIMER, _RETRY_TIMER, _PACE_TIMER):
            self._shared.port.stop_timer(timer)

    def advance(self) -> None:
        """Ask if it is wanted and possible."""
        shared, port = self._shared, self._shared.port
        if not self._wanted or self._asked or port.timer_runs(_DELAY_TIMER) or port.timer_runs(_RETRY_TIMER):
            return
        if not self._ready() or not shared.replica.current or not shared.writer.idle_as_dc:
            return
        shared.become(State.POLICY_ENGINE)
        term, version = shared.standing.term, max(shared.replica.version, shared.writer.committed)
        attributes = self._root_attributes()
        given = (term, version, attributes)
        due = self._last_asked + (_SAME_INPUT_PAUSE if given == self._last_input else _PAUSE)
        if due > port.now.mono:
            if self._resume_at != due or not port.timer_runs(_PACE_TIMER):
                self._resume_at = due
                port.after(_PACE_TIMER, due - port.now.mono, self.advance)
            return
        self._last_input, self._last_asked = given, port.now.mono
        self._wanted, self._asked = False, True
        self._number += 1
        number = self._number
        request = Schedule(number, version, port.epoch, attributes)

        def answered(body: Message) -> None:
            self._asked = False
            self._answered(number, term, body)

        port.call(Daemon.SCHEDULERD, request, answered, shared.settings.schedule_timeout)

    def _root_attributes(self) -> dict[str, str]:
        roster = self._shared.roster
        attributes = {"dc-uuid": roster.me.id, "have-quorum": str(int(roster.quorate))}
        if roster.had_quorum and not roster.quorate:
            attributes["no-quorum-panic"] = "1"
        return attributes

    def _answered(self, number: int, term: int, body: Message) -> None:
        shared = self._shared
        if not shared.leading or shared.standing.term != term:
            return
        if isinstance(body, Scheduled) and body.transition_id == number:
            if self._wanted or not self._ready():
                shared.port.log("info", f"Transition {number} is out of date before it began")
                self._wanted = True
                self.advance()
                return
            for text in (*body.errors, *body.warnings):
                shared.port.log("warning", f"Scheduler: {text}")
            shared.port.log("notice", f"Transition {number} from {body.input_file or 'an input that was not saved'}")
            self._load(body)
            return
        reason = body.message if isinstance(body, Failure) else f"unexpected {type(body).__name__}"
        self.again(f"The scheduler gave no graph: {reason}")

    def again(self, reason: str) -> None:
        """What the scheduler gave is of no use: ask again soon."""
        self._shared.port.log("error", reason)
        self._wanted = True
        self._shared.port.after(_RETRY_TIMER, 1.0, self.advance)

    def linked(self) -> None:
        """The scheduler answers again."""
        self._shared.port.stop_timer(_RETRY_TIMER)
        self.advance()

    def rest(self, recheck_by: str) -> None:
        """Nothing is to be done until something changes, or until it is time to look again."""
        shared = self._shared
        interval = shared.options.recheck_interval
        if recheck_by.isdecimal():
            left = int(recheck_by) - shared.port.now.wall
            left = _PAST_RECHECK if left <= 0 else left
            interval = min(left, interval) if interval > 0 else left
        shared.become(State.IDLE)
        if interval > 0:
            shared.port.after(_RECHECK_TIMER, interval, lambda: self.want())
