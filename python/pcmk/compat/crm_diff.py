"""`crm_diff`: the difference of two CIBs as a patchset, and CIBs with a patchset applied."""

import sys
from pathlib import Path
from typing import NoReturn

from pcmk._core import Cib, Element
from pcmk.compat.entry import run
from pcmk.compat.options import About, Given, option, usage
from pcmk.kernel.errors import CibError, PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.patchset import VERSIONS
from pcmk.output.report import Report
from pcmk.output.xml import element, escape

PROGRAM = "crm_diff"

OPTIONS = (
    option("-o --original", "FILE", "the CIB to begin with, `-` for standard input"),
    option("-O --original-string", "XML", "the CIB to begin with, as a text"),
    option("-n --new", "FILE", "show what leads to this CIB"),
    option("-N --new-string", "XML", "show what leads to this CIB, as a text"),
    option("-p --patch", "FILE", "apply this patchset and show the result"),
    option("-c --cib", text="attribute order does not count; with the digest of the result, and versions have to fit"),
    option("-u --no-version", text="versions do not count"),
    option("-s --stdin"),
)

ABOUT = About(PROGRAM, "compare two CIBs, or apply a patchset to one", OPTIONS)


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out: ERROR if there are differences, OK if not or if a patchset was applied."""
    if given.words:
        usage(f"Unexpected argument {given.words[0]}")
    as_cib, no_version = given.has("cib"), given.has("no-version")
    if as_cib and no_version:
        usage("-u/--no-version incompatible with -c/--cib")
    old = _cib(_text(given, "original-string", "original"), "original")
    if given.has("patch"):
        if no_version:
            report.warn("Warning: -u/--no-version ignored with -p/--patch")
        return _apply(old, _text(given, "new-string", "patch"), as_cib, report)
    new = _cib(_text(given, "new-string", "new"), "new")
    return _compare(old, new, as_cib, no_version, report)


def _text(given: Given, inline: str, file: str) -> str:
    """An input; what is given as a text goes before standard input, and that before a file."""
    text, path = given.get(inline), given.get(file)
    if text is not None:
        return text
    if given.has("stdin") or path == "-":
        return sys.stdin.read()
    if path is None:
        usage(f"Either --{file} or --{inline} must be specified")
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PcmkError(ExitCode.DATAERR, f"Failed to read {path}: {error}") from error


def _cib(text: str, which: str) -> Cib:
    try:
        return Cib.parse(text)
    except CibError as error:
        raise PcmkError(ExitCode.DATAERR, f"Failed to parse {which} XML: {error.message}") from error


def _apply(old: Cib, patchset: str, as_cib: bool, report: Report) -> int:
    try:
        new = old.apply_patchset(patchset, check_version=as_cib)
    except CibError as error:
        # Programs are told the kind of failure alone, in the words that they know.
        reason = error.message if report.is_text else error.message.partition(": ")[0]
        raise PcmkError(error.code, f"Could not apply patch: {reason}") from error
    _show(new.to_xml(pretty=True), "updated", report)
    return ExitCode.OK


def _compare(old: Cib, new: Cib, as_cib: bool, no_version: bool, report: Report) -> int:
    if no_version:
        new = new.with_attrs({name: old.root.get(name) for name in VERSIONS})
    patchset = old.diff(new, digest=as_cib, versions=not no_version, ignore_attribute_order=as_cib)
    if not patchset:
        return ExitCode.OK
    _show(Element.parse(patchset).to_xml(pretty=True), "patchset", report)
    return ExitCode.ERROR


def _show(text: str, name: str, report: Report) -> None:
    report.write(text, element(name, {}, escape(text)))
