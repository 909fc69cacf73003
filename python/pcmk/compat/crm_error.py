"""`crm_error`: what a number that some command or log gave means."""

from collections.abc import Callable
from typing import NoReturn

from pcmk.compat.entry import run
from pcmk.compat.options import About, Given, option, usage
from pcmk.kernel.exitcodes import DESCRIPTIONS, ExitCode, description
from pcmk.output import return_codes
from pcmk.output.report import Report
from pcmk.output.xml import element

NAME_WIDTH = max(len(f"pcmk_rc_{name}") for name, _ in return_codes.STANDARD)

OPTIONS = (
    option("-n --name", text="show the code's name with its text"),
    option("-l --list", text="show all known codes (default without any code)"),
    option("-X --exit", text="the numbers are exit codes"),
    option("-r --rc", text="the numbers are return codes of the present kind, not of the older"),
)

ABOUT = About("crm_error", "display name or description of an error code", OPTIONS, words="[CODE...]")

Meaning = Callable[[int], tuple[str, str]]
"""Name and text of a code."""


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out."""
    meaning, known = _family(given)
    named = given.has("name")
    if given.words and not given.has("list"):
        for word in given.words:
            _tell(report, _number(word), meaning, named=named, numbered=given.has("verbose"))
        return ExitCode.OK
    for code in known:
        _tell(report, code, meaning, named=named, numbered=True)
    return ExitCode.OK


def _family(given: Given) -> tuple[Meaning, list[int]]:
    chosen = given.last_of(("exit", "rc"))
    match chosen[0] if chosen else "":
        case "exit":
            return _exit_code, [code for code in ExitCode if code != ExitCode.MAX]
        case "rc":
            return return_codes.standard, return_codes.known_standard()
        case _:
            return return_codes.legacy, return_codes.known_legacy()


def _number(word: str) -> int:
    try:
        return int(word)
    except ValueError:
        usage(f"{word!r} is no number")


def _exit_code(code: int) -> tuple[str, str]:
    known = code in DESCRIPTIONS and code != ExitCode.MAX
    return f"CRM_EX_{ExitCode(code).name if known else 'UNKNOWN'}", description(code)


def _tell(report: Report, code: int, meaning: Meaning, *, named: bool, numbered: bool) -> None:
    name, text = meaning(code)
    item = element("result-code", {"code": str(code), "name": name if named else None, "description": text})
    if numbered:
        report.say(f"{code:5}: {name:{NAME_WIDTH}}  {text}" if named else f"{code:5}: {text}", item)
    else:
        report.say(f"{name} - {text}" if named else text, item)
