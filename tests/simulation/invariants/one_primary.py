"""In a partition one DC acts at most: in one view, CIB changes are committed by one primary a term, and once a later
take-over has committed something, no earlier one does."""

from typing import TYPE_CHECKING

from pcmk.based.disk import MarkCommitted
from tests.simulation.invariants import Violation
from tests.simulation.process import Process

if TYPE_CHECKING:
    from tests.simulation.world import World


class OnePrimary:
    """Looks at what primaries commit."""

    def __init__(self, _world: "World") -> None:
        self._last: dict[int, tuple[tuple[int, int], str]] = {}

    def committed(self, process: Process, effect: MarkCommitted) -> None:
        position = effect.position
        if process.view is None or process.body is None or process.body.core._primary is None:
            return
        ballot = (position.term, position.round)
        known = self._last.get(process.view.id)
        if known is not None:
            last, primary = known
            if ballot < last or (position.term == last[0] and primary != position.primary):
                raise Violation(
                    f"{position.primary} commits as primary of {ballot} in view {process.view.id}, "
                    f"where {primary} has committed in {last}"
                )
        self._last[process.view.id] = (ballot, position.primary)
