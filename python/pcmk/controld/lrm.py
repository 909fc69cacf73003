"""The executor's client: what the graph wants of this node is run here, and what came of it gets into the history."""

from collections.abc import Callable
from typing import TypeAlias

from pcmk.controld import history
from pcmk.controld.history import Place
from pcmk.controld.keys import EXTERNAL, OperationKey, TransitionKey, parse_key
from pcmk.controld.member import EntryId, Member
from pcmk.controld.metadata import Metadata, metadata_of
from pcmk.controld.shared import Shared
from pcmk.controld.writer import delete
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.durations import duration
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.markup import quoted
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibModified, CibOperation
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.messages.controld_peer import ActionDone, PerformAction
from pcmk.kernel.messages.executor import (
    AckResults,
    CancelOp,
    ExecState,
    ExecStateQuery,
    ExecuteOp,
    ForgetResource,
    MetadataQuery,
    OpAccepted,
    OpResult,
    ReportAgain,
)
from pcmk.kernel.messages.executor import Metadata as MetadataAnswer

Agent: TypeAlias = tuple[str, str, str]

_KEYS_KEPT = 20_000
_ANSWERS_KEPT = 1_000
_METADATA_TIMEOUT = 25.0
_LONG_DELAY_MS = 300_000
_SETTING_PARAMETERS = ("start", "reload", "reload-agent", "migrate_from")
_QUIET = ("monitor", "notify", "meta-data")
_UNREACHABLE = (ExitCode.DISCONNECT, ExitCode.TIMEOUT, ExitCode.UNAVAILABLE, ExitCode.TEMPFAIL)
_RETRY_TIMER = "executor-state"


