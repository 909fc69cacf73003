"""Whole clusters whose nodes are fenced by their own watchdog devices alone.

PCMK_SIMULATION_WATCHDOG_SEEDS (`A-B`) chooses other seeds than those of CI."""

import os
from collections.abc import Callable

import pytest

from pcmk.kernel.daemons import Daemon
from tests.simulation.partitions import TornWorld, splits
from tests.simulation.run import run_seed
from tests.simulation.sharing import shared_cibs

FIRST, _, LAST = os.environ.get("PCMK_SIMULATION_WATCHDOG_SEEDS", "1-40").partition("-")
SEEDS = range(int(FIRST), int(LAST or FIRST) + 1)
PORTION = 10
DEVICE = 5.0
"""Seconds without a sign of life after which a device resets its node; it counts as fenced after twice that."""
POLICIES = ("stop", "freeze", "fence")
NAMES = ("node1", "node2", "node3")


@pytest.mark.parametrize("seeds", [SEEDS[start : start + PORTION] for start in range(0, len(SEEDS), PORTION)], ids=str)
def test_no_property_is_violated(seeds: range) -> None:
    failures = {seed: result.failure for seed in seeds if (result := run_seed(seed, watchdog=DEVICE)).failure}
    assert not failures, "\n\n".join(map(str, failures.values()))


def run(policy: str, tear: Callable[[TornWorld], None]) -> TornWorld:
    with shared_cibs():
        world = TornWorld(len(NAMES), policy, tear, watchdog=DEVICE)
        world.run()
    return world


def resets(world: TornWorld) -> list[str]:
    """The nodes that were reset by their devices, or panicked; sorted."""
    return sorted(name for name, node in world.nodes.items() if node.life > 1)


@pytest.mark.parametrize("policy", POLICIES)
def test_who_has_no_quorum_is_reset(policy: str) -> None:
    for groups in splits(NAMES):
        world = run(policy, lambda world, groups=groups: world.split(groups))
        assert resets(world) == sorted(name for group in groups if len(group) == 1 for name in group)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("pause", [1.0, 4.0, 12.0, 40.0])
def test_a_dc_that_goes_on_after_a_pause(pause: float, policy: str) -> None:
    """It believes that it is DC still."""
    leaders: list[str] = []

    def tear(world: TornWorld) -> None:
        leaders.append(world.leader)
        node = world.nodes[world.leader]
        node.freeze()
        world.queue.after(pause, node.thaw)

    world = run(policy, tear)
    # A shorter pause may cost it quorum, or not.
    assert resets(world) == leaders or pause < DEVICE


@pytest.mark.parametrize("daemon", [Daemon.PACEMAKERD, Daemon.CONTROLD])
def test_a_node_whose_daemon_hangs_is_reset(daemon: Daemon) -> None:
    world = run("stop", lambda world: world.nodes["node2"].processes[daemon].freeze())
    assert resets(world) == ["node2"]
