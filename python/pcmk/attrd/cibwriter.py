"""The one writer: when what is written to the CIB, and what happens when that fails."""

from collections.abc import Callable

from msgspec import Struct, field

from pcmk.attrd import writer
from pcmk.attrd.table import Table
from pcmk.kernel.cib_replica import CibReplica, ReplicaUpdate
from pcmk.kernel.core import Call, CancelTimer, CommonEffect, Instant, Log, SetTimer
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibModified, CibModify, CibVersion
from pcmk.kernel.messages.common import Failure

WRITE_TIMER = "write"
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
PERMANENT = frozenset(
    {
        ExitCode.INSUFFICIENT_PRIV,
        ExitCode.NOPERM,
        ExitCode.CONFIG,
        ExitCode.USAGE,
        ExitCode.DATAERR,
        ExitCode.NOSUCH,
        ExitCode.SOFTWARE,
        ExitCode.INVALID_PARAM,
    }
)


class _Flight(Struct, frozen=True):
    """A write that is under way: the attributes and the nodes to erase in it."""

    call: int
    names: tuple[str, ...]
    erase: tuple[str, ...]


class CibWriter(Struct):
    """The writer's state on the primary. Followers have none: the next primary finds what is not written yet."""

    table: Table
    replica: CibReplica
    next_call_id: Callable[[], int]
    term: int
    # When each attribute is due, in monotonic seconds; those in `alone` are written one by one, to find a culprit.
    _due: dict[str, float] = field(default_factory=dict[str, float])
    _alone: list[str] = field(default_factory=list[str])
    _refused: dict[str, tuple[str | None, ...]] = field(default_factory=dict[str, tuple[str | None, ...]])
    _erase: list[str] = field(default_factory=list[str])
    _flight: _Flight | None = None
    _after: CibVersion = field(default_factory=CibVersion)
    _pause: float = 0.0
    _not_before: float = 0.0

    def changed(self, name: str, now: Instant, *, at_once: bool) -> None:
        """An attribute has other values. Later changes do not move the time at which it is due."""
        kind = self.table.kinds[name]
        if kind.private:
            return
        self._refused.pop(name, None)
        due = now.mono if at_once else now.mono + kind.dampening_ms / 1000
        self._due[name] = min(due, self._due.get(name, due))

    def dropped(self, node: str) -> None:
        """What a node had in the CIB must go."""
        if node not in self._erase:
            self._erase.append(node)

    def all_changed(self, now: Instant, *, at_once: bool) -> None:
        """Any attribute may differ from the CIB."""
        for name in sorted(self.table.kinds):
            if name not in self._due and not self._is_refused(name):
                self.changed(name, now, at_once=at_once)

    def refresh(self, now: Instant) -> None:
        """Write everything, whatever the dampening and former refusals."""
        self._refused.clear()
        self._not_before = 0.0
        self.all_changed(now, at_once=True)
        for name in self._due:
            self._due[name] = now.mono

    def cib_changed(self, update: ReplicaUpdate, now: Instant) -> None:
        """The CIB is another one; if somebody changed transient attributes there, they are put right."""
        if update.changed and (update.everything or writer.touches_attributes(update.changes)):
            self.all_changed(now, at_once=True)

    def result(self, id: int, body: Message, now: Instant) -> list[CommonEffect]:
        """The answer to a call, if it was the writer's."""
        flight = self._flight
        if flight is None or flight.call != id:
            return []
        self._flight = None
        if isinstance(body, CibModified):
            self._after = body.version
            self._pause = 0.0
            return []
        failure = body if isinstance(body, Failure) else Failure(ExitCode.PROTOCOL, f"answered {type(body).__name__}")
        for node in flight.erase:
            self.dropped(node)
        if failure.code in PERMANENT:
            return self._permanent(flight, failure, now)
        for name in flight.names:
            self._due.setdefault(name, now.mono)
        self._pause = min(LONGEST_PAUSE, self._pause * 2 or FIRST_PAUSE)
        self._not_before = now.mono + self._pause
        return [Log("warning", f"Attributes are not in the CIB yet, trying again: {failure.message}")]

    def _permanent(self, flight: _Flight, failure: Failure, now: Instant) -> list[CommonEffect]:
        if flight.names and len(flight.names) + len(flight.erase) > 1:
            self._alone += [name for name in flight.names if name not in self._alone]
            for name in flight.names:
                self._due.setdefault(name, now.mono)
            return []
        for name in flight.names:
            self._refused[name] = self._values(name)
        for node in flight.erase:
            self._erase.remove(node)
        what = ", ".join((*flight.names, *(f"erasure for {node}" for node in flight.erase)))
        return [Log("error", f"The CIB does not take '{what}', given up until it changes: {failure.message}")]

    def _is_refused(self, name: str) -> bool:
        return name in self._refused and self._refused[name] == self._values(name)

    def _values(self, name: str) -> tuple[str | None, ...]:
        return tuple(row.value for row in self.table.rows_of(name))

    def write(self, members: dict[str, int], now: Instant) -> list[CommonEffect]:
        """Begin the next write, if something is due and nothing under way; else wait for the time to come."""
        cib = self.replica.cib
        if self._flight is not None or cib is None or not self.replica.current or self.replica.version < self._after:
            return []
        if now.mono < self._not_before:
            return [SetTimer(WRITE_TIMER, self._not_before - now.mono)]
        while True:
            erase = self._erase if not self._alone else []
            due = sorted(name for name, at in self._due.items() if at <= now.mono)
            names = self._alone[:1] or due
            if not names and not erase:
                return self._wait(now)
            for name in names:
                self._due.pop(name, None)
            self._alone = self._alone[len(names) :] if self._alone else []
            writes = writer.differences(self.table, names, cib, writer.node_ids(cib, members), erase)
            if not self._alone:
                self._erase = [] if erase else self._erase
            if writes:
                return [self._begin(writes)]

    def _begin(self, writes: list[writer.Write]) -> Call:
        names = tuple(dict.fromkeys(write.name for write in writes if write.name))
        erase = tuple(dict.fromkeys(write.node for write in writes if not write.name))
        self._flight = _Flight(self.next_call_id(), names, erase)
        operations = tuple(write.operation for write in writes)
        return Call(self._flight.call, Daemon.BASED, CibModify(operations, "pacemaker-attrd", term=self.term), 60.0)

    def _wait(self, now: Instant) -> list[CommonEffect]:
        if not self._due:
            return [CancelTimer(WRITE_TIMER)]
        return [SetTimer(WRITE_TIMER, max(0.0, min(self._due.values()) - now.mono))]
