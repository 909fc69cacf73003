"""XML that daemons write."""

from collections.abc import Mapping

_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
)


def tag(name: str, attributes: Mapping[str, str | int], *children: str) -> str:
    """An element; `children` are elements as text."""
    start = name + "".join(f' {key}="{str(value).translate(_ESCAPES)}"' for key, value in attributes.items())
    return f"<{start}>{''.join(children)}</{name}>" if children else f"<{start}/>"


def quoted(value: str) -> str:
    """A value as an XPath string; ids contain at most one kind of quote."""
    return f'"{value}"' if "'" in value else f"'{value}'"
