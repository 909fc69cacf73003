"""`crm_rule`: whether rules are in effect."""

import sys
import time
from typing import TYPE_CHECKING, NoReturn

from pcmk._core import Cib, DateTime, check_rule
from pcmk.compat.cib_access import open_cib
from pcmk.compat.entry import run
from pcmk.compat.options import About, Given, option, usage
from pcmk.kernel.errors import CibError, PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import element

if TYPE_CHECKING:
    from pcmk._core import RuleCheck

PROGRAM = "crm_rule"

OPTIONS = (
    option("-c --check", text="check whether rules are in effect"),
    option("-r --rule", "ID", "a rule to check (may be repeated)"),
    option("-d --date", "DATE", "check as of this date, instead of now"),
    option("-X --xml-text", "XML", "check rules of this CIB, `-` for standard input, instead of the cluster's"),
)

ABOUT = About(PROGRAM, "evaluate rules from the configuration", OPTIONS)

ANSWERS: "dict[RuleCheck, tuple[ExitCode, str]]" = {
    "in-effect": (ExitCode.OK, "is still in effect"),
    "satisfied": (ExitCode.OK, "satisfies conditions"),
    "not-yet-in-effect": (ExitCode.NOT_YET_IN_EFFECT, "has not yet taken effect"),
    "expired": (ExitCode.EXPIRED, "is expired"),
}
"""What is known of a rule: exit code and words."""

REFUSALS: "dict[RuleCheck, tuple[ExitCode, str]]" = {
    "invalid": (ExitCode.ERROR, "Error parsing rule"),
    "not-found": (ExitCode.NOSUCH, "Rule not found"),
    "duplicate": (ExitCode.MULTIPLE, "Found more than one rule with matching ID"),
    "without-date-expression": (ExitCode.UNIMPLEMENT_FEATURE, "Rule does not have a date expression"),
    "several-date-expressions": (ExitCode.UNIMPLEMENT_FEATURE, "Rule has more than one date expression"),
    "recurring-date-spec": (
        ExitCode.UNIMPLEMENT_FEATURE,
        "Rule must either not use date_spec, or use date_spec with years=",
    ),
}
"""Why nothing is known of a rule (specification of rules, section 10)."""


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out. The exit code is that of the last rule that is not in effect."""
    if given.words:
        usage(f"Unexpected argument {given.words[0]}")
    if not given.has("check"):
        usage("No mode operation given")
    rules = [value for name, value in given.options if name == "rule"]
    if not rules:
        usage("--check requires use of --rule=")
    now = effective_time(given.get("date"))
    cib = _cib(given.get("xml-text"), report)
    codes = [_check(cib, rule, now, report) for rule in rules]
    return next((code for code in reversed(codes) if code != ExitCode.OK), ExitCode.OK)


def _check(cib: Cib, rule: str, now: int, report: Report) -> ExitCode:
    found = check_rule(cib, rule, now)
    code, words = ANSWERS.get(found) or REFUSALS[found]
    item = element("rule-check", {"rule-id": rule, "rc": str(int(code))})
    if found in ANSWERS:
        report.say(f"Rule {rule} {words}", item)
    else:
        report.item(item)
        report.warn(f"Could not determine whether rule {rule} is in effect: {words}")
    return code


def effective_time(date: str | None) -> int:
    """The time to check for, in seconds since the epoch: of a date, else now. Raises `PcmkError` (DATAERR)."""
    now = int(time.time())
    if date is None:
        return now
    try:
        return DateTime.parse(date, now).epoch
    except ValueError as error:
        raise PcmkError(ExitCode.DATAERR, f"No valid date is given: {date!r}: {error}") from error


def _cib(text: str | None, report: Report) -> Cib:
    if text is None:
        return open_cib(PROGRAM).read()
    try:
        return Cib.parse(sys.stdin.read() if text == "-" else text)
    except CibError as error:
        source = "from STDIN" if text == "-" else f"string: {text}"
        reason = f": {error.message}" if report.is_text else ""
        raise PcmkError(ExitCode.DATAERR, f"Couldn't parse input {source}{reason}") from error
