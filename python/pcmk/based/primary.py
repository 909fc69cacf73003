"""The primary: takes over at the beginning of its term, then orders all changes and sees them onto enough disks.

COLLECT --enough stamps, own copy the newest--> LEAD
COLLECT --enough stamps, a member's is newer--> FETCH --its copy--> COLLECT
LEAD or FETCH --a newer quorate copy shows up, or the view gains quorum--> COLLECT, in the next round

Changes are ordered in *batches*: while one is on its way to enough disks, what is asked for meanwhile waits, and is the
next one. So there is one message to each member and one write to each disk for all who wait, and the more there are the
less each of them costs. Those who were answered together come back about the same time with what they want next: a
batch waits for as many as the last one had, but not longer than that took.
"""

from enum import Enum, auto

from msgspec import Struct
from msgspec.structs import replace

from pcmk._core import Cib
from pcmk.based import operations
from pcmk.based.state import LocalAnswer, State
from pcmk.based.takeover import needed, newest, raised
from pcmk.kernel.core import CancelTimer, Publish, SetTimer
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.based_peer import (
    Answer,
    Ballot,
    Check,
    Collect,
    Committed,
    Copy,
    Entry,
    Fetch,
    Position,
    Replicate,
    RequestId,
    Stamp,
)
from pcmk.kernel.messages.cib import CibModified, CibModify, CibReady, CibTermRefused, CibVersion
from pcmk.kernel.messages.common import Failure

TAKEOVER_TIMER = "takeover"
CHECK_TIMER = "check"
GATHER_TIMER = "gather"
# How long at most a batch waits for company.
GATHER_SECONDS = 0.01
# A batch ends with the change that makes it as long, or as heavy in characters of patchsets.
BATCH_LENGTH = 256
BATCH_WEIGHT = 1 << 20


class Phase(Enum):
    """Where a take-over is."""

    COLLECT = auto()
    FETCH = auto()
    LEAD = auto()


class _Waiter(Struct, frozen=True):
    """An answer that may be given once `position` is committed."""

    position: Position
    request: RequestId
    answer: CibModified | Failure


