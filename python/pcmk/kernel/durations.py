"""Durations as the configuration's language has them."""

import re

_DURATION = re.compile(r"\s*(\d+)\s*(us|usec|ms|msec|s|sec|m|min|h|hr)?\s*", re.IGNORECASE)
_SECONDS = {"us": 1e-6, "usec": 1e-6, "ms": 1e-3, "msec": 1e-3, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}
_ISO = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def duration(text: str) -> float | None:
    """Seconds of `30s`, `5min`, `PT5M`; a number without unit is seconds. None if it is none of these."""
    plain = _DURATION.fullmatch(text)
    if plain is not None:
        unit = (plain.group(2) or "s").lower()
        return int(plain.group(1)) * _SECONDS.get(unit, 3600)
    iso = _ISO.fullmatch(text.strip().upper())
    if iso is None or not any(iso.groups()):
        return None
    days, hours, minutes, rest = (int(part or 0) for part in iso.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + rest)
