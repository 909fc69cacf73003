"""Holds a CIB against the schema that it names."""

from functools import cache

from pcmk._core import Cib, Grammar
from pcmk.kernel.errors import CibError
from pcmk.schema.language import grammar_of
from pcmk.schema.versions import UNCHECKED, Version, version_of

NOT_CONFORMING = "Update does not conform to the configured schema"
_MOST_TOLD = 10


class Problem:
    """What does not conform: the line in the text, the element, and why."""

    __slots__ = ("element", "line", "reason")

    def __init__(self, line: int, element: str, reason: str) -> None:
        self.line = line
        self.element = element
        self.reason = reason

    def __str__(self) -> str:
        return f"line {self.line}: element {self.element}: {self.reason}"


def problems(xml: bytes, name: str) -> list[Problem]:
    """What in a CIB does not conform to the schema of this name (`pacemaker-4.0`), with the lines of its text; nothing
    if it is not to be checked (`none`).

    ValueError for a schema that is not known, for none, or for text that is no CIB.
    """
    version = _version(name)
    if version is None:
        return []
    try:
        cib = Cib.parse(xml)
    except CibError as error:
        raise ValueError(f"no CIB: {error.message}") from error
    return _told_with_lines(_found(cib, version), xml)


def problems_of(cib: Cib) -> list[Problem]:
    """As `problems`, for the schema that the CIB names, with lines as they are when it is printed."""
    version = _version(cib.root.get("validate-with", ""))
    return [] if version is None else problems_in(cib, version)


def problems_in(cib: Cib, version: Version) -> list[Problem]:
    """What in a CIB is not of a version, whatever it names itself."""
    found = _found(cib, version)
    return _told_with_lines(found, cib.to_xml(pretty=True).encode()) if found else []


def conforms(cib: Cib, version: Version) -> bool:
    """Whether a CIB is of a version, whatever it names itself."""
    return not _found(cib, version)


def refusal(before: Cib, after: Cib) -> str:
    """Why a CIB must not be changed like this: what of the result does not conform to its schema; empty if all does, or
    if the CIB did not before. It costs what was changed, but for a look at ids where more than values has changed.

    A CIB that does not conform, as from a file, can be changed: else nothing could mend it step by step, and a cluster
    that has it could not even note its nodes.
    """
    if after.alike_to_schema(before):
        return ""
    try:
        found = problems_of(after)
    except ValueError as error:
        return f"{NOT_CONFORMING}: {error}" if _is_sound(before) else ""
    return told(NOT_CONFORMING, found) if found and _is_sound(before) else ""


def told(what: str, found: list[Problem]) -> str:
    """Problems below what they are about, not too many of them."""
    more = [f"  and {len(found) - _MOST_TOLD} more"] if len(found) > _MOST_TOLD else []
    return "\n".join([what, *(f"  {problem}" for problem in found[:_MOST_TOLD]), *more])


def _is_sound(cib: Cib) -> bool:
    try:
        return not problems_of(cib)
    except ValueError:
        return False


def _version(name: str) -> Version | None:
    """The version of a name; None if nothing is to be checked."""
    if name == UNCHECKED:
        return None
    version = version_of(name)
    if version is None:
        raise ValueError(f"there is no schema {name}" if name else "it names no schema (validate-with)")
    return version


def _found(cib: Cib, version: Version) -> list[tuple[int, str, str]]:
    return cib.problems(_grammar(version))


@cache
def _grammar(version: Version) -> Grammar:
    return Grammar(grammar_of(version))


def _told_with_lines(found: list[tuple[int, str, str]], xml: bytes) -> list[Problem]:
    if not found:
        return []
    from xml.parsers import expat  # commands that find nothing wrong do without

    lines: list[int] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _name, _attributes: lines.append(parser.CurrentLineNumber)
    parser.Parse(xml, True)
    return [Problem(lines[at], element, reason) for at, element, reason in found]
