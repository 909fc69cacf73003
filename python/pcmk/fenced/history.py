"""What every fencer knows of fencing operations: those under way and those decided."""

from dataclasses import replace

from pcmk.kernel.messages.fenced_peer import FenceOp, KnownFence
from pcmk.kernel.messages.fencer import FenceEvent, FenceResult

LIMIT = 500
KEPT = 250


class History:
    """Operations by id, in the order they became known."""

    def __init__(self) -> None:
        self._known: dict[str, KnownFence] = {}

    def begin(self, op: FenceOp) -> None:
        """An operation is under way."""
        self._known.setdefault(op.id, KnownFence(op, None))
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
        """The last confirmed operation of this kind that is not older."""
        results = [
            known.result
            for known in self._known.values()
            if known.result is not None and known.result.outcome == "confirmed" and known.result.completed >= when
        ]
        matching = [result for result in results if (result.target, result.action) == (target, action)]
        return max(matching, key=lambda result: result.completed, default=None)

    def forget(self, target: str) -> None:
        """Drop what is decided, of one target or of all."""
        self._known = {
            id: known
            for id, known in self._known.items()
            if known.result is None or (target and known.op.target != target)
        }

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
