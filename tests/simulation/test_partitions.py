"""Every split, asymmetric and flapping links, lost packets, and a DC that comes back from a long pause."""

from collections.abc import Callable

import pytest

from tests.simulation.network import Delays
from tests.simulation.partitions import LOSSY, NOTICED, TORN, Groups, TornWorld, splits
from tests.simulation.sharing import shared_cibs

POLICIES = ("stop", "freeze", "demote", "fence", "ignore")
SIZES = (3, 5)


def names(nodes: int) -> list[str]:
    return [f"node{number}" for number in range(1, nodes + 1)]


def run(nodes: int, policy: str, tear: Callable[[TornWorld], None], delays: Delays | None = None) -> TornWorld:
    with shared_cibs():
        world = TornWorld(nodes, policy, tear, delays)
        world.run()
    return world


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("nodes", SIZES)
def test_every_split(nodes: int, policy: str) -> None:
    tried: list[Groups] = []
    for groups in splits(names(nodes)):
        world = run(nodes, policy, lambda world, groups=groups: world.split(groups))
        assert world.observers.conflicts, f"nothing was kept of what all but one of {groups} changed"
        tried.append(groups)
    assert len(tried) == {3: 4, 5: 51}[nodes]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("known", [True, False], ids=["seen by the membership engine", "not seen"])
@pytest.mark.parametrize("nodes", SIZES)
def test_one_node_does_not_hear_another(nodes: int, known: bool, policy: str) -> None:
    """Where the membership engine does not see it, it has other links, or hears what the daemons' connections don't."""
    for one in names(3):
        for other in names(3):
            if one != other:

                def tear(world: TornWorld, one: str = one, other: str = other) -> None:
                    world.network.deafen(one, other)
                    if known:
                        rest = tuple(name for name in world.nodes if name != one)
                        world.queue.after(NOTICED, world.membership.split, ((one,), rest))

                run(nodes, policy, tear)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("period", [0.5, 2.0, 5.0, 11.0])
@pytest.mark.parametrize("nodes", SIZES)
def test_a_link_that_flaps(nodes: int, period: float, policy: str) -> None:
    groups = (("node1",), tuple(names(nodes)[1:]))

    def tear(world: TornWorld) -> None:
        for turn in range(int(TORN / period)):
            broken = turn % 2 == 0
            world.queue.after(turn * period, world.network.cut, groups if broken else ())
            world.queue.after(turn * period + NOTICED, world.membership.split, groups if broken else ())
            if not broken:
                world.queue.after(turn * period, world.network.mend)

    run(nodes, policy, tear)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("nodes", SIZES)
def test_a_network_that_loses_three_packets_in_ten(nodes: int, policy: str) -> None:
    groups = (("node1",), tuple(names(nodes)[1:]))
    run(nodes, policy, lambda _world: None, LOSSY)
    run(nodes, policy, lambda world: world.split(groups), LOSSY)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("pause", [1.0, 4.0, 12.0, 40.0])
@pytest.mark.parametrize("fencing", ["works", "fail", "hang"])
@pytest.mark.parametrize("nodes", SIZES)
def test_a_dc_that_goes_on_after_a_pause(nodes: int, fencing: str, pause: float, policy: str) -> None:
    """It believes that it is DC still. Where fencing does not work it is never switched off meanwhile."""

    def tear(world: TornWorld) -> None:
        leader = world.leader
        if fencing != "works":
            world.fence_agents.moods[leader] = fencing
        world.nodes[leader].freeze()
        world.queue.after(pause, world.nodes[leader].thaw)

    run(nodes, policy, tear)
