"""Operations and resources as the executor holds them, and as it remembers them."""

import json
from collections import deque
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field, to_builtins

from pcmk.kernel.messages.executor import ExecuteOp, OpResult


class Phase(StrEnum):
    """Where an operation is; `WAITING` is a recurring one between two runs or before its first."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"


class Operation(Struct):
    """An accepted operation that has not ended. Times `mono` are of the clock that never jumps."""

    call_id: int
    op: ExecuteOp
    phase: Phase
    queued_mono: float
    began_mono: float = 0.0
    queue_time_ms: int = 0
    exec_time_ms: int = 0
    run: int = 0
    pgid: int = 0
    ticks: int = 0
    losses: int = 0
    cancelled: str | None = None
    forgotten: bool = False
    reported: tuple[int, int] | None = None
    last_run: int = 0
    last_rc_change: int = 0

    @property
    def recurring(self) -> bool:
        """Whether it runs again and again."""
        return self.op.interval_ms > 0

    def delay_left(self, now_mono: float) -> float:
        """Seconds until its start delay is over."""
        return self.queued_mono + self.op.start_delay_ms / 1000 - now_mono

    @property
    def timer(self) -> str:
        """Key of the timer that a waiting operation has."""
        return f"due/{self.call_id}"


class Resource(Struct):
    """A resource with its queue of call ids; `active` runs now (0: none). `device_started` is the cached state of a
    fence device, `last_key` the `user_data` of the last one-shot operation that tells of the resource's state."""

    id: str
    standard: str
    provider: str
    type: str
    start_params: dict[str, str] = field(default_factory=dict[str, str])
    device_started: bool = False
    queue: deque[int] = field(default_factory=deque[int])
    active: int = 0
    forgotten: bool = False
    last_key: str = ""


_RESOURCE_FIELDS = ("id", "standard", "provider", "type", "start_params", "device_started", "forgotten", "last_key")


class Recalled(Struct):
    """What a former process of this daemon left behind."""

    last_call: int = 0
    last_sequence: int = 0
    resources: dict[str, Resource] = field(default_factory=dict[str, Resource])
    operations: list[Operation] = field(default_factory=list[Operation])
    results: list[OpResult] = field(default_factory=list[OpResult])


def resource_record(resource: Resource) -> str:
    """A resource as text; its queue follows from the operations."""
    return json.dumps({name: getattr(resource, name) for name in _RESOURCE_FIELDS})


def operation_record(operation: Operation) -> str:
    """An operation as text: what is needed to run it, or run it again."""
    return json.dumps(
        {
            "call_id": operation.call_id,
            "op": to_builtins(operation.op),
            "running": operation.phase is Phase.RUNNING,
            "pgid": operation.pgid,
            "ticks": operation.ticks,
            "cancelled": operation.cancelled,
            "forgotten": operation.forgotten,
            "reported": operation.reported,
            "last_run": operation.last_run,
            "last_rc_change": operation.last_rc_change,
        }
    )


def result_record(result: OpResult) -> str:
    """A result as text."""
    return json.dumps(to_builtins(result))


def recall(records: Mapping[str, str], now_mono: float) -> Recalled:
    """Read records back. One that can't be read was written by another version and is passed over."""
    recalled = Recalled()
    for key, text in _in_order(records):
        kind = key.partition("/")[0]
        try:
            values: Any = json.loads(text)
            match kind:
                case "resource":
                    recalled.resources[values["id"]] = Resource(**values)
                case "operation":
                    recalled.operations.append(_operation(values, now_mono))
                case "result":
                    recalled.results.append(OpResult(**values))
                case "last":
                    recalled.last_call, recalled.last_sequence = values
                case _:
                    continue
        except (ValueError, KeyError, TypeError):
            continue
    known = [operation for operation in recalled.operations if operation.op.resource in recalled.resources]
    recalled.operations = known
    recalled.last_call = max([recalled.last_call, *(operation.call_id for operation in known)])
    recalled.last_sequence = max([recalled.last_sequence, *(result.sequence for result in recalled.results)])
    return recalled


def _in_order(records: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    def number(key: str) -> int:
        tail = key.rpartition("/")[2]
        return int(tail) if tail.isdigit() else 0

    return sorted(records.items(), key=lambda record: (number(record[0]), record[0]))


def _operation(values: dict[str, Any], now_mono: float) -> Operation:
    reported = values["reported"]
    return Operation(
        call_id=values["call_id"],
        op=ExecuteOp(**values["op"]),
        phase=Phase.RUNNING if values["running"] else Phase.QUEUED,
        queued_mono=now_mono,
        pgid=values["pgid"],
        ticks=values["ticks"],
        cancelled=values["cancelled"],
        forgotten=values["forgotten"],
        reported=None if reported is None else (reported[0], reported[1]),
        last_run=values["last_run"],
        last_rc_change=values["last_rc_change"],
    )
