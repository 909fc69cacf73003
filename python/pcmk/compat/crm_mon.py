"""`crm_mon`: the status of the cluster."""

import os
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import NoReturn

from pcmk.compat import status_views
from pcmk.compat.cib_access import CibAccess, open_cib
from pcmk.compat.entry import report_for, request_of, run
from pcmk.compat.nodes import local_name
from pcmk.compat.options import PAGE, About, Given, option, usage
from pcmk.compat.times import milliseconds
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import PageReport, Report
from pcmk.output.sections import DEFAULT, FENCING, SECTIONS, Sections

PROGRAM = "crm_mon"
REFRESH_MS = 5000
CLEAR_SCREEN = "\x1b[H\x1b[2J"
FENCING_LEVELS: dict[str, tuple[str, ...]] = {
    "0": (),
    "1": ("fencing-failed", "fencing-pending"),
    "2": ("fencing-failed", "fencing-pending", "fencing-succeeded"),
    "3": ("fencing-failed", "fencing-pending", "fencing-succeeded"),
}

OPTIONS = (
    *PAGE,
    option("-1 --one-shot", text="show the status once and end"),
    option("-d --daemonize", text="go on in the background; needs --output-to or --external-agent"),
    option("-E --external-agent", "PROGRAM", "run a program for each operation that is done, or under way"),
    option("-e --external-recipient", "RECIPIENT", "what that program finds as CRM_notify_recipient"),
    option("-W --watch-fencing", text="run that program for each fencing action, too"),
    option("-i --interval", "TIME", "show it anew after this time (default 5s)"),
    option("-n --group-by-node", text="show resources below their nodes"),
    option("-r --inactive", text="show inactive resources too"),
    option("-f --failcounts", text="show fail counts"),
    option("-o --operations", text="show the history of operations"),
    option("-t --timing-details", text="with -o: show times"),
    option("-A --show-node-attributes", text="show node attributes"),
    option("-c --tickets", text="show tickets"),
    option("-L --neg-locations", "[PREFIX]", "show where resources may not run"),
    option(
        "-m --fence-history",
        "[LEVEL]",
        "fencing: 0 none, 1 failed and pending, 2 successful too, 3 in full",
        choices="0 1 2 3",
    ),
    option("-b --brief", text="count resources instead of naming them"),
    option("-D --hide-headers", text="show no summary"),
    option("-R --show-detail", text="show more about nodes and clones"),
    option("--show-description", text="show descriptions of resources"),
    option("-I --include", "SECTIONS", f"show these sections: {', '.join(SECTIONS)}", choices=" ".join(SECTIONS)),
    option("-U --exclude", "SECTIONS", "do not show these sections", choices=" ".join(SECTIONS)),
    option("--node", "NODE", "show only this node, or those with this tag"),
    option("--resource", "RESOURCE", "show only this resource, or those with this tag"),
    option("-Q --quiet", text="show no times"),
    option("-x --xml-file", "FILE"),
    option("-p --pid-file", "FILE"),
    option("-j --pending"),
    option("-X --as-xml", stands_for=("output-as", "xml")),
)

