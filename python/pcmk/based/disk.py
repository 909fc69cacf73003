"""What the core asks of the disk, and the pure half of writing to it: order, grouping, failures.

One write is under way at a time; what comes up meanwhile waits and goes out together, so that one fsync takes all.
"""

from typing import TypeAlias

from msgspec import Struct, field

from pcmk._core import Cib
from pcmk.kernel.messages.based_peer import Applied, Ballot, Entry, Position
from pcmk.kernel.messages.cib import CibAnswer, CibAtQuery, CibConflicts, CibHistory, CibHistoryQuery
from pcmk.kernel.messages.common import Failure


class Base(Struct, frozen=True):
    """Everything that entries build upon. `committed` is the committed tree where that is not on the chain."""

    cib: Cib
    position: Position
    quorate: Position
    lineage: tuple[Position, ...]
    applied: tuple[Applied, ...]
    promised: Ballot
    fresh: bool = False
    committed: Cib | None = None
    committed_position: Position = field(default_factory=Position)


Record: TypeAlias = Entry | Ballot

KEPT_CONFLICTS = 100
"""Changes that lost at a merge; the oldest go first."""


class Image(Struct, frozen=True):
    """What was found on disk. `committed` is the last `MarkCommitted`; `reports` tell of damage; `conflicts` are the
    names of the files that `KeepConflict` made."""

    base: Base | None = None
    records: tuple[Record, ...] = ()
    committed: Position = field(default_factory=Position)
    reports: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


# ---- effects --------------------------------------------------------------------------------------


class Persist(Struct, frozen=True):
    """Have this on disk, safe from loss of power, and answer by `Persisted` or `PersistFailed`.

    With a `base` everything older is forgotten once base and records are safe, not before. Records are promises
    (`Ballot`) and entries; they are kept in this order.
    """

    id: int
    base: Base | None
    records: tuple[Record, ...]


class MarkCommitted(Struct, frozen=True):
    """Note what is committed before any later effect is carried out. Has to survive the process, not a power loss."""

    position: Position


class KeepConflict(Struct, frozen=True):
    """Keep a file for the administrator: configuration changes that lost against those of another partition, as a
    patchset. `ConflictKept` follows.

    Where `parting` is given, it leads from the configuration that won. If the one from which the two parted is found on
    disk, what leads from that is kept instead; or nothing, if the configuration was not changed here.
    """

    name: str
    text: str
    parting: "Parting | None" = None


class Parting(Struct, frozen=True):
    """Where a history that lost parted from the one that won, and what it led to: a CIB as XML. `lineage` and
    `committed` are those of the one that lost."""

    position: Position
    lineage: tuple[Position, ...]
    committed: Position
    lost: str


class ReadConflicts(Struct, frozen=True):
    """Answer a request by `ConflictsRead` with what is in these files."""

    request: int
    names: tuple[str, ...]


class DropConflict(Struct, frozen=True):
    """Delete a file that `KeepConflict` made; `ConflictDropped` follows."""

    request: int
    name: str


class ReadHistory(Struct, frozen=True):
    """Answer a request by `HistoryRead` from what is on disk, beside all writing. `lineage` and `committed` tell what
    of it counts."""

    request: int
    query: CibHistoryQuery | CibAtQuery
    lineage: tuple[Position, ...]
    committed: Position


# ---- events ---------------------------------------------------------------------------------------


class Persisted(Struct, frozen=True):
    """A `Persist` was carried out."""

    id: int


class PersistFailed(Struct, frozen=True):
    """A `Persist` failed and left nothing behind. `needs_base`: nothing more can be added to what is on disk."""

    id: int
    reason: str
    needs_base: bool = False


class ConflictKept(Struct, frozen=True):
    """A `KeepConflict` was carried out; nothing is `kept` where nothing was changed."""

    name: str
    kept: bool


class ConflictsRead(Struct, frozen=True):
    """The answer to a request for changes that lost."""

    request: int
    answer: CibConflicts | Failure


class ConflictDropped(Struct, frozen=True):
    """A `DropConflict` was carried out, unless there is a `failure`."""

    request: int
    name: str
    failure: str = ""


class HistoryRead(Struct, frozen=True):
    """The answer to a request about the history."""

    request: int
    answer: CibHistory | CibAnswer | Failure


class DiskQueue:
    """What is on disk, on its way there, or waiting.

    `head` and `promised` are on disk; `failure` is the reason why the last write failed, empty after a good one.
    """

    def __init__(self, head: Position, promised: Ballot) -> None:
        self.head = head
        self.promised = promised
        self.failure = ""
        self.needs_base = False
        self.weight = 0
        self._base: Base | None = None
        self._records: list[Record] = []
        self._flying: Persist | None = None
        self._stale = False
        self._paused = False
        self._last_id = 0

    @property
    def idle(self) -> bool:
        """Whether nothing is on its way or waits."""
        return self._flying is None and self._base is None and not self._records

    def add(self, record: Record) -> None:
        """Put a record behind all others."""
        self._records.append(record)
        self.weight += 1 + (len(record.patchset) if isinstance(record, Entry) else 0)

    def rebase(self, base: Base, records: tuple[Record, ...] = (), *, same_history: bool) -> None:
        """Start anew from a base; with another history, nothing of it counts as being on disk until it is."""
        self._base = base
        self._records = list(records)
        self.weight = 0
        self.needs_base = False
        if not same_history:
            self.head = Position()
            self._stale = self._flying is not None

    def flush(self) -> Persist | None:
        """The next write, if there is one to make now."""
        if self._flying is not None or self._paused or (self._base is None and not self._records):
            return None
        self._last_id += 1
        self._flying = Persist(self._last_id, self._base, tuple(self._records))
        self._base, self._records = None, []
        return self._flying

    def persisted(self, id: int) -> None:
        """A write succeeded."""
        flying = self._landed(id)
        if flying is None:
            return
        self.failure = ""
        if flying.base is not None and not self._stale:
            self.head = flying.base.position
        for record in flying.records:
            if isinstance(record, Ballot):
                self.promised = max(self.promised, record)
            elif not self._stale:
                self.head = record.position
        if flying.base is not None:
            self.promised = max(self.promised, flying.base.promised)
        self._stale = False

    def failed(self, event: PersistFailed) -> None:
        """A write failed: it waits for `retry`, unless a newer base made it needless."""
        flying = self._landed(event.id)
        if flying is None:
            return
        self.failure = event.reason
        self._paused = True
        self.needs_base |= event.needs_base
        self._stale = False
        if self._base is None:
            self._base = flying.base
            self._records = [*flying.records, *self._records]

    def retry(self) -> None:
        """Try again."""
        self._paused = False

    def _landed(self, id: int) -> Persist | None:
        flying = self._flying
        if flying is None or flying.id != id:
            return None
        self._flying = None
        return flying
