"""Events and effects that only the controller has, its settings, and its states."""

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from pcmk.kernel.core import CommonEffect, CommonEvent, MembershipProven, ProveMembership
from pcmk.kernel.versions import BUILD, FEATURE_SET


class State(StrEnum):
    """States by the names that tools and logs show."""

    STARTING = "S_STARTING"
    PENDING = "S_PENDING"
    ELECTION = "S_ELECTION"
    INTEGRATION = "S_INTEGRATION"
    FINALIZE_JOIN = "S_FINALIZE_JOIN"
    POLICY_ENGINE = "S_POLICY_ENGINE"
    TRANSITION_ENGINE = "S_TRANSITION_ENGINE"
    IDLE = "S_IDLE"
    NOT_DC = "S_NOT_DC"
    STOPPING = "S_STOPPING"
    TERMINATE = "S_TERMINATE"


class Settings(Struct, frozen=True):
    """Times in seconds.

    `hello_grace` is how long an election waits for a member's controller that was never heard; `join_grace` how long
    the DC waits for answers of one that was; `rejoin_grace` how long a member may be without a controller before it is
    declared failed, which one that was not heard since it is a member is no earlier than after `dc-deadtime`. `jobs` is
    how many actions this node takes at a time, `job_limit` the same if that is to count more than the configuration (0
    if not). `start_state` is what the node is when it starts (`online`, `standby`), or `default` for what it was.
    `watchdog` is after how long the node's watchdog device resets it; 0 without one.
    """

    hello_grace: float = 5.0
    join_grace: float = 20.0
    rejoin_grace: float = 10.0
    election_retry: float = 1.0
    quorum_grace: float = 2.0
    write_retry: float = 1.0
    schedule_timeout: float = 120.0
    jobs: int = 4
    job_limit: int = 0
    start_state: str = "default"
    watchdog: float = 0.0
    stack: str = "corosync"
    version: str = BUILD
    feature_set: str = FEATURE_SET
    cluster_name: str = ""


class MarkJoined(Struct, frozen=True):
    """Remember on this machine, until it is started anew, whether the node has joined and did not leave since: then a
    controller that is started is no fresh one."""

    joined: bool


class WriteCorosyncConf(Struct, frozen=True):
    """Have this text as this node's `corosync.conf` instead of one with that SHA-256. `CorosyncConfWritten` with the
    same id follows."""

    id: int
    text: str
    replaces: str


class CorosyncConfWritten(Struct, frozen=True):
    """How a `WriteCorosyncConf` ended; `failure` is empty if the file is safe on disk."""

    id: int
    failure: str


Event: TypeAlias = CommonEvent | CorosyncConfWritten | MembershipProven
Effect: TypeAlias = CommonEffect | MarkJoined | WriteCorosyncConf | ProveMembership
