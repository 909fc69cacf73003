"""One node: its supervisor and daemons, what they leave on disk and in the run folder, and what its agents run."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pcmk.kernel.core import Client, ViewChanged
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Failure, Member, View
from pcmk.pacemakerd.core import ChildExited
from tests.simulation import daemons
from tests.simulation.agents import ResourceAgents
from tests.simulation.disk import Disk
from tests.simulation.process import Process
from tests.simulation.watchdog import SoftWatchdog

if TYPE_CHECKING:
    from tests.simulation.world import World

REPAIR = 5.0
"""Seconds until somebody starts a node that goes down after the faults have ended."""
INIT_DELAY = 1.0
"""Seconds after which init starts a pacemakerd that was killed."""


class Node:
    """A machine: up or down, and when it is up perhaps stopped as a whole (SIGSTOP)."""

    def __init__(self, world: "World", name: str, id: int, disk: Disk) -> None:
        self.world = world
        self.name = name
        self.member = Member(name, id, "127.0.0.1", 7000 + 10 * id)
        self.disk = disk
        self.up = False
        self.frozen = False
        self.life = 0
        self.view: View | None = None
        self.processes: dict[Daemon, Process] = {}
        self.run_state: dict[str, Any] = {}
        self.agents = ResourceAgents(self)
        self.mono_offset = 0.0
        self.clock_skew = 0.0
        self.was_fenced = False
        self.watchdog = SoftWatchdog(self, world.watchdog)
        self.lost_resources: tuple[str, ...] = ()
        self._last_pid = 0
        self._view_arrival: dict[Daemon, float] = {}
        self._backlog: list[tuple[Callable[..., None], tuple[Any, ...]]] = []

    # ---- the machine ------------------------------------------------------------------------------

    def boot(self) -> None:
        """Power on: an empty run folder, the disk as it was, nothing running."""
        if self.up:
            return
        world = self.world
        self.up, self.frozen = True, False
        self.life += 1
        self.view = None
        self.run_state = {}
        self.mono_offset = round(world.random.uniform(10.0, 5000.0), 3)
        self.agents = ResourceAgents(self)
        world.note(f"{self.name} boots")
        world.observers.node_up(self)
        world.membership.booted(self)
        self.start_process(Daemon.PACEMAKERD, respawned=False)

    def crash(self, reason: str, *, fenced: bool = False) -> None:
        """Power off at once."""
        if not self.up:
            return
        self.world.note(f"{self.name} goes down: {reason}")
        self.up = self.frozen = False
        self._backlog.clear()
        for process in list(self.processes.values()):
            process.kill()
        self.processes.clear()
        self.was_fenced = fenced
        self.lost_resources = tuple(self.agents.possible)
        self.disk.power_lost()
        self.agents.power_lost()
        self.watchdog.power_lost()
        self.world.membership.lost(self)
        self.world.observers.node_down(self)
        if self.world.faults.healed:
            self.world.queue.after(REPAIR, self.boot)

    def panic(self, reason: str) -> None:
        """The node takes itself down, and starts again."""
        self.crash(f"panic: {reason}")
        self.world.queue.after(self.world.random.uniform(5.0, 20.0), self.boot)

    def freeze(self) -> None:
        """SIGSTOP to everything that runs here."""
        if not self.up or self.frozen:
            return
        self.world.note(f"{self.name} hangs")
        self.frozen = True
        for process in self.processes.values():
            process.freeze()
        self.world.membership.froze()

    def thaw(self) -> None:
        """SIGCONT."""
        if not self.up or not self.frozen:
            return
        self.world.note(f"{self.name} goes on")
        self.frozen = False
        backlog, self._backlog = self._backlog, []
        for do, args in backlog:
            self.world.queue.after(0.0, self.run, self.life, do, *args)
        for process in self.processes.values():
            process.thaw()

    def run(self, life: int, do: Callable[..., None], *args: Any) -> None:
        """Do something on this machine, if it still is the same life of it."""
        if not self.up or life != self.life:
            return
        if self.frozen:
            self._backlog.append((do, args))
        else:
            do(*args)

    def after(self, delay: float, do: Callable[..., None], *args: Any) -> None:
        """Let the machine do something after a delay."""
        self.world.queue.after(delay, self.run, self.life, do, *args)

    # ---- processes --------------------------------------------------------------------------------

    def start_process(self, daemon: Daemon, respawned: bool) -> Process:
        """Fork; the core begins to work once the process has loaded its program."""
        self._last_pid += 1
        pid = self.life * 10_000 + self._last_pid
        process = Process(self, daemon, pid, daemons.traits(daemon, self.world.watchdog))
        self.processes[daemon] = process
        process.frozen = self.frozen
        self.world.queue.after(0.02 + 0.1 * self.world.random.random(), process.run, self._loaded, process, respawned)
        return process

    def _loaded(self, process: Process, respawned: bool) -> None:
        body = daemons.build(process, respawned)
        self.world.network.connect_links(process)
        if process.has_views and self.view is not None:
            self._tell_view(process, self.view)
        process.start(body)
        self.world.observers.process_started(process)

    def process_exited(self, process: Process, code: int | None, signal: int | None) -> None:
        """A process ended by itself or by a signal; its parent is told."""
        if not process.alive:
            return
        process.kill()
        world = self.world
        world.note(f"{process.daemon.value} on {self.name} ended: code {code}, signal {signal}")
        if process.daemon is Daemon.PACEMAKERD:
            if code is None:
                self.after(INIT_DELAY, self._restart_supervisor)
            elif code == ExitCode.OK:
                self.after(0.1, self.crash, "it was shut down")
            else:
                self.after(0.1, self.panic, f"pacemakerd gave up with {code}")
            return
        supervisor = self.processes.get(Daemon.PACEMAKERD)
        if supervisor is not None:
            event = ChildExited(process.daemon, process.pid, code, signal)
            world.queue.after(0.001, supervisor.deliver, event)

    def _restart_supervisor(self) -> None:
        if not self.processes[Daemon.PACEMAKERD].alive:
            self.start_process(Daemon.PACEMAKERD, respawned=True)

    def kill_process(self, daemon: Daemon) -> None:
        """SIGKILL to one daemon."""
        process = self.processes.get(daemon)
        if process is not None and process.alive:
            self.process_exited(process, None, 9)

    # ---- views and clients ------------------------------------------------------------------------

    def view_told(self, view: View) -> None:
        """The node's agent read a view; each daemon gets to know of it in its own time."""
        if self.view is not None and view.id <= self.view.id:
            return
        self.view = view
        for process in self.processes.values():
            if process.has_views and process.alive and process.body is not None:
                self._tell_view(process, view)

    def _tell_view(self, process: Process, view: View) -> None:
        queue = self.world.queue
        process.view_arrival = max(process.view_arrival, queue.now + self.world.network.local_delay() * 5)
        queue.at(process.view_arrival, process.run, self._see_view, process, view)

    def _see_view(self, process: Process, view: View) -> None:
        if process.view is not None and view.id <= process.view.id:
            return
        self.world.network.view_changed(process, view)
        process.deliver(ViewChanged(view))

    def ask(
        self, daemon: Daemon, name: str, body: Message, answer: Callable[[Message], None], timeout: float = 60.0
    ) -> None:
        """A program on this node asks a daemon; `answer` is called once, as long as the node lives."""
        _Question(self, daemon, name, body, answer, timeout)


