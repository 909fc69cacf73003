"""A text of nested lists, as commands show status, as a page for browsers."""

from collections.abc import Iterator

from pcmk.output.xml import escape

_INDENT = 2
_MARK = "* "

STYLE = "body { font-family: sans-serif } h2 { font-size: 1.1em }"


def page(text: str, title: str, stylesheet: str = "", refresh: int = 0) -> str:
    """The page: headings for lines that lists follow, lists nested as deep as they are indented. With a `stylesheet`
    its address is linked after the page's own style. It is loaded anew every `refresh` seconds, if that is not 0."""
    head = [f"<title>{escape(title)}</title>", '<meta charset="utf-8">', f"<style>{STYLE}</style>"]
    if refresh:
        head.append(f'<meta http-equiv="refresh" content="{refresh}">')
    if stylesheet:
        head.append(f'<link rel="stylesheet" href="{escape(stylesheet)}">')
    lines = ["<!DOCTYPE html>", '<html lang="en">', "<head>", *head, "</head>", "<body>", *_body(text)]
    return "\n".join([*lines, "</body>", "</html>"]) + "\n"


def _body(text: str) -> Iterator[str]:
    depth = 0
    for line in filter(str.strip, text.splitlines()):
        words = line.lstrip(" ")
        deeper = (len(line) - len(words)) // _INDENT if words.startswith(_MARK) else 0
        if deeper > depth:
            yield "<ul><li>" * (deeper - depth)
        else:
            yield "</li></ul>" * (depth - deeper) + ("</li><li>" if deeper else "")
        depth = deeper
        shown = escape(words.removeprefix(_MARK)) if deeper else escape(words.removesuffix(":"))
        yield shown if deeper else f"<h2>{shown}</h2>"
    yield "</li></ul>" * depth
