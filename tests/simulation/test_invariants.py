"""The properties themselves: what they must report, and what they must not."""

import pytest

from tests.simulation.invariants import Violation
from tests.simulation.invariants.fenced_first import FencedFirst
from tests.simulation.node import Node
from tests.simulation.run import MINUTES
from tests.simulation.world import World


@pytest.fixture
def lost() -> tuple[FencedFirst, Node, Node, str]:
    """A node that went down with a resource, another node, and the resource."""
    world = World(1, MINUTES, nodes=2)
    first, second = world.nodes.values()
    resource = next(primitive.id for primitive in world.plan.primitives if not primitive.clone)
    first.lost_resources = (resource,)
    invariant = FencedFirst(world)
    invariant.node_down(first)
    return invariant, first, second, resource


def test_what_ran_on_a_lost_node_must_not_start_elsewhere(lost: tuple[FencedFirst, Node, Node, str]) -> None:
    invariant, _, other, resource = lost
    with pytest.raises(Violation):
        invariant.agent_begins(other, resource, "start")


def test_a_node_that_booted_and_left_again_is_in_nobodys_way(lost: tuple[FencedFirst, Node, Node, str]) -> None:
    invariant, node, other, resource = lost
    invariant.node_up(node)
    node.lost_resources = ()
    invariant.node_down(node)
    invariant.agent_begins(other, resource, "start")
