"""What the roles of the CIB manager share: the copy, the disk, who is there, and the effects of the present event."""

from typing import TypeAlias

from msgspec import Struct

from pcmk._core import Cib
from pcmk.based.chain import Chain
from pcmk.based.disk import (
    KEPT_CONFLICTS,
    Base,
    DiskQueue,
    DropConflict,
    Image,
    KeepConflict,
    MarkCommitted,
    Parting,
    Persist,
    ReadConflicts,
    ReadHistory,
)
from pcmk.based.takeover import conflict
from pcmk.kernel.core import CommonEffect, Instant, Log, Publish, Send
from pcmk.kernel.errors import CibError
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.based_peer import Ballot, Copy, Entry, Position, Stamp
from pcmk.kernel.messages.cib import CibChanged, CibModified, CibReplaced, CibVersion
from pcmk.kernel.messages.common import Failure, View
from pcmk.kernel.versions import FEATURE_SET, SCHEMA

Effect: TypeAlias = CommonEffect | Persist | MarkCommitted | KeepConflict | ReadConflicts | DropConflict | ReadHistory


class BasedSettings(Struct, frozen=True):
    """Times in seconds. `compact_weight` is how many characters of patchsets a journal takes."""

    takeover_wait: float = 4.0
    request_timeout: float = 25.0
    check_interval: float = 10.0
    disk_retry: float = 1.0
    compact_weight: int = 1 << 20


class LocalAnswer(Struct, frozen=True):
    """What became of a request of this node's clients, true once `position` is committed here."""

    number: int
    position: Position
    body: CibModified | Failure


