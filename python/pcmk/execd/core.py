"""The executor's core: queues, recurrence, results that are kept until they are acknowledged."""

from collections.abc import Mapping
from typing import assert_never

from pcmk.execd.environment import agent_environment, secret_parameters, start_parameters
from pcmk.execd.events import (
    AgentDone,
    AgentsListed,
    AgentStarted,
    Effect,
    EndLeftover,
    Event,
    ListAgents,
    MetadataRead,
    ReadMetadata,
    Remember,
    RunAgent,
    SecretsKept,
    StopAgent,
    StoreSecrets,
)
from pcmk.execd.fencing import call_outcome, is_link_failure, local_outcome
from pcmk.execd.operations import (
    Operation,
    Phase,
    Resource,
    operation_record,
    recall,
    resource_record,
    result_record,
)
from pcmk.execd.results import CANCELLED, Outcome, Status, outcome_of
from pcmk.kernel.core import (
    Call,
    CallResult,
    CancelTimer,
    Exit,
    Instant,
    LinkDown,
    LinkUp,
    Log,
    Notice,
    PeerDown,
    PeerMessage,
    PeerUp,
    Publish,
    Reply,
    Request,
    RequestGone,
    SetTimer,
    Started,
    Terminate,
    TimerFired,
    ViewChanged,
)
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Done, Failure
from pcmk.kernel.messages.executor import (
    AckResults,
    Agents,
    AgentsQuery,
    CancelOp,
    ExecState,
    ExecStateQuery,
    ExecuteOp,
    ForgetResource,
    KeepSecrets,
    KnownResource,
    Metadata,
    MetadataQuery,
    OpAccepted,
    OpResult,
    ReportAgain,
)
from pcmk.kernel.messages.fencer import DeviceCommand

STANDARDS = ("ocf", "lsb", "service", "stonith", "systemd")
_LOSSES = 3
_FENCER_RETRY = 1.0
_RESUME_STAGGER = 0.05
_CALL_SLACK = 5.0
_CLOCK_GRAIN = 0.001
_OK = (ExitCode.OK, ExitCode.PROMOTED, ExitCode.DEGRADED, ExitCode.DEGRADED_PROMOTED)
_TELLING_NOTHING = ("notify", "meta-data", "metadata")
_SETTING_PARAMETERS = ("start", "reload", "reload-agent", "migrate_from")


