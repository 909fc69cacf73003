"""What ran on a node that was lost is started elsewhere only when the node was fenced, or is back in a new life.

This is stricter than `one_active`: a cluster must not count on luck, even where the lost node is really down.
"""

from typing import TYPE_CHECKING

from tests.simulation.invariants import Violation
from tests.simulation.node import Node

if TYPE_CHECKING:
    from tests.simulation.world import World


class FencedFirst:
    """Remembers what ran on each node that went down, until it is fenced or boots."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._lost: dict[str, frozenset[str]] = {}

    def node_down(self, node: Node) -> None:
        if node.was_fenced or not node.lost_resources:
            return
        clones = {primitive.id for primitive in self._world.plan.primitives if primitive.clone}
        self._lost[node.name] = frozenset(
            resource for resource in node.lost_resources if resource.partition(":")[0] not in clones
        )

    def fenced(self, node: Node) -> None:
        self._lost.pop(node.name, None)

    def node_up(self, node: Node) -> None:
        self._lost.pop(node.name, None)

    def agent_begins(self, node: Node, resource: str, action: str) -> None:
        if action != "start":
            return
        for name, lost in self._lost.items():
            if resource in lost:
                raise Violation(f"{resource} is started on {node.name}, but {name}, where it was, has not been fenced")
