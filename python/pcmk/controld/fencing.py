"""Fencing: what the graph asks for, what came of it, and what must be remembered of it."""

from collections.abc import Callable
from typing import Literal

from pcmk._core import GraphAction
from pcmk.controld import node_state
from pcmk.controld.attributes import Attributes
from pcmk.controld.roster import Peer
from pcmk.controld.shared import INFINITY, Shared
from pcmk.controld.transition import Transition
from pcmk.kernel.core import Exit
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.durations import duration
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.attributes import AttributeChange, AttributePurge, AttributeUpdate
from pcmk.kernel.messages.cib import CibModified, CibOperation
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.messages.fencer import Fence, FenceResult

_CLIENT = "pacemaker-controld"
_DEFAULT_TIMEOUT = 60.0
# The fencer extends its time by what delays and topologies need; this only bounds a fencer that never answers.
_PATIENCE = 20
# A node that was fenced by others leaves the membership within this; when it leaves later it has another reason.
_NOTICED_WITHIN = 30.0


class Fencing:
    """The controller's view of fencing, on the DC and on every other node."""

    def __init__(
        self,
        shared: Shared,
        attributes: Attributes,
        transition: Callable[[], Transition],
        abort: Callable[[int, Literal["restart", "wait"], str], None],
    ) -> None:
        self._shared = shared
        self._attributes = attributes
        self._transition = transition
        self._abort = abort
        self._failures: dict[str, int] = {}
        self._clean_up: dict[str, None] = {}
        self._recorded: dict[str, None] = {}
        self._about_to_go: set[str] = set()

    # ---- requests ---------------------------------------------------------------------------------

    def fence(self, action: GraphAction) -> None:
        """Carry out a fencing action of the graph."""
        shared, transition = self._shared, self._transition()
        number = transition.number
        operation = action.meta("stonith_action") or "reboot"
        timeout = duration(transition.attr("fencing-timeout")) or _DEFAULT_TIMEOUT
        delay = duration(action.meta("priority_fencing_delay") or "") or 0.0
        alone = sum(peer.active for peer in shared.roster) == 1
        shared.port.log("notice", f"Requesting fencing ({operation}) of {action.on_node}")
        started = shared.port.now.mono
        life = self._life_of(action.on_node, started)
        request = Fence(action.on_node, operation, timeout, delay, allow_self=alone, life=life)

        def decided(body: Message) -> None:
            self._decided(action, number, operation, started, body)

        shared.port.call(Daemon.FENCED, request, decided, timeout * _PATIENCE + delay)

    def _life_of(self, name: str, now: float) -> float:
        """How long ago a node appeared that is gone since; fencing that others began in its life was the end of it."""
        peer = self._shared.roster.get(name)
        return 0.0 if peer is None or peer.member or peer.appeared is None else now - peer.appeared

    def _decided(self, action: GraphAction, number: int, operation: str, started: float, body: Message) -> None:
        shared, transition, target = self._shared, self._transition(), action.on_node
        if not shared.leading or not transition.is_current(number):
            return
        if isinstance(body, FenceResult) and body.outcome == "confirmed":
            self._failures.pop(target, None)
            if operation == "on":
                self._record_unfencing(action, number)
            else:
                self._recorded[body.id] = None
                self._record(self._peer_of(action), started, lambda done: self._finish(action, number, done))
            return
        reason = body.reason if isinstance(body, FenceResult) else _text(body)
        no_device = isinstance(body, FenceResult) and body.no_device
        shared.port.log("error", f"Fencing ({operation}) of {target} did not succeed: {reason}")
        # A fencer that was lost may or may not have done it: that is no success either.
        self._failures[target] = self._failures.get(target, 0) + 1
        transition.confirm(action.id, failed=True)
        wait = no_device or self._failures[target] >= shared.options.fencing_max_attempts
        self._abort(INFINITY, "wait" if wait else "restart", "Stonith failed")

    def _finish(self, action: GraphAction, number: int, done: bool) -> None:
        transition = self._transition()
        if transition.is_current(number):
            transition.confirm(action.id, failed=not done)
            transition.drive()

    def _record_unfencing(self, action: GraphAction, number: int) -> None:
        node = action.on_node
        changes = [AttributeChange("#node-unfenced", str(self._shared.port.epoch), node)]
        for meta, name in (("digests_all", "#digests-all"), ("digests_secure", "#digests-secure")):
            value = action.meta(meta)
            if value:
                changes.append(AttributeChange(name, value, node))
        self._attributes.ask(AttributeUpdate(tuple(changes)), lambda: self._finish(action, number, True))

    # ---- recording --------------------------------------------------------------------------------

    def _record(self, peer: Peer, started: float, then: Callable[[bool], None]) -> None:
        """Write that a node was fenced; `then` is told true when the CIB and the attributes are so.

        A node that has joined in a new life since the request has nothing to be erased.
        """
        shared = self._shared
        if peer.active and peer.joined_from > started:
            then(True)
            return
        waiting = 2

        def one_done() -> None:
            nonlocal waiting
            waiting -= 1
            if waiting == 0:
                then(True)

        def written(done: CibModified | None) -> None:
            if done is not None:
                one_done()
                return
            # Not recorded, so dependants must not go on; the next scheduler run fences again.
            then(False)
            self._abort(INFINITY, "restart", "CIB update failed")

        peer.permitted = True
        operations = node_state.fenced(shared.replica.cib, peer)
        shared.writer.submit(operations, written, term=shared.standing.term)
        self._attributes.ask(AttributePurge(peer.name), one_done)

    def _peer_of(self, action: GraphAction) -> Peer:
        return self._shared.roster.get(action.on_node) or Peer(action.on_node, action.on_node_id)

    # ---- notices ----------------------------------------------------------------------------------

    def noticed(self, result: FenceResult) -> None:
        """The fencer tells how a request of anyone ended."""
        shared = self._shared
        own = shared.leading and result.origin == shared.node and result.client.startswith(_CLIENT)
        if result.outcome != "confirmed":
            if not own:
                self._failures[result.target] = self._failures.get(result.target, 0) + 1
            return
        self._failures.pop(result.target, None)
        if result.action == "on":
            return
        if result.target == shared.node:
            self._fenced_myself(result)
        elif shared.leading:
            if not own and result.id not in self._recorded:
                self._recorded[result.id] = None
                self._record_outside(result)
        else:
            # The DC may be gone before it is recorded, or be the target.
            self._clean_up[result.target] = None

    def _fenced_myself(self, result: FenceResult) -> None:
        reason = f"this node was fenced by {result.delegate or result.origin}"
        code = ExitCode.PANIC if self._shared.options.fencing_panics else ExitCode.FATAL
        self._shared.port.emit(Exit(code, reason))

    def _record_outside(self, result: FenceResult) -> None:
        port, peer = self._shared.port, self._shared.roster.get(result.target)
        if peer is not None and peer.active:
            # Its loss was not noticed yet, and is then no reason to fence it once more; or the news are old and it is
            # there in a new life.
            age = max(0.0, port.now.wall - result.completed)
            if peer.joined_from <= port.now.mono - age:
                self._about_to_go.add(peer.name)
                port.after(f"fenced/{peer.name}", _NOTICED_WITHIN, lambda: self._about_to_go.discard(peer.name))
        elif peer is not None:
            self._record(peer, port.now.mono, lambda _: None)
        self._abort(INFINITY, "restart", "External Fencing Operation")

    # ---- changes of role and membership -----------------------------------------------------------

    def remembered(self) -> tuple[CibOperation, ...]:
        """What a new DC has to write of fencing that was confirmed and not recorded by a former one."""
        shared = self._shared
        operations: list[CibOperation] = []
        for name in sorted(self._clean_up):
            peer = shared.roster.get(name)
            if peer is not None and not peer.talks and not node_state.is_down(shared.replica.cib, peer):
                shared.port.log("notice", f"Recording the fencing of {name} for a former DC")
                operations += node_state.fenced(shared.replica.cib, peer)
                peer.permitted = True
                self._attributes.ask(AttributePurge(name))
        self._clean_up = {}
        return tuple(operations)

    def went(self, peer: Peer) -> None:
        """A node is no member any more."""
        if peer.name in self._about_to_go and self._shared.leading:
            self._record(peer, self._shared.port.now.mono, lambda _: None)
        self._about_to_go.discard(peer.name)

    def appeared(self, name: str) -> None:
        """A node is a member (again)."""
        self._clean_up.pop(name, None)

    def forgotten(self, name: str) -> None:
        """A node was removed from the cluster."""
        self._failures.pop(name, None)
        self._clean_up.pop(name, None)


def _text(body: Message) -> str:
    return body.message if isinstance(body, Failure) else f"unexpected {type(body).__name__}"
