"""What a command says: as text for people, or as one document for programs."""

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode, description
from pcmk.output.xml import element, escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from pcmk._core import Element
    from pcmk.output.html import Tag

API_VERSION = "2.42"
"""The version of the XML that programs of the field expect (specification, part 10.1)."""


class Report(ABC):
    """Takes what a command has to say, piece by piece."""

    @property
    @abstractmethod
    def is_text(self) -> bool:
        """Whether people read it, so that only texts count."""

    @abstractmethod
    def say(self, text: str, item: str = "") -> None:
        """`text` for people, lines without the last line end; `item` the same as XML elements for programs."""

    @abstractmethod
    def write(self, text: str, item: str = "") -> None:
        """As `say`, for a text that has its last line end, or is empty."""

    @abstractmethod
    def item(self, item: str) -> None:
        """XML elements that only programs are shown."""

    @abstractmethod
    def data(self, value: Mapping[str, object]) -> None:
        """An answer that has a form of its own as JSON, where it stands for all others; there is no XML of it."""

    @abstractmethod
    def warn(self, text: str) -> None:
        """What went wrong, in one line: standard error for people, among the errors for programs."""

    @abstractmethod
    def finish(self, code: int) -> None:
        """The command ends with an exit code. Nothing may be said afterwards."""


class TextReport(Report):
    """For people; every piece is written at once."""

    def __init__(self, stream: "TextIO") -> None:
        self.stream = stream

    @property
    def is_text(self) -> bool:
        """People read it."""
        return True

    def say(self, text: str, item: str = "") -> None:
        """Write lines."""
        self.stream.write(f"{text}\n")

    def write(self, text: str, item: str = "") -> None:
        """Write a text as it is."""
        self.stream.write(text)

    def item(self, item: str) -> None:
        """People are not shown it."""

    def data(self, value: Mapping[str, object]) -> None:
        """People are not shown it."""

    def warn(self, text: str) -> None:
        """Write a line to standard error."""
        self.stream.flush()
        print(text, file=sys.stderr)

    def finish(self, code: int) -> None:
        """Write what is still in a buffer."""
        self.stream.flush()


class PageReport(Report):
    """For browsers: what people read, as one page at the end. It is loaded anew every `refresh` seconds, if that is not
    0. Commands that know more of a page than its text extend its `body`."""

    def __init__(self, stream: "TextIO", title: str, stylesheet: str, *, cgi: bool = False) -> None:
        self.stream = stream
        self.title = title
        self.stylesheet = stylesheet
        self.cgi = cgi
        self.refresh = 0
        self.body: list[Tag] = []
        self.text = ""
        self.errors: list[str] = []

    @property
    def is_text(self) -> bool:
        """People read it."""
        return True

    def say(self, text: str, item: str = "") -> None:
        """Keep the lines."""
        self.text += f"{text}\n"

    def write(self, text: str, item: str = "") -> None:
        """Keep the text."""
        self.text += text

    def item(self, item: str) -> None:
        """People are not shown it."""

    def data(self, value: Mapping[str, object]) -> None:
        """People are not shown it."""

    def warn(self, text: str) -> None:
        """Keep the error."""
        self.errors.append(text)

    def finish(self, code: int) -> None:
        """Write the page."""
        from pcmk.output.html import Tag, document, listing
        from pcmk.output.outline import lists

        body = [*self.body, *lists(self.text)]
        if self.errors:
            body += listing("Errors", [Tag("li", error) for error in self.errors])
        header = "Content-Type: text/html\n\n" if self.cgi else ""
        self.stream.write(header + document(body, self.title, self.stylesheet, self.refresh))
        self.stream.flush()


Write = Callable[["DocumentReport", int], str]


class DocumentReport(Report):
    """For programs: one document, written at the end by `form`."""

    def __init__(self, stream: "TextIO", request: str, form: Write) -> None:
        self.stream = stream
        self.request = request
        self.form = form
        self.items: list[str] = []
        self.errors: list[str] = []
        self.answer: Mapping[str, object] | None = None

    @property
    def is_text(self) -> bool:
        """A program reads it."""
        return False

    def say(self, text: str, item: str = "") -> None:
        """Keep the item."""
        self.items.append(item)

    def write(self, text: str, item: str = "") -> None:
        """Keep the item."""
        self.items.append(item)

    def item(self, item: str) -> None:
        """Keep the item."""
        self.items.append(item)

    def data(self, value: Mapping[str, object]) -> None:
        """Keep the answer; raises `PcmkError` (UNIMPLEMENT_FEATURE) if it can't be written."""
        if self.form is _as_xml:
            raise PcmkError(ExitCode.UNIMPLEMENT_FEATURE, "output as xml is not supported for this")
        self.answer = value

    def warn(self, text: str) -> None:
        """Keep the error."""
        self.errors.append(text)

    def finish(self, code: int) -> None:
        """Write the document."""
        self.stream.write(self.form(self, code))
        self.stream.flush()


def _document(report: DocumentReport, code: int) -> "Element":
    from pcmk._core import Element

    errors = "".join(f"<error>{escape(text)}</error>" for text in report.errors)
    status = element(
        "status", {"code": str(code), "message": description(code)}, f"<errors>{errors}</errors>" if errors else ""
    )
    root = {"api-version": API_VERSION, "request": report.request}
    return Element.parse(element("pacemaker-result", root, "".join(report.items) + status))


def _as_xml(report: DocumentReport, code: int) -> str:
    return _document(report, code).to_xml(pretty=True)


def _as_json(report: DocumentReport, code: int) -> str:
    import json  # only this needs it

    if report.answer is not None:
        return json.dumps(report.answer, indent=2) + "\n"
    return json.dumps(_json(_document(report, code)), indent=2) + "\n"


def _json(each: "Element") -> dict[str, object]:
    """An element as an object: its name, attributes, text and children under the keys that XML's terms suggest."""
    found: dict[str, object] = {"element": each.name, **each.attrib}
    if each.text.strip():
        found["text"] = each.text
    if each.children:
        found["children"] = [_json(child) for child in each.children]
    return found


def _nothing(_report: DocumentReport, _code: int) -> str:
    return ""


FORMS: dict[str, Write] = {"xml": _as_xml, "json": _as_json, "none": _nothing}


def open_report(form: str, destination: "str | TextIO", request: str) -> Report:
    """What writes a report as `text`, `xml`, `json` or not at all (`none`), to a stream, a file or standard output
    (`-`, empty).

    Raises `PcmkError`: ERROR for a form that is not known, CANTCREAT for a file that can't be written.
    """
    if form != "text" and form not in FORMS:
        raise PcmkError(ExitCode.ERROR, f"Invalid output format {form}: text, {', '.join(FORMS)} are known")
    stream = _opened(destination)
    return TextReport(stream) if form == "text" else DocumentReport(stream, request, FORMS[form])


def open_page(destination: "str | TextIO", title: str, stylesheet: str, *, cgi: bool = False) -> PageReport:
    """What writes a report as a page for browsers, for a web server if it is its program (`cgi`); as `open_report`."""
    return PageReport(_opened(destination), title, stylesheet, cgi=cgi)


def _opened(path: "str | TextIO") -> "TextIO":
    if not isinstance(path, str):
        return path
    if path in ("", "-"):
        return sys.stdout
    try:
        return open(path, "w", encoding="utf-8")
    except OSError as error:
        raise PcmkError(ExitCode.CANTCREAT, f"Could not write {path}: {error.strerror}") from error
