"""How long the CIB takes to read, write, change and compare."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benches.clusters import cluster
from pcmk._core import Cib

TEXT = cluster(16, 2000)
CHANGE = '<nvpair id="defaults-resource-stickiness" name="resource-stickiness" value="50"/>'
STATE = '<node_state id="7" uname="node7" crmd="offline"/>'


@pytest.fixture(scope="module")
def cib() -> Cib:
    return Cib.parse(TEXT)


def test_read(benchmark: BenchmarkFixture) -> None:
    assert benchmark(Cib.parse, TEXT).version == (0, 1, 0)


def test_write(benchmark: BenchmarkFixture, cib: Cib) -> None:
    assert benchmark(cib.to_xml).startswith("<cib ")


@pytest.mark.parametrize(
    ("section", "change", "version"),
    [("rsc_defaults", CHANGE, (0, 2, 0)), ("status", STATE, (0, 1, 1))],
    ids=["configuration", "status"],
)
def test_modify(
    benchmark: BenchmarkFixture, cib: Cib, section: str, change: str, version: tuple[int, int, int]
) -> None:
    new, patchset = benchmark(lambda: cib.apply("modify", section, input_xml=change))
    assert new.version == version
    assert cib.apply_patchset(patchset) == new


def test_apply_a_patchset(benchmark: BenchmarkFixture, cib: Cib) -> None:
    new, patchset = cib.apply("modify", "status", input_xml=STATE)
    assert benchmark(cib.apply_patchset, patchset) == new


def test_compare(benchmark: BenchmarkFixture, cib: Cib) -> None:
    new = Cib.parse(cib.apply("modify", "rsc_defaults", input_xml=CHANGE)[0].to_xml())
    assert cib.apply_patchset(benchmark(cib.diff, new)) == new


def test_digest(benchmark: BenchmarkFixture, cib: Cib) -> None:
    assert len(benchmark(cib.digest)) == 32
