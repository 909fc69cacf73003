"""Times as commands are given them."""

import re

from pcmk._core import DateTime, Duration
from pcmk.compat.options import usage

_MILLISECONDS = {
    "": 1000, "s": 1000, "sec": 1000, "ms": 1, "msec": 1, "us": 0.001, "usec": 0.001,
    "m": 60_000, "min": 60_000, "h": 3_600_000, "hr": 3_600_000,
}  # fmt: skip


def milliseconds(text: str) -> int:
    """An interval such as `30`, `5s`, `2min` or `100ms`, in milliseconds; seconds without a unit. Raises `PcmkError`
    (USAGE)."""
    found = re.fullmatch(r"\s*(\d+)\s*([a-z]*)\s*", text.lower())
    if found is None or found[2] not in _MILLISECONDS:
        usage(f"{text!r} is no interval of time, such as 10s or 2min")
    return int(int(found[1]) * _MILLISECONDS[found[2]])


def end_of(duration: str, now: int) -> DateTime:
    """When an ISO 8601 duration such as `PT1H` or `P1DT30M` that begins now (seconds since the epoch) ends. Raises
    `PcmkError` (USAGE)."""
    try:
        return DateTime.from_epoch(now).plus(Duration.parse(duration))
    except ValueError:
        usage(f"{duration!r} is no ISO 8601 duration, such as PT1H or P1DT30M")