class ExecdCore:
    """One executor. `remembered` holds the records that the former process of this daemon wrote with `Remember`."""

    def __init__(self, incarnation: str, remembered: Mapping[str, str]) -> None:
        self._incarnation = incarnation
        self._remembered: Mapping[str, str] = remembered
        self._last_call = 0
        self._last_sequence = 0
        self._last_run = 0
        self._resources: dict[str, Resource] = {}
        self._operations: dict[int, Operation] = {}
        self._results: dict[int, OpResult] = {}
        self._runs: dict[int, int] = {}
        self._dirty: dict[str, None] = {}

    def handle(self, event: Event, now: Instant) -> list[Effect]:
        """Take one event at time `now`; return the effects in the order they must be carried out."""
        effects = self._take(event, now)
        if not self._dirty:
            return effects
        records = tuple((key, self._record(key)) for key in self._dirty)
        self._dirty = {}
        return [Remember(records), *effects]

    def _take(self, event: Event, now: Instant) -> list[Effect]:
        match event:
            case Started():
                return self._resume(now)
            case Request():
                return self._request(event, now)
            case AgentStarted():
                return self._agent_started(event)
            case AgentDone():
                return self._agent_done(event, now)
            case CallResult():
                return self._fencer_answered(event, now)
            case TimerFired():
                return self._due(event.key, now)
            case MetadataRead():
                if event.error:
                    return [Reply(event.request, Failure(ExitCode.NOT_INSTALLED, event.error))]
                return [Reply(event.request, Metadata(event.xml))]
            case AgentsListed():
                return [Reply(event.request, Agents(event.names))]
            case SecretsKept():
                return [Reply(event.request, Failure(event.code, event.reason) if event.code else Done())]
            case Terminate():
                return [Exit(ExitCode.OK, "asked to stop")]
            case LinkUp() | LinkDown() | RequestGone() | Notice():
                return []
            case ViewChanged() | PeerUp() | PeerDown() | PeerMessage():
                return []
            case _:
                assert_never(event)

    # ---- requests ---------------------------------------------------------------------------------

    def _request(self, request: Request, now: Instant) -> list[Effect]:
        match request.body:
            case ExecuteOp() as op:
                return self._execute(request.id, op, now)
            case CancelOp() as cancel:
                effects = self._cancel_matching(cancel, now)
                if effects is None:
                    key = f"{cancel.resource}_{cancel.action}_{cancel.interval_ms}"
                    return [Reply(request.id, Failure(ExitCode.NOSUCH, f"no operation {key} to cancel"))]
                return [Reply(request.id, Done()), *effects]
            case ForgetResource(resource=resource):
                return [Reply(request.id, Done()), *self._forget(resource)]
            case ReportAgain(resource=resource):
                self._report_again(resource)
                return [Reply(request.id, Done())]
            case AckResults(sequence=sequence):
                for known in [known for known in self._results if known <= sequence]:
                    del self._results[known]
                    self._dirty[f"result/{known}"] = None
                return [Reply(request.id, Done())]
            case ExecStateQuery():
                return [Reply(request.id, self._state())]
            case MetadataQuery() as query:
                return [ReadMetadata(request.id, query.standard, query.provider, query.type)]
            case KeepSecrets() as keep:
                return [StoreSecrets(request.id, keep)]
            case AgentsQuery() as query:
                return [ListAgents(request.id, query.what, query.standard, query.provider)]
            case other:
                return [Reply(request.id, _unknown(other))]

    def _execute(self, request: int, op: ExecuteOp, now: Instant) -> list[Effect]:
        problem = _problem(op)
        if problem:
            return [Reply(request, Failure(ExitCode.INVALID_PARAM, problem))]
        same = self._same_one_shot(op)
        if same is not None:
            return [Reply(request, OpAccepted(same.call_id))]
        effects: list[Effect] = []
        replaced = self._recurring(op.resource, None if op.action == "stop" else (op.action, op.interval_ms))
        self._last_call += 1
        call_id = self._last_call
        self._dirty["last/0"] = None
        for old in replaced:
            why = "cancelled by stop" if op.action == "stop" else f"replaced by call {call_id}"
            effects += self._cancel(old, why)
        resource = self._register(op)
        operation = Operation(call_id, op, Phase.QUEUED, now.mono)
        self._operations[call_id] = operation
        self._dirty[f"operation/{call_id}"] = None
        effects.append(Reply(request, OpAccepted(call_id)))
        if operation.recurring and op.start_delay_ms > 0:
            operation.phase = Phase.WAITING
            effects.append(SetTimer(operation.timer, op.start_delay_ms / 1000))
            return effects
        resource.queue.append(call_id)
        if op.start_delay_ms > 0:
            effects.append(SetTimer(operation.timer, op.start_delay_ms / 1000))
        return effects + self._advance(resource, now)

    def _same_one_shot(self, op: ExecuteOp) -> Operation | None:
        """The operation that this request repeats: its asker did not learn that it had been accepted."""
        if not op.user_data or op.interval_ms > 0:
            return None
        for operation in self._operations.values():
            if operation.op == op and operation.cancelled is None:
                return operation
        return None

    def _register(self, op: ExecuteOp) -> Resource:
        known = self._resources.get(op.resource)
        agent = (op.standard, op.provider, op.type)
        if known is None:
            known = self._resources[op.resource] = Resource(op.resource, *agent)
            self._dirty[f"resource/{op.resource}"] = None
        elif known.forgotten or (known.standard, known.provider, known.type) != agent:
            known.standard, known.provider, known.type = agent
            known.start_params = {}
            known.device_started = False
            known.forgotten = False
            known.last_key = ""
            self._dirty[f"resource/{op.resource}"] = None
        return known

    def _recurring(self, resource: str, key: tuple[str, int] | None) -> list[Operation]:
        return [
            operation
            for operation in self._operations.values()
            if operation.op.resource == resource
            and operation.recurring
            and operation.cancelled is None
            and (key is None or (operation.op.action, operation.op.interval_ms) == key)
        ]

    def _state(self) -> ExecState:
        return ExecState(
            self._incarnation,
            tuple(
                KnownResource(known.id, known.standard, known.provider, known.type, known.start_params, known.last_key)
                for known in self._resources.values()
                if not known.forgotten
            ),
            tuple(operation.op for operation in self._operations.values() if operation.cancelled is None),
            tuple(self._results.values()),
        )

    # ---- cancelling and forgetting ----------------------------------------------------------------

    def _cancel_matching(self, cancel: CancelOp, now: Instant) -> list[Effect] | None:
        """Cancel what can be: recurring operations, and others that did not begin. None if there is nothing."""
        found = [
            operation
            for operation in self._operations.values()
            if operation.op.resource == cancel.resource
            and (operation.op.action, operation.op.interval_ms) == (cancel.action, cancel.interval_ms)
            and operation.cancelled is None
            and (operation.recurring or operation.phase is Phase.QUEUED)
        ]
        if not found:
            return None
        effects: list[Effect] = []
        for operation in found:
            effects += self._cancel(operation, "")
        return effects + self._advance(self._resources[cancel.resource], now)

    def _cancel(self, operation: Operation, why: str) -> list[Effect]:
        """End an operation before its time: at once unless it runs, then when its agent is dead."""
        operation.cancelled = why
        self._dirty[f"operation/{operation.call_id}"] = None
        if operation.phase is not Phase.RUNNING:
            return [CancelTimer(operation.timer), *self._end(operation, CANCELLED)]
        if operation.op.standard == "stonith":
            del self._runs[operation.run]
            self._resources[operation.op.resource].active = 0
            return self._end(operation, CANCELLED)
        return [StopAgent(operation.run)]

    def _forget(self, name: str) -> list[Effect]:
        resource = self._resources.get(name)
        if resource is None:
            return []
        effects: list[Effect] = []
        for operation in [known for known in self._operations.values() if known.op.resource == name]:
            operation.forgotten = True
            self._dirty[f"operation/{operation.call_id}"] = None
            if operation.cancelled is None and (operation.recurring or operation.phase is not Phase.RUNNING):
                effects += self._cancel(operation, "")
        resource.forgotten = True
        self._drop_if_idle(resource)
        return effects

    def _report_again(self, resource: str) -> None:
        for operation in self._operations.values():
            if operation.op.resource == resource and operation.recurring:
                operation.reported = None
                self._dirty[f"operation/{operation.call_id}"] = None

    def _drop_if_idle(self, resource: Resource) -> None:
        if resource.forgotten and not resource.active and not resource.queue:
            del self._resources[resource.id]
        self._dirty[f"resource/{resource.id}"] = None

    # ---- running ----------------------------------------------------------------------------------

    def _advance(self, resource: Resource, now: Instant) -> list[Effect]:
        """Run the next operation of a resource if none runs."""
        effects: list[Effect] = []
        while not resource.active and resource.queue:
            operation = self._operations[resource.queue[0]]
            if not operation.recurring and operation.delay_left(now.mono) > _CLOCK_GRAIN:
                break
            resource.queue.popleft()
            effects += self._begin(resource, operation, now)
        return effects

    def _begin(self, resource: Resource, operation: Operation, now: Instant) -> list[Effect]:
        resource.active = operation.call_id
        operation.phase = Phase.RUNNING
        operation.began_mono = now.mono
        operation.queue_time_ms = _milliseconds(now.mono - operation.queued_mono)
        operation.last_run = int(now.wall)
        operation.pgid = operation.ticks = 0
        if not operation.recurring:
            self._dirty[f"operation/{operation.call_id}"] = None
        self._last_run += 1
        operation.run = self._last_run
        self._runs[operation.run] = operation.call_id
        op = operation.op
        if op.standard == "stonith":
            return self._ask_fencer(resource, operation, now)
        return [
            RunAgent(
                operation.run, op.standard, op.provider, op.type, op.action, agent_environment(op), op.timeout_ms,
                op.resource, secret_parameters(op),
            )
        ]  # fmt: skip

    def _ask_fencer(self, resource: Resource, operation: Operation, now: Instant) -> list[Effect]:
        """Fence devices are not run here: what needs their agent is asked of the fencer of this node."""
        op = operation.op
        outcome = local_outcome(op, resource.device_started)
        if outcome is not None:
            del self._runs[operation.run]
            return self._completed(operation, outcome, now)
        left = op.timeout_ms / 1000 - (now.mono - operation.began_mono) if op.timeout_ms > 0 else 60.0
        command = DeviceCommand(resource.id, "monitor", "", left)
        return [Call(operation.run, Daemon.FENCED, command, left + _CALL_SLACK)]

    def _agent_started(self, event: AgentStarted) -> list[Effect]:
        operation = self._operations.get(self._runs.get(event.run, 0))
        if operation is not None:
            operation.pgid, operation.ticks = event.pgid, event.ticks
            if not operation.recurring:
                self._dirty[f"operation/{operation.call_id}"] = None
        return []

    def _agent_done(self, event: AgentDone, now: Instant) -> list[Effect]:
        operation = self._operations.get(self._runs.pop(event.run, 0))
        if operation is None:
            return []
        if event.how != "lost" or operation.cancelled is not None:
            return self._completed(operation, outcome_of(event, operation.op.action, operation.op.timeout_ms), now)
        operation.losses += 1
        if operation.losses > _LOSSES:
            reason = "Resource agent was lost several times"
            return self._completed(operation, Outcome(ExitCode.ERROR, Status.ERROR, reason), now)
        # Actions are idempotent (OCF), and nothing of the lost one runs any more: run it again, before all others.
        resource = self._resources[operation.op.resource]
        resource.active = 0
        operation.phase = Phase.QUEUED
        resource.queue.appendleft(operation.call_id)
        return self._advance(resource, now)

    def _fencer_answered(self, event: CallResult, now: Instant) -> list[Effect]:
        operation = self._operations.get(self._runs.get(event.id, 0))
        if operation is None:
            return []
        op = operation.op
        elapsed = now.mono - operation.began_mono
        out_of_time = op.timeout_ms > 0 and elapsed + _FENCER_RETRY >= op.timeout_ms / 1000
        if is_link_failure(event.body) and operation.cancelled is None and not out_of_time:
            # A fencer that was killed comes back and knows its devices again; that is no failure of the device.
            return [SetTimer(f"fencer/{operation.run}", _FENCER_RETRY)]
        del self._runs[event.id]
        return self._completed(operation, call_outcome(op, event.body), now)

    def _due(self, key: str, now: Instant) -> list[Effect]:
        kind, _, number = key.partition("/")
        if kind == "fencer":
            operation = self._operations.get(self._runs.get(int(number), 0))
            if operation is None:
                return []
            return self._ask_fencer(self._resources[operation.op.resource], operation, now)
        operation = self._operations.get(int(number))
        if operation is None:
            return []
        resource = self._resources[operation.op.resource]
        if operation.phase is Phase.WAITING:
            operation.phase = Phase.QUEUED
            operation.queued_mono = now.mono
            resource.queue.append(operation.call_id)
        return self._advance(resource, now)

    # ---- ends -------------------------------------------------------------------------------------

    def _completed(self, operation: Operation, outcome: Outcome, now: Instant) -> list[Effect]:
        """A run is over: report it, and let the next one of the resource begin."""
        resource = self._resources[operation.op.resource]
        resource.active = 0
        operation.exec_time_ms = _milliseconds(now.mono - operation.began_mono)
        if operation.cancelled is not None:
            effects = self._end(operation, CANCELLED)
        else:
            self._learn(resource, operation, outcome)
            effects = _log(operation, outcome)
            if operation.recurring:
                effects += self._repeat(operation, outcome)
            else:
                operation.last_rc_change = operation.last_run
                effects += self._end(operation, outcome)
        if resource.forgotten:
            self._drop_if_idle(resource)
        return effects + self._advance(resource, now)

    def _repeat(self, operation: Operation, outcome: Outcome) -> list[Effect]:
        effects: list[Effect] = [SetTimer(operation.timer, operation.op.interval_ms / 1000)]
        operation.phase = Phase.WAITING
        found = (outcome.rc, int(outcome.status))
        if found != operation.reported:
            if operation.reported is None or operation.reported[0] != outcome.rc:
                operation.last_rc_change = operation.last_run
            operation.reported = found
            self._dirty[f"operation/{operation.call_id}"] = None
            effects.append(self._report(operation, outcome))
        return effects

    def _end(self, operation: Operation, outcome: Outcome) -> list[Effect]:
        """The last word on an operation."""
        del self._operations[operation.call_id]
        self._dirty[f"operation/{operation.call_id}"] = None
        resource = self._resources[operation.op.resource]
        if operation.call_id in resource.queue:
            resource.queue.remove(operation.call_id)
        return [self._report(operation, outcome)]

    def _learn(self, resource: Resource, operation: Operation, outcome: Outcome) -> None:
        """Keep what later operations need to know of this one."""
        op = operation.op
        if not (operation.recurring or operation.forgotten or op.action in _TELLING_NOTHING):
            resource.last_key = op.user_data
            self._dirty[f"resource/{resource.id}"] = None
        if outcome.status is not Status.DONE or outcome.rc not in _OK or operation.forgotten:
            return
        if op.action in _SETTING_PARAMETERS or (op.action == "monitor" and op.interval_ms == 0):
            resource.start_params = start_parameters(op.params)
            self._dirty[f"resource/{resource.id}"] = None
        if op.standard == "stonith" and op.action in ("start", "stop"):
            resource.device_started = op.action == "start"
            self._dirty[f"resource/{resource.id}"] = None

    def _report(self, operation: Operation, outcome: Outcome) -> Effect:
        op = operation.op
        self._last_sequence += 1
        self._dirty["last/0"] = None
        self._dirty[f"result/{self._last_sequence}"] = None
        result = OpResult(
            sequence=self._last_sequence,
            call_id=operation.call_id,
            resource=op.resource,
            standard=op.standard,
            provider=op.provider,
            type=op.type,
            action=op.action,
            interval_ms=op.interval_ms,
            timeout_ms=op.timeout_ms,
            rc=int(outcome.rc),
            status=int(outcome.status),
            exit_reason=operation.cancelled or outcome.reason,
            output=outcome.output,
            exec_time_ms=operation.exec_time_ms,
            queue_time_ms=operation.queue_time_ms,
            last_run=operation.last_run,
            last_rc_change=operation.last_rc_change,
            params=op.params,
            user_data=op.user_data,
            resource_forgotten=operation.forgotten,
        )
        self._results[result.sequence] = result
        return Publish(result)

    # ---- memory -----------------------------------------------------------------------------------

    def _record(self, key: str) -> str | None:
        kind, _, name = key.partition("/")
        match kind:
            case "resource":
                resource = self._resources.get(name)
                return None if resource is None else resource_record(resource)
            case "operation":
                operation = self._operations.get(int(name))
                return None if operation is None else operation_record(operation)
            case "result":
                result = self._results.get(int(name))
                return None if result is None else result_record(result)
            case _:
                return f"[{self._last_call}, {self._last_sequence}]"

    def _resume(self, now: Instant) -> list[Effect]:
        """Take over from the former process of this daemon."""
        recalled = recall(self._remembered, now.mono)
        self._remembered = dict[str, str]()
        self._last_call, self._last_sequence = recalled.last_call, recalled.last_sequence
        self._resources = recalled.resources
        self._results = {result.sequence: result for result in recalled.results}
        self._operations = {operation.call_id: operation for operation in recalled.operations}
        effects: list[Effect] = []
        recurring = 0
        for operation in recalled.operations:
            resource = self._resources[operation.op.resource]
            if operation.recurring:
                operation.phase = Phase.WAITING
                delay = min(operation.op.interval_ms / 1000, recurring * _RESUME_STAGGER)
                recurring += 1
                if operation.cancelled is not None:
                    effects += self._end(operation, CANCELLED)
                else:
                    effects.append(SetTimer(operation.timer, delay))
            elif operation.phase is Phase.RUNNING and operation.op.standard != "stonith":
                self._last_run += 1
                operation.run = self._last_run
                self._runs[operation.run] = operation.call_id
                resource.active = operation.call_id
                effects.append(EndLeftover(operation.run, operation.pgid, operation.ticks))
            else:
                operation.phase = Phase.QUEUED
                resource.queue.append(operation.call_id)
        for resource in self._resources.values():
            effects += self._advance(resource, now)
        return effects


