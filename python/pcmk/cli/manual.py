"""Manual pages, in the macros of man(7)."""

import re
from collections.abc import Iterable, Iterator, Mapping

from pcmk.cli.programs import Program, classic, modern
from pcmk.compat.options import Option
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.versions import SOFTWARE

SECTION = 8
_NEVER_A_MACRO = r"\&"

EXIT_STATUS = (
    (ExitCode.OK, "what was asked for was done"),
    (ExitCode.ERROR, "an error without a number of its own"),
    (ExitCode.INSUFFICIENT_PRIV, "the user may not do that"),
    (ExitCode.USAGE, "the command line can't be read"),
    (ExitCode.CONFIG, "the configuration is not valid"),
    (ExitCode.DISCONNECT, "the cluster does not run on this node"),
    (ExitCode.NOSUCH, "what was named is not there"),
    (ExitCode.TIMEOUT, "it took too long"),
)
ENVIRONMENT = (
    ("CIB_file", "a file with a CIB, to work on instead of the cluster's"),
    ("CIB_shadow", "the name of a shadow copy, to work on instead of the cluster's CIB; see crm_shadow(8)"),
    ("CIB_user", "the user whose permissions count, for those who may act for others"),
)


def pages() -> Mapping[str, str]:
    """All pages by the names of their files. Each noun of `pcmk` has a page of its own."""
    root = modern()
    nouns = {"-".join(noun.words): page(noun) for noun in root.parts}
    found = {program.name: page(program) for program in classic()} | nouns | {root.name: page(root, nouns)}
    return {f"{name}.{SECTION}": text for name, text in found.items()}


def page(program: Program, elsewhere: Iterable[str] = ()) -> str:
    """The page of a program; parts whose pages are `elsewhere` are only named."""
    name = "-".join(program.words)
    lines = [f'.TH {_text(name.upper())} {SECTION} "" "Pacemaker {SOFTWARE}" "Cluster management"']
    lines += [".SH NAME", _text(f"{name} - {program.summary.rstrip('.')}"), ".SH SYNOPSIS"]
    # Those that are only named for what is in them take no options of their own.
    parts = () if elsewhere else tuple(part for part in program.all() if part is not program and not part.parts)
    for each in parts or (program,):
        lines += [".PP", _synopsis(program, each)]
    if program.details:
        lines += [".SH DESCRIPTION", *_paragraphs(program.details)]
    lines += [".SH OPTIONS", *_options(program.options)]
    if elsewhere:
        lines += [".SH COMMANDS", *_items((_bold(part.name), part.summary) for part in program.parts)]
    elif parts:
        lines.append(".SH COMMANDS")
        for part in parts:
            lines += [f'.SS "{_text(part.name)} {_text(part.usage)}"', *_paragraphs((part.summary, *part.details))]
            lines += _options(each for each in part.options if each not in program.options)
    lines += [".SH EXIT STATUS", "What crm_error(8) tells of exit codes holds for all commands. Usual ones are:"]
    lines += _items((_bold(str(int(code))), f"{text}.") for code, text in EXIT_STATUS)
    lines += [".SH ENVIRONMENT", *_items((_bold(variable), f"{text}.") for variable, text in ENVIRONMENT)]
    see = sorted({"pcmk", "crm_mon", "cibadmin", *elsewhere} - {name})
    lines += [".SH SEE ALSO", ", ".join(f"{_bold(other)}({SECTION})" for other in see)]
    return "\n".join(lines) + "\n"


def _synopsis(program: Program, part: Program) -> str:
    """How a program, or a part of it, is called; options come before a part that has none of its own."""
    begin, rest = (part.words, ()) if part.options else (program.words, part.words[len(program.words) :])
    return " ".join((*map(_bold, begin), "[\\fIOPTION\\fR...]", *map(_bold, rest), _text(part.usage))).rstrip()


def _options(options: Iterable[Option]) -> Iterator[str]:
    return _items((", ".join(map(_bold, each.words)) + _value(each), each.text) for each in options)


def _value(option: Option) -> str:
    return f" \\fI{_text(option.value)}\\fR" if option.value else ""


def _items(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for head, text in pairs:
        yield from (".TP", head, _text(text))


def _paragraphs(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from (".PP", _text(text))


def _bold(text: str) -> str:
    return f"\\fB{_text(text)}\\fR"


def _text(text: str) -> str:
    """Text as it is, whatever characters it has."""
    escaped = re.sub(r"[\\\-`'^~\"]", lambda found: _SPECIAL[found.group()], text)
    return _NEVER_A_MACRO + escaped if escaped.startswith(".") else escaped


_SPECIAL = {"\\": r"\e", "-": r"\-", "`": r"\(ga", "'": r"\(aq", "^": r"\(ha", "~": r"\(ti", '"': r"\(dq"}
