"""What the attribute managers of the members say to each other."""

from dataclasses import dataclass

from pcmk.kernel.messages import Message
from pcmk.kernel.messages.attributes import (
    AttributeClearFailures,
    AttributePattern,
    AttributePurge,
    AttributeUpdate,
)
from pcmk.kernel.messages.based_peer import RequestId
from pcmk.kernel.messages.common import Failure


@dataclass(frozen=True, slots=True, order=True)
class Order(Message):
    """A place in the order of changes: the `seq`-th of a term."""

    term: int = 0
    seq: int = 0


@dataclass(frozen=True, slots=True)
class AttributeKind(Message):
    """What is the same for all nodes' values of an attribute, since `order`."""

    name: str
    order: Order
    set_type: str = "instance_attributes"
    set_id: str = ""
    dampening_ms: int = 0
    private: bool = False


@dataclass(frozen=True, slots=True)
class AttributeRow(Message):
    """A node's value since `order`; None when deleted."""

    name: str
    node: str
    value: str | None
    order: Order
    remote: bool = False


@dataclass(frozen=True, slots=True)
class NodeDropped(Message):
    """What a node had up to `order` was forgotten."""

    node: str
    order: Order


@dataclass(frozen=True, slots=True)
class AttributeTable(Message):
    """Everything that an attribute manager knows; `done` are ordered requests that may be sent again."""

    kinds: tuple[AttributeKind, ...] = ()
    rows: tuple[AttributeRow, ...] = ()
    dropped: tuple[NodeDropped, ...] = ()
    done: tuple[RequestId, ...] = ()


@dataclass(frozen=True, slots=True)
class CollectTables(Message):
    """The primary of `term` asks for the table."""

    term: int


@dataclass(frozen=True, slots=True)
class TableCollected(Message):
    """Answer to `CollectTables`."""

    term: int
    table: AttributeTable


@dataclass(frozen=True, slots=True)
class AdoptTable(Message):
    """The table at `order`, in place of the receiver's."""

    order: Order
    table: AttributeTable


@dataclass(frozen=True, slots=True)
class Ordered(Message):
    """Changes that take effect at `order`, the one after the last; `request` asked for them."""

    order: Order
    kinds: tuple[AttributeKind, ...] = ()
    rows: tuple[AttributeRow, ...] = ()
    dropped: tuple[NodeDropped, ...] = ()
    request: RequestId | None = None


@dataclass(frozen=True, slots=True)
class OrderApplied(Message):
    """The sender has applied everything up to `order`."""

    order: Order


@dataclass(frozen=True, slots=True)
class NeedTable(Message):
    """What the sender got does not follow what it had."""

    term: int


@dataclass(frozen=True, slots=True)
class AttributeForward(Message):
    """A client of the sender asks for a change: one of the fields, or a refresh if all are empty."""

    request: RequestId
    update: AttributeUpdate | None = None
    pattern: AttributePattern | None = None
    purge: AttributePurge | None = None
    clear: AttributeClearFailures | None = None


@dataclass(frozen=True, slots=True)
class ForwardDone(Message):
    """What became of a forwarded request: applied up to `order` on as many members as asked for, or refused."""

    number: int
    incarnation: str
    order: Order
    failure: Failure | None = None
