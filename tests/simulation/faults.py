"""What goes wrong, and when: everything from the seed."""

from typing import TYPE_CHECKING

from pcmk.kernel.daemons import Daemon
from tests.simulation.agents import Mood
from tests.simulation.network import PEERS
from tests.simulation.node import Node

if TYPE_CHECKING:
    from tests.simulation.world import World

ACTIONS = ("start", "stop", "monitor", "promote", "demote")


class Faults:
    """The faults of one world. `heal` ends all of them."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.healed = False
        self._pause = world.random.choice((25.0, 40.0, 60.0))
        self._kinds = {
            self._kill_daemon: 6,
            self._crash_node: 2,
            self._hang_node: 2,
            self._hang_daemon: 1,
            self._partition: 2,
            self._lose_connection: 4,
            self._mood: 5,
            self._resource_dies: 3,
            self._fencing_mood: 2,
            self._disk_full: 1,
            self._slow_disk: 1,
            self._stop_cluster: 1,
        }
        if world.watchdog:
            self._kinds[self._hang_membership] = 2

    def schedule(self) -> None:
        """Begin."""
        self.world.queue.after(self.world.random.uniform(5.0, 30.0), self._next)

    def heal(self) -> None:
        """End all faults: what is down comes back, what hangs goes on."""
        world = self.world
        self.healed = True
        world.note("all faults end")
        world.moods.known.clear()
        world.fence_agents.moods.clear()
        world.network.mend()
        world.membership.split(())
        for node in world.nodes.values():
            node.disk.full = False
            node.disk.fsync = world.fsync
            node.thaw()
            world.membership.go_on(node)
            for process in node.processes.values():
                process.thaw()
            node.boot()

    # ---- choosing ---------------------------------------------------------------------------------

    def _next(self) -> None:
        if self.healed:
            return
        random = self.world.random
        # Faults that come together find more than the same ones apart.
        for _ in range(random.choices((1, 2, 3), (6, 3, 1))[0]):
            random.choices(list(self._kinds), list(self._kinds.values()))[0]()
        self.world.queue.after(random.expovariate(1 / self._pause), self._next)

    def _later(self, least: float, most: float, undo: object, *args: object) -> None:
        self.world.queue.after(self.world.random.uniform(least, most), self._undo, undo, *args)

    def _undo(self, undo: object, *args: object) -> None:
        if not self.healed:
            undo(*args)  # type: ignore[operator]

    def _node(self) -> Node | None:
        nodes = [node for node in self.world.nodes.values() if node.up]
        return self.world.random.choice(nodes) if nodes else None

    # ---- nodes and processes ----------------------------------------------------------------------

    def _kill_daemon(self) -> None:
        node = self._node()
        if node is not None:
            daemon = self.world.random.choice(list(Daemon))
            self.world.note(f"fault: kill {daemon.value} on {node.name}")
            node.kill_process(daemon)

    def _hang_daemon(self) -> None:
        node = self._node()
        if node is None or node.frozen:
            return
        process = node.processes.get(self.world.random.choice(list(Daemon)))
        if process is not None and process.alive:
            self.world.note(f"fault: {process.daemon.value} on {node.name} hangs")
            process.freeze()
            self._later(0.5, 40.0, self._thaw_process, process)

    def _thaw_process(self, process: object) -> None:
        if not process.node.frozen:  # type: ignore[attr-defined]
            process.thaw()  # type: ignore[attr-defined]

    def _crash_node(self) -> None:
        node = self._node()
        if node is not None:
            node.crash("fault")
            self._later(5.0, 90.0, node.boot)

    def _hang_node(self) -> None:
        node = self._node()
        if node is not None:
            node.freeze()
            self._later(0.2, 15.0, node.thaw)

    def _hang_membership(self) -> None:
        """Only a watchdog helps then: everything goes on, by a view that is old."""
        node = self._node()
        if node is not None:
            self.world.membership.hang(node)
            self._later(1.0, 40.0, self.world.membership.go_on, node)

    def _stop_cluster(self) -> None:
        """A clean shutdown of the cluster on one node."""
        node = self._node()
        supervisor = node.processes.get(Daemon.PACEMAKERD) if node is not None else None
        if node is not None and supervisor is not None and supervisor.alive and supervisor.body is not None:
            self.world.note(f"fault: clean stop of {node.name}")
            supervisor.run(supervisor.terminate)
            self._later(20.0, 120.0, node.boot)

    # ---- network ----------------------------------------------------------------------------------

    def _partition(self) -> None:
        world = self.world
        names = list(world.nodes)
        world.random.shuffle(names)
        if len(names) > 2 and world.random.random() < 0.3:
            groups = tuple((name,) for name in names)
        else:
            at = world.random.randrange(1, len(names))
            groups = (tuple(names[:at]), tuple(names[at:]))
        world.note(f"fault: partition {groups}")
        world.network.cut(groups)
        # The membership engine notices after its token is lost, and that the network is whole again likewise.
        self._later(0.0, 2.0, self._split_views, groups)
        self._later(3.0, 60.0, self._mend)

    def _split_views(self, groups: tuple[tuple[str, ...], ...]) -> None:
        self.world.membership.split(groups)

    def _mend(self) -> None:
        self.world.note("the network is whole again")
        self.world.network.mend()
        self._later(0.0, 1.0, self._split_views, ())

    def _lose_connection(self) -> None:
        names = list(self.world.nodes)
        one, other = self.world.random.sample(names, 2)
        daemon = self.world.random.choice(PEERS)
        self.world.note(f"fault: connection of {daemon.value} between {one} and {other} breaks")
        self.world.network.lose_connection(daemon, one, other)

    # ---- agents and disks -------------------------------------------------------------------------

    def _mood(self) -> None:
        """An agent misbehaves for a while: somewhere, or everywhere."""
        random = self.world.random
        primitive = random.choice([primitive for primitive in self.world.primitives if not primitive.stonith])
        where = random.choice((*self.world.nodes, ""))
        action = random.choices(ACTIONS, (4, 2, 3, 1, 1))[0]
        mood = random.choice((Mood("slow", 20.0), Mood("slow", 100.0), Mood("fail", 1), Mood("fail", 1), Mood("hang")))
        key = (primitive.id, where, action)
        self.world.note(f"fault: {key} is {mood}")
        self.world.moods.known[key] = mood
        self._later(5.0, 90.0, self.world.moods.known.pop, key, None)

    def _resource_dies(self) -> None:
        node = self._node()
        if node is not None and node.agents.running:
            resource = self.world.random.choice(list(node.agents.running))
            self.world.note(f"fault: {resource} on {node.name} dies")
            node.agents.fail(resource)

    def _fencing_mood(self) -> None:
        random = self.world.random
        target = random.choice((*self.world.nodes, "monitor"))
        mood = random.choice(("slow", "fail", "fail", "fail_but_kill", "hang"))
        self.world.note(f"fault: fencing of {target} is {mood}")
        self.world.fence_agents.moods[target] = mood
        self._later(10.0, 90.0, self.world.fence_agents.moods.pop, target, None)

    def _disk_full(self) -> None:
        node = self._node()
        if node is not None:
            self.world.note(f"fault: the disk of {node.name} is full")
            node.disk.full = True
            self._later(1.0, 40.0, self._disk_freed, node)

    def _disk_freed(self, node: Node) -> None:
        node.disk.full = False

    def _slow_disk(self) -> None:
        node = self._node()
        if node is not None:
            self.world.note(f"fault: the disk of {node.name} is slow")
            node.disk.fsync = self.world.random.uniform(0.05, 1.0)
            self._later(5.0, 60.0, self._disk_fast, node)

    def _disk_fast(self, node: Node) -> None:
        node.disk.fsync = self.world.fsync
