"""What the primary makes of requests: changes with every value worked out."""

import re
from collections.abc import Iterable

from msgspec.structs import replace

from pcmk.attrd.table import Table
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.attrd_peer import (
    AttributeForward,
    AttributeKind,
    AttributeRow,
    NodeDropped,
    Order,
    Ordered,
)
from pcmk.kernel.messages.attributes import AttributeChange, AttributeClearFailures, AttributePattern
from pcmk.kernel.messages.common import Failure

INFINITY = 1_000_000
SET_TYPES = ("instance_attributes", "utilization")
FAILURE_PREFIXES = ("fail-count-", "last-failure-")
_COUNT = re.compile(r"value(?:\+\+|\+=(.*))", re.DOTALL)
_SCORE_WORDS = {"INFINITY": INFINITY, "+INFINITY": INFINITY, "-INFINITY": -INFINITY}


def order(
    table: Table, forward: AttributeForward, at: Order, in_cib: Iterable[tuple[AttributeKind, AttributeRow]] = ()
) -> Ordered | Failure:
    """What a request does to a table at a place in the order; Failure, and nothing, if it makes no sense.

    Failures are also cleared where only the CIB has them: one that was made in another partition, of a node that was
    lost there, may have got nowhere else.
    """
    change = Ordered(at, request=forward.request)
    if forward.update is not None:
        return _updates(table, forward.update.changes, change)
    if forward.pattern is not None:
        return _pattern(table, forward.pattern, change)
    if forward.purge is not None:
        return replace(change, dropped=(NodeDropped(forward.purge.node, at),))
    if forward.clear is not None:
        return _clear(table, forward.clear, change, in_cib)
    return change


def expand(value: str | None, old: str | None) -> str | None:
    """`value++` and `value+=N` worked out by score arithmetic: what is no number counts as 0, the sum stays within
    plus and minus INFINITY. All else is as it is."""
    match = _COUNT.fullmatch(value or "")
    if match is None:
        return value
    increment = 1 if match[1] is None else _score(match[1])
    return str(max(-INFINITY, min(INFINITY, _score(old or "") + increment)))


def _score(text: str) -> int:
    if text in _SCORE_WORDS:
        return _SCORE_WORDS[text]
    number = re.fullmatch(r"\s*([+-]?\d{1,18})\s*", text, re.ASCII)
    return max(-INFINITY, min(INFINITY, int(number[1]))) if number is not None else 0


def _updates(table: Table, changes: tuple[AttributeChange, ...], ordered: Ordered) -> Ordered | Failure:
    kinds: dict[str, AttributeKind] = {}
    rows: dict[tuple[str, str], AttributeRow] = {}
    for change in changes:
        known = kinds.get(change.name, table.kinds.get(change.name))
        refusal = _refusal(change, known)
        if refusal is not None:
            return refusal
        kind = _kind(change, known, table, ordered.order)
        if kind != known:
            kinds[change.name] = kind
        if change.set_delay_only:
            continue
        key = (change.name, change.node)
        row = rows.get(key, table.rows.get(key))
        old = row.value if row is not None else None
        value = expand(change.value, old)
        if row is None or value != old or (change.remote and not row.remote):
            remote = change.remote or (row is not None and row.remote)
            rows[key] = AttributeRow(change.name, change.node, value, ordered.order, remote)
    return replace(ordered, kinds=tuple(kinds.values()), rows=tuple(rows.values()))


def _refusal(change: AttributeChange, known: AttributeKind | None) -> Failure | None:
    if not change.name:
        return Failure(ExitCode.USAGE, "an attribute needs a name")
    if change.set_type not in SET_TYPES and not change.private:
        return Failure(ExitCode.USAGE, f"'{change.set_type}' is no type of a set of attributes")
    if change.set_delay_only and known is None:
        return Failure(ExitCode.NOSUCH, f"there is no attribute '{change.name}'")
    if change.dampening_ms is not None and change.dampening_ms < 0:
        return Failure(ExitCode.USAGE, f"the dampening of '{change.name}' is negative")
    return None


def _kind(change: AttributeChange, known: AttributeKind | None, table: Table, at: Order) -> AttributeKind:
    """Set and privacy are those of the change that created the attribute, as long as a node has a value for it."""
    in_use = any(row.value is not None for row in table.rows_of(change.name))
    if known is None or (not in_use and not change.set_delay_only and change.value is not None):
        delay = known.dampening_ms if known is not None else 0
        kind = AttributeKind(change.name, at, change.set_type, change.set_id, delay, change.private)
    else:
        kind = known
    if change.dampening_ms is not None and change.dampening_ms != kind.dampening_ms:
        kind = replace(kind, dampening_ms=change.dampening_ms, order=at)
    if known is not None and replace(kind, order=known.order) == known:
        return known
    return kind


def _pattern(table: Table, pattern: AttributePattern, ordered: Ordered) -> Ordered | Failure:
    try:
        expression = re.compile(pattern.pattern)
    except re.error as error:
        return Failure(ExitCode.USAGE, f"'{pattern.pattern}' is no regular expression: {error}")
    changes = tuple(
        AttributeChange(name, pattern.value, pattern.node) for name in sorted(table.kinds) if expression.search(name)
    )
    return _updates(table, changes, ordered)


def _clear(
    table: Table,
    clear: AttributeClearFailures,
    ordered: Ordered,
    in_cib: Iterable[tuple[AttributeKind, AttributeRow]],
) -> Ordered:
    known = [row for _, row in sorted(table.rows.items()) if row.value is not None and _is_cleared(row, clear)]
    unknown = [
        (replace(kind, order=ordered.order), row)
        for kind, row in in_cib
        if (row.name, row.node) not in table.rows and _is_cleared(row, clear)
    ]
    kinds = {kind.name: kind for kind, _ in unknown if kind.name not in table.kinds}
    rows = tuple(replace(row, value=None, order=ordered.order) for row in (*known, *(row for _, row in unknown)))
    return replace(ordered, kinds=tuple(kinds.values()), rows=rows)


def _is_cleared(row: AttributeRow, clear: AttributeClearFailures) -> bool:
    prefix = next((prefix for prefix in FAILURE_PREFIXES if row.name.startswith(prefix)), None)
    if prefix is None or (clear.node and row.node != clear.node):
        return False
    resource, _, operation = row.name.removeprefix(prefix).rpartition("#")
    if clear.resource and resource != clear.resource:
        return False
    return not clear.operation or operation == f"{clear.operation}_{clear.interval_ms}"
