"""A copy of the CIB inside a core that follows the CIB manager of its node.

The core hands every event to `CibReplica.handle` first. The replica reads the CIB when the CIB manager can be reached,
applies its notices in order, and reads anew whenever a notice does not fit. What it returns says what changed.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct

from pcmk._core import Cib, Element
from pcmk.kernel.core import Call, CallResult, CancelTimer, LinkDown, LinkUp, Log, Notice, SetTimer, TimerFired
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import CibError
from pcmk.kernel.messages.cib import CibAnswer, CibChanged, CibQuery, CibReplaced, CibVersion
from pcmk.kernel.messages.common import Failure

RETRY_TIMER = "cib-replica"
RETRY_SECONDS = 0.5

ReplicaEffect: TypeAlias = Call | SetTimer | CancelTimer | Log


class PatchChange(Struct, frozen=True):
    """One change of a patchset. `path` is absolute, steps are element names with `[@id='...']` where there is an id.

    `operation` is `create` (`path` is the parent, `element` the new child), `modify` (`attributes` are those set, or
    removed where the value is None), `delete` or `move`.
    """

    operation: str
    path: str
    attributes: tuple[tuple[str, str | None], ...] = ()
    element: Element | None = None


class ReplicaUpdate(Struct, frozen=True):
    """What an event did to the replica.

    `changed` is true when `replica.cib` is another one than before. Then `patchset` has the differences, unless
    `everything` says that the CIB was read anew and anything may differ. `replaced` says that the CIB manager told why:
    changes that the former CIB had are lost.
    """

    effects: tuple[ReplicaEffect, ...] = ()
    changed: bool = False
    everything: bool = False
    replaced: bool = False
    patchset: str = ""
    client: str = ""
    origin: str = ""

    @property
    def changes(self) -> tuple[PatchChange, ...]:
        """The differences one by one."""
        return patch_changes(self.patchset) if self.patchset else ()


# The parts of a core look at the changes of one event one after the other.
@lru_cache(maxsize=1)
def patch_changes(patchset: str) -> tuple[PatchChange, ...]:
    """The changes of a patchset (format 2) in their order."""
    return tuple(_change(child) for child in Element.parse(patchset).children if child.name == "change")


class CibReplica:
    """The newest committed CIB that the CIB manager of this node has told of.

    `cib` is None until it was read for the first time. It stays readable while the connection is down, since an old
    CIB is better than none; `current` tells whether it is being followed.
    """

    def __init__(self) -> None:
        self.cib: Cib | None = None
        self.term = 0
        self.current = False
        self._linked = False
        self._replaced = False
        self._call: int | None = None
        self._waiting: list[CibChanged] = []

    @property
    def version(self) -> CibVersion:
        """Version of `cib`; zero while there is none."""
        return CibVersion() if self.cib is None else CibVersion(*self.cib.version)

    def handle(self, event: object, next_call_id: Callable[[], int]) -> ReplicaUpdate | None:
        """Take an event of the core; None when it is none of the replica's business.

        `LinkUp` and `LinkDown` of the CIB manager give an update, but the core may want to see them as well.
        `next_call_id` gives an id that no other `Call` of the core uses.
        """
        match event:
            case LinkUp(daemon=Daemon.BASED):
                self._linked = True
                return self._read(next_call_id)
            case LinkDown(daemon=Daemon.BASED):
                self._linked = self.current = False
                self._call = None
                self._waiting = []
                return ReplicaUpdate((CancelTimer(RETRY_TIMER),))
            case Notice(daemon=Daemon.BASED, body=CibChanged() as notice):
                return self._notice(notice, next_call_id)
            case Notice(daemon=Daemon.BASED, body=CibReplaced()):
                self._replaced = True
                return self._read(next_call_id)
            case CallResult(id=id, body=body) if id == self._call:
                self._call = None
                return self._answer(body, next_call_id)
            case TimerFired(key=key) if key == RETRY_TIMER:
                needed = self._linked and not self.current and self._call is None
                return self._read(next_call_id) if needed else ReplicaUpdate()
            case _:
                return None

    def _read(self, next_call_id: Callable[[], int]) -> ReplicaUpdate:
        self.current = False
        self._waiting = []
        self._call = next_call_id()
        return ReplicaUpdate((Call(self._call, Daemon.BASED, CibQuery()),))

    def _notice(self, notice: CibChanged, next_call_id: Callable[[], int]) -> ReplicaUpdate:
        if self.cib is None or not self.current:
            self._waiting.append(notice)
            return ReplicaUpdate()
        if notice.version <= self.version:
            # Older than what was read: the answer to the query overtook the notice.
            return ReplicaUpdate()
        try:
            self.cib = self.cib.apply_patchset(notice.patchset)
        except CibError as error:
            return self._misfit(f"CIB {notice.version} does not follow {self.version}: {error.message}", next_call_id)
        self.term = notice.term
        return ReplicaUpdate(changed=True, patchset=notice.patchset, client=notice.client, origin=notice.origin)

    def _misfit(self, reason: str, next_call_id: Callable[[], int]) -> ReplicaUpdate:
        effects = self._read(next_call_id).effects
        return ReplicaUpdate((Log("info", f"Reading the CIB anew: {reason}"), *effects))

    def _answer(self, body: object, next_call_id: Callable[[], int]) -> ReplicaUpdate:
        if not isinstance(body, CibAnswer):
            reason = body.message if isinstance(body, Failure) else f"unexpected {type(body).__name__}"
            return ReplicaUpdate((Log("warning", f"The CIB can't be read: {reason}"), *self._retry()))
        try:
            cib = Cib.parse(body.xml)
            waiting = [notice for notice in self._waiting if notice.version > body.version]
            for notice in waiting:
                cib = cib.apply_patchset(notice.patchset)
        except CibError as error:
            return self._misfit(error.message, next_call_id)
        self.cib = cib
        self.term = max([body.term, *(notice.term for notice in waiting)])
        self.current = True
        self._waiting = []
        replaced, self._replaced = self._replaced, False
        return ReplicaUpdate(changed=True, everything=True, replaced=replaced)

    def _retry(self) -> tuple[ReplicaEffect, ...]:
        return (SetTimer(RETRY_TIMER, RETRY_SECONDS),) if self._linked else ()


def _change(change: Element) -> PatchChange:
    operation = change.get("operation", "")
    path = change.get("path", "")
    if operation == "create":
        return PatchChange(operation, path, element=next(iter(change.children), None))
    edits = change.child("change-list")
    attributes = () if edits is None else tuple(_edit(edit) for edit in edits.children)
    return PatchChange(operation, path, attributes)


def _edit(edit: Element) -> tuple[str, str | None]:
    return edit.get("name", ""), edit.get("value", "") if edit.get("operation") == "set" else None