ABOUT = About(PROGRAM, "show the status of the cluster", OPTIONS)


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out."""
    if given.words:
        usage(f"Unexpected argument {given.words[0]}")
    in_background, agent = given.has("daemonize"), given.get("external-agent") or ""
    if in_background and not agent and given.get("output-to") in (None, "-"):
        usage("--daemonize requires at least one of --output-to and --external-agent")
    access = open_cib(PROGRAM, file=given.get("xml-file"))
    once = given.has("one-shot") or not access.is_live
    on_terminal = sys.stdout.isatty() and report.is_text and not isinstance(report, PageReport)
    if not once and (in_background or agent or on_terminal):
        _go_on(access, given, agent)
    _tell(access, given, report)
    return ExitCode.OK


def _tell(access: CibAccess, given: Given, report: Report) -> None:
    if isinstance(report, PageReport):
        from pcmk.compat.status_page import body

        report.refresh = _refresh(given)
        report.body += body(PROGRAM, access, given, chosen_sections(given, Sections(DEFAULT, SECTIONS)))
    elif report.is_text:
        report.write(_text(access, given, chosen_sections(given, Sections())))
    else:
        report.item(_elements(access, given, chosen_sections(given, Sections(SECTIONS, SECTIONS))))


def _interval(given: Given) -> float:
    """Seconds between two looks at the status."""
    return milliseconds(given.get("interval") or f"{REFRESH_MS}ms") / 1000


def _refresh(given: Given) -> int:
    """After how many seconds browsers shall load a page anew; 0 for one that goes where nobody finds it again."""
    return 0 if given.get("output-to") in (None, "", "-") else max(1, round(_interval(given)))


def _go_on(access: CibAccess, given: Given, agent: str) -> NoReturn:
    """Show the status whenever it changes, and at intervals; what fails is told and tried again."""
    from pcmk.compat.status_watch import Watch

    interval = _interval(given)
    # What is wrong with the command line is told now, and not in the background.
    chosen_sections(given, Sections())
    file = given.get("output-to") or "-"
    # The process may go on in another folder.
    file = file if file == "-" else os.path.abspath(file)
    agent = os.path.abspath(agent) if "/" in agent else agent
    request = request_of(ABOUT, sys.argv[1:])

    def show() -> None:
        text, code = StringIO(), ExitCode.OK
        report = report_for(ABOUT, given, request, text)
        try:
            _tell(access, given, report)
        except PcmkError as error:
            code = error.code
            _tell_failure(error.message, report)
        report.finish(code)
        _put(text.getvalue(), file)

    silent = file == "-" and given.has("daemonize")
    recipient, with_fencing = given.get("external-recipient") or "", given.has("watch-fencing")
    watch = Watch(PROGRAM, None if silent else show, interval, agent, recipient, with_fencing)
    if given.has("daemonize"):
        pid_file = given.get("pid-file")
        watch.in_background(Path(os.path.abspath(pid_file)) if pid_file else None)
    watch.in_foreground()


def _tell_failure(reason: str, report: Report) -> None:
    if isinstance(report, PageReport):
        from pcmk.compat.status_page import disconnected

        report.body += disconnected(reason)
        return
    report.write(f"Not connected: {reason}\n")
    report.warn(reason)


def _put(text: str, file: str) -> None:
    """Show what is seen now in the place of what was."""
    if file == "-":
        sys.stdout.write((CLEAR_SCREEN if sys.stdout.isatty() else "") + text)
        sys.stdout.flush()
        return
    new = Path(f"{file}.new")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(file)
    except OSError as error:
        print(f"{PROGRAM}: {file} can't be written: {error.strerror}", file=sys.stderr)


def chosen_sections(given: Given, sections: Sections) -> Sections:
    """What the options make of the sections that are shown without any: first fencing and times, then all others in
    their order."""
    level = given.get("fence-history")
    if level is not None:
        wanted = FENCING_LEVELS.get(level or "3")
        if wanted is None:
            raise PcmkError(ExitCode.INVALID_PARAM, f"Fence history must be 0-3, not {level}")
        sections.exclude("fencing")
        for name in wanted:
            sections.add(name)
    if given.has("quiet"):
        sections.exclude("times")
    simple: dict[str, Callable[[str], None]] = {
        "include": sections.include,
        "exclude": sections.exclude,
        "hide-headers": lambda _: sections.exclude("summary"),
        "show-node-attributes": lambda _: sections.include("attributes"),
        "failcounts": lambda _: sections.include("failcounts"),
        "operations": lambda _: sections.include("operations"),
        "timing-details": lambda _: sections.include("operations"),
        "tickets": lambda _: sections.include("tickets"),
        "neg-locations": lambda prefix: sections.include(f"bans:{prefix}"),
    }
    for name, value in given.options:
        if name in simple:
            simple[name](value)
    return sections


def _text(access: CibAccess, given: Given, sections: Sections) -> str:
    text = status_views.text(access.read(), given, status_views.of_text(sections), sections.ban_prefix)
    if access.is_live and any(sections.has(name) for name in FENCING):
        from pcmk.compat.fencing_status import blocks

        text = "\n".join([text, *blocks(PROGRAM, sections, given.has("show-detail"))])
    return text


def _elements(access: CibAccess, given: Given, sections: Sections) -> str:
    shown = status_views.of_cib(sections)
    elements = status_views.elements(access.read(), given, shown, sections.ban_prefix, local_name())
    if access.is_live and any(sections.has(name) for name in FENCING):
        from pcmk.compat.fencing_status import elements as fencing

        elements += fencing(PROGRAM)
    return elements
