"""The CIB on a node's disk, as the CIB manager's effects leave it there, and what a loss of power takes away."""

from typing import TYPE_CHECKING

from msgspec import Struct

from pcmk.based.disk import Base, Image, MarkCommitted, Persist, Persisted, PersistFailed, Record
from pcmk.kernel.messages.based_peer import Entry, Position

if TYPE_CHECKING:
    from tests.simulation.node import Node
    from tests.simulation.process import Process


class _Content(Struct):
    base: Base | None = None
    records: tuple[Record, ...] = ()

    def after(self, persist: Persist, share: float = 1.0) -> "_Content":
        """With a write in it. A base counts with all of its records or not at all; records may be cut short."""
        if persist.base is not None:
            return _Content(persist.base, persist.records) if share >= 1.0 else self
        return _Content(self.base, self.records + persist.records[: int(len(persist.records) * share)])


class Disk:
    """One node's disk. `fsync` is how long a write takes; `full` makes writes fail."""

    def __init__(self, base: Base, fsync: float) -> None:
        self.fsync = fsync
        self.full = False
        self.node: Node | None = None
        self._safe = _Content(base)
        self._flying: Persist | None = None
        self._mark = Position()
        self._safe_mark = Position()

    def image(self) -> Image:
        """What a process finds that starts now. A write of the former process, once begun, has gone through."""
        if self._flying is not None:
            self._safe = self._safe.after(self._flying)
            self._flying = None
        return Image(self._safe.base, self._safe.records, self._mark)

    def persist(self, process: "Process", effect: Persist) -> None:
        """Begin to write; the process is told when it is safe."""
        world = process.world
        if self.full:
            world.queue.after(0.002, process.deliver, PersistFailed(effect.id, "No space left on device"))
            return
        self._flying = effect
        delay = self.fsync * (0.3 + world.random.random() ** 3 * 4)
        process.node.after(delay, self._written, process, effect)

    def mark(self, effect: MarkCommitted) -> None:
        """Survives the process; reaches the platter some time later, with the next write at the latest."""
        self._mark = effect.position

    def has(self, position: Position) -> bool:
        """Whether an entry is safe here."""
        base, records = self._safe.base, self._safe.records
        for known in (base.position, *base.lineage) if base is not None else ():
            if known.in_ballot(position) and known.seq >= position.seq:
                return True
        seq = position.seq
        return any(
            isinstance(record, Entry) and record.position.seq == seq and record.position == position
            for record in reversed(records)
        )

    def power_lost(self) -> None:
        """What was not yet safe may be there, be there in part, or not."""
        assert self.node is not None
        random = self.node.world.random
        if self._flying is not None:
            self._safe = self._safe.after(self._flying, random.choice((0.0, 0.0, 0.5, 1.0)))
            self._flying = None
        if random.random() < 0.7:
            self._mark = self._safe_mark

    def _written(self, process: "Process", effect: Persist) -> None:
        if self._flying is effect:
            self._safe = self._safe.after(effect)
            self._safe_mark = self._mark
            self._flying = None
            process.run(process.deliver, Persisted(effect.id))
