"""What fencers say to each other."""

from pcmk.kernel.messages import Message
from pcmk.kernel.messages.fencer import FenceResult


class FenceOp(Message, frozen=True):
    """A fencing operation as its owner describes it. `origin` is the node whose client asked, `owner` the one that
    carries it through."""

    id: str
    target: str
    action: str
    timeout: float
    delay: float
    allow_self: bool
    client: str
    origin: str
    owner: str


class FenceQuery(Message, frozen=True):
    """Owner to all: the operation begins; which of your devices can do it? Answered by `FenceOffer`."""

    op: FenceOp


class DevicesAsked(Message, frozen=True):
    """Which of your devices can fence `target`? Answered by `FenceOffer` with the same id; nothing is fenced."""

    id: str
    target: str


class OfferedDevice(Message, frozen=True):
    """A device that the sender can use on the target.

    `timeout` is the device's own for the action, 0 if it has none; `delay` the longest it may wait before; `required`
    that it must take part in `on`; `on_after_off` that it can switch on again after the `off` half of a reboot.
    """

    device: str
    agent: str
    verified: bool
    timeout: float
    delay: float
    required: bool
    on_after_off: bool


class FenceOffer(Message, frozen=True):
    """All devices of the sender that can do an operation; none if empty."""

    id: str
    devices: tuple[OfferedDevice, ...]


class FenceExecute(Message, frozen=True):
    """Owner to one peer: use this device now. `delay` negative is without the device's own delay too. `sole` tells
    that success of this device is success of the operation."""

    id: str
    attempt: int
    target: str
    action: str
    device: str
    timeout: float
    delay: float
    sole: bool


class FenceExecuted(Message, frozen=True):
    """How the device did; `rc` and `status` as in `DeviceAnswer`. `ran` is false if its agent was never started."""

    id: str
    attempt: int
    rc: int
    status: int
    reason: str
    ran: bool


class FenceFinished(Message, frozen=True):
    """To all: an operation is decided."""

    result: FenceResult


class FenceRelay(Message, frozen=True):
    """From the target of an operation: carry it through in my place, and tell me with `FenceFinished`."""

    op: FenceOp


class KnownFence(Message, frozen=True):
    """An operation in somebody's history; `result` is missing while it is pending."""

    op: FenceOp
    result: FenceResult | None


class FenceHistorySync(Message, frozen=True):
    """To a peer that came up: all that the sender knows."""

    known: tuple[KnownFence, ...]


class NodeWatchdog(Message, frozen=True):
    """What a node has said of its watchdog device; see `FenceWatchdog`."""

    node: str
    timeout: float


class FenceWatchdog(Message, frozen=True):
    """To all, when it changes and when a peer comes up: this node's watchdog device resets it within `timeout` seconds
    after it lost quorum. 0: nothing is known here that makes it do so. `others` have said that of themselves; a peer
    that came up may have missed it."""

    timeout: float
    others: tuple[NodeWatchdog, ...] = ()


class FenceHistoryForget(Message, frozen=True):
    """To all: forget decided operations of a target, of all when it is empty."""

    target: str
