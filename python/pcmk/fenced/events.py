"""Events and effects that only the fencer has."""

from typing import TypeAlias

from msgspec import Struct

from pcmk.kernel.core import CommonEffect, CommonEvent, MembershipProven, ProveMembership

# ---- events ---------------------------------------------------------------------------------------


class AgentDone(Struct, frozen=True):
    """How a `RunFenceAgent` ended: `how` is `exited` (`code` is the exit status), `signaled`, `timeout`,
    `not_installed`, `denied`, `no_secrets`, `failed` (these with a `reason`) or `lost` (nobody saw how it ended)."""

    run: int
    how: str
    code: int = 0
    stdout: str = ""
    stderr: str = ""
    reason: str = ""


class MetadataRead(Struct, frozen=True):
    """Answer to `ReadAgentMetadata`: the metadata, or why there is none."""

    agent: str
    xml: str
    error: str = ""


class Drawn(Struct, frozen=True):
    """Answer to `Draw`: a random number from 0 to below 1."""

    key: str
    fraction: float


Event: TypeAlias = CommonEvent | AgentDone | MetadataRead | Drawn | MembershipProven

# ---- effects --------------------------------------------------------------------------------------


class RunFenceAgent(Struct, frozen=True):
    """Run a fence agent with these options on its standard input; one `AgentDone` follows.

    Options of `device` whose values are kept on this node are looked up there.
    """

    run: int
    device: str
    agent: str
    options: tuple[tuple[str, str], ...]
    timeout: float


class ReadAgentMetadata(Struct, frozen=True):
    """Read an agent's metadata; one `MetadataRead` follows."""

    agent: str


class Draw(Struct, frozen=True):
    """Draw a random number; one `Drawn` follows."""

    key: str


Effect: TypeAlias = CommonEffect | RunFenceAgent | ReadAgentMetadata | Draw | ProveMembership
