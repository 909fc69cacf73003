"""What every fencer knows of fencing operations: those under way and those decided."""

import math
from collections.abc import Iterator

from msgspec.structs import replace

from pcmk.kernel.messages.fenced_peer import FenceOp, KnownFence
from pcmk.kernel.messages.fencer import FenceEvent, FenceResult

LIMIT = 500
KEPT = 250


class History:
    """Operations by id, in the order they became known."""

    def __init__(self) -> None:
        self._known: dict[str, KnownFence] = {}
        self._began: dict[str, float] = {}

    def begin(self, op: FenceOp, now: float | None) -> None:
        """An operation is under way. It begins `now` (monotonic seconds), or is heard of later than that (None)."""
        if op.id not in self._known:
            self._known[op.id] = KnownFence(op, None)
            if now is not None:
                self._began[op.id] = now
        self._trim()

    def decide(self, op: FenceOp | None, result: FenceResult) -> bool:
        """An operation is decided; true if that was not known. A confirmation outweighs what others presumed."""
        known = self._known.get(result.id)
        if known is not None and known.result is not None and _weight(known.result) >= _weight(result):
            return False
        if known is not None:
            self._known[result.id] = replace(known, result=result)
        else:
            self._known[result.id] = KnownFence(op or _op_of(result), result)
            self._trim()
        return True

    def operation(self, id: str) -> FenceOp | None:
        """An operation by its id."""
        known = self._known.get(id)
        return None if known is None else known.op

    def pending(self, target: str = "", action: str = "", owner: str = "") -> list[FenceOp]:
        """Operations under way; an empty argument matches all."""
        return [
            known.op
            for known in self._known.values()
            if known.result is None
            and target in ("", known.op.target)
            and action in ("", known.op.action)
            and owner in ("", known.op.owner)
        ]

    def success_since(self, target: str, action: str, when: float) -> FenceResult | None:
        """The last confirmed operation of this kind that ended then (seconds since the epoch) or later."""
        matching = [
            result for result in self._confirmed(target) if result.action == action and result.completed >= when
        ]
        return max(matching, key=lambda result: result.completed, default=None)

    def success_begun_since(self, target: str, action: str, when: float) -> FenceResult | None:
        """A confirmed operation that serves and was seen to begin then (monotonic seconds) or later."""
        for result in self._confirmed(target):
            if serves(result.action, action) and self._began.get(result.id, -math.inf) >= when:
                return result
        return None

    def forget(self, target: str) -> None:
        """Drop what is decided, of one target or of all."""
        self._known = {
            id: known
            for id, known in self._known.items()
            if known.result is None or (target and known.op.target != target)
        }
        self._began = {id: began for id, began in self._began.items() if id in self._known}

    def everything(self) -> tuple[KnownFence, ...]:
        """All that is known, for a peer."""
        return tuple(self._known.values())

    def events(self, target: str) -> tuple[FenceEvent, ...]:
        """For people and programs: those under way first, then the newest decided ones."""
        known = [known for known in self._known.values() if target in ("", known.op.target)]
        known.sort(key=lambda k: (k.result is not None, -(k.result.completed if k.result is not None else 0.0)))
        return tuple(_event(entry) for entry in known)

    def _trim(self) -> None:
        if len(self._known) <= LIMIT:
            return
        decided = sorted((known.result.completed, id) for id, known in self._known.items() if known.result is not None)
        for _, id in decided[: max(len(decided) - KEPT, 0)]:
            del self._known[id]
            self._began.pop(id, None)

    def _confirmed(self, target: str) -> Iterator[FenceResult]:
        for known in self._known.values():
            result = known.result
            if result is not None and result.outcome == "confirmed" and result.target == target:
                yield result


def serves(action: str, wanted: str) -> bool:
    """Whether an action does what is wanted: a node that somebody wants to be off is as safe as one that was rebooted,
    and must not be switched on again."""
    return action == wanted or (action, wanted) == ("off", "reboot")


def _weight(result: FenceResult) -> int:
    return 1 if result.outcome == "confirmed" else 0


def _op_of(result: FenceResult) -> FenceOp:
    return FenceOp(
        result.id, result.target, result.action, 0.0, 0.0, False, result.client, result.origin, result.origin
    )


def _event(known: KnownFence) -> FenceEvent:
    op, result = known.op, known.result
    if result is None:
        return FenceEvent(op.id, op.target, op.action, "pending", "", op.origin, op.client, "", 0.0)
    state = "success" if result.outcome == "confirmed" else "failed"
    return FenceEvent(
        op.id, op.target, op.action, state, result.delegate, op.origin, op.client, result.reason, result.completed
    )
