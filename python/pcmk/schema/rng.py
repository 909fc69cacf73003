"""RELAX NG patterns as functions that give XML text (ISO/IEC 19757-2). What is repeated in all sections is here too."""

NAMESPACE = "http://relaxng.org/ns/structure/1.0"
DATATYPES = "http://www.w3.org/2001/XMLSchema-datatypes"

TEXT = "<text/>"
EMPTY = "<empty/>"


# `xml.sax.saxutils` has the like, but takes as long to import as all the rest of a command.
def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(text: str) -> str:
    return f'"{_escaped(text).replace(chr(34), "&quot;")}"'


def grammar(start: str, **definitions: str) -> str:
    """A whole grammar."""
    defined = "".join(f"<define name={_quoted(name)}>{pattern}</define>" for name, pattern in definitions.items())
    return f'<grammar xmlns="{NAMESPACE}" datatypeLibrary="{DATATYPES}"><start>{start}</start>{defined}</grammar>'


def ref(name: str) -> str:
    """A definition of the grammar."""
    return f"<ref name={_quoted(name)}/>"


def element(name: str, *content: str) -> str:
    """An element; without content it is empty."""
    return f"<element name={_quoted(name)}>{''.join(content) or EMPTY}</element>"


def attribute(name: str, value: str = TEXT) -> str:
    """An attribute that has to be there."""
    return f"<attribute name={_quoted(name)}>{value}</attribute>"


def may(*patterns: str) -> str:
    """Each of the patterns may be missing."""
    return "".join(f"<optional>{pattern}</optional>" for pattern in patterns)


def any_of(*names: str) -> str:
    """Attributes of any text, each of which may be missing."""
    return may(*map(attribute, names))


def many(*patterns: str) -> str:
    """Any number of these, none included, in any order."""
    return f"<zeroOrMore>{choice(*patterns)}</zeroOrMore>"


def some(*patterns: str) -> str:
    """One or more of these, in any order."""
    return f"<oneOrMore>{choice(*patterns)}</oneOrMore>"


def choice(*patterns: str) -> str:
    """One of the patterns."""
    return patterns[0] if len(patterns) == 1 else f"<choice>{''.join(patterns)}</choice>"


def group(*patterns: str) -> str:
    """All of the patterns, in this order."""
    return f"<group>{''.join(patterns)}</group>"


def interleave(*patterns: str) -> str:
    """All of the patterns, mixed in any way."""
    return f"<interleave>{''.join(patterns)}</interleave>"


def values(*texts: str) -> str:
    """One of some texts."""
    return choice(*(f"<value>{_escaped(text)}</value>" for text in texts))


def text_but(*texts: str) -> str:
    """Any text but some."""
    return f'<data type="string"><except>{values(*texts)}</except></data>' if texts else TEXT


def data(type: str, **parameters: str) -> str:
    """A datatype of XML Schema."""
    given = "".join(f"<param name={_quoted(name)}>{_escaped(value)}</param>" for name, value in parameters.items())
    return f"<data type={_quoted(type)}>{given}</data>"


BOOLEAN, INTEGER, COUNT = data("boolean"), data("integer"), data("nonNegativeInteger")
ID = attribute("id", data("ID"))
SCORE = attribute("score", choice(INTEGER, values("INFINITY", "+INFINITY", "-INFINITY")))
DESCRIPTION = any_of("description")


def refers(name: str) -> str:
    """An attribute that names another element."""
    return attribute(name, data("IDREF"))
