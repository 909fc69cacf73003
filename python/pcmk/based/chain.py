"""One node's copy of the CIB with its recent history.

    committed ......... what clients read; normally a tree on the chain
    base + links ...... the chain: a tree, and the entries after it up to the head

The head may be ahead of what is committed. After a whole copy was taken over, the committed tree is not on the chain
until that copy is committed itself.
"""

from collections.abc import Iterable
from itertools import groupby

from msgspec import Struct

from pcmk._core import Cib
from pcmk.kernel.messages.based_peer import Applied, Copy, Entry, Position, RequestId
from pcmk.kernel.messages.cib import CibVersion

# Ballots that a copy remembers; copies that parted longer ago count as strangers.
LINEAGE = 100
# Committed entries that are kept to bring members up to date without a whole copy.
RING = 500
_BEGINNING = Position()


class Link(Struct, frozen=True):
    """An entry and the tree that it leads to."""

    entry: Entry
    cib: Cib


class Step(Struct, frozen=True):
    """A step of the committed tree. Without a patchset the tree was replaced by one that is not newer by version, or
    that lacks changes which the old one had. What a client changed several times in one commit is one step; its origin
    is empty if the changes are of several nodes."""

    version: CibVersion
    patchset: str
    client: str = ""
    origin: str = ""


def version_of(cib: Cib) -> CibVersion:
    """The version of a CIB as a message."""
    return CibVersion(*cib.version)


