"""Views for all nodes, from the real coordinator; its shell here is the event queue."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pcmk.kernel.core import Instant, Log, MembershipProven
from pcmk.membership.coordinator import (
    Coordinator,
    Event,
    Gone,
    Heard,
    Hello,
    Refuse,
    Save,
    Split,
    TellRemoved,
    TellView,
    Tick,
)
from pcmk.membership.votes import VoteRules
from tests.simulation.node import Node
from tests.simulation.process import Process

if TYPE_CHECKING:
    from tests.simulation.world import World

RETRY = 0.2
PROOF_PATIENCE = 5.0


class Membership:
    """The coordinator and the nodes' connections to it. Heartbeats are only played while a node hangs."""

    def __init__(self, world: "World", rules: VoteRules, hang_time: float) -> None:
        self.world = world
        self._coordinator = Coordinator(rules, hang_time)
        self._connections: dict[int, tuple[Node, int]] = {}
        self._last_connection = 0
        self._incarnations = 0
        self._arrival: dict[str, float] = {}
        self._ticking = False
        # Nodes whose agents hang, and what they will do when they go on.
        self._hung: dict[str, list[tuple[Node, int, Callable[..., None], tuple[Any, ...]]]] = {}

    def booted(self, node: Node) -> None:
        """A node started; its agent asks to be admitted."""
        self._hung.pop(node.name, None)
        node.after(0.01 + 0.05 * self.world.random.random(), self._hello, node)

    def lost(self, node: Node) -> None:
        """A node went down; its connection closes."""
        for connection, (owner, _life) in list(self._connections.items()):
            if owner is node:
                delay = 0.001 + 0.05 * self.world.random.random()
                self.world.queue.after(delay, self._gone, connection)

    def froze(self) -> None:
        """A node hangs; from now on signs of life matter."""
        if not self._ticking:
            self._ticking = True
            self._tick()

    def hang(self, node: Node) -> None:
        """The agent of a node hangs, and nothing else there: nobody hears the node, and it hears of no view."""
        if node.up and node.name not in self._hung:
            self.world.note(f"the membership engine of {node.name} hangs")
            self._hung[node.name] = []
            self.froze()

    def go_on(self, node: Node) -> None:
        """It goes on."""
        for owner, life, do, args in self._hung.pop(node.name, []):
            self.world.queue.after(0.0, self._reach, owner, life, do, *args)

    def split(self, groups: tuple[tuple[str, ...], ...]) -> None:
        """Views follow the network's partitions; no groups: heal."""
        self._handle(Split(groups))

    def prove(self, process: Process, id: int) -> None:
        """A daemon wants to know whether its view holds: the coordinator answers, by the way that views take."""
        delay = 0.0005 + 0.01 * self.world.random.random()
        self.world.queue.after(delay, self._asked, process, process.node.life, id)

    def _asked(self, process: Process, life: int, id: int) -> None:
        node, queue = process.node, self.world.queue
        if node.name in self._hung:
            self._hung[node.name].append((node, life, self._asked, (process, life, id)))
            return
        if (node, life) not in self._connections.values():
            queue.after(PROOF_PATIENCE, process.run, process.deliver, MembershipProven(id, False))
            return
        arrival = max(self._arrival.get(node.name, 0.0), queue.now + 0.0005 + 0.01 * self.world.random.random())
        self._arrival[node.name] = arrival
        queue.at(arrival, self._reach, node, life, self._proven, process, id)

    def _proven(self, process: Process, id: int) -> None:
        queue = self.world.queue
        process.view_arrival = max(process.view_arrival, queue.now)
        queue.at(process.view_arrival, process.run, process.deliver, MembershipProven(id, True))

    def _hello(self, node: Node) -> None:
        self._last_connection += 1
        self._incarnations += 1
        self._connections[self._last_connection] = (node, node.life)
        self._handle(Hello(self._last_connection, node.member, f"i{self._incarnations}"))

    def _gone(self, connection: int) -> None:
        if self._connections.pop(connection, None) is not None:
            self._handle(Gone(connection))

    def _tick(self) -> None:
        for connection, (node, _life) in list(self._connections.items()):
            if not (node.frozen or node.name in self._hung):
                self._handle(Heard(connection))
        self._handle(Tick())
        self._ticking = any(node.frozen or node.name in self._hung for node, _life in self._connections.values())
        if self._ticking:
            self.world.queue.after(self._coordinator.tick_interval, self._tick)

    def _handle(self, event: Event) -> None:
        now = self.world.queue.now
        for effect in self._coordinator.handle(event, Instant(now, now)):
            match effect:
                case TellView(connection=connection, view=view):
                    self._tell(connection, view)
                case TellRemoved(connection=connection, view=view):
                    self._tell(connection, view)
                    self._closed(connection)
                case Refuse(connection=connection):
                    self._closed(connection)
                case Save():
                    pass
                case Log():
                    self.world.note(effect.text)

    def _tell(self, connection: int, view: object) -> None:
        node, life = self._connections[connection]
        queue = self.world.queue
        arrival = max(self._arrival.get(node.name, 0.0), queue.now + 0.0005 + 0.01 * self.world.random.random())
        self._arrival[node.name] = arrival
        queue.at(arrival, self._reach, node, life, node.view_told, view)

    def _reach(self, node: Node, life: int, do: Callable[..., None], *args: Any) -> None:
        """What comes to a node by its agent, or is done by that."""
        if node.name in self._hung and life == node.life:
            self._hung[node.name].append((node, life, do, args))
        else:
            node.run(life, do, *args)

    def _closed(self, connection: int) -> None:
        node, life = self._connections.pop(connection)
        self.world.queue.after(RETRY, self._reach, node, life, self._hello, node)
