"""What the attribute managers of the members say to each other."""

from pcmk.kernel.messages import Message
from pcmk.kernel.messages.attributes import (
    AttributeClearFailures,
    AttributePattern,
    AttributePurge,
    AttributeUpdate,
)
from pcmk.kernel.messages.based_peer import RequestId
from pcmk.kernel.messages.common import Failure


class Order(Message, frozen=True, order=True):
    """A place in the order of changes: the `seq`-th of a term."""

    term: int = 0
    seq: int = 0


class AttributeKind(Message, frozen=True):
    """What is the same for all nodes' values of an attribute, since `order`."""

    name: str
    order: Order
    set_type: str = "instance_attributes"
    set_id: str = ""
    dampening_ms: int = 0
    private: bool = False


class AttributeRow(Message, frozen=True):
    """A node's value since `order`; None when deleted."""

    name: str
    node: str
    value: str | None
    order: Order
    remote: bool = False


class NodeDropped(Message, frozen=True):
    """What a node had up to `order` was forgotten."""

    node: str
    order: Order


class AttributeTable(Message, frozen=True):
    """Everything that an attribute manager knows; `done` are ordered requests that may be sent again."""

    kinds: tuple[AttributeKind, ...] = ()
    rows: tuple[AttributeRow, ...] = ()
    dropped: tuple[NodeDropped, ...] = ()
    done: tuple[RequestId, ...] = ()


class CollectTables(Message, frozen=True):
    """The primary of `term` asks for the table."""

    term: int


class TableCollected(Message, frozen=True):
    """Answer to `CollectTables`."""

    term: int
    table: AttributeTable


class AdoptTable(Message, frozen=True):
    """The table at `order`, in place of the receiver's."""

    order: Order
    table: AttributeTable


class Ordered(Message, frozen=True):
    """Changes that take effect at `order`, the one after the last; `request` asked for them."""

    order: Order
    kinds: tuple[AttributeKind, ...] = ()
    rows: tuple[AttributeRow, ...] = ()
    dropped: tuple[NodeDropped, ...] = ()
    request: RequestId | None = None


class OrderApplied(Message, frozen=True):
    """The sender has applied everything up to `order`."""

    order: Order


class NeedTable(Message, frozen=True):
    """What the sender got does not follow what it had."""

    term: int


class AttributeForward(Message, frozen=True):
    """A client of the sender asks for a change: one of the fields, or a refresh if all are empty."""

    request: RequestId
    update: AttributeUpdate | None = None
    pattern: AttributePattern | None = None
    purge: AttributePurge | None = None
    clear: AttributeClearFailures | None = None


class ForwardDone(Message, frozen=True):
    """What became of a forwarded request: applied up to `order` on as many members as asked for, or refused."""

    number: int
    incarnation: str
    order: Order
    failure: Failure | None = None
