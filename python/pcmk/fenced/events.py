"""Events and effects that only the fencer has."""

from dataclasses import dataclass
from typing import TypeAlias

from pcmk.kernel.core import CommonEffect, CommonEvent, MembershipProven, ProveMembership

# ---- events ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgentDone:
    """How a `RunFenceAgent` ended: `how` is `exited` (`code` is the exit status), `signaled`, `timeout`,
    `not_installed`, `denied`, `no_secrets`, `failed` (these with a `reason`) or `lost` (nobody saw how it ended)."""

    run: int
    how: str
    code: int = 0
    stdout: str = ""
    stderr: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MetadataRead:
    """Answer to `ReadAgentMetadata`: the metadata, or why there is none."""

    agent: str
    xml: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Answer to `Draw`: a random number from 0 to below 1."""

    key: str
    fraction: float


Event: TypeAlias = CommonEvent | AgentDone | MetadataRead | Drawn | MembershipProven

# ---- effects --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunFenceAgent:
    """Run a fence agent with these options on its standard input; one `AgentDone` follows.

    Options of `device` whose values are kept on this node are looked up there.
    """

    run: int
    device: str
    agent: str
    options: tuple[tuple[str, str], ...]
    timeout: float


@dataclass(frozen=True, slots=True)
class ReadAgentMetadata:
    """Read an agent's metadata; one `MetadataRead` follows."""

    agent: str


@dataclass(frozen=True, slots=True)
class Draw:
    """Draw a random number; one `Drawn` follows."""

    key: str


Effect: TypeAlias = CommonEffect | RunFenceAgent | ReadAgentMetadata | Draw | ProveMembership
