"""The executor's API."""

from msgspec import field

from pcmk.kernel.messages import Message


class ExecuteOp(Message, frozen=True):
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


class OpAccepted(Message, frozen=True):
    """The number under which the executor will report the operation."""

    call_id: int


class CancelOp(Message, frozen=True):
    """Stop a recurring operation. `Done`, or `Failure` NOSUCH when there is none."""

    resource: str
    action: str
    interval_ms: int


class ForgetResource(Message, frozen=True):
    """Drop a resource: queued and recurring operations are cancelled, a running one ends and is reported."""

    resource: str


class ReportAgain(Message, frozen=True):
    """The next result of each recurring operation of a resource is reported, also if it is the same as before: the
    failure that was is not known any more."""

    resource: str


class OpResult(Message, frozen=True):
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


class AckResults(Message, frozen=True):
    """The controller has every result up to this `sequence` safe."""

    sequence: int


class ExecStateQuery(Message, frozen=True):
    """Ask what the executor knows; the controller's first question after each connect."""


class KnownResource(Message, frozen=True):
    """A resource that the executor has run something for, with the parameters of its last start.

    `last_key` is the `user_data` of the one-shot operation that ended last, of those that leave an entry in history.
    """

    resource: str
    standard: str
    provider: str
    type: str
    start_params: dict[str, str]
    last_key: str = ""


class ExecState(Message, frozen=True):
    """Known resources, operations in flight or recurring, and results not yet acknowledged."""

    incarnation: str
    resources: tuple[KnownResource, ...]
    operations: tuple[ExecuteOp, ...]
    unacknowledged: tuple[OpResult, ...]


class Secret(Message, frozen=True):
    """A parameter's value that is not in the CIB; empty if there is to be none."""

    resource: str
    parameter: str
    value: bytes

    def __repr__(self) -> str:
        return f"Secret(resource={self.resource!r}, parameter={self.parameter!r})"


class KeepSecrets(Message, frozen=True):
    """Keep values of parameters on this node, where only root can read them; with `only` no others stay.

    `Done` when they are on disk.
    """

    secrets: tuple[Secret, ...]
    only: bool = False


class MetadataQuery(Message, frozen=True):
    """Read an agent's metadata."""

    standard: str
    provider: str
    type: str


class Metadata(Message, frozen=True):
    """An agent's metadata as it printed it."""

    xml: str


class AgentsQuery(Message, frozen=True):
    """List what is installed: standards, providers of a standard, or agents of a standard and provider."""

    what: str
    standard: str = ""
    provider: str = ""


class Agents(Message, frozen=True):
    """Names, sorted."""

    names: tuple[str, ...]
