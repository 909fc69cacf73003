"""Scheduling, and asking about what came of it."""

import time
from datetime import datetime
from functools import cached_property

from msgspec import Struct

from pcmk._core import Cib, SchedulerResult
from pcmk._core import schedule as run
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.scheduler import convert
from pcmk.scheduler.facts import ActionAnswer, Fencing, Placement, ResourceAnswer, ScoreLine


def schedule(
    cib: Cib,
    *,
    now: datetime | int | None = None,
    trace: bool = False,
    transition_id: int = 1,
    sanitized: bool = False,
) -> "Outcome":
    """Plan for a cluster as its CIB describes it.

    `now` is the time to plan for, by default the present; `trace` keeps why the plan is what it is, in `Outcome.trace`;
    `transition_id` numbers the graph. `sanitized` says that private parameters may have been removed from the CIB, so
    that digests which differ only by them count as equal.

    There is always a plan: bad configuration is reported in it. Safe to call from many threads at once.
    """
    at = int(time.time()) if now is None else int(now.timestamp()) if isinstance(now, datetime) else now
    result = run(cib, at, transition_id, sanitized=sanitized, trace=trace)
    return Outcome(tuple(result.errors), tuple(result.warnings), result.recheck_by, trace, result)


class Outcome(Struct, frozen=True, eq=False, dict=True):
    """A plan."""

    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    recheck_by: int | None
    """When the plan could change by itself, in seconds since the epoch."""
    traced: bool
    _result: SchedulerResult

    @cached_property
    def graph_xml(self) -> str:
        """The transition graph."""
        return self._result.graph_xml

    @property
    def action_count(self) -> int:
        """How many actions the transition graph has."""
        return self._result.action_count

    @cached_property
    def placements(self) -> tuple[Placement, ...]:
        """All primitives, where they are, and what becomes of them."""
        return convert.each(convert.placement, self._result.placements())

    @cached_property
    def trace(self) -> "Trace":
        """Why the plan is what it is. Raises ValueError if that was not asked for."""
        if not self.traced:
            raise ValueError("the plan was made without a trace")
        return Trace(self._result)


class Trace:
    """Answers to "why?". Nothing is worked out before it is asked for."""

    def __init__(self, result: SchedulerResult) -> None:
        self._result = result

    @cached_property
    def scores(self) -> tuple[ScoreLine, ...]:
        """The score table in the order settled; the parts of each line make up its score."""
        return convert.each(convert.score_line, self._result.scores())

    @cached_property
    def actions(self) -> tuple[ActionAnswer, ...]:
        """Actions that are carried out, or needed and not possible, in order of their numbers."""
        return convert.each(convert.action, self._result.actions())

    @cached_property
    def fencing(self) -> tuple[Fencing, ...]:
        """Nodes that are fenced or unfenced, and unclean ones that are not."""
        return convert.each(convert.fencing, self._result.fencing())

    @cached_property
    def idle(self) -> tuple[ResourceAnswer, ...]:
        """Primitives that should run and will not; `obstacles` says why."""
        return convert.each(convert.resource, self._result.idle())

    @property
    def resources(self) -> tuple[str, ...]:
        """Ids of all resources, instances and what is inside bundles among them."""
        return tuple(id for id, _ in self._result.resource_names())

    @property
    def nodes(self) -> tuple[str, ...]:
        """Names of all nodes."""
        return tuple(self._result.node_names())

    def explain_tree(self, resource: str, node: str | None = None) -> tuple[ResourceAnswer, ...]:
        """As `explain`, and after each collective what it consists of."""
        found: list[ResourceAnswer] = []
        for answer in self.explain(resource, node):
            found.append(answer)
            for child in answer.children:
                found += self.explain_tree(child, node)
        return tuple(found)

    def explain(self, resource: str, node: str | None = None) -> tuple[ResourceAnswer, ...]:
        """A resource as all nodes or as one of them count for it; by the id in the configuration all its instances.

        Raises PcmkError with code NOSUCH if there is no such resource or node.
        """
        names = self._result.resource_names()
        found = [id for id, _ in names if id == resource] or [id for id, configured in names if configured == resource]
        if not found:
            raise PcmkError(ExitCode.NOSUCH, f"No such resource: {resource}")
        if node is not None and node.lower() not in (name.lower() for name in self.nodes):
            raise PcmkError(ExitCode.NOSUCH, f"No such node: {node}")
        return tuple(convert.resource(self._result.explain(id, node)) for id in dict.fromkeys(found))
