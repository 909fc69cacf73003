"""After the faults end everything that can run runs: each plain resource once, each clone on every node, a promotable
clone with one promoted instance, and nothing that is not configured."""

from typing import TYPE_CHECKING

from pcmk.kernel.daemons import Daemon
from tests.simulation.agents import PROMOTED

if TYPE_CHECKING:
    from tests.simulation.world import World


class EverythingRuns:
    """Compares the configuration with what really runs."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def unsettled(self) -> str:
        world = self._world
        cib = world.core(next(iter(world.nodes)), Daemon.BASED).state.chain.committed
        configured = {element.get("id", "") for element in cib.find("//primitive")}
        running: dict[str, dict[str, str]] = {}
        for name, node in world.nodes.items():
            for resource, role in node.agents.running.items():
                running.setdefault(resource.partition(":")[0], {})[name] = role
            for resource, known in world.core(name, Daemon.EXECD)._resources.items():
                if known.device_started:
                    running.setdefault(resource, {})[name] = "Started"
        for primitive in world.primitives:
            where = running.pop(primitive.id, {})
            trouble = ""
            if primitive.id not in configured:
                trouble = "is not configured" if where else ""
            elif primitive.clone and len(where) != len(world.nodes):
                trouble = "must run everywhere"
            elif primitive.promotable and list(where.values()).count(PROMOTED) != 1:
                trouble = "must be promoted once"
            elif not primitive.clone and len(where) != 1:
                trouble = "must run once"
            if trouble:
                return f"{primitive.id} {trouble} and is running on {where}"
        return ""
