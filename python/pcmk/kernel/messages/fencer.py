"""The fencer's API."""

from msgspec import field

from pcmk.kernel.messages import Message


class Fence(Message, frozen=True):
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


class FenceResult(Message, frozen=True):
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


class ConfirmFenced(Message, frozen=True):
    """A human vouches that the node is off. Answered by `FenceResult`."""

    target: str


class FenceHistoryQuery(Message, frozen=True):
    """Read the fencing history, newest first; of one target, or of all."""

    target: str = ""


class FenceEvent(Message, frozen=True):
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


class FenceHistory(Message, frozen=True):
    """Fencing operations, newest first."""

    events: tuple[FenceEvent, ...]


class FenceHistoryClean(Message, frozen=True):
    """Forget finished operations on every node; of one target, or of all."""

    target: str = ""


class DevicesQuery(Message, frozen=True):
    """Which devices does this node know; with `target`, which devices of the cluster can fence it."""

    target: str = ""


class Device(Message, frozen=True):
    """A fence device and the node that offers it."""

    id: str
    agent: str
    node: str


class Devices(Message, frozen=True):
    """Fence devices, sorted by id."""

    devices: tuple[Device, ...]


class RegisterDevice(Message, frozen=True):
    """Let this node's fencer have a device that is not in the CIB, or another definition of one, until the CIB's one
    changes. Answered by `Done`; lost when the fencer ends."""

    device: str
    agent: str
    params: dict[str, str] = field(default_factory=dict[str, str])

    def __repr__(self) -> str:
        # Passwords are among the parameters.
        return f"RegisterDevice(device={self.device!r}, agent={self.agent!r})"


class DeregisterDevice(Message, frozen=True):
    """Take back what was registered; what the CIB has stays. `Done`, also if there is no such device."""

    device: str


class FencingLevel(Message, frozen=True):
    """A level of the topology: `kind` is `target`, `pattern` or `attribute`, `key` the node's name, the pattern or the
    attribute's name, and `value` that of the attribute."""

    kind: str
    key: str
    value: str
    index: int
    devices: tuple[str, ...] = ()


class RegisterLevel(Message, frozen=True):
    """Let this node's fencer have a level, or further devices on one. Answered by `Done`; lost when the fencer ends."""

    level: FencingLevel


class DeregisterLevel(Message, frozen=True):
    """Take back a level that was registered; what the CIB has stays. `Done`, also if there is no such level."""

    level: FencingLevel


class DeviceCommand(Message, frozen=True):
    """Run `monitor`, `list` or `status` on a device of this node (as resources of standard `stonith` are started and
    monitored). Answered by `DeviceAnswer`."""

    device: str
    action: str
    target: str = ""
    timeout: float = 20.0


class DeviceAnswer(Message, frozen=True):
    """Exit status of the fence agent (0 is success) with what it printed."""

    rc: int
    status: int
    output: str
    reason: str
