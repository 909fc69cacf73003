"""The watchdog device of a simulated node."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.node import Node


class SoftWatchdog:
    """Resets the node `timeout` seconds after the last sign of life, whatever the node does meanwhile: hang, or run."""

    def __init__(self, node: "Node", timeout: float) -> None:
        self._node = node
        self._timeout = timeout
        self._signs = 0

    def pet(self) -> None:
        """A sign of life; the first one arms it."""
        self._signs += 1
        self._node.world.queue.after(self._timeout, self._due, self._node.life, self._signs)

    def disarm(self) -> None:
        """It rests."""
        self._signs += 1

    def _due(self, life: int, signs: int) -> None:
        node, world = self._node, self._node.world
        if not node.up or (life, signs) != (node.life, self._signs):
            return
        node.crash("reset by its watchdog", fenced=True)
        world.observers.fenced(node)
        world.queue.after(world.random.uniform(3.0, 30.0), node.boot)

    def power_lost(self) -> None:
        """The node went down. Whoever waits for as long as the device would have taken need not know of that."""
        self._signs += 1
        if self._timeout:
            self._node.world.queue.after(self._timeout, self._counts_as_fenced, self._node.life)

    def _counts_as_fenced(self, life: int) -> None:
        if self._node.life == life:
            self._node.world.observers.fenced(self._node)
