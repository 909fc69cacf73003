"""The CIB that a sandbox starts with."""

from importlib import resources
from pathlib import Path
from string import Template
from xml.sax.saxutils import quoteattr

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.sandbox.layout import Layout
from pcmk.sandbox.ports import HOST


def default_cib(place: Layout) -> str:
    """A configuration that serves something: an HTTP service in a group, clones, fencing."""
    template = Template((resources.files("pcmk.sandbox") / "default.xml").read_text())
    values = {
        "folder": str(place.folder),
        "nodes": " ".join(node.name for node in place.nodes),
        "address": HOST,
        "port": str(place.http_port),
    }
    return template.substitute({name: quoteattr(value)[1:-1] for name, value in values.items()})


def read_cib(path: Path) -> str:
    """The CIB in a file, checked to be one that a cluster can use; `PcmkError` that names the file and the place
    otherwise.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise PcmkError(ExitCode.NOINPUT, f"{path}: {error.strerror}") from error
    from pcmk._core import Cib
    from pcmk.schema.check import problems, told

    try:
        root = Cib.parse(text).root
    except PcmkError as error:
        raise PcmkError(ExitCode.DATAERR, f"{path}: {error.message}") from error
    if root.child("configuration") is None:
        raise PcmkError(ExitCode.DATAERR, f"{path}: not a CIB: it has no <configuration>")
    schema = root.get("validate-with", "")
    try:
        found = problems(text, schema)
    except ValueError as error:
        raise PcmkError(ExitCode.CONFIG, f"{path}: {error}") from error
    if found:
        raise PcmkError(ExitCode.CONFIG, told(f"{path}: it does not conform to its schema, {schema}", found))
    return root.to_xml()
