"""One other node, as a daemon's peer there: a stream to it and a stream from it.

The peer is up while both stand and name the same incarnation. When one breaks, both are given up, so that the other
side notices too and the next `PeerUp` starts with a clean pair on both.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from msgspec import Struct, field

from pcmk.kernel.core import PeerDown, PeerUp
from pcmk.rpc.outbox import Outbox


class Incoming(Struct, eq=False):
    """The peer's stream to this node. `closed` is set when it shall not be read any more; what came before the peer
    is up waits in `early`."""

    incarnation: str
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    early: list[Any] = field(default_factory=list[Any])


class Outgoing(Struct, eq=False):
    """This node's stream to the peer, accepted by it; `abandon` breaks it."""

    incarnation: str
    outbox: Outbox
    abandon: Callable[[], None]


class Peer:
    """Which streams stand, and what that means."""

    def __init__(self, node: str, post: Callable[[Any], None]) -> None:
        self.node = node
        # Set when the peer opens a stream: it is there, so there is no use in waiting before the next attempt.
        self.knocked = asyncio.Event()
        self._post = post
        self._incoming: Incoming | None = None
        self._outgoing: Outgoing | None = None
        self._up = False

    @property
    def outbox(self) -> Outbox | None:
        """Where messages to the peer go; None while it is not up."""
        return self._outgoing.outbox if self._up and self._outgoing is not None else None

    def incoming_opened(self, stream: Incoming) -> None:
        """The peer opened a stream; an older one of it is void."""
        if self._incoming is not None:
            self.reset()
        if self._outgoing is not None and self._outgoing.incarnation != stream.incarnation:
            # The stream to the peer's former life has not been found broken yet.
            self.reset()
        self._incoming = stream
        self.knocked.set()
        self._consider()

    def incoming_ended(self, stream: Incoming) -> None:
        """The peer's stream broke or ended."""
        if stream is self._incoming:
            self.reset()

    def outgoing_opened(self, stream: Outgoing) -> None:
        """The peer accepted this node's stream."""
        if self._incoming is not None and self._incoming.incarnation != stream.incarnation:
            self.reset()
        self._outgoing = stream
        self._consider()

    def outgoing_ended(self, stream: Outgoing) -> None:
        """This node's stream broke or ended."""
        if stream is self._outgoing:
            self.reset()

    def received(self, stream: Incoming, message: Any) -> None:
        """The peer sent a `PeerMessage`."""
        if stream is not self._incoming:
            return
        if self._up:
            self._post(message)
        else:
            stream.early.append(message)

    def reset(self) -> None:
        """Give up both streams."""
        incoming, self._incoming = self._incoming, None
        outgoing, self._outgoing = self._outgoing, None
        if incoming is not None:
            incoming.closed.set()
        if outgoing is not None:
            outgoing.abandon()
        if self._up:
            self._up = False
            self._post(PeerDown(self.node))

    def _consider(self) -> None:
        if self._up or self._incoming is None or self._outgoing is None:
            return
        self._up = True
        self._post(PeerUp(self.node, self._incoming.incarnation))
        early, self._incoming.early = self._incoming.early, []
        for message in early:
            self._post(message)
