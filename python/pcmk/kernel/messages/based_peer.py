"""What the CIB managers of the members say to each other.

A *ballot* is one reign of one primary: a take-over. A *position* is a place in the one order of changes.
"""

from msgspec import field

from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibModified, CibModify, CibVersion
from pcmk.kernel.messages.common import Failure


class Ballot(Message, frozen=True, order=True):
    """A take-over: the `round`-th one of `primary` in `term`."""

    term: int = 0
    round: int = 0
    primary: str = ""


class Position(Message, frozen=True, order=True):
    """The `seq`-th entry of a ballot; compared in this order. Equal positions mean the same history."""

    term: int = 0
    round: int = 0
    seq: int = 0
    primary: str = ""

    @property
    def ballot(self) -> Ballot:
        """The ballot in which the entry was made."""
        return Ballot(self.term, self.round, self.primary)

    def in_ballot(self, other: "Ballot | Position") -> bool:
        """Whether the entry was made in a ballot, or in the one of another entry."""
        return self.term == other.term and self.round == other.round and self.primary == other.primary


class RequestId(Message, frozen=True):
    """A request for a change: the `number`-th of that life of the CIB manager of `node`.

    Its requests below `done_below` are answered and won't be sent again.
    """

    node: str
    incarnation: str
    number: int
    done_below: int


class Entry(Message, frozen=True):
    """One change in the order. `patchset` leads from the CIB before to `version`; empty if the CIB stays the same.

    `quorate` is true when the primary made it as the chosen one of a majority of all nodes. `client`, `user` and `time`
    (of the primary, in seconds since the epoch) are for the history.
    """

    position: Position
    quorate: bool
    version: CibVersion
    patchset: str = ""
    request: RequestId | None = None
    client: str = ""
    output: str = ""
    user: str = ""
    time: float = 0.0


class Applied(Message, frozen=True):
    """A request that an entry of the history carried out."""

    request: RequestId
    position: Position
    version: CibVersion
    output: str = ""


class KeepsConflicts(Message, frozen=True):
    """How many changes that lost at a merge the sender keeps. Said when a peer comes up, if there are any, and when the
    number changes."""

    number: int


class Collect(Message, frozen=True):
    """A primary takes over, or a peer came up: promise to follow no lower ballot, and tell your `Stamp`."""

    ballot: Ballot


class Refused(Message, frozen=True):
    """The sender has promised `ballot` and does not follow the one it was asked to."""

    ballot: Ballot


class Stamp(Message, frozen=True):
    """How new a copy is. `quorate` is its last quorate entry, `head` its last one.

    `version` and `fingerprint` are those at the head; clients of the sender have seen versions up to `shown`. `fresh`
    copies were stripped of the status section at the start of their node.
    """

    ballot: Ballot
    quorate: Position
    head: Position
    version: CibVersion
    fingerprint: str
    shown: CibVersion
    fresh: bool = False


class Fetch(Message, frozen=True):
    """The sender of the newest stamp is asked for its copy."""

    ballot: Ballot


class Copy(Message, frozen=True):
    """A whole copy: the CIB at `head`. `lineage` is the last position of each ballot in its history, oldest first."""

    ballot: Ballot
    xml: str
    head: Position
    quorate: Position
    lineage: tuple[Position, ...]
    applied: tuple[Applied, ...]
    committed: Position = field(default_factory=Position)


class Replicate(Message, frozen=True):
    """Entries that follow `previous`; everything up to `committed` is committed."""

    ballot: Ballot
    previous: Position
    entries: tuple[Entry, ...]
    committed: Position


class Stored(Message, frozen=True):
    """The sender has everything up to `head` on disk."""

    ballot: Ballot
    head: Position


class NotStored(Message, frozen=True):
    """The sender can't write to its disk; `Stored` follows when it can again."""

    ballot: Ballot
    reason: str


class NeedCopy(Message, frozen=True):
    """What the primary sent does not fit the sender's copy."""

    ballot: Ballot
    reason: str


class Committed(Message, frozen=True):
    """Everything up to `position` is committed."""

    ballot: Ballot
    position: Position


class Check(Message, frozen=True):
    """The copy at `position` has this fingerprint."""

    ballot: Ballot
    position: Position
    fingerprint: str


class Forward(Message, frozen=True):
    """A client of the sender asks for a change. `again` if another primary may have ordered it already."""

    request: RequestId
    modify: CibModify
    again: bool = False


class Answer(Message, frozen=True):
    """What became of a forwarded request, true once `position` is committed, as it is on the primary."""

    number: int
    incarnation: str
    position: Position
    modified: CibModified | None = None
    failure: Failure | None = None
