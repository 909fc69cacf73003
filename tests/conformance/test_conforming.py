"""Every recorded input is of the schema that it names."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from pcmk.schema.check import problems

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "conformance"

pytestmark = pytest.mark.skipif(not RECORDED.exists(), reason=f"NO RECORDED CASES at {RECORDED}: nothing is checked")


@pytest.mark.parametrize("suite", ["scheduler", "random"])
def test_recorded_inputs_conform(suite: str) -> None:
    inputs = sorted((RECORDED / suite / "xml").glob("*.xml"))
    assert len(inputs) > 600
    wrong: dict[str, str] = {}
    for path in inputs:
        text = path.read_bytes()
        found = problems(text, ElementTree.fromstring(text).get("validate-with", ""))
        if found:
            wrong[path.name] = str(found[0])
    assert wrong == {}
