"""A transition: the graph of the scheduler is carried out and its results are told to the runner."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from pcmk._core import Element, GraphAction, GraphRunner
from pcmk.controld import history
from pcmk.controld.keys import EXTERNAL, TransitionKey, parse_key, uuid_of
from pcmk.controld.roster import Peer
from pcmk.controld.shared import INFINITY, Completion, Shared
from pcmk.kernel.durations import duration
from pcmk.kernel.messages.controld_peer import ActionDone, PerformAction

_ERASING = frozenset({"delete", "lrm_delete"})


class Work(Struct):
    """What the transition asks of others; each action it is given is answered with `Transition.confirm`."""

    fence: Callable[[GraphAction], None]
    shut_down: Callable[[GraphAction], None]
    clear_failures: Callable[[GraphAction], None]
    erase_history: Callable[[GraphAction], None]
    count_failure: Callable[[str, Element, bool, bool], None]
    record_lost: Callable[[GraphAction, str], None]
    abort: Callable[[int, Completion, str], None]
    completed: Callable[[Completion, str], None]
    may_fire: Callable[[], bool]


_LASTING = ("recheck-by", "failed-start-offset", "failed-stop-offset")
"""Attributes of a graph that are asked for when it is done, too."""


class Transition:
    """The present graph of this DC, or what is still asked of the last one: it is much larger than the CIB."""

    def __init__(self, shared: Shared, work: Work) -> None:
        self._shared = shared
        self._work = work
        self._uuid = uuid_of(shared.incarnation)
        self._runner: GraphRunner | None = None
        self._number = -1
        self._running = False
        self._driving = False
        self._confirmed = False
        self._downed: dict[str, list[int]] = {}
        self._cancels: dict[tuple[str, str], int] = {}
        self._erased: set[tuple[str, str]] = set()
        self._results: dict[int, str] = {}
        self._attributes: dict[str, str] = {}
        self._taken_down: set[str] = set()

    @property
    def running(self) -> bool:
        """Whether a graph is being carried out."""
        return self._running

    @property
    def busy(self) -> bool:
        """Whether actions are under way."""
        return self._running and self._runner is not None and bool(self._runner.in_flight())

    @property
    def number(self) -> int:
        """Number of the present graph."""
        return self._number

    def attr(self, name: str) -> str:
        """An attribute of the graph."""
        return (self._runner.attr(name) if self._runner is not None else self._attributes.get(name)) or ""

    # ---- life of a graph --------------------------------------------------------------------------

    def load(self, graph_xml: str, number: int) -> None:
        """Begin to carry out a graph; raises ValueError if it is none."""
        runner = GraphRunner(graph_xml)
        self._runner, self._number, self._running = runner, number, True
        self._downed, self._cancels, self._erased, self._results = {}, {}, set(), {}
        self._taken_down = set()
        for action in runner.actions:
            for id in action.downed:
                self._downed.setdefault(id, []).append(action.id)
            if action.operation == "cancel":
                task, interval = action.meta("operation") or "monitor", action.meta("interval") or "0"
                self._cancels[action.on_node_id, f"{action.resource_id}_{task}_{interval}"] = action.id
            elif action.operation in _ERASING:
                self._erased.add((action.on_node_id, action.resource_id))
        self._shared.port.log("info", f"Transition {number} has {runner.size} actions")
        self.drive()

    def halt(self) -> None:
        """Forget the graph: this node is DC no more."""
        if self._runner is not None:
            for action in self._runner.in_flight():
                self._shared.port.stop_timer(self._timer(action.id))
        self._runner, self._running = None, False
        self._attributes, self._taken_down = {}, set()

    def abort(self, priority: int, completion: Completion, text: str) -> None:
        """End early."""
        if self._runner is not None and self._running:
            self._runner.abort(priority, completion, text)
            self.drive()

    def drive(self) -> None:
        """Start what may start; ends the transition when nothing is left."""
        runner = self._runner
        if runner is None or not self._running or self._driving or not self._work.may_fire():
            return
        self._driving = True
        jobs = {peer.name: peer.heard.jobs for peer in self._shared.roster if peer.heard is not None}
        batch, migrations = _limit(runner.attr("batch-limit")), _limit(runner.attr("migration-limit"))
        outcome = "running"
        self._confirmed = True
        while self._confirmed:
            self._confirmed = False
            runner.begin_pass()
            while (actions := runner.next_actions(batch=batch, node_jobs=jobs, migrations=migrations)) is not None:
                for action in actions:
                    self._start(action)
            outcome = runner.end_pass()
        self._driving = False
        if outcome != "running":
            completion, text = runner.completion
            self._end_of(runner)
            level = "warning" if outcome == "terminated" else "info"
            reason = f" ({text})" if text else ""
            self._shared.port.log(level, f"Transition {self._number} is {outcome}{reason}; next: {completion}")
            self._work.completed(completion, text or "")

    def _end_of(self, runner: GraphRunner) -> None:
        self._attributes = {name: runner.attr(name) or "" for name in _LASTING}
        self._taken_down = {id for id in self._downed if self.expects_down(id)}
        self._runner, self._running = None, False

    # ---- actions ----------------------------------------------------------------------------------

    def _start(self, action: GraphAction) -> None:
        match action.kind:
            case "pseudo":
                self.confirm(action.id)
            case "resource":
                self._send(action)
            case "cluster" if action.operation == "stonith":
                self._work.fence(action)
            case "cluster" if action.operation == "do_shutdown":
                self._work.shut_down(action)
            case "cluster" if action.operation == "clear_failcount":
                self._work.clear_failures(action)
            case "cluster_cib":
                self._work.erase_history(action)
            case _:
                self._cannot_start(action, f"There is no cluster action {action.operation}")

    def _send(self, action: GraphAction) -> None:
        peer = self._shared.roster.get(action.router_node or action.on_node)
        no_wait = action.meta("op_no_wait") == "true"
        if peer is None or not peer.member or (no_wait and not peer.active):
            self._cannot_start(action, f"{action.key} can't be sent to {action.on_node}")
            return
        if no_wait:
            self._hand_over(peer, action)
            self.confirm(action.id)
            return
        # A member that has yet to join gets it then. One that never does has lost it like one that does not answer: a
        # stop that is lost gets the node fenced.
        self._set_timer(action)
        if peer.active:
            self._hand_over(peer, action)

    def _set_timer(self, action: GraphAction) -> None:
        delay = duration(self.attr("cluster-delay"))
        delay = self._shared.options.cluster_delay if delay is None else delay
        timeout = (_limit(action.meta("timeout")) + _limit(action.meta("start_delay"))) / 1000
        self._shared.port.after(self._timer(action.id), timeout + delay, lambda: self._lost(action))

    def _hand_over(self, peer: Peer, action: GraphAction) -> None:
        message = PerformAction(
            key=str(self.key_of(action)),
            operation=action.operation,
            operation_key=action.key,
            on_node=action.on_node,
            resource=action.resource_id,
            standard=action.resource_class,
            provider=action.resource_provider,
            type=action.resource_type,
            shutdown_lock=action.shutdown_lock or 0,
            attributes=action.attributes,
        )
        self._shared.port.send(peer.name, self._shared.standing.term, message)

    def resend(self, peer: Peer) -> None:
        """A controller has joined again: give it what it may not have got."""
        if self._runner is not None and self._running:
            for action in self._runner.in_flight():
                if action.kind == "resource" and peer.name == (action.router_node or action.on_node):
                    self._set_timer(action)
                    self._hand_over(peer, action)

    def _cannot_start(self, action: GraphAction, text: str) -> None:
        self._shared.port.log("warning", text)
        self.confirm(action.id, failed=True)
        self._work.abort(INFINITY, "restart", text)

    def _lost(self, action: GraphAction) -> None:
        if self._runner is None or not self._runner.is_in_flight(action.id):
            return
        self._shared.port.log("error", f"{action.key} on {action.on_node} did not report in time")
        if history.is_recordable(action.operation):
            self._work.record_lost(action, str(self.key_of(action)))
        self.confirm(action.id, failed=True)
        self._work.abort(INFINITY, "restart", "Action lost")

    def node_failed(self, peer: Peer) -> None:
        """Nothing that was given to a node will be answered, so nothing may follow it any more: what was to wait for a
        demotion there must not take it for done. Fencing the node goes on."""
        if self._runner is None or not self._running:
            return
        self._runner.abort(INFINITY, "restart", "Node failure")
        for action in self._runner.in_flight():
            if action.operation != "stonith" and peer.name in (action.on_node, action.router_node):
                self.confirm(action.id, failed=True)
        self.drive()

    def confirm(self, id: int, *, failed: bool = False) -> bool:
        """An action ended; the caller drives on."""
        if self._runner is None or not self._runner.confirm(id, failed=failed):
            return False
        self._confirmed = True
        self._shared.port.stop_timer(self._timer(id))
        return True

    def key_of(self, action: GraphAction) -> TransitionKey:
        """The transition key of an action."""
        return TransitionKey(action.id, self._number, _limit(action.meta("op_target_rc")), self._uuid)

    def is_current(self, number: int) -> bool:
        """Whether a graph is the one being carried out."""
        return self._running and number == self._number

    def _timer(self, id: int) -> str:
        return f"action/{self._number}/{id}"

    # ---- results ----------------------------------------------------------------------------------

    def expects_down(self, node_id: str) -> bool:
        """Whether an action of the graph that was started takes a node down."""
        runner = self._runner
        if runner is None:
            return node_id in self._taken_down
        return any(runner.is_in_flight(id) or runner.is_confirmed(id) for id in self._downed.get(node_id, ()))

    def is_cancelled(self, node_id: str, entry: str) -> bool:
        """Whether the graph wants an entry gone."""
        return (node_id, entry) in self._cancels

    def is_erased(self, node_id: str, resource: str) -> bool:
        """Whether the graph wants the history of a resource gone."""
        return (node_id, resource) in self._erased

    def done(self, answer: ActionDone) -> None:
        """A controller reports an action that leaves no entry."""
        key = parse_key(answer.key)
        if key is None or key.uuid != self._uuid or not self.is_current(key.transition):
            return
        self._end(key.action, answer.rc, answer.status)
        self.drive()

    def catch_up(self, entries: Iterable[tuple[str, Element]]) -> None:
        """The CIB was read anew: results that are waited for may be in it, and changes of others went unseen."""
        runner = self._runner
        if runner is None or not self._running:
            return
        for node_id, entry in entries:
            key = parse_key(entry.get("transition-key", ""))
            ours = key is not None and key.uuid == self._uuid and self.is_current(key.transition)
            if key is not None and ours and runner.is_in_flight(key.action):
                self.recorded(node_id, entry)

    def recorded(self, node_id: str, entry: Element) -> None:
        """An entry of the history changed."""
        text = entry.get("transition-key")
        status, rc = _integer(entry.get("op-status")), _integer(entry.get("rc-code"))
        if text is None or status == history.PENDING:
            return
        key = parse_key(text)
        if key is None:
            self._work.abort(INFINITY, "restart", "Bad event")
            return
        reason, ignored = self._place(key, entry, rc, status)
        failed = history.has_failed(rc, status, key.target_rc)
        if failed and reason != "known":
            self._work.count_failure(node_id, entry, key.transition == EXTERNAL, ignored)
        if reason not in ("", "known"):
            self._work.abort(INFINITY, "restart", reason)
        self.drive()

    def _place(self, key: TransitionKey, entry: Element, rc: int, status: int) -> tuple[str, bool]:
        """Take a result in. Returns why it aborts ("" if it doesn't, "known" if it was taken before), and whether the
        failure of the operation is to be ignored."""
        recurring = _integer(entry.get("interval")) > 0
        if key.transition == EXTERNAL:
            return "Unexpected event", False
        if key.uuid != self._uuid:
            return "Foreign event", False
        found = f"{status}:{rc}"
        if key.transition == self._number and self._results.get(key.action) == found:
            # The same result comes under several ids.
            return "known", False
        if not self.is_current(key.transition):
            if recurring:
                return "Change in recurring result", False
            return ("Old event" if key.transition != self._number else "Inactive graph"), False
        runner = self._runner
        assert runner is not None
        action = runner.action(key.action)
        if action is None:
            return "Unknown event", False
        ignored = action.meta("on_fail") == "ignore"
        changed = key.action in self._results
        self._results[key.action] = found
        self._end(key.action, rc, status)
        if not changed:
            return "", ignored
        return ("Change in recurring result" if recurring else "Inactive graph"), ignored

    def _end(self, id: int, rc: int, status: int) -> None:
        action = self._runner.action(id) if self._runner is not None else None
        if action is None:
            return
        target = _limit(action.meta("op_target_rc"))
        failed = action.meta("on_fail") != "ignore" and history.has_failed(rc, status, target)
        if self.confirm(id, failed=failed) and failed:
            self._work.abort(action.priority + 1, "restart", "Event failed")


def _limit(text: str | None) -> int:
    """A number that is not negative; 0 for what is none."""
    return int(text) if text is not None and text.isdecimal() else 0


def _integer(text: str | None) -> int:
    return int(text) if text is not None and text.lstrip("-").isdecimal() else 0
