"""What the CIB managers of the members say to each other.

A *ballot* is one reign of one primary: a take-over. A *position* is a place in the one order of changes.
"""

from dataclasses import dataclass, field

from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibModified, CibModify, CibVersion
from pcmk.kernel.messages.common import Failure


@dataclass(frozen=True, slots=True, order=True)
class Ballot(Message):
    """A take-over: the `round`-th one of `primary` in `term`."""

    term: int = 0
    round: int = 0
    primary: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Position(Message):
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


@dataclass(frozen=True, slots=True)
class RequestId(Message):
    """A request for a change: the `number`-th of that life of the CIB manager of `node`.

    Its requests below `done_below` are answered and won't be sent again.
    """

    node: str
    incarnation: str
    number: int
    done_below: int


@dataclass(frozen=True, slots=True)
class Entry(Message):
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


@dataclass(frozen=True, slots=True)
class Applied(Message):
    """A request that an entry of the history carried out."""

    request: RequestId
    position: Position
    version: CibVersion
    output: str = ""


@dataclass(frozen=True, slots=True)
class KeepsConflicts(Message):
    """How many changes that lost at a merge the sender keeps. Said when a peer comes up, if there are any, and when the
    number changes."""

    number: int


@dataclass(frozen=True, slots=True)
class Collect(Message):
    """A primary takes over, or a peer came up: promise to follow no lower ballot, and tell your `Stamp`."""

    ballot: Ballot


@dataclass(frozen=True, slots=True)
class Refused(Message):
    """The sender has promised `ballot` and does not follow the one it was asked to."""

    ballot: Ballot


@dataclass(frozen=True, slots=True)
class Stamp(Message):
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


@dataclass(frozen=True, slots=True)
class Fetch(Message):
    """The sender of the newest stamp is asked for its copy."""

    ballot: Ballot


@dataclass(frozen=True, slots=True)
class Copy(Message):
    """A whole copy: the CIB at `head`. `lineage` is the last position of each ballot in its history, oldest first."""

    ballot: Ballot
    xml: str
    head: Position
    quorate: Position
    lineage: tuple[Position, ...]
    applied: tuple[Applied, ...]
    committed: Position = field(default_factory=Position)


@dataclass(frozen=True, slots=True)
class Replicate(Message):
    """Entries that follow `previous`; everything up to `committed` is committed."""

    ballot: Ballot
    previous: Position
    entries: tuple[Entry, ...]
    committed: Position


@dataclass(frozen=True, slots=True)
class Stored(Message):
    """The sender has everything up to `head` on disk."""

    ballot: Ballot
    head: Position


@dataclass(frozen=True, slots=True)
class NotStored(Message):
    """The sender can't write to its disk; `Stored` follows when it can again."""

    ballot: Ballot
    reason: str


@dataclass(frozen=True, slots=True)
class NeedCopy(Message):
    """What the primary sent does not fit the sender's copy."""

    ballot: Ballot
    reason: str


@dataclass(frozen=True, slots=True)
class Committed(Message):
    """Everything up to `position` is committed."""

    ballot: Ballot
    position: Position


@dataclass(frozen=True, slots=True)
class Check(Message):
    """The copy at `position` has this fingerprint."""

    ballot: Ballot
    position: Position
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Forward(Message):
    """A client of the sender asks for a change. `again` if another primary may have ordered it already."""

    request: RequestId
    modify: CibModify
    again: bool = False


@dataclass(frozen=True, slots=True)
class Answer(Message):
    """What became of a forwarded request, true once `position` is committed, as it is on the primary."""

    number: int
    incarnation: str
    position: Position
    modified: CibModified | None = None
    failure: Failure | None = None
