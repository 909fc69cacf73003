"""`crm_verify`: whether a configuration makes sense."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from pcmk._core import Cib, schedule, unusable_permissions
from pcmk.compat.cib_access import open_cib
from pcmk.compat.entry import run
from pcmk.compat.option_values import option_faults
from pcmk.compat.options import About, Given, option, usage
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.schema.check import problems
from pcmk.schema.upgrade import UpgradeError, upgraded
from pcmk.schema.versions import NEWEST, name_of

PROGRAM = "crm_verify"
ABOUT_STATUS = (
    "no-quorum", "invalid-history", "removed-node-state", "expected-result-missing", "values-compared-as-text",
)  # fmt: skip
"""What the scheduler warns of that is no fault of the configuration."""
OLD_LANGUAGE = (
    "legacy-option", "deprecated-option", "deprecated-meta", "deprecated-default-value", "constraint-deprecated",
    "old-language",
)  # fmt: skip
"""What means the same as ever, and is written in another way now."""
UNFENCED = "unclean-not-fenced"
"""Nodes that can't be fenced: in a CIB that is being written, all of which nothing was heard yet."""

OPTIONS = (
    option("-L --live-check", text="check the running cluster's configuration"),
    option("-x --xml-file", "FILE", "check a file, `-` for standard input"),
    option("-p --xml-pipe", text="check standard input"),
    option("-X --xml-text", "XML", "check a text"),
    option("-S --save-xml", "FILE", "write what was checked to a file"),
    option("-q --quiet", text="tell nothing, but by the exit code"),
)

ABOUT = About(PROGRAM, "check a cluster configuration for errors", OPTIONS)


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out: CONFIG if there are errors or warnings about the configuration."""
    if given.words:
        usage(f"Unexpected argument {given.words[0]}")
    text = _read(given)
    save = given.get("save-xml")
    if save:
        _save(Cib.parse(text), save)
    # crmsh asks so before each commit, refuses what is not accepted without a word, and writes the old language.
    quiet = (*ABOUT_STATUS, *OLD_LANGUAGE, UNFENCED) if given.has("xml-pipe") else ABOUT_STATUS
    errors, warnings = findings(text, in_words=True, without=quiet)
    if not errors and not warnings:
        return ExitCode.OK
    _tell(errors, warnings, given, report)
    return ExitCode.CONFIG


def findings(
    text: bytes, *, in_words: bool = False, without: Sequence[str] = ABOUT_STATUS
) -> tuple[list[str], list[str]]:
    """Errors and warnings about the configuration of a CIB; the scheduler's as codes with details, or in words, but for
    warnings of the codes in `without`. Raises `CibError` for what is none."""
    cib = Cib.parse(text)
    result = schedule(cib, int(time.time()), 0)
    wrong, old = option_faults(cib)
    # The scheduler has told of what it looks at itself.
    errors = [*result.errors, *(each for each in wrong if each not in result.errors)]
    warned = [*result.warnings, *(each for each in old if each not in result.warnings)]
    warnings = [each for each in warned if each.partition(":")[0] not in without]
    if in_words and (errors or warnings):
        from pcmk.output.findings import worded

        errors, warnings = [worded(each, cib) for each in errors], [worded(each, cib) for each in warnings]
    return [*_unusable(text, cib), *errors, *_unusable_permissions(cib)], warnings


def _unusable(text: bytes, cib: Cib) -> list[str]:
    """Why the cluster could not even read the configuration."""
    schema = cib.root.get("validate-with", "")
    try:
        found = [f"{schema}: {problem}" for problem in problems(text, schema)]
        if not found:
            upgraded(cib)
    except UpgradeError as error:
        advice = f"Please manually update the configuration to conform to the {name_of(NEWEST)} syntax."
        wrong = (f"{name_of(NEWEST)}: {problem}" for problem in error.problems)
        found = [str(error), *wrong, "The cluster will NOT be able to use this configuration.", advice]
    except ValueError as error:
        return [str(error)]
    return found


def _unusable_permissions(cib: Cib) -> list[str]:
    return [
        f"acl_permission '{id}': its XPath can't be evaluated, so it allows nothing, or denies everything: {reason}"
        for id, reason in unusable_permissions(cib)
    ]


def _read(given: Given) -> bytes:
    chosen = given.last_of(("live-check", "xml-file", "xml-pipe", "xml-text"))
    if chosen is None:
        usage("No input specified")
    kind, value = chosen
    match kind:
        case "live-check":
            return open_cib(PROGRAM).read().to_xml(pretty=True).encode()
        case "xml-text":
            return value.encode()
        case "xml-file" if value != "-":
            try:
                return Path(value).read_bytes()
            except OSError as error:
                raise PcmkError(ExitCode.NOSUCH, f"Verification failed: {value}: {error.strerror}") from error
        case _:
            return sys.stdin.buffer.read()


def _save(cib: Cib, path: str) -> None:
    try:
        Path(path).write_text(cib.to_xml(pretty=True), encoding="utf-8")
    except OSError as error:
        raise PcmkError(ExitCode.CANTCREAT, f"{path}: {error.strerror}") from error


def _tell(errors: list[str], warnings: list[str], given: Given, report: Report) -> None:
    """Programs are told all; people what is wrong in the end, and all if they ask for it."""
    quiet, verbose = given.has("quiet"), given.has("verbose")
    if (verbose and not quiet) or not report.is_text:
        for text in errors:
            report.warn(f"error: {text}")
        for text in warnings:
            report.warn(f"warning: {text}")
        if errors:
            report.warn("error: CIB did not pass schema validation")
    if not quiet:
        found = "invalid" if errors else "may need attention"
        hint = "" if verbose or not report.is_text else " (-V may provide more detail)"
        report.warn(f"Configuration {found}{hint}")
