"""Temporary stand-ins for daemons that are not there yet."""

from typing import Any

from pcmk._core import schedule
from pcmk.kernel.cib_replica import CibReplica
from pcmk.kernel.core import Exit, Instant, Reply, Request, Terminate
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import Done, Failure
from pcmk.kernel.messages.scheduler import Schedule, Scheduled


class ToyAttributes:
    """Says yes to everything."""

    def handle(self, event: Any, _now: Instant) -> list[Any]:
        match event:
            case Terminate():
                return [Exit(0, "asked to stop")]
            case Request(id=id):
                return [Reply(id, Done())]
            case _:
                return []


class ToyScheduler:
    """Plans at once, or not at all."""

    def __init__(self) -> None:
        self._replica = CibReplica()
        self._calls = 0

    def _next(self) -> int:
        self._calls += 1
        return self._calls

    def handle(self, event: Any, _now: Instant) -> list[Any]:
        update = self._replica.handle(event, self._next)
        if update is not None:
            return list(update.effects)
        match event:
            case Terminate():
                return [Exit(0, "asked to stop")]
            case Request(id=id, body=Schedule() as body):
                cib = self._replica.cib
                if cib is None or self._replica.version < body.version:
                    return [Reply(id, Failure(ExitCode.NOT_YET, "not there yet"))]
                result = schedule(cib.with_attrs(body.root_attributes), body.now, body.transition_id)
                return [Reply(id, Scheduled(body.transition_id, result.graph_xml, "", tuple(result.errors)))]
            case _:
                return []
