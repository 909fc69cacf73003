"""The table of transient attributes that every member holds."""

from msgspec.structs import replace

from pcmk.kernel.messages.attrd_peer import AttributeKind, AttributeRow, AttributeTable, NodeDropped, Order, Ordered
from pcmk.kernel.messages.based_peer import RequestId


class Table:
    """Kinds by name, rows by name and node. It changes only by ordered changes and by merging whole tables."""

    def __init__(self) -> None:
        self.kinds: dict[str, AttributeKind] = {}
        self.rows: dict[tuple[str, str], AttributeRow] = {}
        self.dropped: dict[str, Order] = {}
        # By the life of the attribute manager that asked: node and incarnation.
        self._done: dict[tuple[str, str], dict[int, RequestId]] = {}

    @property
    def empty(self) -> bool:
        """Whether nothing was ever set."""
        return not self.kinds and not self.dropped

    def value(self, name: str, node: str) -> str | None:
        """A node's value; None if it has none."""
        row = self.rows.get((name, node))
        return row.value if row is not None else None

    def rows_of(self, name: str) -> list[AttributeRow]:
        """All nodes' values of an attribute, deleted ones included, by node."""
        return sorted((row for row in self.rows.values() if row.name == name), key=lambda row: row.node)

    def nodes(self) -> list[str]:
        """All nodes that have rows."""
        return sorted({node for _, node in self.rows})

    def apply(self, change: Ordered) -> None:
        """Let ordered changes take effect."""
        for dropped in change.dropped:
            self._drop(dropped)
        for kind in change.kinds:
            self.kinds[kind.name] = kind
        for row in change.rows:
            self.rows[row.name, row.node] = row
        if change.request is not None:
            self._remember(change.request)

    def was_done(self, request: RequestId) -> bool:
        """Whether a request was ordered before."""
        return request.number in self._done.get((request.node, request.incarnation), {})

    def merge(self, other: AttributeTable) -> None:
        """Take from another table what is newer there; the outcome does not depend on whose table is merged first."""
        for dropped in other.dropped:
            self._drop(dropped)
        for kind in other.kinds:
            known = self.kinds.get(kind.name)
            if known is None or _kind_age(kind) > _kind_age(known):
                self.kinds[kind.name] = kind
        for row in other.rows:
            known_row = self.rows.get((row.name, row.node))
            if not self._is_void(row) and (known_row is None or _row_age(row) > _row_age(known_row)):
                self.rows[row.name, row.node] = row
        for request in other.done:
            self._remember(request)

    def message(self) -> AttributeTable:
        """The table as a message."""
        return AttributeTable(
            kinds=tuple(kind for _, kind in sorted(self.kinds.items())),
            rows=tuple(row for _, row in sorted(self.rows.items())),
            dropped=tuple(NodeDropped(node, order) for node, order in sorted(self.dropped.items())),
            done=tuple(done for _, numbers in sorted(self._done.items()) for _, done in sorted(numbers.items())),
        )

    def _drop(self, dropped: NodeDropped) -> None:
        self.dropped[dropped.node] = max(dropped.order, self.dropped.get(dropped.node, Order()))
        self.rows = {key: row for key, row in self.rows.items() if not self._is_void(row)}

    def _is_void(self, row: AttributeRow) -> bool:
        return row.order <= self.dropped.get(row.node, Order(-1))

    def _remember(self, request: RequestId) -> None:
        """Note a request as ordered; those that its sender won't send again are forgotten."""
        life = (request.node, request.incarnation)
        known = dict(self._done.get(life, {}))
        same = known.get(request.number, request)
        known[request.number] = max(same, request, key=lambda known: known.done_below)
        floor = max(other.done_below for other in known.values())
        self._done[life] = {number: other for number, other in known.items() if number >= floor}


def _kind_age(kind: AttributeKind) -> tuple[Order, str]:
    return kind.order, repr(replace(kind, order=Order()))


def _row_age(row: AttributeRow) -> tuple[Order, bool, str]:
    # Two partitions may have used the same term; then any choice will do that all make alike.
    return row.order, row.value is not None, row.value or ""
