"""Fencing events as text."""

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pcmk.output.xml import element

if TYPE_CHECKING:
    from pcmk.kernel.messages.fencer import FenceEvent

_ACTIONS = {"on": "unfencing", "off": "turning off", "": "fencing"}
_WORDS = {"success": "successful", "failed": "failed", "pending": "pending"}


def line(event: "FenceEvent", *, last: bool, later: str = "") -> str:
    """One event for people; `last` says that older events of its kind are not shown, `later` which node succeeded
    with the same after this one had failed."""
    text = f"{_ACTIONS.get(event.action, event.action)} of {event.target}"
    done = event.state != "pending"
    if done and event.delegate:
        text += f" by {event.delegate}"
    text += f" for {event.client}@{event.origin}{' last' if last and done else ''} {_WORDS[event.state]}"
    if event.state == "failed" and event.reason:
        text += f" ({event.reason})"
    if done:
        text += f" at {date(event.completed)}"
    return text + (f" (a later attempt from {later} succeeded)" if later else "")


def technical_line(event: "FenceEvent") -> str:
    """One event with all that is known."""
    text = f"{_ACTIONS.get(event.action, event.action)} of {event.target} {_WORDS[event.state]}"
    if event.state == "failed" and event.reason:
        text += f" ({event.reason})"
    text += f": {f'delegate={event.delegate}, ' if event.delegate else ''}client={event.client}, origin={event.origin}"
    return text + (f", completed='{date(event.completed)}'" if event.state != "pending" else "")


def as_element(event: "FenceEvent") -> str:
    """One event for programs."""
    attributes = {
        "action": event.action,
        "target": event.target,
        "client": event.client,
        "origin": event.origin,
        "status": event.state,
    }
    if event.delegate:
        attributes["delegate"] = event.delegate
    if event.state != "pending":
        attributes["completed"] = date(event.completed)
    if event.state == "failed" and event.reason:
        attributes["exit-reason"] = event.reason
    return element("fence_event", attributes)


def date(epoch: float) -> str:
    """A time as histories show it, in local time with its offset."""
    return time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(epoch))


def failures(events: Sequence["FenceEvent"]) -> list[tuple["FenceEvent", str]]:
    """The last failure of every action on every target, newest first, with the node that succeeded later if any."""
    found: list[tuple[FenceEvent, str]] = []
    seen: set[tuple[str, str]] = set()
    succeeded: dict[tuple[str, str], str] = {}
    for event in newest_first(events):
        key = (event.target, event.action)
        if event.state == "success":
            succeeded[key] = event.origin
        elif event.state == "failed" and key not in seen:
            seen.add(key)
            found.append((event, succeeded.get(key, "")))
    return found


def newest_first(events: Iterable["FenceEvent"]) -> list["FenceEvent"]:
    """Pending ones first, then by time."""
    return sorted(events, key=lambda event: (event.state != "pending", -event.completed))
