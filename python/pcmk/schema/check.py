"""Holds a CIB against the schema that it names."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from lxml import etree

from pcmk.schema.language import grammar_of
from pcmk.schema.versions import UNCHECKED, Version, version_of

_OTHER_IDS = frozenset({"node", "acl_target", "obj_ref", "resource_ref", "role", "role_ref"})
"""Elements whose id is that of another one, or need not be unique."""

_DANGLING = re.compile(r'IDREF attribute (\S+) references an unknown ID "(.*)"')


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not conform: the line in the text, the element, and why."""

    line: int
    element: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: element {self.element}: {self.reason}"


def problems(xml: bytes, name: str) -> list[Problem]:
    """What in a CIB does not conform to the schema of this name (`pacemaker-4.0`); nothing if it is not to be checked
    (`none`, or no name).

    ValueError for a schema that is not known, or for text that is no XML.
    """
    if name in ("", UNCHECKED):
        return []
    version = version_of(name)
    if version is None:
        raise ValueError(f"there is no schema {name}")
    try:
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise ValueError(f"no XML: {error}") from error
    schema = _schema(version)
    if schema.validate(root.getroottree()):
        return []
    named = [(str(one.tag), one.get("id", ""), one.sourceline or 0) for one in root.iterfind("configuration//*[@id]")]
    found = dict.fromkeys(_repeated_ids(named))
    for error in schema.error_log:
        dangling = _DANGLING.fullmatch(error.message)
        if dangling is not None:
            found |= dict.fromkeys(
                Problem(
                    one.sourceline or 0, f"{one.tag} {one.get('id', '')}", f"{dangling[1]}: there is no {dangling[2]}"
                )
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


def _repeated_ids(named: Iterable[tuple[str, str, int]]) -> Iterator[Problem]:
    """What RELAX NG finds as well, but tells in a way that nobody understands."""
    first: dict[str, int] = {}
    for tag, id, line in named:
        if tag in _OTHER_IDS:
            continue
        if id in first:
            yield Problem(line, f"{tag} {id}", f"the id is that of another element, in line {first[id]}")
        first.setdefault(id, line)


def conforms(xml: bytes, version: Version) -> bool:
    """Whether a CIB is of a version, whatever version it names itself."""
    return _schema(version).validate(etree.fromstring(xml, etree.XMLParser(huge_tree=True)).getroottree())


@cache
def _schema(version: Version) -> etree.RelaxNG:
    return etree.RelaxNG(etree.fromstring(grammar_of(version)))
