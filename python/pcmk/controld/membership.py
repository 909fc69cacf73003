"""Members that come, go, or lose their controller: what the DC writes of it."""

from collections.abc import Callable

from pcmk.controld import node_state
from pcmk.controld.primacy import Primacy
from pcmk.controld.roster import Peer
from pcmk.controld.shared import Shared
from pcmk.controld.tally import absent, has_left
from pcmk.kernel.messages.cib import CibOperation


class Membership:
    """Bookkeeping of nodes while this node is DC. `on_failure` is told of each node that failed."""

    def __init__(self, shared: Shared, primacy: Primacy, on_failure: Callable[[Peer], None]) -> None:
        self._shared = shared
        self._primacy = primacy
        self._on_failure = on_failure

    def begin(self) -> None:
        """A term of this node begins: members without a controller have what is left of their grace."""
        for peer in self._shared.roster.members():
            if not peer.up:
                peer.permitted = has_left(self._shared, peer)
                self._grant_grace(peer)

    def end(self) -> None:
        """This node is DC no more."""
        for peer in self._shared.roster:
            peer.unclean = False
            self._shared.port.stop_timer(f"rejoin/{peer.name}")

    def came(self, peer: Peer) -> None:
        """A node is a member now."""
        if self._shared.leading and not peer.up:
            self._write(node_state.node_state(peer, in_ccm=peer.member_since))
            self._grant_grace(peer)

    def connected(self, peer: Peer) -> None:
        """A controller speaks (again)."""
        self._shared.port.stop_timer(f"rejoin/{peer.name}")
        self.tell_absent()

    def disconnected(self, peer: Peer) -> None:
        """A member's controller vanished."""
        if not self._shared.leading:
            return
        if peer.permitted:
            self._write(node_state.without_controller(peer, clean=True))
            self.tell_absent()
        else:
            self._grant_grace(peer)

    def went(self, peer: Peer) -> None:
        """A node is no member any more."""
        shared = self._shared
        shared.port.stop_timer(f"rejoin/{peer.name}")
        joined = peer.confirmed_in == shared.standing.term
        peer.confirmed_in = 0
        if not shared.leading:
            return
        peer.unclean = joined and not peer.permitted
        self._write(*node_state.lost(shared.replica.cib, peer, clean=peer.permitted))
        if not peer.permitted:
            shared.port.log("warning", f"Node {peer.name} is lost")
            self._on_failure(peer)

    def state_again(self) -> None:
        """Somebody else changed what is known of nodes: those that were lost and not fenced are so still."""
        for peer in self._shared.roster:
            if peer.unclean and not peer.permitted:
                self._write(*node_state.lost(self._shared.replica.cib, peer, clean=False))

    def _grant_grace(self, peer: Peer) -> None:
        port = self._shared.port
        if not peer.failed and not peer.permitted:
            grace = self._shared.settings.rejoin_grace
            if not peer.dropped:
                # It may be starting, on a machine that has much to start.
                grace = max(grace, self._shared.options.dc_deadtime)
            left = peer.silent_from + grace - port.now.mono
            port.after(f"rejoin/{peer.name}", left, lambda: self._grace_over(peer))

    def _grace_over(self, peer: Peer) -> None:
        shared = self._shared
        if not shared.leading or not peer.member or peer.up:
            return
        shared.port.log("warning", f"Node {peer.name} is a member, but its controller did not come back")
        peer.failed = True
        peer.confirmed_in = 0
        self.tell_absent()
        self._write(node_state.without_controller(peer, clean=False))
        self._on_failure(peer)

    def tell_absent(self) -> None:
        """Tell the CIB manager which members can't be counted on."""
        shared = self._shared
        if shared.leading:
            self._primacy.tell(shared.standing.term, shared.node, absent(shared))

    def _write(self, *operations: CibOperation) -> None:
        self._shared.writer.submit(operations, term=self._shared.standing.term)
