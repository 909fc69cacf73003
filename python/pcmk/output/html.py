"""Pages for browsers: their elements, and how those are written."""

from collections.abc import Mapping, Sequence
from html import escape

from msgspec import Struct, field

from pcmk.output.xml import attributes

_LOOKS = {
    "bold": "font-weight: bold",
    "online": "color: green",
    "offline": "color: red",
    "maint": "color: blue",
    "standby": "color: blue",
    "health_red": "color: red",
    "health_yellow": "color: GoldenRod",
    "rsc-failed": "color: red",
    "rsc-failure-ignored": "color: DarkGreen",
    "rsc-managed": "color: blue",
    "rsc-multiple": "color: orange",
    "rsc-ok": "color: green",
    "warning": "color: red; font-weight: bold",
}
"""What each class of elements looks like, unless a stylesheet says otherwise."""

_STYLE = "\n".join(f".{name} {{ {look} }}" for name, look in _LOOKS.items())
_INLINE = "span"
_VOID = ("link", "meta")


class Tag(Struct, frozen=True):
    """An element: its content is text or elements, never both."""

    name: str
    content: "str | Sequence[Tag]" = ()
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])


def span(text: str, look: str = "") -> Tag:
    """A text in a line, with a class if it looks otherwise than what is around it."""
    return Tag("span", text, {"class": look} if look else {})


def listing(title: str, items: Sequence[Tag]) -> list[Tag]:
    """A list on the page itself, below its title."""
    return [Tag("h2", title), Tag("ul", items)]


def sublist(title: str, items: Sequence[Tag]) -> Tag:
    """A list below its title, as an item of another list."""
    return Tag("li", [Tag("h3", title), Tag("ul", items)])


def document(body: Sequence[Tag], title: str, stylesheet: str = "", refresh: int = 0) -> str:
    """The page. With a `stylesheet` its address is linked after the page's own style. It is loaded anew every `refresh`
    seconds, if that is not 0."""
    head = [Tag("title", title), Tag("meta", (), {"charset": "utf-8"})]
    if refresh:
        head.append(Tag("meta", (), {"http-equiv": "refresh", "content": str(refresh)}))
    head.append(Tag("style", _STYLE))
    if stylesheet:
        head.append(Tag("link", (), {"rel": "stylesheet", "href": stylesheet}))
    root = Tag("html", [Tag("head", head), Tag("body", body)], {"lang": "en"})
    return f"<!DOCTYPE html>\n{_written(root)}\n"


def _written(tag: Tag) -> str:
    """An element with line ends only where browsers show none: programs of the field read pages by their lines."""
    start = f"<{tag.name}{attributes(tag.attributes)}>"
    if tag.name in _VOID:
        return start
    end = f"</{tag.name}>"
    if isinstance(tag.content, str):
        return f"{start}{escape(tag.content, quote=False)}{end}"
    edge = "\n" if len(tag.content) > 1 else ""
    last = len(tag.content) - 1
    inside = "".join(
        _written(each) + ("\n" if each.name != _INLINE and place < last else "")
        for place, each in enumerate(tag.content)
    )
    return f"{start}{edge}{inside}{edge}{end}"