class State:
    """The state, with the moves that both roles make."""

    def __init__(self, node: str, incarnation: str, settings: BasedSettings, image: Image, fresh: bool) -> None:
        self.node = node
        self.incarnation = incarnation
        self.settings = settings
        self.view: View | None = None
        # Members that the DC has declared failed.
        self.absent: tuple[str, ...] = ()
        self.up: dict[str, str] = {}
        self.conflicts: list[str] = list(image.conflicts)
        self.answers: list[LocalAnswer] = []
        # Own requests that became entries here.
        self.ordered: set[int] = set()
        self.out: list[Effect] = []
        self.now = Instant(0.0, 0.0)
        self.reports = list(image.reports)
        chain, self.promised, whole = _recover(image)
        if not whole:
            self.reports.append(f"entries after {chain.position} on disk do not fit and are left out")
        if fresh:
            chain = _without_status(chain)
        self.chain: Chain = chain
        self.term = max(self.promised.term, chain.position.term)
        self.disk = DiskQueue(chain.position, self.promised)
        self.renew_disk = fresh or not whole or image.base is None or bool(image.reports)

    # ---- speaking ---------------------------------------------------------------------------------

    def send(self, node: str, body: Message) -> None:
        """Send to the CIB manager of another node."""
        self.out.append(Send(node, self.term, body))

    def log(self, level: str, text: str, **fields: str) -> None:
        """Write a log line."""
        self.out.append(Log(level, text, tuple(fields.items())))

    def flush(self) -> None:
        """Begin the next write to the disk, if there is one."""
        persist = self.disk.flush()
        if persist is not None:
            self.out.append(persist)

    # ---- the copy ---------------------------------------------------------------------------------

    def stamp(self, ballot: Ballot) -> Stamp:
        """How new the own copy is."""
        chain = self.chain
        head = chain.head
        shown = CibVersion(*chain.committed.version)
        return Stamp(
            ballot, chain.quorate, chain.position, CibVersion(*head.version), head.fingerprint, shown, chain.fresh
        )

    def whole_copy(self, ballot: Ballot) -> Copy:
        """The own copy up to the head."""
        chain = self.chain
        return Copy(
            ballot,
            chain.head.to_xml(),
            chain.position,
            chain.quorate,
            tuple(chain.lineage),
            chain.applied,
            chain.committed_position,
        )

    def append(self, entry: Entry, cib: Cib) -> None:
        """Go on by an entry, in memory and soon on disk."""
        self.chain.append(entry, cib)
        self.disk.add(entry)

    def adopt(self, copy: Copy) -> bool:
        """Take over a whole copy; false if it can't be read. A configuration that is lost by it is kept in a file."""
        try:
            cib = Cib.parse(copy.xml)
        except CibError as error:
            self.log("error", f"A copy of the CIB can't be read: {error.message}")
            return False
        self._keep_conflict(copy, cib)
        self.chain = Chain.adopting(copy, cib, self.chain)
        self.disk.rebase(self.base(), same_history=False)
        return True

    def base(self) -> Base:
        """The beginning of the chain, for the disk."""
        chain = self.chain
        return Base(
            chain.base,
            chain.base_position,
            chain.base_quorate,
            chain.base_lineage,
            chain.base_applied,
            self.promised,
            chain.fresh,
            chain.committed if chain.detached else None,
            chain.committed_position,
        )

    def rewrite_disk(self) -> None:
        """Write everything anew, beginning at the committed tree."""
        self.chain.rebase()
        records = tuple(link.entry for link in self.chain.links)
        self.disk.rebase(self.base(), records, same_history=True)

    def commit(self, upto: Position) -> None:
        """Commit the copy up to a position and tell the subscribers."""
        before = self.chain.committed_position
        steps = self.chain.commit(upto)
        after = self.chain.committed_position
        # A mark for what is not on disk would say nothing to the next life of this process.
        if before != after <= self.disk.head:
            self.out.append(MarkCommitted(after))
        for step in steps:
            if step.patchset:
                body = CibChanged(step.version, self.term, step.patchset, step.client, step.origin)
            else:
                body = CibReplaced(step.version, self.term)
            self.out.append(Publish(body))

    def promise(self, ballot: Ballot) -> None:
        """Follow no lower ballot from now on."""
        self.term = max(self.term, ballot.term)
        if ballot > self.promised:
            self.promised = ballot
            self.disk.add(ballot)

    def _keep_conflict(self, copy: Copy, cib: Cib) -> None:
        chain = self.chain
        lost = conflict(chain, copy, cib)
        if lost is None:
            return
        at = chain.committed_position
        parting = (
            Parting(lost.parted, tuple(chain.lineage), at, chain.committed.to_xml())
            if lost.parted is not None
            else None
        )
        name = f"conflict-{at.term}-{at.round}-{at.seq}-{self.node}.xml"
        self.out.append(KeepConflict(name, lost.patchset, parting))

    def conflict_kept(self, name: str) -> None:
        """A change that lost is on disk."""
        self.conflicts = [*(other for other in self.conflicts if other != name), name][-KEPT_CONFLICTS:]
        self.log(
            "error",
            f"The configuration was changed both here and elsewhere; the change made here is kept in {name}",
            conflict=name,
        )


def _recover(image: Image) -> tuple[Chain, Ballot, bool]:
    """The chain on disk, what was promised, and whether all entries could be used."""
    base = image.base
    if base is None:
        return Chain(Cib.empty(SCHEMA, FEATURE_SET), Position(), Position()), Ballot(), True
    chain = Chain(base.cib, base.position, base.quorate, base.lineage, base.applied, fresh=base.fresh)
    promised = base.promised
    whole = True
    for record in image.records:
        if isinstance(record, Ballot):
            promised = max(promised, record)
        elif whole:
            try:
                cib = chain.head.apply_patchset(record.patchset) if record.patchset else chain.head
            except CibError:
                whole = False
                continue
            chain.append(record, cib)
    if chain.at(image.committed) is not None:
        chain.commit(image.committed)
    elif base.committed is not None:
        chain.detach(base.committed, base.committed_position)
    return chain, promised, whole


def _without_status(chain: Chain) -> Chain:
    """What is left of a copy when its node starts anew: all but the status, since what ran before runs no more."""
    head = chain.head
    if head.find("/cib/status/*"):
        # A version of its own: a node that did not start anew may know the one before, and goes on to show it.
        head, _ = head.apply("delete", xpath="/cib/status/*", multiple=True)
    return Chain(head, chain.position, chain.quorate, chain.lineage, chain.applied, fresh=True)
