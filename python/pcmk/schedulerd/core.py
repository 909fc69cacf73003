"""The scheduler daemon's core: waits for the CIB that was asked for, has it planned, and answers."""

from collections.abc import Mapping
from typing import TypeAlias, assert_never

from msgspec import Struct

from pcmk._core import Cib
from pcmk.kernel.cib_replica import CibReplica
from pcmk.kernel.core import (
    CallResult,
    CancelTimer,
    CommonEffect,
    CommonEvent,
    Exit,
    Instant,
    LinkDown,
    LinkUp,
    Log,
    Notice,
    PeerDown,
    PeerMessage,
    PeerUp,
    Reply,
    Request,
    RequestGone,
    SetTimer,
    Started,
    Terminate,
    TimerFired,
    ViewChanged,
)
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.messages.scheduler import Schedule, Scheduled
from pcmk.schedulerd.archive import Archive, Slot

PATIENCE = 60.0


class MakePlan(Struct, frozen=True):
    """Schedule from a CIB; answered by `PlanMade`."""

    request: int
    cib: Cib
    now: int
    transition_id: int


class KeepInput(Struct, frozen=True):
    """Write an input to its slot, and its series' counter."""

    slot: Slot
    cib: Cib


class PlanMade(Struct, frozen=True):
    """A plan; `failure` says why there is none."""

    request: int
    graph_xml: str
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    failure: str = ""


Event: TypeAlias = CommonEvent | PlanMade
Effect: TypeAlias = CommonEffect | MakePlan | KeepInput


class SchedulerdCore:
    """One scheduler. `counters` has the next number of each series of kept inputs."""

    def __init__(self, counters: Mapping[str, int]) -> None:
        self._replica = CibReplica()
        self._archive = Archive(counters)
        self._waiting: dict[int, Schedule] = {}
        self._planning: dict[int, tuple[Schedule, Cib]] = {}
        self._last_call = 0

    def handle(self, event: Event, now: Instant) -> list[Effect]:
        """Take one event at time `now`; return the effects in the order they must be carried out."""
        effects: list[Effect] = []
        update = self._replica.handle(event, self._next_call)
        if update is not None:
            effects += update.effects
        match event:
            case Request(id=id, body=Schedule() as schedule):
                self._waiting[id] = schedule
                effects.append(SetTimer(_timer(id), PATIENCE))
            case Request(id=id, body=body):
                text = f"the scheduler does not know the request {type(body).__name__}"
                effects.append(Reply(id, Failure(ExitCode.PROTOCOL, text)))
            case RequestGone(id=id):
                self._waiting.pop(id, None)
                effects.append(CancelTimer(_timer(id)))
            case PlanMade():
                effects += self._made(event)
            case TimerFired(key=key):
                effects += self._late(key)
            case Terminate():
                effects.append(Exit(ExitCode.OK, "asked to stop"))
            case Started() | CallResult() | LinkUp() | LinkDown() | Notice():
                pass
            case ViewChanged() | PeerUp() | PeerDown() | PeerMessage():
                pass
            case _:
                assert_never(event)
        return effects + self._begin()

    def _next_call(self) -> int:
        self._last_call += 1
        return self._last_call

    def _begin(self) -> list[Effect]:
        """Plan for every request whose CIB is here."""
        cib, effects = self._replica.cib, list[Effect]()
        if cib is None or not self._replica.current:
            return effects
        for id, schedule in list(self._waiting.items()):
            if self._replica.version >= schedule.version:
                del self._waiting[id]
                given: dict[str, str | None] = dict(schedule.root_attributes)
                input = cib.with_attrs(given)
                self._planning[id] = (schedule, input)
                effects.append(CancelTimer(_timer(id)))
                effects.append(MakePlan(id, input, schedule.now, schedule.transition_id))
        return effects

    def _made(self, plan: PlanMade) -> list[Effect]:
        schedule, cib = self._planning.pop(plan.request)
        if plan.failure:
            text = f"Scheduling failed: {plan.failure}"
            return [Log("error", text), Reply(plan.request, Failure(ExitCode.SOFTWARE, text))]
        place = self._archive.place(cib, errors=bool(plan.errors), warnings=bool(plan.warnings))
        name = place.file_name if isinstance(place, Slot) else place
        answer = Scheduled(schedule.transition_id, plan.graph_xml, name, plan.errors, plan.warnings)
        effects: list[Effect] = [Reply(plan.request, answer)]
        if isinstance(place, Slot):
            effects.append(KeepInput(place, cib.with_attrs({"execution-date": str(schedule.now)})))
        return effects

    def _late(self, key: str) -> list[Effect]:
        kind, _, number = key.partition("/")
        if kind != "request" or self._waiting.pop(int(number), None) is None:
            return []
        return [Reply(int(number), Failure(ExitCode.TIMEOUT, "the CIB that was asked for did not come"))]


def _timer(request: int) -> str:
    return f"request/{request}"
