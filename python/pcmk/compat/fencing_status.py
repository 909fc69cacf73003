"""What was fenced, as blocks of a status display."""

from pcmk.compat.daemons import ask
from pcmk.kernel.errors import PcmkError
from pcmk.output.fencing import as_element, failures, line, newest_first, technical_line
from pcmk.output.sections import FENCING, Sections
from pcmk.output.xml import element

TIMEOUT = 5.0


def blocks(program: str, sections: Sections, detail: bool) -> list[str]:
    """A text for every fencing section that is shown and has anything to say. When the fencer does not answer, one
    says so."""
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.fencer import FenceHistory, FenceHistoryQuery

    try:
        answer = ask(program, Daemon.FENCED, FenceHistoryQuery(), FenceHistory, TIMEOUT)
    except PcmkError as error:
        return [_block("Failed Fencing Actions", [f"Failed to get fencing history: {error.message}"])]
    events = newest_first(answer.events)
    last = not all(sections.has(name) for name in FENCING)
    texts: list[tuple[str, str, list[str]]] = [
        (
            "fencing-failed",
            "Failed Fencing Actions",
            [
                technical_line(event) if detail else line(event, last=last, later=later)
                for event, later in failures(events)
            ],
        )
    ]
    for name, title, state in (
        ("fencing-succeeded", "Fencing History", "success"),
        ("fencing-pending", "Pending Fencing Actions", "pending"),
    ):
        chosen = [event for event in events if event.state == state]
        texts.append((name, title, [technical_line(each) if detail else line(each, last=last) for each in chosen]))
    return [_block(title, lines) for name, title, lines in texts if lines and sections.has(name)]


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


def _block(title: str, lines: list[str]) -> str:
    return "".join([f"{title}:\n", *(f"  * {each}\n" for each in lines)])
