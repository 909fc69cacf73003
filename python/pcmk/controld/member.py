"""Joining: the side of the node that follows (the DC's own node included)."""

from collections.abc import Callable, Container, Iterable, Mapping
from math import inf
from typing import TypeAlias

from pcmk._core import Cib, Element
from pcmk.controld import node_state
from pcmk.controld.events import MarkJoined, State
from pcmk.controld.history import PENDING
from pcmk.controld.shared import Shared
from pcmk.controld.writer import delete, modify
from pcmk.kernel.cib_replica import ReplicaUpdate
from pcmk.kernel.markup import quoted, tag
from pcmk.kernel.messages.cib import CibOperation, CibVersion
from pcmk.kernel.messages.controld_peer import Joined, Welcome

# A resource and an entry of its history.
EntryId: TypeAlias = tuple[str, str]

_TIMER = "welcome"


class Member:
    """Answers a `Welcome` once the CIB has just what this node knows of its own history.

    `is_own` tells whether this controller has begun the operation of a transition key, and has not dropped its result
    since: the CIB of another partition may still have what was forgotten or cancelled here.
    """

    def __init__(self, shared: Shared, on_joined: Callable[[], None], is_own: Callable[[str], bool]) -> None:
        self._shared = shared
        self._on_joined = on_joined
        self._is_own = is_own
        self._welcome: tuple[str, int, CibVersion] | None = None
        self._kept: dict[EntryId, tuple[Element, Element]] = {}
        self._unwritten: dict[EntryId, int] = {}
        self._touched: dict[EntryId, None] = {}
        # Entries whose writes are acknowledged, and not in the replica yet; those of them that a merge met so.
        self._unseen: dict[EntryId, None] = {}
        self._overtaken: dict[EntryId, None] = {}
        self._merged = False
        self._ended: Mapping[str, str] | None = None
        self._mended = False
        # The term, the CIB, and the own id as they were before.
        self._before: tuple[int, Cib | None, str] | None = None
        self.executor_known = False
        self._has_start_state = False

    def welcomed(self, dc: str, term: int, welcome: Welcome) -> None:
        """The DC has this node in the CIB."""
        self._welcome = (dc, term, welcome.version)
        self.advance()

    def recalled(self, ended: Mapping[str, str]) -> None:
        """The executor tells a controller that was respawned what it did last for each resource ("": that is under way,
        not yet written, or not known).

        The former process may have written it into a CIB that lost against another one since, and nobody else knows.
        """
        if not self.executor_known:
            self._ended = ended

    def cib_changed(self, update: ReplicaUpdate, *, disturbed: bool) -> None:
        """The CIB is another one; one that was read anew may come from a partition that knew less of this node, or only
        a former life of it: if it replaced a history that lost (a DC may remain DC in that), or is of another term.
        `disturbed`: somebody from outside changed what the cluster records."""
        before = self._before
        other = update.replaced or (before is not None and before[0] != self._shared.replica.term)
        if before is not None and (disturbed or (update.everything and other)):
            if not self._merged:
                self._merged = True
                self._touched = {}
            for id, entry in _entries(_history(before[1], before[2])).items():
                if id not in self._unwritten and id not in self._unseen:
                    self._kept.setdefault(id, entry)
            self._overtaken |= self._unseen
        replica = self._shared.replica
        if replica.version >= self._shared.writer.committed:
            self._unseen = {}
        self._before = (replica.term, replica.cib, self._shared.roster.me.id)
        self.advance()

    def advance(self) -> None:
        """Answer if everything is there."""
        shared, welcome = self._shared, self._welcome
        if welcome is None or not self.executor_known:
            return
        dc, term, version = welcome
        standing = shared.standing
        if (standing.dc, standing.term) != (dc, term):
            self._welcome = None
            return
        if not shared.replica.current or shared.replica.version < version:
            return
        if shared.replica.term < term and shared.replica.version > version:
            # A CIB that is ahead of the DC's and not of its term is one that lost, and will be replaced.
            return
        if shared.must_wait(known=shared.known):
            return
        self._restore()
        self._take_start_state()
        if not shared.writer.idle:
            # Also asked again when a write is done, but a replica that stands still must not stop the join.
            shared.port.after(_TIMER, 0.2, self.advance)
            return
        self._welcome = None
        shared.port.stop_timer(_TIMER)
        shared.fresh = False
        mended, self._mended = self._mended, False
        shared.port.send(dc, term, Joined(max(version, shared.writer.committed), mended))
        if dc != shared.node:
            shared.become(State.NOT_DC)
        self._on_joined()

    def _take_start_state(self) -> None:
        """Once in each life of the node, before it joins: nothing is started on one that is to be in standby."""
        shared = self._shared
        cib, wanted = shared.replica.cib, shared.settings.start_state
        if self._has_start_state or not shared.fresh or shared.leaving or wanted == "default" or cib is None:
            return
        self._has_start_state = True
        shared.port.log(
            "notice", f"This node starts {'in standby' if wanted == 'standby' else 'online'}, as it was told to"
        )
        shared.writer.submit((node_state.standby(cib, shared.roster.me, on=wanted == "standby"),))

    def mark(self) -> None:
        """The DC says that this node has joined, be it by an action. It begins nothing before."""
        shared = self._shared
        if not shared.known:
            shared.known = True
            shared.port.emit(MarkJoined(True))

    def _own_history(self) -> Element | None:
        return _history(self._shared.replica.cib, self._shared.roster.me.id)

    # ---- what this node knows of itself -----------------------------------------------------------

    def writing(self, ids: Iterable[EntryId]) -> None:
        """Entries are about to be written or deleted: what was kept of them is old."""
        for id in ids:
            self._kept.pop(id, None)
            self._touched[id] = None
            self._unwritten[id] = self._unwritten.get(id, 0) + 1

    def known(self, resource: str) -> list[EntryId]:
        """Entries of a resource (of all if empty)."""
        ids = {**_entries(self._own_history()), **self._kept}
        return [id for id in ids if resource in ("", id[0])]

    def written(self, ids: Iterable[EntryId]) -> None:
        """The end of `writing`."""
        for id in ids:
            self._unwritten[id] -= 1
            if not self._unwritten[id]:
                del self._unwritten[id]
                if self._shared.replica.version < self._shared.writer.committed:
                    self._unseen[id] = None

    def _restore(self) -> None:
        (kept, self._kept), (merged, self._merged) = (self._kept, {}), (self._merged, False)
        (overtaken, self._overtaken), (ended, self._ended) = (self._overtaken, {}), (self._ended, None)
        if self._shared.fresh or not (merged or ended is not None):
            return
        me, present = self._shared.roster.me, self._own_history()
        known: Container[EntryId] = _entries(present)
        doubtful: frozenset[str] = frozenset()
        if merged:
            known = {**kept, **self._touched, **self._unwritten}
            doubtful = doubtful_resources(kept, present, self._is_own)
            doubtful |= unknown_outcomes(overtaken, present, self._is_own)
        if ended is not None:
            written = {resource for resource, _ in (*self._touched, *self._unwritten)}
            doubtful |= unrecorded_resources(ended, present, kept) - written
        stale = stale_history(me.id, known, present, self._is_own, doubtful)
        kept = {id: entry for id, entry in kept.items() if id[0] not in doubtful}
        missing = missing_history(me.id, me.name, kept, present, self._is_own)
        if stale or missing:
            self._mended = True
            text = f"The CIB lacked {len(missing)} results of this node, and had {len(stale)} that no longer hold"
            self._shared.port.log("notice", text)
            self._shared.writer.submit((*stale, *missing))


