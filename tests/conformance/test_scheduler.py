"""Recorded decisions of the reference: whatever agrees with them now agrees from now on.

The recordings are not part of the project: without them nothing here can run.
"""

import contextlib
import importlib.util
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from msgspec import Struct

from pcmk.compat import crm_simulate

PROJECT = Path(__file__).resolve().parents[2]
RECORDED = PROJECT.parent / "shared" / "conformance"
SCRIPT = RECORDED / "scheduler_conformance.py"

pytestmark = pytest.mark.skipif(not SCRIPT.exists(), reason=f"NO RECORDED CASES at {RECORDED}: nothing is compared")


class Floor(Struct, frozen=True):
    """How many cases of a suite agree in all, and in scores."""

    passed: int
    scores: int


FLOORS = {
    "scheduler": Floor(passed=678, scores=678),
    "random": Floor(passed=744, scores=744),
}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """What reads recordings and says what differs."""
    spec = importlib.util.spec_from_file_location("scheduler_conformance", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("suite", sorted(FLOORS))
def test_as_many_recorded_decisions_agree_as_ever(suite: str, script: ModuleType, tmp_path: Path) -> None:
    folder = RECORDED / suite
    cases: Mapping[str, Any] = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    differing = {name: differences(script, folder, name, case["args"], tmp_path) for name, case in cases.items()}
    wrong = sorted(f"{name}: {', '.join(sorted(found))}" for name, found in differing.items() if found - {"scores"})
    passed = len(cases) - len(wrong)
    scores = sum("scores" not in found for found in differing.values())
    floor = FLOORS[suite]
    assert passed >= floor.passed, f"{passed} of {len(cases)} agree\n" + "\n".join(wrong)
    assert scores >= floor.scores, f"scores of {scores} of {len(cases)} agree"


def differences(script: ModuleType, folder: Path, name: str, args: list[str], tmp_path: Path) -> set[str]:
    """The aspects in which a case is not as recorded."""
    source, graph = ["-x", str(folder / "xml" / f"{name}.xml")], tmp_path / "graph.xml"
    graph.unlink(missing_ok=True)
    text_code, text = simulated([*source, "-S", *args])
    score_code, scores = simulated([*source, "-G", str(graph), "-sSQ", *args])
    found = {"exit"} if text_code or score_code else set[str]()
    recorded = script.sections((folder / "summary" / f"{name}.summary").read_text(encoding="utf-8"))
    own = script.sections(text)
    found |= {aspect for aspect in recorded if recorded[aspect] != own[aspect]}
    recorded_graph = script.canonical_graph((folder / "exp" / f"{name}.exp").read_text(encoding="utf-8"))
    if not graph.exists() or script.canonical_graph(graph.read_text(encoding="utf-8")) != recorded_graph:
        found.add("graph")
    recorded_scores = folder / "scores" / f"{name}.scores"
    if recorded_scores.exists():
        expected = script.canonical_scores(recorded_scores.read_text(encoding="utf-8"))
        if script.canonical_scores(scores) != expected:
            found.add("scores")
    return found


def simulated(argv: list[str]) -> tuple[int, str]:
    """The command's exit code and what it prints, in this process."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        code = crm_simulate.main(argv)
    return code, printed.getvalue()


def test_the_command_itself_agrees_with_recorded_decisions() -> None:
    tool = f"{sys.executable} -m pcmk.compat.crm_simulate"
    compared = subprocess.run(
        [sys.executable, str(SCRIPT), "--tool", tool, "--match", "group*", "-j", "2"],
        capture_output=True,
        text=True,
        check=False,
        timeout=80,
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
    )
    assert compared.returncode == 0, compared.stdout + compared.stderr
    assert " 0 failed" in compared.stdout
