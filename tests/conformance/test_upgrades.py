"""What a CIB of an older schema means does not change when it is upgraded."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from pcmk._core import Cib, schedule, simulate
from pcmk.schema.check import conforms, problems_of
from pcmk.schema.upgrade import upgraded
from pcmk.schema.versions import NEWEST, Version, name_of
from tests.conformance.aging import aged, with_old_roles

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "conformance"
NOW = 1_700_000_300
OLDER: tuple[Version, ...] = ((1, 3), (2, 10), (3, 0), (3, 10))

pytestmark = pytest.mark.skipif(not RECORDED.exists(), reason=f"NO RECORDED CASES at {RECORDED}: nothing is checked")


def inputs(suite: str) -> Iterator[tuple[str, Cib]]:
    paths = sorted((RECORDED / suite / "xml").glob("*.xml"))
    assert len(paths) > 600
    return ((path.name, Cib.parse(path.read_bytes())) for path in paths)


def decisions(cib: Cib) -> tuple[str, str | None, list[str]]:
    """What is planned, what the cluster looks like before and after, all scores, and complaints."""
    found = simulate(cib, now=NOW, wall_now=NOW, schedule=True, execute=True, scores=True)
    return found.text, found.graph_xml, sorted(found.errors)


def test_recorded_inputs_are_upgraded_and_mean_the_same() -> None:
    older = 0
    for name, cib in inputs("scheduler"):
        result = upgraded(cib).cib
        older += result.root.get("validate-with") != cib.root.get("validate-with")
        assert result.root.get("validate-with") == name_of(NEWEST), name
        assert problems_of(result) == [], name
        assert decisions(result) == decisions(cib), name
        assert upgraded(result).cib == result, name
    assert older > 600


@pytest.mark.parametrize("version", OLDER, ids=name_of)
def test_what_is_written_in_an_older_language_means_the_same_as_in_the_newest(version: Version) -> None:
    """Here what is compared with was never rewritten. Each version has a part of the inputs, together they have all."""
    checked = 0
    for name, cib in islice(inputs("random"), OLDER.index(version), None, len(OLDER)):
        old = aged(cib, version)
        if not conforms(old, version):
            continue  # it has what that language has no words for
        checked += 1
        result = upgraded(old).cib
        assert problems_of(result) == [], name
        expected = schedule(with_old_roles(cib, version), NOW, 0).graph_xml
        assert schedule(result, NOW, 0).graph_xml == expected, name
        assert schedule(old, NOW, 0).graph_xml == expected, name
    assert checked > 30