class _Question:
    """A program with one request."""

    def __init__(
        self,
        node: Node,
        daemon: Daemon,
        name: str,
        body: Message,
        answer: Callable[[Message], None],
        timeout: float,
    ) -> None:
        self._node = node
        self._answer: Callable[[Message], None] | None = answer
        process = node.processes.get(daemon)
        if process is None or not process.alive or process.body is None:
            node.after(0.001, self._done, Failure(ExitCode.DISCONNECT, f"{daemon.value} does not listen"))
            return
        self._process = process
        self._number = 0
        process.clients.append(self._hung_up)
        client = Client(name, 1, 0, "root")
        delay = node.world.network.local_delay
        node.world.queue.after(delay(), process.run, self._arrived, client, body)
        node.after(timeout, self._late)

    def _arrived(self, client: Client, body: Message) -> None:
        self._number = self._process.next_request
        self._process.request(client, body, self._replied)

    def _replied(self, body: Message) -> None:
        self._node.after(self._node.world.network.local_delay(), self._done, body)

    def _hung_up(self) -> None:
        self._node.after(0.001, self._done, Failure(ExitCode.DISCONNECT, "the connection broke"))

    def _late(self) -> None:
        if self._answer is not None:
            if self._number:
                self._process.run(self._process.request_gone, self._number)
            self._done(Failure(ExitCode.TIMEOUT, "no answer in time"))

    def _done(self, body: Message) -> None:
        answer, self._answer = self._answer, None
        if answer is not None:
            answer(body)
