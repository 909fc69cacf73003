"""The follower: keeps its copy in step with the primary it has promised to follow."""

from pcmk.based.state import State
from pcmk.kernel.errors import CibError
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.based_peer import (
    Ballot,
    Check,
    Collect,
    Committed,
    Copy,
    Entry,
    Fetch,
    NeedCopy,
    NotStored,
    Position,
    Refused,
    Replicate,
    Stored,
)


class Follower:
    """The role; `primary` is empty until one has asked for the stamp in the highest known term."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.primary = ""
        self.in_step = False
        self._awaits_copy = False
        self._owes_stamp = False
        self._committed = Position()
        self._told_stored = Position()

    @property
    def ballot(self) -> Ballot:
        """The ballot that is followed."""
        return self._state.promised

    def collect(self, node: str, message: Collect) -> bool:
        """A primary asks; true if it is followed from now on."""
        state, ballot = self._state, message.ballot
        stale = ballot < state.promised or ballot.term < state.term
        other = ballot.term == state.promised.term and ballot.primary != state.promised.primary
        if stale or other or ballot.primary != node:
            refusal = state.promised if state.promised.term >= state.term else Ballot(state.term, 0, "")
            state.send(node, Refused(refusal))
            return False
        state.promise(ballot)
        self.primary = node
        self.in_step = self._awaits_copy = False
        self._committed = self._told_stored = Position()
        self._owes_stamp = True
        self.progress()
        return True

    def leave(self) -> None:
        """There is no primary, or another one."""
        self.primary = ""
        self.in_step = self._owes_stamp = False

    def message(self, node: str, message: Replicate | Committed | Check | Copy | Fetch) -> None:
        """A message of the primary."""
        if message.ballot != self.ballot or node != self.primary:
            return
        match message:
            case Fetch():
                self._state.send(node, self._state.whole_copy(self.ballot))
            case Copy():
                self._copy(message)
            case Replicate():
                self._replicate(message)
            case Committed(position=position):
                self._committed = max(self._committed, position)
            case Check():
                self._check(message)

    def progress(self) -> None:
        """Tell the primary what got onto the disk, and commit; called after every event."""
        state = self._state
        if not self.primary:
            return
        if self._owes_stamp and (state.disk.promised >= self.ballot or state.disk.failure):
            self._owes_stamp = False
            self._tell(state.stamp(self.ballot))
        if not self.in_step:
            return
        head = state.disk.head
        if head > self._told_stored and not state.disk.failure:
            self._told_stored = head
            self._tell(Stored(self.ballot, head))
        # What is not on the own disk is kept back, lest clients see the CIB go back when this process is respawned;
        # but a full disk must not blind the node.
        upto = self._committed if state.disk.failure else min(self._committed, head)
        if upto > state.chain.committed_position or state.chain.detached:
            state.commit(upto)

    def disk_failed(self) -> None:
        """The own disk takes nothing more."""
        if self.primary:
            self._tell(NotStored(self.ballot, self._state.disk.failure))
            self._told_stored = Position()

    def _tell(self, body: Message) -> None:
        self._state.send(self.primary, body)

    def _copy(self, copy: Copy) -> None:
        if self._state.adopt(copy):
            self._awaits_copy = False
            self.in_step = True
            self._told_stored = Position()
            self._committed = max(self._committed, copy.committed)

    def _replicate(self, message: Replicate) -> None:
        state = self._state
        if self._awaits_copy:
            return
        if message.previous != state.chain.position:
            self._need_copy(f"it is at {state.chain.position}, not at {message.previous}")
            return
        for entry in message.entries:
            if not self._apply(entry):
                return
        self.in_step = True
        self._committed = max(self._committed, message.committed)

    def _apply(self, entry: Entry) -> bool:
        head = self._state.chain.head
        try:
            cib = head.apply_patchset(entry.patchset) if entry.patchset else head
        except CibError as error:
            self._need_copy(error.message)
            return False
        self._state.append(entry, cib)
        return True

    def _check(self, check: Check) -> None:
        state = self._state
        if self._awaits_copy or check.position != state.chain.position:
            return
        if check.fingerprint != state.chain.head.fingerprint:
            state.log("error", "The copy of the CIB differs from that of the primary", position=str(check.position))
            self._need_copy("its fingerprint differs")

    def _need_copy(self, reason: str) -> None:
        self.in_step = False
        self._awaits_copy = True
        self._tell(NeedCopy(self.ballot, reason))
