"""Holds a CIB against the schema that it names."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from pcmk.schema.language import grammar_of
from pcmk.schema.versions import UNCHECKED, Version, version_of

if TYPE_CHECKING:
    from pcmk._core import Cib

_OTHER_IDS = frozenset({"node", "acl_target", "obj_ref", "resource_ref", "role", "role_ref"})
"""Elements whose id is that of another one, or need not be unique."""

NOT_CONFORMING = "Update does not conform to the configured schema"
_MOST_TOLD = 10

_DANGLING = re.compile(r'IDREF attribute (\S+) references an unknown ID "(.*)"')


class Problem(NamedTuple):
    """What does not conform: the line in the text, the element, and why."""

    line: int
    element: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: element {self.element}: {self.reason}"


class Document:
    """The text of a CIB, read to be held against schemas. ValueError if it is no XML."""

    def __init__(self, xml: bytes) -> None:
        try:
            self._root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, huge_tree=True))
        except etree.XMLSyntaxError as error:
            raise ValueError(f"no XML: {error}") from error

    def conforms(self, version: Version) -> bool:
        """Whether the CIB is of a version, whatever version it names itself."""
        return _schema(version).validate(self._root.getroottree())

    def problems(self, version: Version) -> list[Problem]:
        """What in the CIB is not of a version."""
        root, schema = self._root, _schema(version)
        if self.conforms(version):
            return []
        every = root.iterfind("configuration//*[@id]")
        named = [(str(one.tag), one.get("id", ""), one.sourceline or 0) for one in every]
        found = dict.fromkeys(_repeated_ids(named))
        for error in schema.error_log:
            dangling = _DANGLING.fullmatch(error.message)
            if dangling is not None:
                reason = f"{dangling[1]}: there is no {dangling[2]}"
                found |= dict.fromkeys(
                    Problem(one.sourceline or 0, f"{one.tag} {one.get('id', '')}", reason)
                    for one in root.iterfind("configuration//*")
                    if one.get(dangling[1]) == dangling[2]
                )
                continue
            path = error.path or ""
            element = root.find(f".{path.removeprefix(f'/{root.tag}')}") if path else None
            id = element.get("id") if element is not None else None
            name = path.rpartition("/")[2].partition("[")[0]
            found[Problem(error.line, f"{name} {id}" if id else name, error.message)] = None
        return list(found)


def problems(xml: bytes, name: str) -> list[Problem]:
    """What in a CIB does not conform to the schema of this name (`pacemaker-4.0`); nothing if it is not to be checked
    (`none`).

    ValueError for a schema that is not known, for none, or for text that is no XML.
    """
    if name == UNCHECKED:
        return []
    version = version_of(name)
    if version is None:
        raise ValueError(f"there is no schema {name}" if name else "it names no schema (validate-with)")
    return Document(xml).problems(version)


def problems_of(cib: "Cib") -> list[Problem]:
    """What in a CIB does not conform to the schema that it names, with lines as they are when it is printed; the status
    is not looked at, for anything may be there. Errors as of `problems`.
    """
    name = cib.root.get("validate-with", "")
    return [] if name == UNCHECKED else problems(text_of(cib), name)


def refusal(before: "Cib", after: "Cib") -> str:
    """Why a CIB must not be changed like this: what of the result does not conform to its schema; empty if all does, or
    if a schema can't see the difference. Then this costs next to nothing.
    """
    if after.alike_to_schema(before):
        return ""
    try:
        found = problems_of(after)
    except ValueError as error:
        return f"{NOT_CONFORMING}: {error}"
    return told(NOT_CONFORMING, found) if found else ""


def told(what: str, found: list[Problem]) -> str:
    """Problems below what they are about, not too many of them."""
    more = [f"  and {len(found) - _MOST_TOLD} more"] if len(found) > _MOST_TOLD else []
    return "\n".join([what, *(f"  {problem}" for problem in found[:_MOST_TOLD]), *more])


def text_of(cib: "Cib") -> bytes:
    """What a schema is about of a CIB, as text."""
    return cib.without_status().to_xml(pretty=True).encode()


def _repeated_ids(named: Iterable[tuple[str, str, int]]) -> Iterator[Problem]:
    """What RELAX NG finds as well, but tells in a way that nobody understands."""
    first: dict[str, int] = {}
    for tag, id, line in named:
        if tag in _OTHER_IDS:
            continue
        if id in first:
            yield Problem(line, f"{tag} {id}", f"the id is that of another element, in line {first[id]}")
        first.setdefault(id, line)


@cache
def _schema(version: Version) -> etree.RelaxNG:
    return etree.RelaxNG(etree.fromstring(grammar_of(version)))
