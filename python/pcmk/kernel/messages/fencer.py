"""The fencer's API."""

from dataclasses import dataclass, field

from pcmk.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class Fence(Message):
    """Bring a node into a safe state: `action` is `off`, `reboot` or `on`. Answered by `FenceResult` when decided.

    Not done again is what was confirmed and ended within `tolerance` seconds, and what was confirmed and began within
    `life` seconds: the asker saw the target appear that long ago, vanish, and not come back.
    """

    target: str
    action: str
    timeout: float
    delay: float = 0.0
    tolerance: float = 0.0
    allow_self: bool = False
    life: float = 0.0


@dataclass(frozen=True, slots=True)
class FenceResult(Message):
    """How a fencing request ended, and notice of it to every subscriber on every node.

    `outcome` is `confirmed`, `refused` (known not to have happened) or `unknown`; only `confirmed` makes a node safe.
    `no_device` tells that nobody can fence the target. `completed` in seconds since the epoch.
    """

    id: str
    target: str
    action: str
    outcome: str
    delegate: str
    origin: str
    client: str
    reason: str
    completed: float
    no_device: bool = False


@dataclass(frozen=True, slots=True)
class ConfirmFenced(Message):
    """A human vouches that the node is off. Answered by `FenceResult`."""

    target: str


@dataclass(frozen=True, slots=True)
class FenceHistoryQuery(Message):
    """Read the fencing history, newest first; of one target, or of all."""

    target: str = ""


@dataclass(frozen=True, slots=True)
class FenceEvent(Message):
    """One fencing operation; `state` is `pending`, `success` or `failed`."""

    id: str
    target: str
    action: str
    state: str
    delegate: str
    origin: str
    client: str
    reason: str
    completed: float


@dataclass(frozen=True, slots=True)
class FenceHistory(Message):
    """Fencing operations, newest first."""

    events: tuple[FenceEvent, ...]


@dataclass(frozen=True, slots=True)
class FenceHistoryClean(Message):
    """Forget finished operations on every node; of one target, or of all."""

    target: str = ""


@dataclass(frozen=True, slots=True)
class DevicesQuery(Message):
    """Which devices does this node know; with `target`, which devices of the cluster can fence it."""

    target: str = ""


@dataclass(frozen=True, slots=True)
class Device(Message):
    """A fence device and the node that offers it."""

    id: str
    agent: str
    node: str


@dataclass(frozen=True, slots=True)
class Devices(Message):
    """Fence devices, sorted by id."""

    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class RegisterDevice(Message):
    """Let this node's fencer have a device that is not in the CIB, or another definition of one, until the CIB's one
    changes. Answered by `Done`; lost when the fencer ends."""

    device: str
    agent: str
    params: dict[str, str] = field(default_factory=dict[str, str], repr=False)


@dataclass(frozen=True, slots=True)
class DeregisterDevice(Message):
    """Take back what was registered; what the CIB has stays. `Done`, also if there is no such device."""

    device: str


@dataclass(frozen=True, slots=True)
class FencingLevel(Message):
    """A level of the topology: `kind` is `target`, `pattern` or `attribute`, `key` the node's name, the pattern or the
    attribute's name, and `value` that of the attribute."""

    kind: str
    key: str
    value: str
    index: int
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterLevel(Message):
    """Let this node's fencer have a level, or further devices on one. Answered by `Done`; lost when the fencer ends."""

    level: FencingLevel


@dataclass(frozen=True, slots=True)
class DeregisterLevel(Message):
    """Take back a level that was registered; what the CIB has stays. `Done`, also if there is no such level."""

    level: FencingLevel


@dataclass(frozen=True, slots=True)
class DeviceCommand(Message):
    """Run `monitor`, `list` or `status` on a device of this node (as resources of standard `stonith` are started and
    monitored). Answered by `DeviceAnswer`."""

    device: str
    action: str
    target: str = ""
    timeout: float = 20.0


@dataclass(frozen=True, slots=True)
class DeviceAnswer(Message):
    """Exit status of the fence agent (0 is success) with what it printed."""

    rc: int
    status: int
    output: str
    reason: str
