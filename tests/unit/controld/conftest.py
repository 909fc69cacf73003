"""The cluster that most tests of controllers begin with."""

import pytest
from world import World, settled


@pytest.fixture
def world() -> World:
    """Three nodes that run one resource, on n1, which is DC."""
    world = World("n1", "n2", "n3")
    world.resources = ("r",)
    world.start()
    world.run(2)
    assert settled(world) == ["n1"]
    assert world.where("r") == ["n1"]
    return world