class Chain:
    """The copy; it changes through `append` and `commit` alone."""

    def __init__(
        self,
        cib: Cib,
        position: Position,
        quorate: Position,
        lineage: Iterable[Position] = (),
        applied: Iterable[Applied] = (),
        *,
        fresh: bool = False,
    ) -> None:
        self.base: Cib = cib
        self.base_position: Position = position
        self.base_quorate: Position = quorate
        self.base_lineage: tuple[Position, ...] = tuple(lineage)
        self.base_applied: tuple[Applied, ...] = tuple(applied)
        self.links: list[Link] = []
        self.quorate: Position = quorate
        self.lineage: list[Position] = list(self.base_lineage)
        self.fresh: bool = fresh
        self.committed: Cib = cib
        self.committed_position: Position = position
        self._detached: bool = False
        self._applied: dict[str, dict[int, Applied]] = {}
        for done in self.base_applied:
            self._remember(done)

    @property
    def head(self) -> Cib:
        """The newest tree."""
        return self.links[-1].cib if self.links else self.base

    @property
    def position(self) -> Position:
        """The position of the head."""
        return self.links[-1].entry.position if self.links else self.base_position

    @property
    def detached(self) -> bool:
        """Whether the committed tree is not on the chain."""
        return self._detached

    def has_committed(self, position: Position) -> bool:
        """Whether the entry at a position of the chain is committed; the zero position is from the beginning."""
        return (not self._detached and position <= self.committed_position) or position == _BEGINNING

    @property
    def applied(self) -> tuple[Applied, ...]:
        """The requests carried out at the head that may still be sent again."""
        return tuple(done for _, numbers in sorted(self._applied.items()) for _, done in sorted(numbers.items()))

    def append(self, entry: Entry, cib: Cib) -> None:
        """Go on by one entry, which leads to `cib`."""
        self.links.append(Link(entry, cib))
        extend(self.lineage, entry.position)
        if entry.quorate:
            self.quorate = entry.position
        if entry.request is not None:
            self._remember(Applied(entry.request, entry.position, entry.version, entry.output))
        # From now on the primary has seen to it that this copy is whole.
        self.fresh = False

    @classmethod
    def adopting(cls, copy: Copy, cib: Cib, old: "Chain") -> "Chain":
        """A whole copy of another node, whose tree is `cib`. The committed tree of the old chain stays until `commit`
        reaches the copy."""
        chain = cls(cib, copy.head, copy.quorate, copy.lineage, copy.applied)
        chain.detach(old.committed, old.committed_position)
        return chain

    def detach(self, committed: Cib, position: Position) -> None:
        """Have a committed tree that is not on the chain."""
        self.committed, self.committed_position = committed, position
        self._detached = True

    def commit(self, upto: Position) -> list[Step]:
        """Commit the chain up to a position; gives the steps of the committed tree."""
        if self._detached:
            return self._attach(upto)
        links = self.links[self._index_after(self.committed_position) : self._index_after(upto)]
        steps: list[Step] = []
        before = self.committed
        for _, same in groupby((link for link in links if link.entry.patchset), lambda link: link.entry.client):
            run = list(same)
            steps.append(_step(before, run))
            before = run[-1].cib
        if links:
            self.committed, self.committed_position = links[-1].cib, links[-1].entry.position
        self._trim()
        return steps

    def _attach(self, upto: Position) -> list[Step]:
        """Go from a committed tree beside the chain to one on it, unless clients would see no newer version.

        The version is right from the first entry of the ballot on which the chain is founded. Only a copy that was
        damaged is replaced by one of the same version, as it is at the same position.
        """
        if upto < self.base_position:
            return []
        count = self._index_after(upto)
        cib, position = self.base, self.base_position
        if count:
            cib, position = self.links[count - 1].cib, self.links[count - 1].entry.position
        repair = position == self.committed_position or cib == self.committed
        if cib.version < self.committed.version or (cib.version == self.committed.version and not repair):
            return []
        lost = fork((self.committed_position,), self.lineage) != self.committed_position
        steps = _jump(self.committed, cib, lost)
        self.committed, self.committed_position = cib, position
        self._detached = False
        self._trim()
        return steps

    def at(self, position: Position) -> Cib | None:
        """The tree at a position, if it is remembered."""
        if position == self.base_position:
            return self.base
        return next((link.cib for link in reversed(self.links) if link.entry.position == position), None)

    def after(self, position: Position) -> tuple[Entry, ...] | None:
        """The entries after a position of the chain; None if it is not on the chain."""
        if position == self.base_position:
            return tuple(link.entry for link in self.links)
        for index, link in enumerate(self.links):
            if link.entry.position == position:
                return tuple(later.entry for later in self.links[index + 1 :])
        return None

    def find_applied(self, request: RequestId) -> Applied | None:
        """What became of a request, if it was carried out."""
        done = self._applied.get(request.node, {}).get(request.number)
        return done if done is not None and done.request.incarnation == request.incarnation else None

    def _remember(self, done: Applied) -> None:
        request = done.request
        known = self._applied.get(request.node, {})
        self._applied[request.node] = {
            number: other
            for number, other in known.items()
            if number >= request.done_below and other.request.incarnation == request.incarnation
        } | {request.number: done}

    def _index_after(self, position: Position) -> int:
        # What is looked for is near the head.
        index = len(self.links)
        while index and self.links[index - 1].entry.position > position:
            index -= 1
        return index

    def _trim(self) -> None:
        surplus = self._index_after(self.committed_position) - RING
        # Dropped in larger portions, since each time the head of the list is moved.
        if surplus < RING // 4:
            return
        self._move_base(surplus)

    def _move_base(self, count: int) -> None:
        moved = Chain(self.base, self.base_position, self.base_quorate, self.base_lineage, self.base_applied)
        for link in self.links[:count]:
            moved.append(link.entry, link.cib)
        self.base, self.base_position, self.base_quorate = moved.head, moved.position, moved.quorate
        self.base_lineage, self.base_applied = tuple(moved.lineage), moved.applied
        del self.links[:count]

    def rebase(self) -> None:
        """Let the chain begin at the committed tree, as far as that is on it."""
        if not self._detached:
            self._move_base(self._index_after(self.committed_position))


def extend(lineage: list[Position], position: Position) -> None:
    """Note in a lineage that the history went on to a position."""
    if lineage and lineage[-1].in_ballot(position):
        lineage[-1] = position
    else:
        lineage.append(position)
        del lineage[:-LINEAGE]


def fork(own: Iterable[Position], other: Iterable[Position]) -> Position:
    """The last position that two histories have in common; zero if none is known."""
    reached = {position.ballot: position for position in other}
    common = (min(position, reached[position.ballot]) for position in own if position.ballot in reached)
    return max(common, default=Position())


def _jump(old: Cib, new: Cib, lost: bool) -> list[Step]:
    """From one tree to another. If changes of the old one were `lost` to those of another partition, that is no change
    like others: subscribers have to look at everything anew."""
    if new.version > old.version and not lost:
        return [Step(version_of(new), old.diff(new))]
    if old == new:
        return []
    return [Step(version_of(new), "")]


def _step(before: Cib, run: list[Link]) -> Step:
    """The changes of one client, one after the other."""
    last = run[-1].entry
    origins = {link.entry.request.node if link.entry.request is not None else "" for link in run}
    patchset = last.patchset if len(run) == 1 else before.diff(run[-1].cib)
    return Step(last.version, patchset, last.client, origins.pop() if len(origins) == 1 else "")