def _history(cib: Cib | None, id: str) -> Element | None:
    found = [] if cib is None or not id else cib.find(f"/cib/status/node_state[@id={quoted(id)}]/lrm")
    return found[0] if found else None


def doubtful_resources(
    kept: Mapping[EntryId, tuple[Element, Element]], present: Element | None, is_own: Callable[[str], bool]
) -> frozenset[str]:
    """Resources of which a CIB has another result than the node knows, with a call id that is not lower, while the node
    owns neither: call ids begin anew with each life of the executor, so which one came later can't be told."""
    there = _entries(present)
    return frozenset(
        id[0]
        for id, (_, entry) in kept.items()
        if id in there
        and _call(there[id][1]) >= _rank(entry)
        and there[id][1].get("transition-magic") != entry.get("transition-magic")
        and not _owned(there[id][1], is_own)
        and not _owned(entry, is_own)
    )


def unknown_outcomes(
    overtaken: Iterable[EntryId], present: Element | None, is_own: Callable[[str], bool]
) -> frozenset[str]:
    """Resources of which the last write was acknowledged in a partition and is not in the CIB that won: this controller
    does not have the result any more, so it is found out anew."""
    there = _entries(present)
    resources = {resource for resource, _ in there}
    return frozenset(
        id[0]
        for id in overtaken
        if id[0] in resources and (id not in there or _is_pending(there[id][1]) or not _owned(there[id][1], is_own))
    )


