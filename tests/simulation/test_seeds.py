"""Seeds of whole clusters. PCMK_SIMULATION_SEEDS (`A-B`) and PCMK_SIMULATION_MINUTES choose others than those of CI."""

import os

import pytest

from tests.simulation.run import MINUTES, run_seed, trace_digest

FIRST, _, LAST = os.environ.get("PCMK_SIMULATION_SEEDS", "1-500").partition("-")
DURATION = float(os.environ.get("PCMK_SIMULATION_MINUTES", str(MINUTES)))
SEEDS = range(int(FIRST), int(LAST or FIRST) + 1)
PORTION = 10


@pytest.mark.parametrize("seeds", [SEEDS[start : start + PORTION] for start in range(0, len(SEEDS), PORTION)], ids=str)
def test_no_property_is_violated(seeds: range) -> None:
    failures = {seed: result.failure for seed in seeds if (result := run_seed(seed, DURATION)).failure}
    assert not failures, "\n\n".join(map(str, failures.values()))


@pytest.mark.parametrize("seed", [3, 8])
def test_the_same_seed_gives_the_same_trace(seed: int) -> None:
    first, lines = trace_digest(seed, 10.0)
    assert lines > 1000
    assert trace_digest(seed, 10.0) == (first, lines)
    assert trace_digest(seed + 1, 10.0)[0] != first
