"""Times as commands are given them."""

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta

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


def end_of(duration: str, now: float) -> datetime:
    """When an ISO 8601 duration such as `PT1H` or `P1DT30M` that begins now ends. Raises `PcmkError` (USAGE)."""
    found = re.fullmatch(
        r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", duration.upper()
    )
    if found is None or not any(found.groups()):
        usage(f"{duration!r} is no ISO 8601 duration, such as PT1H or P1DT30M")
    years, months, weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    begin = datetime.fromtimestamp(int(now), UTC)
    month = begin.month - 1 + months
    year, month = begin.year + years + month // 12, month % 12 + 1
    try:
        begin = begin.replace(year=year, month=month, day=min(begin.day, monthrange(year, month)[1]))
        return begin + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except (ValueError, OverflowError):
        usage(f"the duration {duration} is too long")
