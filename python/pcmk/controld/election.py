"""Who is DC: standing, offering, accepting, refusing.

See "Views, DC, term" in `docs/architecture.md` for the rules and why they are sound.
"""

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from pcmk.controld.events import State
from pcmk.controld.primacy import Primacy
from pcmk.controld.roster import Peer, Phase
from pcmk.controld.shared import Shared
from pcmk.controld.tally import stand_delay
from pcmk.kernel.messages.controld_peer import Accept, ControllerHello, Offer, Refuse

Rank: TypeAlias = tuple[bool, tuple[int, ...], bool, bool, int, str]

_HELLO_TIMER = "hello-grace"
_OFFER_TIMER = "offer-grace"
_RETRY_TIMER = "election-retry"
_SILENT_STATES = (State.STARTING, State.STOPPING, State.TERMINATE)


class Hooks(Struct):
    """What the election tells the controller."""

    elected: Callable[[], None]
    released: Callable[[], None]
    offered: Callable[[], None]
    following: Callable[[str], None]
    incompatible: Callable[[str], None]


class Election:
    """One controller's part in elections."""

    def __init__(self, shared: Shared, primacy: Primacy, hooks: Hooks) -> None:
        self._shared = shared
        self._primacy = primacy
        self._hooks = hooks
        # Who follows another DC; they are asked again after a while.
        self._refusers: set[str] = set()
        # When this controller began to take part.
        self._present_from: float | None = None

    # ---- telling about oneself --------------------------------------------------------------------

    def announce(self, to: str | None = None) -> None:
        """Tell all controllers, or one, how this one stands."""
        shared = self._shared
        if shared.state is State.STARTING:
            return
        hello = ControllerHello(
            shared.settings.feature_set,
            shared.started_ms,
            self._following(),
            shared.leaving,
            _jobs_of(shared),
            shared.diskless,
        )
        shared.roster.me.heard = hello
        for peer in shared.roster:
            if peer.up and peer.name != shared.node and to in (None, peer.name):
                shared.port.send(peer.name, shared.standing.seen, hello)

    def _following(self) -> str:
        standing = self._shared.standing
        if standing.leading:
            return self._shared.node
        return "" if standing.dc == self._shared.node else standing.dc

    def heard(self, peer: Peer, term: int, hello: ControllerHello) -> None:
        """A controller told how it stands."""
        shared = self._shared
        shared.standing.seen = max(shared.standing.seen, term)
        shared.roster.heard(peer, hello)
        if peer.name == shared.standing.dc and hello.dc != peer.name:
            # A candidate says nothing between its offer and its success or retreat.
            self._lose_dc(f"{peer.name} is DC no more")
        if not hello.dc and peer.name in self._refusers:
            # Whom it followed when it refused this node it follows no more.
            shared.port.stop_timer(_RETRY_TIMER)
            self._offer_again()
        else:
            self.consider()

    def disk_told(self, failure: str) -> None:
        """Whether the CIB manager of this node can write. A DC that can't orders no change, so another one has to be DC
        if it can."""
        if self._shared.diskless is not bool(failure):
            self._shared.diskless = bool(failure)
            self.announce()
            self.consider()

    # ---- standing ---------------------------------------------------------------------------------

    def consider(self) -> None:
        """Something changed: stand, offer, step down or wait as the present state of things demands."""
        shared, standing = self._shared, self._shared.standing
        if shared.state in _SILENT_STATES or not shared.roster.me.talks:
            return
        if self._present_from is None:
            self._present_from = shared.port.now.mono
        newer = newer_dc(shared.roster.talking(), shared.roster.me)
        if newer is not None:
            self._leave_to(newer)
            return
        best = best_of(shared.roster.talking())
        assert best is not None
        if best.name != shared.node:
            if standing.leading or standing.standing:
                works = " and can write the CIB" if shared.diskless else ""
                self.step_down(f"{best.name} ranks before this node{works}")
            return
        if standing.leading or standing.standing:
            if standing.seen <= standing.term:
                self._offer_missing()
                self._count()
            elif stand_delay(shared) == 0:
                self._stand()
            else:
                self.step_down(f"there is a term {standing.seen}, and this node does not hear most members")
            return
        delay = stand_delay(shared)
        if delay is None:
            return
        wait = max(self._longest_wait(), delay, self._start_wait())
        if wait > 0:
            shared.port.after(_HELLO_TIMER, wait, self.consider)
            return
        if not shared.port.timer_runs(_RETRY_TIMER):
            self._stand()

    def _longest_wait(self) -> float:
        """Seconds until the last member that was never heard had its time to speak."""
        shared = self._shared
        silent = [
            peer.silent_from + shared.settings.hello_grace - shared.port.now.mono
            for peer in shared.roster.members()
            if not peer.talks and not peer.dropped and not peer.failed
        ]
        return max(silent, default=0.0)

    def _start_wait(self) -> float:
        """Seconds for which a node that has just started leaves others the time to start, too, or to be the DC
        (`dc-deadtime`). As DC it would fence those that it misses. All being there, nobody is waited for."""
        shared = self._shared
        now, view = shared.port.now.mono, shared.roster.view
        if shared.known or view is None or len(shared.roster.talking()) >= view.expected_votes:
            return 0.0
        return (self._present_from or 0.0) + shared.options.dc_deadtime - now

    def _stand(self) -> None:
        shared, standing = self._shared, self._shared.standing
        was_leading = standing.leading
        standing.seen += 1
        standing.term = standing.seen
        standing.dc = standing.promised = shared.node
        standing.standing, standing.leading = True, False
        if was_leading:
            self._hooks.released()
        shared.port.stop_timer(_HELLO_TIMER)
        shared.roster.reset_phases()
        shared.become(State.ELECTION)
        shared.port.log("info", f"Standing for DC in term {standing.term}")
        shared.roster.me.phase = Phase.ACCEPTED
        shared.roster.me.fresh = not shared.known
        shared.port.after(_OFFER_TIMER, shared.settings.join_grace, self._stop_waiting)
        self._offer_missing()
        self._count()

    def _stop_waiting(self) -> None:
        for peer in self._shared.roster.talking():
            if peer.phase is Phase.OFFERED:
                self._shared.port.log("warning", f"{peer.name} does not answer the offer")
                peer.overdue = True
        self._count()

    def _offer_missing(self) -> None:
        shared, standing = self._shared, self._shared.standing
        for peer in shared.roster.talking():
            if peer.phase is Phase.NONE:
                peer.phase = Phase.OFFERED
                peer.joined_from = shared.port.now.mono
                shared.port.send(peer.name, standing.term, Offer(shared.settings.feature_set, shared.leaving))
                if standing.leading:
                    self._hooks.offered()

    def accepted(self, peer: Peer, term: int, accept: Accept) -> bool:
        """A member accepts an offer of this node; false if the offer is over."""
        standing = self._shared.standing
        if term != standing.term or peer.phase is not Phase.OFFERED or not (standing.standing or standing.leading):
            return False
        peer.phase = Phase.ACCEPTED
        peer.fresh = accept.fresh
        self._count()
        return True

    def refused(self, peer: Peer, refuse: Refuse) -> None:
        """A member does not accept this node."""
        shared, standing = self._shared, self._shared.standing
        standing.seen = max(standing.seen, refuse.highest_term)
        if refuse.dc not in ("", shared.node):
            self._refusers.add(peer.name)
            shared.port.after(_RETRY_TIMER, shared.settings.election_retry, self._offer_again)
            if standing.standing:
                self.step_down(f"{peer.name} follows {refuse.dc}")
            return
        best = best_of(shared.roster.talking())
        if (standing.standing or standing.leading) and best is shared.roster.me:
            self._stand()
        else:
            self.consider()

    def _offer_again(self) -> None:
        for peer in self._shared.roster:
            if peer.name in self._refusers and peer.phase is Phase.OFFERED:
                peer.phase = Phase.NONE
        self._refusers.clear()
        self.consider()

    def _count(self) -> None:
        """Lead if all that talk have accepted."""
        shared, standing = self._shared, self._shared.standing
        talking = shared.roster.talking()
        if not standing.standing or any(peer.phase < Phase.ACCEPTED and not peer.overdue for peer in talking):
            return
        shared.port.stop_timer(_OFFER_TIMER)
        standing.standing, standing.leading = False, True
        shared.port.log("notice", f"This node is DC, term {standing.term}")
        self.announce()
        shared.become(State.INTEGRATION)
        self._primacy.tell(standing.term, shared.node, ())
        self._hooks.elected()

    def step_down(self, reason: str) -> None:
        """Stop being DC or candidate."""
        shared, standing = self._shared, self._shared.standing
        was_leading = standing.leading
        standing.standing = standing.leading = False
        standing.dc = ""
        shared.port.log("notice" if was_leading else "info", f"Not standing for DC: {reason}")
        if was_leading:
            self._hooks.released()
            self._primacy.tell(standing.seen, "", ())
        self.announce()
        if shared.state not in _SILENT_STATES:
            shared.become(State.PENDING)

    # ---- following --------------------------------------------------------------------------------

    def offered(self, peer: Peer, term: int, offer: Offer) -> None:
        """A node wants to be followed."""
        shared, standing = self._shared, self._shared.standing
        if shared.state in _SILENT_STATES or not peer.talks:
            return
        promised_to_other = term == standing.term and standing.promised not in ("", peer.name)
        if term < standing.seen or term < standing.term or promised_to_other:
            shared.port.send(peer.name, standing.seen, Refuse(standing.seen, ""))
            return
        current = shared.roster.get(standing.dc)
        if current is not None and current is not peer and self._works(current) and rank(current) < rank(peer):
            standing.seen = max(standing.seen, term)
            shared.port.send(peer.name, standing.seen, Refuse(standing.seen, current.name))
            self.consider()
            return
        if not can_follow(shared.settings.feature_set, offer.feature_set):
            self._leave_to(peer)
            return
        self._follow(peer, term)

    def _leave_to(self, dc: Peer) -> None:
        """The cluster has gone on to software that this node does not have."""
        theirs = dc.heard.feature_set if dc.heard is not None else "another one"
        own = self._shared.settings.feature_set
        self._hooks.incompatible(f"the DC {dc.name} has feature set {theirs}, this node {own}")

    def _works(self, dc: Peer) -> bool:
        if dc.name == self._shared.node:
            return self._shared.leading
        return dc.talks and dc.heard is not None and dc.heard.dc == dc.name

    def _follow(self, peer: Peer, term: int) -> None:
        shared, standing = self._shared, self._shared.standing
        if standing.leading or standing.standing:
            self.step_down(f"{peer.name} has term {term}")
        standing.seen = max(standing.seen, term)
        standing.term = term
        standing.dc = standing.promised = peer.name
        shared.port.stop_timer(_HELLO_TIMER)
        shared.become(State.PENDING)
        self._primacy.tell(term, peer.name, ())
        shared.port.send(peer.name, term, Accept(not shared.known))
        self.announce()
        self._hooks.following(peer.name)

    def lost(self, peer: Peer) -> None:
        """A controller can't be spoken to any more, or its node is gone."""
        if peer.name == self._shared.standing.dc:
            self._lose_dc(f"{peer.name} is gone")
        self.consider()

    def _lose_dc(self, reason: str) -> None:
        shared, standing = self._shared, self._shared.standing
        if standing.leading or standing.standing:
            return
        shared.port.log("notice", f"There is no DC: {reason}")
        standing.dc = ""
        self._primacy.tell(standing.seen, "", ())
        if shared.state not in _SILENT_STATES:
            shared.become(State.ELECTION)
        self.announce()

    def term_refused(self, term: int) -> None:
        """A CIB manager is promised to another primary in `term`: only a higher term can get at it."""
        standing = self._shared.standing
        if standing.leading and term >= standing.term:
            # Also if it is the own one: two partitions may have used it.
            standing.seen = max(standing.seen, term + 1)
            self.consider()

    def learned(self, term: int) -> None:
        """A message showed a term."""
        standing = self._shared.standing
        if term > standing.seen:
            standing.seen = term
            if standing.leading or standing.standing:
                self.consider()


