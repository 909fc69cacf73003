"""A resource that is no clone is active on one node at most; so is the promoted role of a promotable clone.

Active is what must be reckoned with: from the begin of a start until a stop worked or the node was lost.
"""

from typing import TYPE_CHECKING

from tests.simulation.agents import PROMOTED
from tests.simulation.invariants import Violation
from tests.simulation.node import Node

if TYPE_CHECKING:
    from tests.simulation.world import World


class OneActive:
    """Looked at whenever an agent starts or promotes something."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def agent_begins(self, node: Node, resource: str, action: str) -> None:
        if action == "start" and not self._is_clone(resource):
            for other in self._world.nodes.values():
                if other is not node and resource in other.agents.possible:
                    raise Violation(f"{resource} is started on {node.name} while it is active on {other.name}")
        if action == "promote":
            for other in self._world.nodes.values():
                if other is not node and other.agents.possible.get(resource) == PROMOTED:
                    raise Violation(f"{resource} is promoted on {node.name} while it is promoted on {other.name}")

    def _is_clone(self, resource: str) -> bool:
        base = resource.partition(":")[0]
        return any(primitive.id == base and primitive.clone for primitive in self._world.plan.primitives)