def unrecorded_resources(
    ended: Mapping[str, str], present: Element | None, kept: Mapping[EntryId, tuple[Element, Element]]
) -> frozenset[str]:
    """Resources of which a CIB tells something, but not the result of what the executor did last: that was lost with
    another CIB, or never begun. `kept` is what will be brought back."""
    keys: dict[str, set[str]] = {}
    for (resource, _), (_, entry) in [*_entries(present).items(), *kept.items()]:
        keys.setdefault(resource, set()).add(entry.get("transition-key", ""))
    told = {resource for resource, _ in _entries(present)}
    return frozenset(
        resource
        for resource in told
        if resource not in ended or (ended[resource] and ended[resource] not in keys[resource])
    )


def stale_history(
    id: str,
    known: Container[EntryId],
    present: Element | None,
    is_own: Callable[[str], bool],
    doubtful: frozenset[str] = frozenset(),
) -> tuple[CibOperation, ...]:
    """What removes entries that a node neither has nor owns: they are of a former life of it, or were dropped in
    another partition, and say nothing. All entries of doubtful resources go.

    A resource that is left without entries is probed anew.
    """
    entries = _entries(present)
    stale = [key for key, (_, entry) in entries.items() if key not in known and not _owned(entry, is_own)]
    path = f"/cib/status/node_state[@id={quoted(id)}]/lrm/lrm_resources/lrm_resource"
    emptied = doubtful | ({key[0] for key in stale} - {key[0] for key in entries if key not in stale})
    resources = [delete(f"{path}[@id={quoted(resource)}]") for resource in sorted(emptied)]
    single = [(resource, entry) for resource, entry in stale if resource not in emptied]
    return (
        *resources,
        *(delete(f"{path}[@id={quoted(resource)}]/lrm_rsc_op[@id={quoted(entry)}]") for resource, entry in single),
    )


def missing_history(
    id: str,
    name: str,
    kept: Mapping[EntryId, tuple[Element, Element]],
    present: Element | None,
    is_own: Callable[[str], bool],
) -> tuple[CibOperation, ...]:
    """What brings entries back that a CIB lacks, or has as they were before.

    What the node owns came later than what it does not own; else the higher call is the later one.
    """
    there = _entries(present)
    operations: list[CibOperation] = []
    for key, (resource, entry) in kept.items():
        if key not in there or _is_later(entry, there[key][1], is_own):
            inner = tag("lrm_resource", resource.attrib, tag("lrm_rsc_op", entry.attrib))
            lrm = tag("lrm", {"id": id}, f"<lrm_resources>{inner}</lrm_resources>")
            operations.append(modify("status", tag("node_state", {"id": id, "uname": name}, lrm)))
    return tuple(operations)


def _entries(lrm: Element | None) -> dict[EntryId, tuple[Element, Element]]:
    resources = [] if lrm is None else lrm.find("/lrm/lrm_resources/lrm_resource")
    return {
        (resource.get("id", ""), entry.get("id", "")): (resource, entry)
        for resource in resources
        for entry in resource.children
        if entry.name == "lrm_rsc_op"
    }


def _is_later(entry: Element, there: Element, is_own: Callable[[str], bool]) -> bool:
    return (_owned(entry, is_own) and not _owned(there, is_own)) or _rank(entry) > _call(there)


def _owned(entry: Element, is_own: Callable[[str], bool]) -> bool:
    return is_own(entry.get("transition-key", ""))


def _rank(entry: Element) -> float:
    """How late an entry is that this node knows; what is under way has no call id yet, and is later than any result."""
    return inf if _is_pending(entry) else _call(entry)


def _is_pending(entry: Element) -> bool:
    return entry.get("op-status") == str(PENDING)


def _call(entry: Element) -> int:
    text = entry.get("call-id", "")
    return int(text) if text.lstrip("-").isdecimal() else -1
