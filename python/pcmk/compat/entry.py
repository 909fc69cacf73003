"""Every command begins and ends here: help, the form of its output, errors in one line, exit codes."""

import os
import sys
from collections.abc import Sequence

from pcmk.compat.options import PAGE, About, Body, Given, given_output, help_text, parse
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.versions import SOFTWARE
from pcmk.output.report import Report, open_page, open_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn, TextIO


def run(about: About, body: Body) -> "NoReturn":
    """Run a command on the process's arguments and exit."""
    sys.exit(outcome(about, body, sys.argv[1:]))


def outcome(about: About, body: Body, arguments: Sequence[str]) -> int:
    """Run a command on given arguments. The result is the exit code."""
    program, request = about.name, request_of(about, arguments)
    try:
        try:
            given = parse(about.every_option, arguments, task=bool(about.tasks))
        except PcmkError as error:
            return _reported(about, _failing(error), given_output(arguments), request)
        if given.has("help"):
            print(help_text(about), end="")
            return ExitCode.OK
        if given.has("version"):
            print(f"Pacemaker {SOFTWARE}\nWritten by the pcmk contributors")
            return ExitCode.OK
        return _reported(about, body, given, request)
    except PcmkError as error:
        print(f"{program}: {error.message}", file=sys.stderr)
        if error.code == ExitCode.USAGE:
            print(f"Try `{program} --help`.", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return 128 + 2
    except BrokenPipeError:
        # Whoever read the output has seen enough; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK


def _failing(error: PcmkError) -> Body:
    def fail(_given: Given, _report: Report) -> int:
        raise error

    return fail


def request_of(about: About, arguments: Sequence[str]) -> str:
    """A command line as documents name it."""
    return " ".join((about.name, *map(_shown, arguments)))


def report_for(about: About, given: Given, request: str, destination: "str | TextIO | None" = None) -> Report:
    """What writes a command's output in the form that was asked for: to `destination`, or to where it was asked for."""
    form = given.get("output-as") or "text"
    if destination is None:
        destination = given.get("output-to") or ""
    if form == "html" and set(PAGE) <= set(about.options):
        title, stylesheet = given.get("html-title") or "Cluster Status", given.get("html-stylesheet") or ""
        return open_page(destination, title, stylesheet, cgi=given.has("html-cgi"))
    return open_report(form, destination, request)


def _reported(about: About, body: Body, given: Given, request: str) -> int:
    report = report_for(about, given, request)
    try:
        code = body(given, report)
    except PcmkError as error:
        if report.is_text and error.code == ExitCode.USAGE:
            raise
        report.warn(f"{about.name}: {error.message}")
        code = error.code
    report.finish(code)
    return code


def _shown(argument: str) -> str:
    """An argument as the request of a document names it: with quotes only where it has blanks."""
    return f"'{argument}'" if " " in argument else argument