class Lrm:
    """Runs actions on this node. `on_known` is called when the executor has told its state after a connect."""

    def __init__(self, shared: Shared, member: Member, on_known: Callable[[], None]) -> None:
        self._shared = shared
        self._member = member
        self._on_known = on_known
        self._linked = False
        self._state: ExecState | None = None
        self._begun: dict[str, str] = {}
        self._answers: dict[str, ActionDone] = {}
        self._submitted: dict[str, ExecuteOp] = {}
        self._recurring: dict[OperationKey, str] = {}
        self._agents: dict[str, Agent] = {}
        self._params: dict[str, dict[str, str]] = {}
        self._metadata: dict[Agent, Metadata | None] = {}
        self._asked: dict[Agent, list[Callable[[Metadata | None], None]]] = {}
        self._open: dict[int, None] = {}
        self._highest = 0
        self._last_call = 0

    # ---- the connection ---------------------------------------------------------------------------

    def linked(self) -> None:
        """The executor answers (again): what it knows comes first."""
        self._linked = True
        self._shared.port.call(Daemon.EXECD, ExecStateQuery(), self._told)

    def unlinked(self) -> None:
        """The executor is out of reach; it goes on with what it has, and its results are kept for us."""
        self._linked = False

    def _told(self, body: Message) -> None:
        if isinstance(body, ExecState):
            self._state = body
            self.take_state()
        elif self._linked:
            self._shared.port.after(_RETRY_TIMER, 1.0, self.linked)

    def take_state(self) -> None:
        """Work through what the executor told, as soon as this node knows its own id."""
        state = self._state
        if state is None or not self._shared.roster.me.id:
            return
        self._state = None
        if self._shared.fresh:
            self._start_empty(state)
        else:
            self._resume(state)
        self._on_known()

    def _start_empty(self, state: ExecState) -> None:
        """A new life of the node: what a former one left in the executor is not ours."""
        for resource in state.resources:
            self._shared.port.call(Daemon.EXECD, ForgetResource(resource.resource), _ignore)
        for result in state.unacknowledged:
            self._highest = max(self._highest, result.sequence)
        if state.unacknowledged:
            self._acknowledge()

    def _resume(self, state: ExecState) -> None:
        unsettled = {result.resource for result in state.unacknowledged}
        unsettled |= {op.resource for op in state.operations if op.interval_ms == 0}
        known = state.resources
        self._member.recalled({one.resource: "" if one.resource in unsettled else one.last_key for one in known})
        self._highest = 0
        self._open = {}
        self._recurring = {}
        for resource in state.resources:
            self._agents[resource.resource] = (resource.standard, resource.provider, resource.type)
            self._params[resource.resource] = dict(resource.start_params)
        for result in state.unacknowledged:
            self._begin_key(result.user_data, result.resource)
            self.result(result)
        for op in state.operations:
            self._begin_key(op.user_data, op.resource)
            self._submitted.pop(op.user_data, None)
            if op.interval_ms > 0:
                self._recurring[OperationKey(op.resource, op.action, op.interval_ms)] = op.user_data
        # What was being handed over when the connection broke, and did not arrive.
        lost, self._submitted = self._submitted, {}
        for op in lost.values():
            self._submit(op)

    # ---- actions of the graph ---------------------------------------------------------------------

    def perform(self, action: PerformAction) -> None:
        """Carry out an action, unless it is known already."""
        if action.key in self._begun or self._is_recorded(action):
            answer = self._answers.get(action.key)
            if answer is not None:
                self._tell(answer)
            return
        self._member.mark()
        self._begin_key(action.key, action.resource)
        if action.operation == "cancel":
            self._cancel(action)
        elif action.operation in ("delete", "lrm_delete"):
            self.forget(action.resource, lambda: self._answer(ActionDone(action.key, ExitCode.OK, history.DONE)))
        elif self._shared.leaving and action.operation == "start":
            reason = "this node is shutting down"
            self._answer(ActionDone(action.key, ExitCode.ERROR, history.INVALID, reason))
        elif action.operation in ("reload", "reload-agent"):
            self._with_metadata(_agent(action), False, lambda metadata: self._execute(action, metadata))
        else:
            if history.needs_metadata(action.standard, action.operation):
                self._with_metadata(_agent(action), action.operation == "start", _ignore)
            self._execute(action, None)

    def owns(self, key: str) -> bool:
        """Whether this process was given the operation of a transition key, and has not dropped its result since."""
        return bool(self._begun.get(key))

    def _is_recorded(self, action: PerformAction) -> bool:
        """Whether history has the result: a former process of this controller carried the action out."""
        cib = self._shared.replica.cib
        if cib is None:
            return False
        path = f"{self._resource_path(action.resource)}/lrm_rsc_op[@transition-key={quoted(action.key)}]"
        return any(entry.get("op-status") != str(history.PENDING) for entry in cib.find(path))

    def _begin_key(self, key: str, resource: str) -> None:
        self._begun[key] = resource
        if len(self._begun) > _KEYS_KEPT:
            del self._begun[next(iter(self._begun))]

    def _drop_keys(self, dropped: Callable[[str, str], bool]) -> None:
        """Results of these operations are gone. The keys stay known, so that no action is begun twice."""
        for key, resource in self._begun.items():
            if dropped(key, resource):
                self._begun[key] = ""

    def _execute(self, action: PerformAction, metadata: Metadata | None) -> None:
        shared = self._shared
        op = self._operation(action, metadata)
        self._agents[op.resource] = (op.standard, op.provider, op.type)
        if op.interval_ms == 0 and op.action not in _QUIET:
            for key in [key for key in self._recurring if key.resource == op.resource]:
                del self._recurring[key]
                shared.port.call(Daemon.EXECD, CancelOp(key.resource, key.action, key.interval_ms), _ignore)
        if op.interval_ms > 0:
            self._recurring[OperationKey(op.resource, op.action, op.interval_ms)] = op.user_data
        if history.is_recordable(op.action) and action.attributes.get("CRM_meta_record_pending") != "false":
            self._write(history.pending(op, shared.port.epoch), None, _ignore)
        self._submit(op)
        key = parse_key(op.user_data)
        if op.interval_ms > 0 and op.start_delay_ms > _LONG_DELAY_MS and key is not None:
            # The graph is not to wait for it.
            self._answer(ActionDone(op.user_data, key.target_rc, history.DONE))

    def _operation(self, action: PerformAction, metadata: Metadata | None) -> ExecuteOp:
        attributes = dict(action.attributes)
        if action.shutdown_lock:
            attributes["CRM_meta_shutdown_lock"] = str(action.shutdown_lock)
        interval = _number(attributes.get("CRM_meta_interval"))
        operation = action.operation
        if operation in ("start", "stop"):
            interval = 0
        if operation == "stop" and action.resource in self._params:
            meta = {name: value for name, value in attributes.items() if name.startswith("CRM_meta_")}
            fixed = {name: attributes[name] for name in ("crm_feature_set",) if name in attributes}
            attributes = {**self._params[action.resource], **fixed, **meta}
        if operation in ("reload", "reload-agent"):
            legacy = metadata is not None and metadata.reload_action == "reload"
            operation = "reload" if legacy else "reload-agent"
        timeout = _number(attributes.get("CRM_meta_timeout"))
        if action.standard == "stonith" and operation == "monitor":
            own = duration(attributes.get("pcmk_monitor_timeout", ""))
            timeout = timeout if own is None else round(own * 1000)
        return ExecuteOp(
            resource=action.resource,
            standard=action.standard,
            provider=action.provider,
            type=action.type,
            action=operation,
            interval_ms=interval,
            timeout_ms=timeout if timeout > 0 else interval,
            start_delay_ms=_number(attributes.get("CRM_meta_start_delay")),
            params=attributes,
            user_data=action.key,
        )

    def _submit(self, op: ExecuteOp) -> None:
        self._submitted[op.user_data] = op

        def answered(body: Message) -> None:
            if isinstance(body, OpAccepted):
                self._submitted.pop(op.user_data, None)
                self._last_call = max(self._last_call, body.call_id)
            elif isinstance(body, Failure) and body.code in _UNREACHABLE:
                # Sent again when the executor has told what it has got.
                if self._linked:
                    self._shared.port.after(_RETRY_TIMER, 1.0, self.linked)
            else:
                self._submitted.pop(op.user_data, None)
                self._refused(op, body.message if isinstance(body, Failure) else "unexpected answer")

        self._shared.port.call(Daemon.EXECD, op, answered)

    def _refused(self, op: ExecuteOp, reason: str) -> None:
        now = self._shared.port.epoch
        result = OpResult(
            sequence=0,
            call_id=self._last_call + 1,
            resource=op.resource,
            standard=op.standard,
            provider=op.provider,
            type=op.type,
            action=op.action,
            interval_ms=op.interval_ms,
            timeout_ms=op.timeout_ms,
            rc=ExitCode.INVALID_PARAM,
            status=history.ERROR,
            exit_reason=reason,
            output="",
            exec_time_ms=0,
            queue_time_ms=0,
            last_run=now,
            last_rc_change=now,
            params=op.params,
            user_data=op.user_data,
        )
        self._record(result, None)

    def _cancel(self, action: PerformAction) -> None:
        meta = action.attributes
        task, interval = meta.get("CRM_meta_operation", "monitor"), _number(meta.get("CRM_meta_interval"))
        key = OperationKey(action.resource, task, interval)
        begun = self._recurring.pop(key, "")
        self._drop_keys(lambda key, _: key == begun)

        def cancelled(body: Message) -> None:
            if isinstance(body, Failure) and body.code != ExitCode.NOSUCH:
                self._shared.port.after(f"cancel/{action.key}", 1.0, ask)
                return
            entry = f"{self._resource_path(action.resource)}/lrm_rsc_op[@id={quoted(str(key))}]"
            self._submit_change((delete(entry),), [(action.resource, str(key))], written)

        def written(done: CibModified | None) -> None:
            self._answer(ActionDone(action.key, ExitCode.OK, history.DONE))

        def ask() -> None:
            self._shared.port.call(Daemon.EXECD, CancelOp(action.resource, task, interval), cancelled)

        ask()

    def _answer(self, answer: ActionDone) -> None:
        """Tell the DC of a result that no entry shows; kept in case the DC asks again."""
        self._answers[answer.key] = answer
        if len(self._answers) > _ANSWERS_KEPT:
            del self._answers[next(iter(self._answers))]
        self._tell(answer)

    def _tell(self, answer: ActionDone) -> None:
        standing = self._shared.standing
        if standing.dc:
            self._shared.port.send(standing.dc, standing.term, answer)

    # ---- results ----------------------------------------------------------------------------------

    def result(self, result: OpResult) -> None:
        """The executor reports; it repeats itself until what it said is safe."""
        if self._state is not None or result.sequence in self._open or result.sequence <= self._acknowledged():
            return
        self._highest = max(self._highest, result.sequence)
        self._open[result.sequence] = None
        self._last_call = max(self._last_call, result.call_id)
        result = history.normal(result)
        self._learn(result)
        if result.status == history.CANCELLED:
            if result.interval_ms == 0:
                self._answer(ActionDone(result.user_data, result.rc, result.status, result.exit_reason))
            self._safe(result.sequence)
        elif result.resource_forgotten or not history.is_recordable(result.action):
            ignored = result.action == "notify"
            rc, status = (ExitCode.OK, history.DONE) if ignored else (result.rc, result.status)
            self._answer(ActionDone(result.user_data, rc, status, result.exit_reason))
            self._safe(result.sequence)
        elif history.needs_metadata(result.standard, result.action):
            agent = (result.standard, result.provider, result.type)
            self._with_metadata(agent, False, lambda metadata: self._record(result, metadata))
        else:
            self._record(result, None)

    def _acknowledged(self) -> int:
        return min(self._open, default=self._highest + 1) - 1

    def _record(self, result: OpResult, metadata: Metadata | None) -> None:
        self._begin_key(result.user_data, result.resource)

        def written(done: CibModified | None) -> None:
            if done is None:
                answer = ActionDone(result.user_data, result.rc, result.status, result.exit_reason)
                self._answer(answer)
            self._safe(result.sequence)

        self._write(result, metadata, written)

    def _write(self, result: OpResult, metadata: Metadata | None, then: Callable[[CibModified | None], None]) -> None:
        ids = [(result.resource, id) for id in history.entry_ids(result)]
        self._submit_change((history.entries(result, self._place(), metadata),), ids, then)

    def _submit_change(
        self, operations: tuple[CibOperation, ...], ids: list[EntryId], then: Callable[[CibModified | None], None]
    ) -> None:
        def written(done: CibModified | None) -> None:
            self._member.written(ids)
            then(done)

        self._member.writing(ids)
        self._shared.writer.submit(operations, written)

    def _safe(self, sequence: int) -> None:
        if sequence in self._open:
            del self._open[sequence]
            self._acknowledge()

    def _acknowledge(self) -> None:
        self._shared.port.call(Daemon.EXECD, AckResults(self._acknowledged()), _ignore)

    def _learn(self, result: OpResult) -> None:
        key = OperationKey(result.resource, result.action, result.interval_ms)
        if result.resource_forgotten or (result.status == history.CANCELLED and result.interval_ms > 0):
            if self._recurring.get(key) == result.user_data:
                del self._recurring[key]
            return
        probe = result.action == "monitor" and result.interval_ms == 0
        healthy = result.status == history.DONE and result.rc in (ExitCode.OK, ExitCode.PROMOTED)
        if healthy and (probe or result.action in _SETTING_PARAMETERS):
            params = {name: value for name, value in result.params.items() if not name.startswith("CRM_meta_")}
            self._params[result.resource] = params

    # ---- metadata ---------------------------------------------------------------------------------

    def _with_metadata(self, agent: Agent, anew: bool, then: Callable[[Metadata | None], None]) -> None:
        """Read metadata unless it is known; without it (after a failure) entries only lack some digests."""
        if agent in self._asked:
            self._asked[agent].append(then)
            return
        if agent in self._metadata and not anew:
            then(self._metadata[agent])
            return
        self._asked[agent] = [then]

        def read(body: Message) -> None:
            if isinstance(body, MetadataAnswer):
                self._metadata[agent] = metadata_of(body.xml)
            found = self._metadata.get(agent)
            for waiting in self._asked.pop(agent):
                waiting(found)

        self._shared.port.call(Daemon.EXECD, MetadataQuery(*agent), read, _METADATA_TIMEOUT)

    # ---- for tools --------------------------------------------------------------------------------

    def forget(self, resource: str, then: Callable[[], None]) -> None:
        """Drop a resource (all if empty) from the executor and from history."""
        self._drop_keys(lambda _, begun_for: resource in ("", begun_for))
        names = [resource] if resource else list(self._agents)
        for name in names:
            self._agents.pop(name, None)
            self._params.pop(name, None)
            for key in [key for key in self._recurring if key.resource == name]:
                del self._recurring[key]
            self._shared.port.call(Daemon.EXECD, ForgetResource(name), _ignore)
        path = self._resource_path(resource) if resource else f"{self._lrm_path()}/lrm_resource"
        self._submit_change((delete(path),), self._member.known(resource), lambda _: then())

    def failure_forgotten(self, resource: str) -> None:
        """The record of a failure is gone. A monitor that goes on to fail has to say so once more, or nobody would know
        of it: the executor tells changes only."""
        self._shared.port.call(Daemon.EXECD, ReportAgain(resource), _ignore)

    def inject_failure(self, resource: str, then: Callable[[], None]) -> str:
        """Report a made-up failure of a resource. Returns why that can't be done, or an empty text."""
        agent = self._agents.get(resource) or self._agent_in_history(resource)
        if agent is None:
            return f"resource {resource} is not known on {self._shared.node}"
        now = self._shared.port.epoch
        result = OpResult(
            sequence=0,
            call_id=self._last_call + 1,
            resource=resource,
            standard=agent[0],
            provider=agent[1],
            type=agent[2],
            action="asyncmon",
            interval_ms=0,
            timeout_ms=0,
            rc=ExitCode.ERROR,
            status=history.DONE,
            exit_reason="Simulated failure",
            output="",
            exec_time_ms=0,
            queue_time_ms=0,
            last_run=now,
            last_rc_change=now,
            params={"crm_feature_set": self._shared.settings.feature_set},
            user_data=str(TransitionKey(now, EXTERNAL, ExitCode.OK, self._shared.incarnation)),
        )
        self._last_call += 1
        self._write(result, None, lambda _: then())
        return ""

    def _agent_in_history(self, resource: str) -> Agent | None:
        cib = self._shared.replica.cib
        found = [] if cib is None else cib.find(self._resource_path(resource))
        if not found:
            return None
        return found[0].get("class", ""), found[0].get("provider", ""), found[0].get("type", "")

    def _lrm_path(self) -> str:
        return f"/cib/status/node_state[@id={quoted(self._shared.roster.me.id)}]/lrm/lrm_resources"

    def _resource_path(self, resource: str) -> str:
        return f"{self._lrm_path()}/lrm_resource[@id={quoted(resource)}]"

    def _place(self) -> Place:
        shared = self._shared
        return Place(shared.node, shared.roster.me.id, shared.settings.feature_set, shared.options.shutdown_lock)


def _agent(action: PerformAction) -> Agent:
    return action.standard, action.provider, action.type


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else 0


def _ignore(_: object) -> None:
    pass
