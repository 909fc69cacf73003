"""Who there is: members of the view, their controllers, and how far each has joined."""

from collections.abc import Iterator
from enum import IntEnum

from msgspec import Struct

from pcmk.kernel.core import Instant
from pcmk.kernel.messages.common import View
from pcmk.kernel.messages.controld_peer import ControllerHello


class Phase(IntEnum):
    """How far a controller has joined, as its DC sees it."""

    NONE = 0
    OFFERED = 1
    ACCEPTED = 2
    PREPARING = 3
    WELCOMED = 4
    JOINED = 5
    CONFIRMED = 6


class Peer(Struct):
    """A node and its controller.

    `appeared` is when the node last became a member or could be spoken to again, as this process saw it (monotonic
    seconds); `silent_from` when it was first a member without a controller that speaks, and `failed` that it was so for
    too long. `dropped` says that a controller was heard in this view and vanished. `permitted` is set when the node may
    go: its loss is no failure. `confirmed_in` is the term in which it last joined this DC, 0 if it has failed since;
    `unclean` that it had joined and was lost, so that it may run something until it is fenced.
    """

    name: str
    id: str
    member: bool = False
    member_since: int = 0
    appeared: float | None = None
    up: bool = False
    heard: ControllerHello | None = None
    silent_from: float = 0.0
    dropped: bool = False
    failed: bool = False
    permitted: bool = False
    fresh: bool = False
    overdue: bool = False
    phase: Phase = Phase.NONE
    online_since: int = 0
    joined_from: float = 0.0
    confirmed_in: int = 0
    unclean: bool = False

    @property
    def talks(self) -> bool:
        """Whether its controller takes part in elections."""
        return self.member and self.up and self.heard is not None

    @property
    def active(self) -> bool:
        """Whether it has joined and can be given actions."""
        return self.talks and self.phase >= Phase.JOINED


class Roster:
    """All nodes that were seen, the own one included."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.view: View | None = None
        self.had_quorum = False
        # In the order of their names.
        self._peers: dict[str, Peer] = {node: Peer(node, "", up=True)}

    def __iter__(self) -> Iterator[Peer]:
        return iter(list(self._peers.values()))

    @property
    def me(self) -> Peer:
        """The own node."""
        return self._peers[self.node]

    @property
    def quorate(self) -> bool:
        """Whether the present view has quorum."""
        return self.view is not None and self.view.quorate

    def get(self, name: str) -> Peer | None:
        """A node by name."""
        return self._peers.get(name)

    def by_id(self, id: str) -> Peer | None:
        """A node by id."""
        return next((peer for peer in self if peer.id == id), None)

    def talking(self) -> list[Peer]:
        """Members whose controllers take part."""
        return [peer for peer in self if peer.talks]

    def members(self) -> list[Peer]:
        """Members of the view."""
        return [peer for peer in self if peer.member]

    def take_view(self, view: View, now: Instant) -> tuple[list[Peer], list[Peer]]:
        """A new view; returns who came and who went."""
        self.view = view
        self.had_quorum = self.had_quorum or view.quorate
        came: list[Peer] = []
        for member in view.members:
            peer = self._known(member.name)
            peer.id = str(member.id)
            if not peer.member:
                peer.member = True
                peer.member_since = int(now.wall)
                peer.silent_from = peer.appeared = now.mono
                peer.dropped = peer.failed = peer.unclean = False
                came.append(peer)
        went = [peer for peer in self if peer.member and peer.name not in view.names]
        for peer in went:
            peer.member = False
            peer.member_since = 0
            self._gone(peer)
        return came, went

    def connected(self, name: str, now: Instant) -> Peer:
        """A controller can be spoken to."""
        peer = self._known(name)
        self._gone(peer)
        peer.up = True
        peer.appeared = now.mono
        return peer

    def disconnected(self, name: str, now: Instant) -> Peer | None:
        """A controller can't be spoken to any more."""
        peer = self._peers.get(name)
        if peer is None or not peer.up:
            return None
        self._gone(peer)
        peer.dropped = True
        peer.silent_from = now.mono
        return peer

    def heard(self, peer: Peer, hello: ControllerHello) -> None:
        """A controller told about itself."""
        peer.heard = hello
        peer.failed = peer.dropped = False
        peer.permitted = peer.permitted and hello.leaving

    def forget(self, name: str) -> None:
        """Drop a node that is no member."""
        peer = self._peers.get(name)
        if peer is not None and not peer.member and name != self.node:
            del self._peers[name]

    def reset_phases(self) -> None:
        """Nobody has joined: a new term begins."""
        for peer in self._peers.values():
            peer.phase = Phase.NONE
            peer.overdue = False

    def _known(self, name: str) -> Peer:
        peer = self._peers.get(name)
        if peer is None:
            peer = Peer(name, "")
            self._peers = dict(sorted([*self._peers.items(), (name, peer)]))
        return peer

    def _gone(self, peer: Peer) -> None:
        peer.up = peer.name == self.node
        peer.phase = Phase.NONE
        peer.overdue = False
        peer.online_since = 0
        if peer.name != self.node:
            peer.heard = None
