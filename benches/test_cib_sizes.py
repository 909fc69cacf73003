"""Figures by size: what a change costs must depend on the change, not on the CIB."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from pcmk._core import Cib

SIZES = {"100KB": 100_000, "1MB": 1_000_000, "10MB": 10_000_000}
CHANGE = '<nvpair id="p7-m-1" value="{}"/>'


def text(size: int) -> str:
    """A CIB of about that many bytes."""
    one = (
        '<primitive id="p{0}" class="ocf" provider="pacemaker" type="Dummy"><meta_attributes id="p{0}-m">'
        '<nvpair id="p{0}-m-1" name="target-role" value="Started"/></meta_attributes><operations>'
        '<op id="p{0}-o" name="monitor" interval="10s" timeout="20s"/></operations></primitive>'
    )
    resources = "".join(map(one.format, range(size // len(one))))
    return (
        '<cib validate-with="pacemaker-4.0" crm_feature_set="3.20.5" admin_epoch="0" epoch="7" num_updates="0">'
        f"<configuration><crm_config/><nodes/><resources>{resources}</resources><constraints/></configuration>"
        "<status/></cib>"
    )


@pytest.fixture(params=SIZES.values(), ids=SIZES, scope="module")
def document(request: pytest.FixtureRequest) -> str:
    return text(request.param)


def test_read(benchmark: BenchmarkFixture, document: str) -> None:
    assert benchmark(Cib.parse, document).version == (0, 7, 0)


def test_write(benchmark: BenchmarkFixture, document: str) -> None:
    assert benchmark(Cib.parse(document).to_xml) == document


def test_digest(benchmark: BenchmarkFixture, document: str) -> None:
    assert len(benchmark(Cib.parse(document).digest)) == 32


def test_modify_one_attribute(benchmark: BenchmarkFixture, document: str) -> None:
    """The edit, the difference, and the patchset as text."""
    cib = Cib.parse(document)
    new, patchset = benchmark(lambda: cib.apply("modify", "resources", input_xml=CHANGE.format("Stopped")))
    assert new.version == (0, 8, 0) and len(patchset) < 1000


def test_apply_its_patchset(benchmark: BenchmarkFixture, document: str) -> None:
    cib = Cib.parse(document)
    new, patchset = cib.apply("modify", "resources", input_xml=CHANGE.format("Stopped"))
    assert benchmark(cib.apply_patchset, patchset) == new


def test_compare_with_one_that_shares_nothing(benchmark: BenchmarkFixture, document: str) -> None:
    """Two documents that were read from text and differ in one element."""
    old, new = Cib.parse(document), Cib.parse(document.replace('"Started"', '"Stopped"', 1))
    assert len(benchmark(old.diff, new)) < 1000
