"""`iso8601`: how the cluster reads dates, durations and periods."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from pcmk._core import DateTime, Duration, parse_period
from pcmk.compat.entry import run
from pcmk.compat.options import About, Given, option, usage
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report

if TYPE_CHECKING:
    from pcmk._core import DateStyle

OPTIONS = (
    option("-n --now", text="show the present"),
    option("-d --date", "TEXT", "read a date, such as 2005-040, 2009-W53-7, 20090131T010203Z, 10:30 or `epoch`"),
    option("-p --period", "TEXT", "read a period, such as 2005-01-20/2006-01-20, 2005-01-20/P1M or P1D/2005-03-01"),
    option("-D --duration", "TEXT", "read a duration, such as P1Y2M3DT4H5M6S; with a date, add it to that"),
    option("-E --expected", "TEXT", "fail unless this is the date, or where the duration ends"),
    option("-s --seconds", text="show dates as seconds since 0000-001 00:00:00Z"),
    option("-S --epoch", text="show dates as seconds since 1970-001 00:00:00Z"),
    option("-L --local", text="show dates with their own offset from UTC"),
    option("-O --ordinal", text="show the day of the year"),
    option("-W --week", text="show the week and its day"),
)

ABOUT = About("iso8601", "display and parse ISO 8601 dates and times", OPTIONS)

Style = Callable[[DateTime], str]
"""How dates are written."""


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out: ERROR if what was expected is something else, INVALID_PARAM for what can't be read."""
    if given.words:
        usage(f"Unexpected argument {given.words[0]}")
    now = int(time.time())
    offset = time.localtime(now).tm_gmtoff
    style = _style(given)
    date = _date(given, now, offset, style, report)
    duration = _duration(given, report)
    _period(given, now, offset, style, report)
    if date is not None and duration is not None:
        date = date.plus(duration)
        # Where a duration ends is always shown with the offset of the date.
        ends = _style(given, own_offset=True)(date)
        report.say(f"Duration ends at: {ends}", f"<duration_ends>{ends}</duration_ends>")
    expected = given.get("expected")
    if date is not None and expected is not None and expected.lower() != style(date).lower():
        return ExitCode.ERROR
    return ExitCode.OK


def _style(given: Given, *, own_offset: bool = False) -> Style:
    """The style that was asked for; numbers go before it, for they are what programs want."""
    if given.has("seconds"):
        return lambda date: str(date.seconds)
    if given.has("epoch"):
        return lambda date: str(date.epoch)
    name: DateStyle = "ordinal" if given.has("ordinal") else "week" if given.has("week") else "calendar"
    local = own_offset or given.has("local")
    return lambda date: date.text(name, own_offset=local)


def _date(given: Given, now: int, offset: int, style: Style, report: Report) -> DateTime | None:
    text = given.get("date")
    if given.has("now") or (text or "").lower() == "now":
        date, title = DateTime.from_epoch(now, offset), "Current date/time"
    elif text is None:
        return None
    else:
        try:
            date, title = DateTime.parse(text, now, offset), "Date"
        except ValueError as error:
            raise PcmkError(ExitCode.INVALID_PARAM, f"Invalid date/time specified: {text}: {error}") from error
    report.say(f"{title}: {style(date)}", f"<date>{style(date)}</date>")
    return date


def _duration(given: Given, report: Report) -> Duration | None:
    text = given.get("duration")
    if text is None:
        return None
    try:
        duration = Duration.parse(text)
    except ValueError as error:
        raise PcmkError(ExitCode.INVALID_PARAM, f"Invalid duration specified: {text}: {error}") from error
    report.say(f"Duration: {duration}", f"<duration>{duration}</duration>")
    return duration


def _period(given: Given, now: int, offset: int, style: Style, report: Report) -> None:
    text = given.get("period")
    if text is None:
        return
    try:
        start, end = map(style, parse_period(text, now, offset))
    except ValueError as error:
        raise PcmkError(ExitCode.INVALID_PARAM, f"Invalid interval specified: {text}: {error}") from error
    report.say(f"Period: {start} to {end}", f"<period><start>{start}</start><end>{end}</end></period>")
