"""What two schedulers answer about a CIB, and in what they differ."""

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from lxml import etree
from msgspec import Struct

PROJECT = Path(__file__).resolve().parents[2]
RECORDED = PROJECT.parent / "shared" / "conformance"
OURS = str(Path(sys.executable).parent / "crm_simulate")
PATIENCE = 60.0
TEXTS = ("before", "summary", "executed", "after")
REFUSED = (64, 65, 78)
"""Exit statuses for what can't be read; then only these are compared."""
BOOKKEEPING = ("num_updates", "epoch", "admin_epoch", "validate-with", "cib-last-written", "update-origin")

_TIME = re.compile(r"\b1[7-9]\d{8}\b")

Differences = dict[str, tuple[object, object]]
"""By aspect: what the reference answers, and what we do."""


def _conformance() -> ModuleType:
    """The forms in which answers are compared are those of recorded cases."""
    script = RECORDED / "scheduler_conformance.py"
    if not script.exists():
        raise SystemExit(f"there are no recorded cases at {RECORDED}")
    spec = importlib.util.spec_from_file_location(script.stem, script)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


conformance = _conformance()


class ReferenceFailedError(Exception):
    """The reference crashed, or found no end."""


class Answer(Struct, frozen=True):
    """Of one program: the exit status, what is told, the graph, the scores, and the CIB afterwards."""

    code: int
    text: str
    graph: str
    scores: str
    result: str


def differences(reference: str, document: str, arguments: Sequence[str]) -> Differences:
    """In what the answers about a CIB differ. Raises `ReferenceFailedError`."""
    try:
        theirs = _asked(reference, document, arguments)
    except subprocess.TimeoutExpired as error:
        raise ReferenceFailedError("found no end") from error
    if theirs.code < 0:
        raise ReferenceFailedError(f"died of signal {-theirs.code}")
    try:
        ours = _asked(OURS, document, arguments)
    except subprocess.TimeoutExpired:
        return {"exit": (theirs.code, "no end")}
    if theirs.code in REFUSED or theirs.code != ours.code:
        return {} if theirs.code == ours.code else {"exit": (theirs.code, ours.code)}
    wanted, had = _compared(theirs), _compared(ours)
    return {aspect: (wanted[aspect], had[aspect]) for aspect in wanted if wanted[aspect] != had[aspect]}


def _asked(program: str, document: str, arguments: Sequence[str]) -> Answer:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cib, graph, result = folder / "cib.xml", folder / "graph.xml", folder / "result.xml"
        cib.write_text(document)
        told = _run(program, "-x", cib, "-S", "-O", result, *arguments)
        planned = _run(program, "-x", cib, "-G", graph, "-sSQ", *arguments)
        read = [path.read_text() if path.exists() else "" for path in (graph, result)]
        return Answer(told.returncode or planned.returncode, told.stdout, read[0], planned.stdout, read[1])


def _run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (program, *map(str, arguments)),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
        env=os.environ | {"LC_ALL": "C.UTF-8", "TZ": "UTC"},
    )


def _compared(answer: Answer) -> dict[str, object]:
    # Two programs don't look at the clock at the same second.
    text = re.sub(r"last-rc-change='[^']*'|(?<==)1[7-9]\d{8}\b", "TIME", answer.text)
    sections = conformance.sections(text)
    return {
        **{aspect: sections[aspect] for aspect in TEXTS},
        "graph": conformance.canonical_graph(answer.graph) if answer.graph else {},
        "scores": conformance.canonical_scores(answer.scores),
        "result": _lines(answer.result),
    }


def _lines(document: str) -> list[str]:
    """A CIB as sorted lines, one for each element, without what the time of day and builds have to do with."""
    if not document:
        return []
    root = etree.fromstring(document.encode())
    for name in BOOKKEEPING:
        root.attrib.pop(name, None)
    lines: list[str] = []
    for element in root.iter(etree.Element):
        way = "/".join(f"{each.tag}#{each.get('id', '')}" for each in (*reversed([*element.iterancestors()]), element))
        attributes = {name: value for name, value in element.attrib.items() if name != "crm-debug-origin"}
        values = (f"{name}={_TIME.sub('TIME', value)}" for name, value in sorted(attributes.items()))
        lines.append(" ".join((way, *values)))
    return sorted(lines)
