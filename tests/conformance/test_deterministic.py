"""The same input gives the same bytes: again, in a new process, and with attributes in another order."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.digests import digests

PROJECT = Path(__file__).resolve().parents[2]
RECORDED = PROJECT.parent / "shared" / "conformance"

pytestmark = pytest.mark.skipif(not RECORDED.exists(), reason=f"NO RECORDED CASES at {RECORDED}: nothing is compared")


@pytest.mark.parametrize("suite", ["scheduler", "random"])
def test_results_depend_on_nothing_but_the_input(suite: str) -> None:
    folder = RECORDED / suite / "xml"
    once = digests(folder)
    assert once
    assert differing(once, digests(folder, backwards=True)) == []
    assert differing(once, in_a_new_process(folder)) == []


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Inputs with different digests."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def in_a_new_process(folder: Path) -> dict[str, str]:
    """All digests of a folder, made by another process with another seed of Python's hashes."""
    done = subprocess.run(
        [sys.executable, str(PROJECT / "tests" / "conformance" / "digests.py"), str(folder)],
        capture_output=True,
        check=True,
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path), PYTHONHASHSEED="random"),
    )
    return json.loads(done.stdout)
