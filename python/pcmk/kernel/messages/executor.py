"""The executor's API."""

from dataclasses import dataclass, field

from pcmk.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class ExecuteOp(Message):
    """Run an action of a resource. Answered by `OpAccepted`; the outcome follows as an `OpResult` notice.

    `interval_ms` above 0 makes it recur until cancelled. `user_data` (the transition key) comes back in results.
    """

    resource: str
    standard: str
    provider: str
    type: str
    action: str
    interval_ms: int
    timeout_ms: int
    start_delay_ms: int = 0
    params: dict[str, str] = field(default_factory=dict[str, str])
    user_data: str = ""


@dataclass(frozen=True, slots=True)
class OpAccepted(Message):
    """The number under which the executor will report the operation."""

    call_id: int


@dataclass(frozen=True, slots=True)
class CancelOp(Message):
    """Stop a recurring operation. `Done`, or `Failure` NOSUCH when there is none."""

    resource: str
    action: str
    interval_ms: int


@dataclass(frozen=True, slots=True)
class ForgetResource(Message):
    """Drop a resource: queued and recurring operations are cancelled, a running one ends and is reported."""

    resource: str


@dataclass(frozen=True, slots=True)
class ReportAgain(Message):
    """The next result of each recurring operation of a resource is reported, also if it is the same as before: the
    failure that was is not known any more."""

    resource: str


@dataclass(frozen=True, slots=True)
class OpResult(Message):
    """Notice: an operation ended (a recurring one: its result changed, or it was merged or cancelled).

    Kept and repeated by the executor until the controller acknowledged it with `AckResults`. `rc` is the OCF result,
    `status` the execution status number of the history format. Times: `last_run`, `last_rc_change` in seconds since
    the epoch.
    """

    sequence: int
    call_id: int
    resource: str
    standard: str
    provider: str
    type: str
    action: str
    interval_ms: int
    timeout_ms: int
    rc: int
    status: int
    exit_reason: str
    output: str
    exec_time_ms: int
    queue_time_ms: int
    last_run: int
    last_rc_change: int
    params: dict[str, str]
    user_data: str
    resource_forgotten: bool = False


@dataclass(frozen=True, slots=True)
class AckResults(Message):
    """The controller has every result up to this `sequence` safe."""

    sequence: int


@dataclass(frozen=True, slots=True)
class ExecStateQuery(Message):
    """Ask what the executor knows; the controller's first question after each connect."""


@dataclass(frozen=True, slots=True)
class KnownResource(Message):
    """A resource that the executor has run something for, with the parameters of its last start.

    `last_key` is the `user_data` of the one-shot operation that ended last, of those that leave an entry in history.
    """

    resource: str
    standard: str
    provider: str
    type: str
    start_params: dict[str, str]
    last_key: str = ""


@dataclass(frozen=True, slots=True)
class ExecState(Message):
    """Known resources, operations in flight or recurring, and results not yet acknowledged."""

    incarnation: str
    resources: tuple[KnownResource, ...]
    operations: tuple[ExecuteOp, ...]
    unacknowledged: tuple[OpResult, ...]


@dataclass(frozen=True, slots=True)
class Secret(Message):
    """A parameter's value that is not in the CIB; empty if there is to be none."""

    resource: str
    parameter: str
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeepSecrets(Message):
    """Keep values of parameters on this node, where only root can read them; with `only` no others stay.

    `Done` when they are on disk.
    """

    secrets: tuple[Secret, ...]
    only: bool = False


@dataclass(frozen=True, slots=True)
class MetadataQuery(Message):
    """Read an agent's metadata."""

    standard: str
    provider: str
    type: str


@dataclass(frozen=True, slots=True)
class Metadata(Message):
    """An agent's metadata as it printed it."""

    xml: str


@dataclass(frozen=True, slots=True)
class AgentsQuery(Message):
    """List what is installed: standards, providers of a standard, or agents of a standard and provider."""

    what: str
    standard: str = ""
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Agents(Message):
    """Names, sorted."""

    names: tuple[str, ...]
