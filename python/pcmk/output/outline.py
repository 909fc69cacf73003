"""A text of nested lists, as commands show status, taken apart."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from pcmk.output.html import Tag, listing, sublist

_INDENT = 2
_MARK = "* "


class Entry(Struct):
    """A line without its mark. What it is the heading of is `below`, which may be empty; None if it is no heading."""

    text: str
    below: "list[Entry] | None" = None


def outline(text: str) -> list[Entry]:
    """The lines that are no items of a list, with the lists that follow them."""
    root = Entry("", [])
    path = [root]
    for line in filter(str.strip, text.split("\n")):
        words = line.lstrip(" ")
        depth = (len(line) - len(words)) // _INDENT if words.startswith(_MARK) else 0
        del path[depth + 1 :]
        words = words.removeprefix(_MARK)
        entry = Entry(words.removesuffix(":"), [] if words.endswith(":") else None)
        over = path[-1]
        if over.below is None:
            over.below = []
        over.below.append(entry)
        path.append(entry)
    return root.below or []


def items(entries: Iterable[Entry], item: Callable[[str], Tag] = lambda text: Tag("li", text)) -> list[Tag]:
    """The items of a list on a page; `item` makes one of a line that is no heading."""
    return [
        item(entry.text) if entry.below is None else sublist(entry.text, items(entry.below, item)) for entry in entries
    ]


def lists(text: str) -> list[Tag]:
    """A whole text as a page shows it."""
    tags: list[Tag] = []
    for entry in outline(text):
        tags += [Tag("div", entry.text)] if entry.below is None else listing(entry.text, items(entry.below))
    return tags
