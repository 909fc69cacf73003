"""A CIB as text that shows what somebody may do with each of its elements (specification, part 7.1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pcmk.output.xml import attributes

if TYPE_CHECKING:
    from pcmk._core import Access, Element

FORMS = ("color", "text", "namespace")
"""The forms: coloured for terminals, with lines that tell what changes, and as XML with namespaces."""

_COLORS: "dict[Access, str]" = {"writable": "\x1b[32m", "readable": "\x1b[34m", "denied": "\x1b[31m"}
_RESET = "\x1b[0m"
_HEADS: "dict[Access, str]" = {
    "writable": "vvv---[ WRITABLE ]---vvv",
    "readable": "vvv---[ READABLE ]---vvv",
    "denied": "vvv---[ ~DENIED~ ]---vvv",
}
_NAMESPACE = "http://clusterlabs.org/ns/pacemaker/access/"
_PREFIX = "pcmk-access-"


def rendered(cib: "Element", access: "Sequence[Access]", user: str, form: str) -> str:
    """The CIB in one of the forms. `access` is that of each element, in document order."""
    annotated = _annotate(cib, iter(access), None)
    head = f"<!-- ACLs as evaluated for user {user} -->\n"
    match form:
        case "color":
            return head + "".join(_colored(annotated, ""))
        case "text":
            return head + "".join(_headed(annotated, ""))
        case _:
            return head + "".join(_prefixed(annotated, "", _declarations(access)))


@dataclass(frozen=True, slots=True)
class _Annotated:
    """An element, what may be done with it, and whether that differs from the element around it."""

    name: str
    attributes: str
    access: "Access"
    differs: bool
    children: "tuple[_Annotated, ...]"


def _annotate(element: "Element", access: "Iterator[Access]", around: "Access | None") -> _Annotated:
    own = next(access)
    children = tuple(_annotate(child, access, own) for child in element.children)
    return _Annotated(element.name, attributes(element.attrib), own, own != around, children)


def _colored(element: _Annotated, indent: str) -> Iterator[str]:
    color = _COLORS[element.access]
    if not element.children:
        yield f"{indent}{color}<{element.name}{element.attributes}/>{_RESET}\n"
        return
    yield f"{indent}{color}<{element.name}{element.attributes}>\n"
    for child in element.children:
        yield from _colored(child, f"{indent}  ")
    yield f"{indent}{color}</{element.name}>{_RESET}\n"


def _headed(element: _Annotated, indent: str) -> Iterator[str]:
    if element.differs:
        # Within the document an empty line goes before.
        before = f"{indent}\n" if indent else ""
        yield f"{before}{indent}{_HEADS[element.access]}\n"
    if not element.children:
        yield f"{indent}<{element.name}{element.attributes}/>\n"
        return
    yield f"{indent}<{element.name}{element.attributes}>\n"
    for child in element.children:
        yield from _headed(child, f"{indent}  ")
    yield f"{indent}</{element.name}>\n"


def _prefixed(element: _Annotated, indent: str, declarations: str) -> Iterator[str]:
    name = f"{_PREFIX}{element.access}:{element.name}" if element.differs else element.name
    if not element.children:
        yield f"{indent}<{name}{element.attributes}{declarations}/>\n"
        return
    yield f"{indent}<{name}{element.attributes}{declarations}>\n"
    for child in element.children:
        yield from _prefixed(child, f"{indent}  ", "")
    yield f"{indent}</{name}>\n"


def _declarations(access: "Sequence[Access]") -> str:
    used = set(access)
    return "".join(f' xmlns:{_PREFIX}{kind}="{_NAMESPACE}{kind}"' for kind in _COLORS if kind in used)
