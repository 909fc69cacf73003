"""The attribute manager's API."""

from pcmk.kernel.messages import Message


class AttributeChange(Message, frozen=True):
    """Set (`value`) or delete (`value` None) a transient node attribute.

    `value++` and `value+=N` count up from the value that is valid when the change is ordered. `dampening_ms` None
    keeps the delay that the attribute has; `set_delay_only` changes just that.
    """

    name: str
    value: str | None
    node: str
    set_type: str = "instance_attributes"
    set_id: str = ""
    dampening_ms: int | None = None
    private: bool = False
    set_delay_only: bool = False
    remote: bool = False


class AttributeUpdate(Message, frozen=True):
    """Changes ordered together. Answered by `Done` when ordered and applied on this node (`wait` `local`, the
    default), on every member (`cluster`), or at once (`no`)."""

    changes: tuple[AttributeChange, ...]
    wait: str = "local"


class AttributePattern(Message, frozen=True):
    """Set or delete on `node` every known attribute whose name matches an extended regular expression."""

    pattern: str
    value: str | None
    node: str


class AttributeQuery(Message, frozen=True):
    """Read an attribute of one node, or of all when `node` is empty; private ones are answered too."""

    name: str
    node: str = ""


class AttributeValue(Message, frozen=True):
    """What one node has for an attribute; None when it was deleted or never set."""

    name: str
    node: str
    value: str | None


class AttributeValues(Message, frozen=True):
    """Answer to a query; `known` is false when no node ever had the attribute."""

    known: bool
    values: tuple[AttributeValue, ...]


class AttributePurge(Message, frozen=True):
    """Forget every value of a node (it was fenced, left, or was removed)."""

    node: str


class AttributeClearFailures(Message, frozen=True):
    """Delete fail counts and last failures; empty fields match all."""

    node: str = ""
    resource: str = ""
    operation: str = ""
    interval_ms: int = 0


class AttributeRefresh(Message, frozen=True):
    """Write every value to the CIB now."""
