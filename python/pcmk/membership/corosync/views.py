"""What Corosync's services tell, put together to views. Pure.

The quorum service and the process group service each tell of a new ring, in no certain order. Only when both are at the
same ring do they speak of the same nodes: a view of what is between would have the members of one ring and the
quorum of another.
"""

from collections.abc import Mapping
from typing import NamedTuple

from pcmk.kernel.messages.common import Member, View
from pcmk.membership.corosync.nodelist import ConfiguredNode


class Ring(NamedTuple):
    """The id of a ring: a number that grows, and the node that formed it, for two may form at the same time."""

    number: int
    former: int


class Views:
    """Members of a view are the nodes of the ring on which a daemon of the cluster runs.

    Each method takes a piece of news, and returns the view that now holds if it is another one.
    """

    def __init__(self, own_id: int, port: int) -> None:
        self._own_id = own_id
        self._port = port
        self._nodes: Mapping[int, ConfiguredNode] = {}
        self._running: frozenset[int] = frozenset()
        self._group_ring: Ring | None = None
        self._changing = False
        self._quorum_ring: Ring | None = None
        self._quorate = False
        self._last: View | None = None

    @property
    def unnamed(self) -> frozenset[int]:
        """Ids of nodes that run but are not in the node list."""
        return self._running - self._nodes.keys()

    @property
    def settled(self) -> bool:
        """Whether both services are at the same ring and this node's daemons are known there: the last view holds."""
        same = self._group_ring is not None and self._group_ring == self._quorum_ring
        return same and not self._changing and self._own_id in self._running

    def nodes(self, nodes: Mapping[int, ConfiguredNode]) -> View | None:
        """The node list was read."""
        self._nodes = nodes
        return self._view()

    def members(self, running: frozenset[int], by_ring: bool) -> View | None:
        """On these nodes a daemon runs; `by_ring`: a ring is being formed and is told of next."""
        self._running = running
        self._changing = self._changing or by_ring
        return self._view()

    def ring(self, ring: Ring) -> View | None:
        """The process group service is at this ring."""
        self._group_ring = ring
        self._changing = False
        return self._view()

    def quorum(self, ring: Ring, quorate: bool) -> View | None:
        """The quorum service is at this ring."""
        self._quorum_ring = ring
        self._quorate = quorate
        return self._view()

    def _view(self) -> View | None:
        ring = self._group_ring
        if ring is None or not self.settled:
            return None
        named = [self._nodes[id] for id in sorted(self._running) if id in self._nodes]
        members = tuple(Member(node.name, node.id, node.hosts[0], self._port, node.hosts[1:]) for node in named)
        last = self._last
        view = View(0, members, self._quorate, len(self._nodes))
        if last is not None and (last.members, last.quorate, last.expected_votes) == (
            view.members,
            view.quorate,
            view.expected_votes,
        ):
            return None
        # Several views may belong to one ring: daemons start and end, and votes come and go.
        id = max(ring.number, last.id + 1 if last is not None else 0)
        self._last = View(id, members, self._quorate, len(self._nodes))
        return self._last