def rank(peer: Peer) -> Rank:
    """Order of candidates, the best first; all members that know the same hellos have the same order."""
    hello = peer.heard
    assert hello is not None
    acting = hello.dc == peer.name
    # A lower feature set goes before a disk that works: its node could not follow, but would have to stop.
    feature_set = _numbers(hello.feature_set)
    return (hello.leaving and not acting, feature_set, hello.diskless, not acting, hello.started_ms, peer.name)


def best_of(talking: list[Peer]) -> Peer | None:
    """Who is to be DC: the first in order of those who can be; None if nobody talks."""
    return min((peer for peer in talking if newer_dc(talking, peer) is None), key=rank, default=None)


def newer_dc(talking: list[Peer], peer: Peer) -> Peer | None:
    """A DC that a node, which follows none, can't follow. Such a node was not brought up to date when all others were:
    as DC it would work on a CIB that may hold what it does not know."""
    if peer.heard is None or peer.heard.dc:
        return None
    own = peer.heard.feature_set
    acting = (other for other in talking if other.heard is not None and other.heard.dc == other.name)
    return next((dc for dc in acting if dc.heard is not None and not can_follow(own, dc.heard.feature_set)), None)


def can_follow(own: str, dc: str) -> bool:
    """Whether a node of one feature set can follow a DC of another: same major number, minor number not below."""
    ours, theirs = _numbers(own), _numbers(dc)
    return theirs[:1] == ours[:1] and theirs[1:2] <= ours[1:2]


def _numbers(feature_set: str) -> tuple[int, ...]:
    return tuple(int(part) for part in feature_set.split(".") if part.isdecimal())


def _jobs_of(shared: Shared) -> int:
    settings = shared.settings
    return settings.job_limit or shared.options.node_action_limit or settings.jobs