def _problem(op: ExecuteOp) -> str:
    if not op.resource or not op.action or not op.type:
        return "resource, agent and action must be given"
    if op.standard not in STANDARDS:
        return f"unknown agent standard {op.standard!r}"
    if op.standard == "ocf" and not op.provider:
        return "an OCF agent needs a provider"
    if min(op.interval_ms, op.timeout_ms, op.start_delay_ms) < 0:
        return "interval, timeout and start delay must not be negative"
    return ""


def _unknown(body: Message) -> Failure:
    return Failure(ExitCode.PROTOCOL, f"the executor does not know the request {type(body).__name__}")


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))


def _log(operation: Operation, outcome: Outcome) -> list[Effect]:
    op = operation.op
    key = f"{op.resource}_{op.action}_{op.interval_ms}"
    fields = (("resource", op.resource), ("call", str(operation.call_id)))
    text = f"Result of {key}: rc {outcome.rc}, status {outcome.status.name.lower()}"
    if outcome.reason:
        text += f" ({outcome.reason})"
    expected = outcome.status is Status.DONE and outcome.rc in (*_OK, ExitCode.NOT_RUNNING)
    if operation.recurring and operation.reported == (outcome.rc, int(outcome.status)):
        return []
    return [Log("info" if expected else "warning", text, fields)]
