"""Writing XML."""

from collections.abc import Mapping

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}


def attributes(values: Mapping[str, str | None]) -> str:
    """Attributes with a blank before each; those that are None are left out."""
    return "".join(f' {name}="{escape(value)}"' for name, value in values.items() if value is not None)


def escape(value: str) -> str:
    """A value as it stands between double quotes."""
    return "".join(_ESCAPES.get(character, character) for character in value)


def element(name: str, values: Mapping[str, str | None], content: str = "") -> str:
    """An element; `content` is XML."""
    return f"<{name}{attributes(values)}>{content}</{name}>" if content else f"<{name}{attributes(values)}/>"


def cdata(text: str) -> str:
    """A text as it is."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def quoted(value: str) -> str:
    """A value as a string in an XPath. XPath 1.0 has no escapes; a value with both kinds of quotes can't be one."""
    if "'" not in value:
        return f"'{value}'"
    if '"' not in value:
        return f'"{value}"'
    raise ValueError(f"{value!r} holds both kinds of quotes")
