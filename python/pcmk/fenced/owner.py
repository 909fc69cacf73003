"""The owner's part: carries operations through, one device of one peer at a time.

Messages go out as `Send`, to the own node too (the core hands those back). Decided operations collect in `decided`.
"""

from collections.abc import Iterable

from pcmk.fenced.events import Effect
from pcmk.fenced.operation import Attempt, Candidate, Operation
from pcmk.fenced.vigil import Verdict, Vigil
from pcmk.fenced.watchdog import Watchdog
from pcmk.kernel.core import CancelTimer, Instant, Log, ProveMembership, Send, SetTimer
from pcmk.kernel.messages.fenced_peer import FenceExecute, FenceExecuted, FenceOffer, FenceOp, FenceQuery
from pcmk.kernel.messages.fencer import FenceResult
from pcmk.kernel.watchdog import DEVICE

CONFIRMED, REFUSED, UNKNOWN = "confirmed", "refused", "unknown"
PROOF_PAUSE = 1.0
PATIENCE = 2.0
"""Seconds after which an operation begins with what is offered, though not everybody answered."""

_TIMERS = ("patience", "query", "attempt", "total", "vigil")


class Owner:
    """Operations of this node."""

    def __init__(self, watchdog: Watchdog, node: str) -> None:
        self._watchdog = watchdog
        self._node = node
        self._proofs: dict[int, str] = {}
        self._last_proof = 0
        self.operations: dict[str, Operation] = {}
        self.decided: list[tuple[FenceOp, FenceResult]] = []

    def begin(
        self, op: FenceOp, levels: tuple[tuple[str, ...], ...], nodes: Iterable[str], now: Instant
    ) -> list[Effect]:
        """Ask all nodes what they can do."""
        expected = list(nodes)
        self.operations[op.id] = Operation(op, levels, set(expected), now.mono)
        effects: list[Effect] = [Send(node, 0, FenceQuery(op)) for node in expected]
        return [
            *effects,
            SetTimer(f"patience/{op.id}", PATIENCE),
            SetTimer(f"query/{op.id}", max(op.timeout, PATIENCE)),
        ]

    def same(self, target: str, action: str) -> Operation | None:
        """The operation that already does this."""
        for operation in self.operations.values():
            if (operation.op.target, operation.op.action) == (target, action):
                return operation
        return None

    # ---- what peers say ---------------------------------------------------------------------------

    def offered(self, node: str, offer: FenceOffer, now: Instant) -> list[Effect]:
        """A node told its devices."""
        operation = self.operations.get(offer.id)
        if operation is None:
            return []
        operation.offers[node] = offer.devices
        operation.expected.discard(node)
        return self._progress(operation, now)

    def executed(self, node: str, done: FenceExecuted, now: Instant) -> list[Effect]:
        """A device of a node did its work, or failed. A success that comes late is one all the same."""
        operation = self.operations.get(done.id)
        attempt = None if operation is None else operation.attempted.get(done.attempt)
        if operation is None or attempt is None or attempt.candidate.node != node:
            return []
        operation.ran = operation.ran or done.ran
        success = done.rc == 0 and done.status == 0
        current = operation.attempt is not None and operation.attempt.number == attempt.number
        if not current and not (success and operation.steps and operation.steps[0] == attempt.step):
            return []
        operation.attempt = None
        effects: list[Effect] = [CancelTimer(f"attempt/{done.id}")]
        if success:
            operation.delegate = node
            operation.steps.pop(0)
        else:
            operation.reason = f"{attempt.candidate.offered.device} at {node}: {done.reason}"
            effects.append(Log("warning", f"Fencing of {operation.op.target} failed: {operation.reason}"))
        return effects + self._progress(operation, now)

    def peer_up(self, node: str) -> list[Effect]:
        """A node that can be asked too."""
        effects: list[Effect] = []
        for operation in self.operations.values():
            operation.expected.add(node)
            effects.append(Send(node, 0, FenceQuery(operation.op)))
        return effects

    def peer_down(self, node: str, now: Instant) -> list[Effect]:
        """A node is gone: what it was asked to do may have happened or not, and is asked of another one."""
        effects: list[Effect] = []
        for operation in list(self.operations.values()):
            operation.offers.pop(node, None)
            operation.expected.discard(node)
            if operation.attempt is not None and operation.attempt.candidate.node == node:
                operation.attempt = None
                operation.ran = True
                operation.reason = f"the connection to {node} broke while it was fencing"
                effects.append(CancelTimer(f"attempt/{operation.op.id}"))
            effects += self._progress(operation, now)
        return effects

    # ---- time -------------------------------------------------------------------------------------

    def due(self, kind: str, id: str, now: Instant) -> list[Effect]:
        """A timer of an operation ran out."""
        operation = self.operations.get(id)
        if operation is None:
            return []
        match kind:
            case "vigil":
                return self._look(operation, now)
            case "patience":
                operation.impatient = True
            case "query":
                operation.expected.clear()
            case "attempt":
                if operation.attempt is not None:
                    operation.ran = True
                    operation.reason = f"{operation.attempt.candidate.node} did not answer in time"
                    operation.attempt = None
            case _:
                if operation.steps and all(step.optional for step in operation.steps):
                    return self._confirm(operation, now)
                operation.reason = operation.reason or "out of time"
                return self._fail(operation, now)
        return self._progress(operation, now)

    # ---- merging and deciding ---------------------------------------------------------------------

    def merge(self, other: FenceOp, node: str) -> None:
        """Another owner does the same. If both just began, the one with the lesser name goes on."""
        mine = self.same(other.target, other.action)
        if mine is not None and not mine.attempts and not mine.merged_into and other.owner < node:
            mine.merged_into = other.id

    def followed(self, result: FenceResult, now: Instant) -> list[Effect]:
        """Another owner's operation is decided: those that waited for it are, too, if it is confirmed."""
        effects: list[Effect] = []
        for operation in [op for op in self.operations.values() if op.merged_into == result.id]:
            operation.merged_into = ""
            if result.outcome == CONFIRMED:
                operation.delegate = result.delegate
                effects += self._confirm(operation, now)
            else:
                effects += self._progress(operation, now)
        return effects

    def vouched(self, result: FenceResult, now: Instant) -> list[Effect]:
        """A human confirmed that the target is off."""
        effects: list[Effect] = []
        for operation in list(self.operations.values()):
            if operation.op.target == result.target and operation.op.action in ("off", "reboot"):
                operation.delegate = result.delegate
                effects += self._confirm(operation, now)
        return effects

    def _progress(self, operation: Operation, now: Instant) -> list[Effect]:
        """Do what can be done next."""
        busy = operation.merged_into or operation.attempt is not None or operation.vigil is not None
        if busy or operation.op.id not in self.operations:
            return []
        effects: list[Effect] = []
        if not operation.started:
            if not operation.may_start():
                return []
            operation.started = True
            operation.begin_level()
            effects.append(SetTimer(f"total/{operation.op.id}", operation.total_limit()))
        while operation.steps:
            candidate = operation.next_candidate()
            if candidate is not None:
                return effects + self._attempt(operation, candidate)
            if operation.steps[0].optional:
                operation.steps.pop(0)
            elif operation.names_watchdog and self._may_watch(operation):
                return effects + self._watch(operation, now)
            elif operation.waits_for_offers() and not operation.impatient:
                return effects
            elif operation.level + 1 < len(operation.levels):
                operation.level += 1
                operation.used.clear()
                operation.begin_level()
            elif operation.waits_for_offers():
                return effects
            elif not operation.levels and self._may_watch(operation):
                return effects + self._watch(operation, now)
            else:
                return effects + self._fail(operation, now)
        return effects + self._confirm(operation, now)

    def _attempt(self, operation: Operation, candidate: Candidate) -> list[Effect]:
        op, step = operation.op, operation.steps[0]
        first = operation.attempts == 0
        delay = op.delay if first or op.delay < 0 else 0.0
        operation.attempts += 1
        attempt = Attempt(operation.attempts, step, candidate)
        operation.attempt = operation.attempted[attempt.number] = attempt
        operation.used.add((candidate.node, candidate.offered.device, step.action))
        execute = FenceExecute(
            id=op.id,
            attempt=attempt.number,
            target=op.target,
            action=step.action,
            device=candidate.offered.device,
            timeout=operation.step_timeout(candidate),
            delay=delay,
            sole=operation.sole,
        )
        text = f"Fencing {op.target} ({step.action}) with {candidate.offered.device} at {candidate.node}"
        return [
            Log("notice", text),
            SetTimer(f"attempt/{op.id}", operation.attempt_limit(candidate, delay)),
            Send(candidate.node, 0, execute),
        ]

    # ---- by watchdog ------------------------------------------------------------------------------

    def _may_watch(self, operation: Operation) -> bool:
        op = operation.op
        return op.action in ("off", "reboot") and not operation.watched and self._watchdog.covers(op.target)

    def _watch(self, operation: Operation, now: Instant) -> list[Effect]:
        """Wait until the target's watchdog has reset it; have it take itself down if it can be reached."""
        op = operation.op
        vigil = operation.vigil = Vigil(op.target, self._watchdog.patience(op.target))
        operation.watched = operation.ran = True
        operation.attempts += 1
        text = f"Waiting until {op.target} has not been seen for {vigil.patience:g} s, for its watchdog to reset it"
        effects: list[Effect] = [
            Log("notice", text),
            SetTimer(f"total/{op.id}", operation.total_limit() + vigil.patience),
        ]
        if op.target == self._node or self._watchdog.sees(op.target):
            order = FenceExecute(op.id, operation.attempts, op.target, op.action, DEVICE, op.timeout, 0.0, sole=False)
            effects.append(Send(op.target, 0, order))
        return effects + self._look(operation, now)

    def view_changed(self, now: Instant) -> list[Effect]:
        """Who is a member, and whether there is quorum, is another matter now."""
        return [effect for operation in list(self.operations.values()) for effect in self._look(operation, now)]

    def _look(self, operation: Operation, now: Instant) -> list[Effect]:
        vigil, id = operation.vigil, operation.op.id
        if vigil is None:
            return []
        match vigil.look(self._watchdog, now.mono):
            case Verdict.BROKEN:
                operation.vigil = None
                operation.reason = vigil.broken
                return [
                    CancelTimer(f"vigil/{id}"),
                    Log("warning", f"Fencing of {vigil.target} failed: {vigil.broken}"),
                    *self._progress(operation, now),
                ]
            case Verdict.WAIT:
                return [] if vigil.since is None else [SetTimer(f"vigil/{id}", vigil.left(now.mono))]
            case Verdict.OVER:
                # This node may have stood still itself meanwhile, and know nothing of the views since.
                self._last_proof += 1
                self._proofs[self._last_proof] = id
                return [ProveMembership(self._last_proof), SetTimer(f"vigil/{id}", PROOF_PAUSE)]

    def proven(self, proof: int, holds: bool, now: Instant) -> list[Effect]:
        """The view in which the time has passed still holds, or nothing is known."""
        operation = self.operations.get(self._proofs.pop(proof, ""))
        vigil = None if operation is None else operation.vigil
        if operation is None or vigil is None or not holds or vigil.look(self._watchdog, now.mono) is not Verdict.OVER:
            return []
        operation.vigil = None
        operation.delegate = DEVICE
        operation.steps.pop(0)
        return [CancelTimer(f"vigil/{operation.op.id}"), *self._progress(operation, now)]

    def _confirm(self, operation: Operation, now: Instant) -> list[Effect]:
        return self._decide(operation, CONFIRMED, "", False, now)

    def _fail(self, operation: Operation, now: Instant) -> list[Effect]:
        """Refused is only what is certain not to have happened: no agent was started for it."""
        no_device = not operation.attempts
        reason = operation.reason or f"no device can fence {operation.op.target}"
        return self._decide(operation, UNKNOWN if operation.ran else REFUSED, reason, no_device, now)

    def _decide(self, operation: Operation, outcome: str, reason: str, no_device: bool, now: Instant) -> list[Effect]:
        op = operation.op
        del self.operations[op.id]
        result = FenceResult(
            id=op.id,
            target=op.target,
            action=op.action,
            outcome=outcome,
            delegate=operation.delegate if outcome == CONFIRMED else "",
            origin=op.origin,
            client=op.client,
            reason=reason,
            completed=now.wall,
            no_device=no_device,
        )
        self.decided.append((op, result))
        return [CancelTimer(f"{kind}/{op.id}") for kind in _TIMERS]
