"""Events and effects that only the executor has."""

from typing import TypeAlias

from msgspec import Struct

from pcmk.kernel.core import CommonEffect, CommonEvent
from pcmk.kernel.messages.executor import KeepSecrets

# ---- events ---------------------------------------------------------------------------------------


class AgentStarted(Struct, frozen=True):
    """The agent of a `RunAgent` is running: its process group, and when its leader started in clock ticks."""

    run: int
    pgid: int
    ticks: int


class AgentDone(Struct, frozen=True):
    """How a `RunAgent` ended.

    `how`: `exited` (`code` is the exit status), `signaled` (`code` is the signal), `timeout`, `cancelled`,
    `not_installed`, `denied`, `no_secrets`, `failed` (could not be started; these with a `reason`), or `lost`: it is
    certain that nothing of it runs any more, but nobody saw how it ended. `standard` is the one that was used, which
    differs from the requested one for `service`.
    """

    run: int
    how: str
    code: int = 0
    stdout: str = ""
    stderr: str = ""
    reason: str = ""
    standard: str = ""


class MetadataRead(Struct, frozen=True):
    """Answer to `ReadMetadata`: the agent's metadata, or why there is none."""

    request: int
    xml: str
    error: str = ""


class AgentsListed(Struct, frozen=True):
    """Answer to `ListAgents`."""

    request: int
    names: tuple[str, ...]


class SecretsKept(Struct, frozen=True):
    """Answer to `StoreSecrets`; `code` 0, or an exit code with the reason."""

    request: int
    code: int
    reason: str = ""


Event: TypeAlias = CommonEvent | AgentStarted | AgentDone | MetadataRead | AgentsListed | SecretsKept

# ---- effects --------------------------------------------------------------------------------------


class RunAgent(Struct, frozen=True):
    """Run an action; `AgentStarted` (if it could be started) and `AgentDone` follow. `timeout_ms` 0 is no limit.

    `environment` is what the standard prescribes for this action; the shell adds what is the same for all. `secrets`
    are the parameters of `resource` whose values are kept on this node; without them only a stop is run.
    """

    run: int
    standard: str
    provider: str
    type: str
    action: str
    environment: dict[str, str]
    timeout_ms: int
    resource: str = ""
    secrets: tuple[str, ...] = ()


class StopAgent(Struct, frozen=True):
    """Kill a running agent with its group; its `AgentDone` follows."""

    run: int


class EndLeftover(Struct, frozen=True):
    """Kill what is left of an agent that a former process of this daemon started; `AgentDone` `lost` follows."""

    run: int
    pgid: int
    ticks: int


class ReadMetadata(Struct, frozen=True):
    """Run an agent's meta-data action, or take what is known if the agent's file did not change."""

    request: int
    standard: str
    provider: str
    type: str


class ListAgents(Struct, frozen=True):
    """Look up what is installed (see `AgentsQuery`)."""

    request: int
    what: str
    standard: str
    provider: str


class StoreSecrets(Struct, frozen=True):
    """Keep secrets on this node (see `KeepSecrets`); `SecretsKept` follows."""

    request: int
    keep: KeepSecrets


class Remember(Struct, frozen=True):
    """Write records where the next process of this daemon finds them; a value of None forgets the key.

    Comes before the effects that tell anybody about it.
    """

    records: tuple[tuple[str, str | None], ...]


Effect: TypeAlias = (
    CommonEffect | RunAgent | StopAgent | EndLeftover | ReadMetadata | ListAgents | StoreSecrets | Remember
)
