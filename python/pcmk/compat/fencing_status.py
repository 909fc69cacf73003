"""What was fenced, as blocks of a status display."""

from typing import TYPE_CHECKING, NamedTuple

from pcmk.compat.daemons import ask
from pcmk.kernel.errors import PcmkError
from pcmk.output.fencing import as_element, failures, line, newest_first, technical_line
from pcmk.output.sections import FENCING, Sections
from pcmk.output.xml import element

if TYPE_CHECKING:
    from pcmk.output.html import Tag

TIMEOUT = 5.0


class _Block(NamedTuple):
    """A section with its lines. All actions in it are `failed`, `successful` or `pending`; empty if there are none."""

    title: str
    lines: list[str]
    outcome: str


def blocks(program: str, sections: Sections, detail: bool) -> list[str]:
    """A text for every fencing section that is shown and has anything to say. When the fencer does not answer, one
    says so."""
    return [
        "".join([f"{block.title}:\n", *(f"  * {each}\n" for each in block.lines)])
        for block in _blocks(program, sections, detail)
    ]


def lists(program: str, sections: Sections, detail: bool) -> "list[Tag]":
    """The same as lists of a page."""
    from pcmk.output.html import Tag, listing

    tags: list[Tag] = []
    for block in _blocks(program, sections, detail):
        look = {"class": f"{block.outcome}-stonith-event"} if block.outcome else {}
        tags += listing(block.title, [Tag("li", each, look) for each in block.lines])
    return tags


def _blocks(program: str, sections: Sections, detail: bool) -> list[_Block]:
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.fencer import FenceHistory, FenceHistoryQuery

    try:
        answer = ask(program, Daemon.FENCED, FenceHistoryQuery(), FenceHistory, TIMEOUT)
    except PcmkError as error:
        return [_Block("Failed Fencing Actions", [f"Failed to get fencing history: {error.message}"], "")]
    events = newest_first(answer.events)
    last = not all(sections.has(name) for name in FENCING)
    failed = [
        technical_line(event) if detail else line(event, last=last, later=later) for event, later in failures(events)
    ]
    found = {"fencing-failed": _Block("Failed Fencing Actions", failed, "failed")}
    for name, title, state, outcome in (
        ("fencing-succeeded", "Fencing History", "success", "successful"),
        ("fencing-pending", "Pending Fencing Actions", "pending", "pending"),
    ):
        chosen = [event for event in events if event.state == state]
        lines = [technical_line(each) if detail else line(each, last=last) for each in chosen]
        found[name] = _Block(title, lines, outcome)
    return [block for name, block in found.items() if block.lines and sections.has(name)]


def elements(program: str) -> str:
    """The history of fencing as an XML element; its `status` is not 0 when the fencer does not answer."""
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.fencer import FenceHistory, FenceHistoryQuery

    try:
        answer = ask(program, Daemon.FENCED, FenceHistoryQuery(), FenceHistory, TIMEOUT)
    except PcmkError as error:
        return element("fence_history", {"status": str(int(error.code))})
    events = "".join(map(as_element, newest_first(answer.events)))
    return element("fence_history", {"status": "0"}, events)
