"""Joining: the DC's side.

Offers are the election's; from `Accept` on a node is brought in here: it is written into the CIB, welcomed, answers
that its history is up to date, and is confirmed.
"""

from collections.abc import Callable

from pcmk.controld import node_state
from pcmk.controld.events import State
from pcmk.controld.roster import Peer, Phase
from pcmk.controld.shared import Shared
from pcmk.kernel.messages.cib import CibModified, CibOperation, CibVersion
from pcmk.kernel.messages.controld_peer import Confirmed, Welcome

_TIMER = "join-grace"


class DcJoin:
    """Brings nodes in while this node is DC.

    `on_joined` is called with each batch of nodes that were confirmed, `on_complete` when nobody is on the way in: with
    true if the scheduler has to hear of it, false if all that came had only been out of reach for a moment.
    `extra` gives operations that belong into the first write of a term.
    """

    def __init__(
        self,
        shared: Shared,
        on_joined: Callable[[list[Peer]], None],
        on_complete: Callable[[bool], None],
        extra: Callable[[], tuple[CibOperation, ...]],
    ) -> None:
        self._shared = shared
        self._on_joined = on_joined
        self._on_complete = on_complete
        self._extra = extra
        self._ready_term = 0
        self._opened = False
        self._unsettled = False
        self._news = False
        self._held: set[str] = set()

    @property
    def ready(self) -> bool:
        """Whether the CIB managers have chosen a CIB in this term."""
        return self._shared.leading and self._ready_term == self._shared.standing.term

    @property
    def settled(self) -> bool:
        """Whether this node may act as DC: its CIB is ready and nobody is on the way in."""
        return self.ready and self._opened and not self._unsettled

    @property
    def pending(self) -> list[Peer]:
        """Nodes on the way in that are waited for."""
        return [
            peer
            for peer in self._shared.roster.talking()
            if Phase.NONE < peer.phase < Phase.CONFIRMED and not peer.overdue and not self._is_held(peer)
        ]

    def _is_held(self, peer: Peer) -> bool:
        """Whether a node has to wait for quorum; see `Shared.must_wait`."""
        return self._shared.must_wait(known=not peer.fresh) and Phase.ACCEPTED <= peer.phase < Phase.CONFIRMED

    def begin(self) -> None:
        """A term of this node begins."""
        self._opened = False
        self._held = set()
        self.watch()

    def watch(self) -> None:
        """Somebody is on the way in: look after a while whether all have arrived."""
        self._unsettled = True
        port = self._shared.port
        if not port.timer_runs(_TIMER):
            port.after(_TIMER, self._shared.settings.join_grace, self._look)

    def reopen(self) -> None:
        """The CIB of this term was replaced by another one: all that was written of those who joined is written again,
        and they bring their histories up to date."""
        if not self._opened:
            return
        self._opened = False
        self._news = True
        self.watch()
        for peer in self._shared.roster.talking():
            if peer.phase > Phase.ACCEPTED:
                peer.phase = Phase.ACCEPTED
                peer.joined_from = self._shared.port.now.mono

    def end(self) -> None:
        """This node is DC no more."""
        self._shared.port.stop_timer(_TIMER)

    def cib_ready(self, term: int) -> None:
        """The CIB manager is primary of a term and has the newest CIB."""
        self._ready_term = term
        self.advance()

    def joined(self, peer: Peer, version: CibVersion, *, mended: bool) -> None:
        """A node has brought its history up to date; `mended` says that the CIB had another one."""
        writer = self._shared.writer
        writer.committed = max(writer.committed, version)
        if peer.phase is Phase.WELCOMED:
            peer.phase = Phase.JOINED
            self._news = self._news or mended
            peer.overdue = False
            peer.online_since = self._shared.port.epoch
            self.advance()

    def advance(self) -> None:
        """Do what can be done for those on the way in."""
        shared = self._shared
        cib = shared.replica.cib
        if not self.ready or cib is None or not shared.replica.current:
            return
        talking = shared.roster.talking()
        held = [peer for peer in talking if self._is_held(peer)]
        accepted = [peer for peer in talking if peer.phase is Phase.ACCEPTED and peer not in held]
        self._hold(held)
        # Also where all have to wait, somebody is DC and says so.
        if accepted or (held and not self._opened):
            self._prepare(accepted)
        joined = [peer for peer in talking if peer.phase is Phase.JOINED and peer not in held]
        # One write for all that come together.
        if joined and all(peer.phase is Phase.JOINED for peer in self.pending):
            self._confirm(joined)
        if self._opened and self._unsettled and not self.pending:
            self._unsettled = False
            shared.port.stop_timer(_TIMER)
            news, self._news = self._news, False
            self._on_complete(news)
        elif shared.state is State.INTEGRATION:
            shared.become(State.FINALIZE_JOIN)

    def _hold(self, peers: list[Peer]) -> None:
        port = self._shared.port
        held = {peer.name for peer in peers}
        why = "no-quorum-policy=freeze" if self._shared.options.freezes else "its watchdog would reset it"
        for name in sorted(held - self._held):
            port.log("notice", f"{name} has to wait for quorum before it joins ({why})")
        released = self._held - held
        self._held = held
        for peer in self._shared.roster.talking():
            if peer.name in released and peer.phase < Phase.CONFIRMED:
                peer.joined_from = port.now.mono
                self.watch()

    def _prepare(self, peers: list[Peer]) -> None:
        shared, cib = self._shared, self._shared.replica.cib
        assert cib is not None
        operations: tuple[CibOperation, ...] = ()
        if not self._opened:
            self._opened = True
            settings, me = shared.settings, shared.roster.me
            operations += (node_state.root(shared.roster, me.id, shared.settings.feature_set), *self._extra())
            operations += node_state.cluster_properties(cib, settings)
            operations += node_state.absent(cib, shared.roster)
        operations += node_state.preparing(cib, peers)
        term = shared.standing.term
        for peer in peers:
            peer.phase = Phase.PREPARING

        def written(done: CibModified | None) -> None:
            if not shared.leading or shared.standing.term != term:
                return
            if done is None:
                # Refused although nothing is wrong with it: the term is over, or the CIB changed under it.
                shared.port.after("prepare-again", shared.settings.write_retry, self._prepare_again)
                return
            for peer in peers:
                if peer.phase is Phase.PREPARING and peer.talks:
                    peer.phase = Phase.WELCOMED
                    shared.port.send(peer.name, term, Welcome(done.version))

        shared.writer.submit(operations, written, term=term)

    def _prepare_again(self) -> None:
        for peer in self._shared.roster:
            if peer.phase is Phase.PREPARING:
                peer.phase = Phase.ACCEPTED
        self.advance()

    def _confirm(self, peers: list[Peer]) -> None:
        shared = self._shared
        term = shared.standing.term
        for peer in peers:
            self._news = self._news or peer.fresh or peer.confirmed_in != term
            peer.confirmed_in = term
            peer.phase = Phase.CONFIRMED
            peer.permitted = False
        shared.port.log("info", f"Joined: {', '.join(peer.name for peer in peers)}")

        def written(done: CibModified | None) -> None:
            if not shared.leading or shared.standing.term != term:
                return
            if done is None:
                shared.port.log("error", "The joined nodes could not be written")
            confirmed = [peer for peer in peers if peer.phase is Phase.CONFIRMED]
            quorate = done is not None and done.quorate
            early = [peer for peer in confirmed if shared.must_wait(known=not peer.fresh, quorate=quorate)]
            for peer in confirmed:
                peer.fresh = peer in early
                if not peer.fresh:
                    shared.port.send(peer.name, term, Confirmed())
            if early:
                self._take_back(early)

        shared.writer.submit(node_state.joined(peers), written, term=term)
        self._on_joined(peers)

    def _take_back(self, peers: list[Peer]) -> None:
        """Nodes joined while quorum was lost: what was written of them is not known to the other partitions. Nothing
        was planned for them yet, for that waits for the same write."""
        shared, cib = self._shared, self._shared.replica.cib
        assert cib is not None
        for peer in peers:
            peer.phase = Phase.ACCEPTED
        shared.writer.submit(node_state.preparing(cib, peers), term=shared.standing.term)

    def _look(self) -> None:
        for peer in self.pending:
            if self._shared.port.now.mono - peer.joined_from >= self._shared.settings.join_grace and self.ready:
                self._shared.port.log("warning", f"{peer.name} does not finish joining; going on without it")
                peer.overdue = True
        if self.pending:
            self.watch()
        self.advance()
