"""How long planning takes; beside it Pacemaker's `crm_simulate`, if this machine has it."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benches.clusters import NOW, cluster
from pcmk._core import Cib, schedule

SIZES = [(3, 30), (16, 200), (32, 1000)]
OWN = Path(sys.executable).with_name("crm_simulate")
REFERENCE = Path("/usr/sbin/crm_simulate")
REFERENCE_RUNS = 3


@pytest.mark.parametrize(("nodes", "resources"), SIZES)
def test_first_transition(benchmark: BenchmarkFixture, nodes: int, resources: int) -> None:
    """From the parsed CIB to the graph as text."""
    cib = Cib.parse(cluster(nodes, resources))
    result = benchmark(lambda: schedule(cib, NOW, 1).graph_xml)
    assert result.count("<synapse ") > nodes * resources


@pytest.mark.skipif(not REFERENCE.exists(), reason="no crm_simulate of Pacemaker here to compare with")
@pytest.mark.parametrize(("nodes", "resources"), SIZES)
def test_beside_the_reference(
    benchmark: BenchmarkFixture, tmp_path: Path, capsys: pytest.CaptureFixture[str], nodes: int, resources: int
) -> None:
    """The same work of two processes, start to end: read a file, plan, write the graph."""
    source = tmp_path / "cib.xml"
    source.write_text(cluster(nodes, resources))

    def run(command: Path) -> None:
        arguments = ["--simulate", "--quiet", "--xml-file", source, "--save-graph", tmp_path / "graph"]
        subprocess.run([command, *arguments], check=True, stdout=subprocess.DEVNULL)

    began = time.perf_counter()
    for _ in range(REFERENCE_RUNS):
        run(REFERENCE)
    reference = (time.perf_counter() - began) / REFERENCE_RUNS
    benchmark.pedantic(run, [OWN], rounds=REFERENCE_RUNS, warmup_rounds=1)
    own = benchmark.stats.stats.mean
    with capsys.disabled():
        print(
            f"\n{nodes} nodes, {resources} resources: {own:.2f} s, Pacemaker {reference:.2f} s: {own / reference:.2f}"
        )
