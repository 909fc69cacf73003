"""A CIB as text that shows what somebody may do with each of its elements (specification, part 7.1)."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

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
    match form:
        case "color":
            style = _colored
        case "text":
            style = _headed
        case _:
            style = partial(_prefixed, _declarations(access))
    return f"<!-- ACLs as evaluated for user {user} -->\n" + "".join(_written(annotated, "", style))


class _Annotated(NamedTuple):
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


class _Style(NamedTuple):
    """How an element is written: the lines before it, its name, and what is added within and around its tags."""

    name: str
    before: str = ""
    paint: str = ""
    more: str = ""
    reset: str = ""


def _written(element: _Annotated, indent: str, style_of: Callable[[_Annotated, str], _Style]) -> Iterator[str]:
    style = style_of(element, indent)
    begin = f"{style.before}{indent}{style.paint}<{style.name}{element.attributes}{style.more}"
    if not element.children:
        yield f"{begin}/>{style.reset}\n"
        return
    yield f"{begin}>\n"
    for child in element.children:
        yield from _written(child, f"{indent}  ", style_of)
    yield f"{indent}{style.paint}</{style.name}>{style.reset}\n"


def _colored(element: _Annotated, _indent: str) -> _Style:
    return _Style(element.name, paint=_COLORS[element.access], reset=_RESET)


def _headed(element: _Annotated, indent: str) -> _Style:
    if not element.differs:
        return _Style(element.name)
    # Within the document an empty line goes before.
    space = f"{indent}\n" if indent else ""
    return _Style(element.name, before=f"{space}{indent}{_HEADS[element.access]}\n")


def _prefixed(declarations: str, element: _Annotated, indent: str) -> _Style:
    """The outermost element, which alone is not indented, has the declarations."""
    name = f"{_PREFIX}{element.access}:{element.name}" if element.differs else element.name
    return _Style(name, more="" if indent else declarations)


def _declarations(access: "Sequence[Access]") -> str:
    used = set(access)
    return "".join(f' xmlns:{_PREFIX}{kind}="{_NAMESPACE}{kind}"' for kind in _COLORS if kind in used)
