"""What keeping the reasons of a plan costs, and that not keeping them costs nothing.

`PCMK_BASELINE` names the `_core` library of another build, such as one from before a change: planning without a trace
is measured beside it, in turns.
"""

import importlib.machinery
import importlib.util
import os
import statistics
import time
from collections.abc import Callable
from types import ModuleType

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benches.clusters import NOW, cluster
from pcmk import _core

NODES, RESOURCES = 16, 200
TURNS = 40
BASELINE = os.environ.get("PCMK_BASELINE", "")


@pytest.mark.parametrize("trace", [False, True], ids=["off", "on"])
def test_schedule(benchmark: BenchmarkFixture, trace: bool) -> None:
    cib = _core.Cib.parse(cluster(NODES, RESOURCES))
    assert benchmark(lambda: _core.schedule(cib, NOW, 1, trace=trace).action_count) > NODES * RESOURCES


@pytest.mark.skipif(not BASELINE, reason="PCMK_BASELINE names no library to compare with")
def test_off_beside_another_build(capsys: pytest.CaptureFixture[str]) -> None:
    runs = [planner(core) for core in (_core, loaded(BASELINE))]
    taken: list[list[int]] = [[], []]
    for turn in range(TURNS):
        for which in (0, 1) if turn % 2 else (1, 0):
            began = time.process_time_ns()
            runs[which]()
            taken[which].append(time.process_time_ns() - began)
    own, other = (min(times) / 1e6 for times in taken)
    middle = statistics.median(taken[0]) / statistics.median(taken[1])
    with capsys.disabled():
        print(
            f"\nwithout a trace: {own:.2f} ms, the other build {other:.2f} ms: {own / other:.3f} (median {middle:.3f})"
        )


def planner(core: ModuleType) -> Callable[[], int]:
    """Plans for the same cluster again and again."""
    cib = core.Cib.parse(cluster(NODES, RESOURCES))
    return lambda: core.schedule(cib, NOW, 1).action_count


def loaded(path: str) -> ModuleType:
    """The module in a library, beside the one that is imported."""
    loader = importlib.machinery.ExtensionFileLoader("_core", path)
    spec = importlib.util.spec_from_loader("_core", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