class Primary:
    """The role, from `SetPrimary` until another term or the end of the process."""

    def __init__(self, state: State, term: int) -> None:
        self._state = state
        self.term = term
        self.ready = False
        self.ballot = Ballot()
        self._phase = Phase.COLLECT
        self._stamps: dict[str, Stamp] = {}
        # Of own copies that were given up for a newer one in this round.
        self._given_up: list[Stamp] = []
        self._patience_over = False
        self._source = ""
        self._quorate = False
        self._seq = 0
        self._told_ready = False
        # Members that get each new entry, what members have on disk, and which can't write, and why.
        self._streams: set[str] = set()
        self._stored: dict[str, Position] = {}
        self._diskless: dict[str, str] = {}
        self._waiters: list[_Waiter] = []
        # Entries that no member was sent yet, and the position before them.
        self._unsent: list[Entry] = []
        self._unsent_after = Position()
        # What members were told of what is committed.
        self._told_committed = Position()
        self._queue: dict[tuple[str, str, int], tuple[RequestId, CibModify]] = {}
        # The last batch: its length, when it was ordered, and until when the next one waits for as many.
        self._batch_length = self._expected = 0
        self._batch_began = 0.0
        self._gather_until = self._alarm_at = 0.0
        self._begin_round()

    # ---- take-over --------------------------------------------------------------------------------

    def _begin_round(self) -> None:
        state = self._state
        round = state.promised.round + 1 if state.promised.term == self.term else 1
        self.ballot = Ballot(self.term, round, state.node)
        self.ready = False
        self._phase = Phase.COLLECT
        self._stamps = {}
        self._given_up = []
        self._patience_over = False
        self._streams = set()
        self._stored = {}
        self._diskless = {}
        # Whoever waits asks again in this round, and is answered from what the history then knows.
        self._waiters = []
        self._told_committed = Position()
        state.promise(self.ballot)
        state.out.append(SetTimer(TAKEOVER_TIMER, state.settings.takeover_wait))
        for node in self._others():
            state.send(node, Collect(self.ballot))

    def _others(self) -> list[str]:
        view = self._state.view
        names = view.names if view is not None else ()
        return [name for name in names if name != self._state.node and name in self._state.up]

    def progress(self) -> None:
        """Look whether the take-over can go on, or more be committed; called after every event."""
        if self._phase is Phase.COLLECT:
            self._choose()
        if self._phase is Phase.LEAD:
            self._advance()
            while self._queue and self._all_committed() and not self.obstacle() and self._gathered():
                self._order_batch()
                self._advance()
            self._tell_committed()

    def _choose(self) -> None:
        state, view = self._state, self._state.view
        if view is None or state.node not in view.names or state.disk.promised < self.ballot:
            return
        heard = {name: stamp for name, stamp in self._stamps.items() if name in view.names}
        waited_for = {state.node, *(name for name in view.names if name not in state.absent)}
        enough = len(heard) + 1 >= needed(view, state.absent)
        if not enough or not (self._patience_over or waited_for <= {state.node, *heard}):
            return
        own = state.stamp(self.ballot)
        winner = newest(heard, state.node, own)
        if winner == state.node:
            self._lead(own)
            return
        self._phase = Phase.FETCH
        self._source = winner
        state.log("notice", f"The CIB of {winner} is the newest", version=str(heard[winner].version))
        state.send(winner, Fetch(self.ballot))

    def _lead(self, own: Stamp) -> None:
        state = self._state
        assert state.view is not None
        state.out.append(CancelTimer(TAKEOVER_TIMER))
        self._phase = Phase.LEAD
        self._quorate = state.view.quorate
        self._seq = 0
        head = state.chain.head
        above = raised(head, own.fingerprint, [*self._stamps.values(), *self._given_up]) or head
        self._append(above, head.diff(above))
        self._replicate()
        for node, stamp in self._stamps.items():
            self._catch_up(node, stamp)

    def _append(
        self, cib: Cib, patchset: str, request: RequestId | None = None, client: str = "", user: str = ""
    ) -> None:
        state = self._state
        previous = state.chain.position
        self._seq += 1
        position = Position(self.ballot.term, self.ballot.round, self._seq, self.ballot.primary)
        quorate = self._quorate and state.view is not None and state.view.quorate
        version, time = CibVersion(*cib.version), state.now.wall
        entry = Entry(position, quorate, version, patchset, request, client, user=user, time=time)
        state.append(entry, cib)
        if not self._unsent:
            self._unsent_after = previous
        self._unsent.append(entry)

    def _replicate(self) -> None:
        """Send what was appended; before anybody else is caught up with the head."""
        entries, self._unsent = tuple(self._unsent), []
        if entries:
            committed = self._state.chain.committed_position
            self._tell(Replicate(self.ballot, self._unsent_after, entries, committed))
            self._told_committed = committed

    def _tell(self, body: Message) -> None:
        """Tell the members that get each new entry."""
        for node in self._others():
            if node in self._streams:
                self._state.send(node, body)

    def _catch_up(self, node: str, stamp: Stamp) -> None:
        state, chain = self._state, self._state.chain
        entries = chain.after(stamp.head) if self._is_ancestor(stamp) else None
        if entries is None:
            state.log("notice", f"{node} gets a whole copy of the CIB", theirs=str(stamp.head))
            state.send(node, state.whole_copy(self.ballot))
        else:
            state.send(node, Replicate(self.ballot, stamp.head, entries, chain.committed_position))
        self._streams.add(node)

    def _is_ancestor(self, stamp: Stamp) -> bool:
        """Whether entries alone make the own copy of a member's. A fresh one has the position but not the content."""
        known = self._state.chain.at(stamp.head)
        return known is not None and known.fingerprint == stamp.fingerprint

    # ---- events -----------------------------------------------------------------------------------

    def patience_over(self) -> None:
        """The time for members to be respawned has passed."""
        self._patience_over = True

    def view_changed(self) -> None:
        """Members came or left; the first view with quorum is taken over anew, for only then may entries count as
        quorate: someone who came may know newer ones."""
        view = self._state.view
        names = view.names if view is not None else ()
        self._stamps = {name: stamp for name, stamp in self._stamps.items() if name in names}
        self._stored = {name: position for name, position in self._stored.items() if name in names}
        self._diskless = {name: reason for name, reason in self._diskless.items() if name in names}
        self._streams &= set(names)
        if self._phase is Phase.FETCH and self._source not in names:
            self._phase = Phase.COLLECT
        if self._phase is Phase.LEAD and view is not None and view.quorate and not self._quorate:
            self._begin_round()

    def peer_up(self, node: str) -> None:
        """A member can be reached."""
        self._state.send(node, Collect(self.ballot))

    def peer_down(self, node: str) -> None:
        """A member can't be reached; what it has on disk still counts, but its copy can't be fetched."""
        self._streams.discard(node)
        if self._phase is not Phase.LEAD:
            self._stamps.pop(node, None)
        if self._phase is Phase.FETCH and self._source == node:
            self._phase = Phase.COLLECT

    def stamp(self, node: str, stamp: Stamp) -> None:
        """A member tells how new its copy is."""
        if stamp.ballot != self.ballot:
            return
        state, chain = self._state, self._state.chain
        if self._phase is not Phase.LEAD:
            self._stamps[node] = stamp
            return
        if stamp.quorate > chain.quorate:
            state.log("notice", f"{node} has a newer CIB than was known; choosing anew")
            self._begin_round()
            return
        self._stored.pop(node, None)
        above = None if self._is_ancestor(stamp) else raised(chain.head, chain.head.fingerprint, [stamp])
        if above is not None:
            self._append(above, chain.head.diff(above))
            self._replicate()
        self._catch_up(node, stamp)

    def copy(self, node: str, copy: Copy) -> None:
        """The newest copy, as fetched."""
        if copy.ballot != self.ballot or self._phase is not Phase.FETCH or node != self._source:
            return
        own = self._state.stamp(self.ballot)
        if self._state.adopt(copy):
            self._given_up.append(own)
        else:
            self._stamps.pop(node, None)
        self._phase = Phase.COLLECT

    def refused(self, node: str, ballot: Ballot) -> None:
        """A member has promised another primary to follow it."""
        state = self._state
        if ballot.term == self.term and ballot.primary == state.node:
            # It remembers more of this term than the own disk did.
            if ballot >= self.ballot:
                state.promised = max(state.promised, ballot)
                self._begin_round()
            return
        state.log("warning", f"{node} follows {ballot.primary} in term {ballot.term} and not this node in {self.term}")
        state.out.append(Publish(CibTermRefused(ballot.term)))

    def need_copy(self, node: str, ballot: Ballot, reason: str) -> None:
        """What was sent did not fit a member's copy."""
        if ballot != self.ballot or self._phase is not Phase.LEAD:
            return
        self._state.log("warning", f"The copy of {node} is replaced: {reason}")
        self._stored.pop(node, None)
        self._state.send(node, self._state.whole_copy(self.ballot))
        self._streams.add(node)

    def stored(self, node: str, ballot: Ballot, head: Position) -> None:
        """A member has everything up to a position on disk."""
        if ballot != self.ballot or self._phase is not Phase.LEAD:
            return
        self._diskless.pop(node, None)
        self._stored[node] = head

    def not_stored(self, node: str, ballot: Ballot, reason: str) -> None:
        """A member can't write."""
        if ballot != self.ballot:
            return
        if node not in self._diskless:
            self._state.log("warning", f"{node} can't write the CIB to its disk: {reason}")
        self._diskless[node] = reason

    def check(self) -> None:
        """Have all members compare their copies with the own one at this point of the order."""
        if self._phase is not Phase.LEAD:
            return
        chain = self._state.chain
        self._tell(Check(self.ballot, chain.position, chain.head.fingerprint))

    # ---- changes ----------------------------------------------------------------------------------

    def request(self, request: RequestId, modify: CibModify, *, again: bool) -> None:
        """A member's client, or one of this node, asks for a change; `again` if it may have been ordered before."""
        obstacle = self.obstacle()
        if obstacle and not again:
            self._answer(_Waiter(Position(), request, Failure(ExitCode.IOERR, obstacle)))
        else:
            self._queue.setdefault((request.node, request.incarnation, request.number), (request, modify))

    def forget(self, request: RequestId) -> None:
        """Nobody waits for a request any more; it need not be carried out if that was not begun."""
        self._queue.pop((request.node, request.incarnation, request.number), None)

    def _all_committed(self) -> bool:
        return self._state.chain.has_committed(self._state.chain.position)

    def _gathered(self) -> bool:
        """Whether the next batch need not wait for company any more."""
        state, left = self._state, self._gather_until - self._state.now.mono
        if left <= 0 or len(self._queue) >= self._expected:
            return True
        if self._alarm_at != self._gather_until:
            self._alarm_at = self._gather_until
            state.out.append(SetTimer(GATHER_TIMER, left))
        return False

    def _order_batch(self) -> None:
        self._batch_length, self._batch_began = min(len(self._queue), BATCH_LENGTH), self._state.now.mono
        weight = 0
        for key in list(self._queue)[:BATCH_LENGTH]:
            weight += self._order(*self._queue.pop(key))
            if weight >= BATCH_WEIGHT:
                break
        self._replicate()

    def _order(self, request: RequestId, modify: CibModify) -> int:
        """Put a change in its place; what it weighs."""
        state, chain = self._state, self._state.chain
        done = chain.find_applied(request)
        if done is not None:
            self._waiters.append(_Waiter(done.position, request, CibModified(done.version, done.output)))
            return 0
        if any(_same(waiter.request, request) for waiter in self._waiters):
            return 0
        if modify.term not in (0, self.term):
            failure = Failure(ExitCode.OLD, f"the change is tied to term {modify.term}, which is not {self.term}")
            self._waiters.append(_Waiter(chain.position, request, failure))
            return 0
        outcome = operations.modify(chain.head, modify, request.node, state.now.wall)
        if outcome.patchset:
            self._append(outcome.cib, outcome.patchset, request, modify.client, modify.user)
            if request.node == state.node:
                state.ordered.add(request.number)
        # What is refused or changes nothing is so because of the head, which has to be committed first, too.
        self._waiters.append(_Waiter(chain.position, request, outcome.answer))
        return len(outcome.patchset)

    def obstacle(self) -> str:
        """Why no change can be ordered now; empty if nothing is in the way."""
        state = self._state
        if state.disk.failure:
            return f"{state.node} can't write the CIB to its disk: {state.disk.failure}"
        if state.view is not None and len(state.view.members) - len(self._diskless) < needed(state.view, state.absent):
            told = "; ".join(f"{node}: {reason}" for node, reason in sorted(self._diskless.items()))
            return f"too few members can write the CIB to their disks: {told}"
        return ""

    def _advance(self) -> None:
        chain = self._state.chain
        if not self._all_committed():
            self._commit_stored()
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if chain.has_committed(waiter.position):
                self._answer(waiter)
            else:
                self._waiters.append(waiter)

    def _commit_stored(self) -> None:
        """Commit what is on enough disks."""
        state, view = self._state, self._state.view
        if view is None:
            return
        on_disk = sorted(
            (self._stored[name] for name in view.names if name in self._stored and name != state.node), reverse=True
        )
        count = needed(view, state.absent)
        # The primary is one of those that count, unless its disk fails: what was ordered until then others may have.
        own = [] if state.disk.failure else [state.disk.head]
        others = on_disk[: count - len(own)]
        if len(own) + len(others) == count:
            upto = min([*own, *others])
            # Entries of former ballots are committed by the first one of this ballot, never by being counted.
            if upto.in_ballot(self.ballot) and not state.chain.has_committed(upto):
                self._commit(upto)

    def _commit(self, upto: Position) -> None:
        state = self._state
        state.commit(upto)
        self._gather_until = state.now.mono + min(state.now.mono - self._batch_began, GATHER_SECONDS)
        self._expected = len(self._queue) + self._batch_length
        if not self.ready:
            self.ready = True
            state.log("notice", f"The CIB is ready in term {self.term}", version=str(state.chain.committed.version))
            state.out.append(Publish(CibReady(self.term)))

    def _tell_committed(self) -> None:
        """Tell the members what is committed, unless the next batch did."""
        committed = self._state.chain.committed_position
        if committed > self._told_committed and committed.in_ballot(self.ballot):
            self._told_committed = committed
            self._tell(Committed(self.ballot, committed))

    def _answer(self, waiter: _Waiter) -> None:
        request, answer = waiter.request, waiter.answer
        if isinstance(answer, CibModified):
            view = self._state.view
            answer = replace(answer, quorate=self._quorate and view is not None and view.quorate)
        if request.node == self._state.node:
            if request.incarnation == self._state.incarnation:
                self._state.answers.append(LocalAnswer(request.number, waiter.position, answer))
            return
        body = Answer(
            request.number,
            request.incarnation,
            waiter.position,
            answer if isinstance(answer, CibModified) else None,
            answer if isinstance(answer, Failure) else None,
        )
        self._state.send(request.node, body)


def _same(one: RequestId, other: RequestId) -> bool:
    return (one.node, one.incarnation, one.number) == (other.node, other.incarnation, other.number)
