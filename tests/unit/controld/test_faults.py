"""Controllers under faults drawn at random: whatever happens, they come to rest with one DC a partition."""

import random

import pytest
from world import World

from pcmk.kernel.daemons import Daemon

NAMES = ("n1", "n2", "n3")


@pytest.mark.parametrize("seed", range(60))
def test_after_any_faults_the_cluster_comes_to_rest(seed: int):
    draw = random.Random(seed)
    world = World(*NAMES)
    world.resources = ("r", "s")
    world.action_seconds = draw.choice((0.01, 0.3))
    world.start()
    for _ in range(12):
        world.run(draw.choice((0.001, 0.004, 0.01, 0.05, 0.5, 3.0)))
        disturb(world, draw)
        check_safety(world)
    mend(world)
    for _ in range(100):
        world.run(1)
        check_safety(world)
    mend(world)
    world.run(30)
    states = world.states()
    assert sorted(states.values()) == ["S_IDLE", "S_NOT_DC", "S_NOT_DC"], (seed, states)
    assert [len(world.where(resource)) for resource in world.resources] == [1, 1]
    assert len({node.cib.fingerprint for node in world.nodes.values()}) == 1


def disturb(world: World, draw: random.Random) -> None:
    name, other = draw.sample(NAMES, 2)
    node = world.nodes[name]
    match draw.randrange(8):
        case 0:
            node.stop()
        case 1 if node.core is None and node.powered:
            node.start()
        case 2:
            world.cut_link(name, other)
        case 3:
            for a, b in sorted(world.cut):
                world.mend_link(a, b)
        case 4:
            daemons = (Daemon.BASED, Daemon.EXECD, Daemon.ATTRD, Daemon.SCHEDULERD, Daemon.FENCED)
            world.relink(name, draw.choice(daemons))
        case 5:
            rest = tuple(n for n in NAMES if n != name and world.nodes[n].powered)
            if node.powered and rest:
                world.partition((name,), rest)
        case 6 if sum(n.powered for n in world.nodes.values()) == 3 and draw.random() < 0.4:
            world.power_off(name)
        case 7:
            world.fill_disk(name, not node.full)
        case _:
            pass


def mend(world: World) -> None:
    world.cut.clear()
    for node in world.nodes.values():
        if not node.powered:
            node.powered, node.joined = True, False
        world.fill_disk(node.name, False)
        if node.core is None:
            node.start()
    world.partition(NAMES)


def check_safety(world: World) -> None:
    """No resource is active twice: not even when partitions plan, because a lost node is fenced first."""
    for resource in world.resources:
        assert len(world.where(resource)) <= 1, (resource, world.where(resource), world.fenced)
