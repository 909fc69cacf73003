"""In a partition one DC acts at most: in one view, CIB changes are committed by one primary a term, and once a later
take-over has committed something, no earlier one does.

A partition is not always a view. Members that only lost each other's streams are in one view, and each may declare the
other failed; from then on they are two partitions, and only a view with quorum, of more than two nodes, still has one
majority.
"""

from typing import TYPE_CHECKING

from msgspec import Struct

from pcmk.based.disk import MarkCommitted
from pcmk.kernel.messages.based_peer import Ballot
from pcmk.kernel.messages.common import View
from tests.simulation.invariants import Violation
from tests.simulation.process import Process

if TYPE_CHECKING:
    from tests.simulation.world import World


class _Reign(Struct, frozen=True):
    """The last ballot in which a primary committed in a view, and whom its DC had declared failed by then."""

    ballot: Ballot
    absent: tuple[str, ...]

    @property
    def primary(self) -> str:
        return self.ballot.primary

    def parted_from(self, other: "_Reign", view: View) -> bool:
        """Whether the two need not know of each other."""
        one_majority = view.quorate and view.expected_votes > 2
        return not one_majority and (self.primary in other.absent or other.primary in self.absent)


class OnePrimary:
    """Looks at what primaries commit."""

    def __init__(self, _world: "World") -> None:
        self._last: dict[int, dict[str, _Reign]] = {}

    def committed(self, process: Process, effect: MarkCommitted) -> None:
        view, position = process.view, effect.position
        if view is None or process.body is None or process.body.core._primary is None:
            return
        reign = _Reign(position.ballot, process.body.core.state.absent)
        reigns = self._last.setdefault(view.id, {})
        for known in reigns.values():
            lower = (reign.ballot.term, reign.ballot.round) < (known.ballot.term, known.ballot.round)
            twin = reign.ballot.term == known.ballot.term and reign.primary != known.primary
            if (lower or twin) and not reign.parted_from(known, view):
                raise Violation(
                    f"{reign.primary} commits in {reign.ballot} in view {view.id}, "
                    f"where {known.primary} has committed in {known.ballot}"
                )
        reigns[reign.primary] = reign
