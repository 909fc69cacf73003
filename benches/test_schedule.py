"""How long planning takes. Beside the reference: `benches.compare`."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benches.clusters import NOW, cluster
from pcmk._core import Cib, schedule

SIZES = [(3, 30), (16, 200), (32, 1000)]


@pytest.mark.parametrize(("nodes", "resources"), SIZES)
def test_first_transition(benchmark: BenchmarkFixture, nodes: int, resources: int) -> None:
    """From the parsed CIB to the graph as text."""
    cib = Cib.parse(cluster(nodes, resources))
    result = benchmark(lambda: schedule(cib, NOW, 1).graph_xml)
    assert result.count("<synapse ") > nodes * resources
