"""What carries messages: links between the daemons of a node, and streams between the same daemon of two nodes.

Both keep the promises of the real transport and no more. A link is FIFO in both directions; every call gets exactly one
result. A stream is FIFO and without loss between `PeerUp` and `PeerDown`, of which the two sides learn at different
times; what is under way when it breaks may or may not arrive.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from pcmk.kernel.core import Call, CallResult, Client, LinkDown, LinkUp, Notice, PeerDown, PeerMessage, PeerUp, Send
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Failure, View
from tests.simulation.process import Process

if TYPE_CHECKING:
    from tests.simulation.world import World

PEERS = (Daemon.BASED, Daemon.ATTRD, Daemon.CONTROLD, Daemon.FENCED)
KEEPALIVE = (2.0, 5.0)
"""After how many seconds a silent stream is given up, at least and at most."""


class Delays(Struct):
    """Seconds that a message takes, as the seed decides; `spike` is the share of messages that take far longer."""

    local: float = 0.0002
    peer: float = 0.001
    spike: float = 0.002
    spike_seconds: float = 0.3


class Link:
    """One connection from a daemon to another daemon of its node."""

    def __init__(self, network: "Network", caller: Process, callee: Process) -> None:
        self.network = network
        self.caller = caller
        self.callee = callee
        self.up = False
        self.ended = False
        self._client = Client(caller.daemon.value, caller.pid, 0, "hacluster")
        self._there = 0.0
        self._back = 0.0
        self._last = 0
        self._waiting: dict[int, int] = {}
        self._open: dict[int, int] = {}

    # ---- at the caller ----------------------------------------------------------------------------

    def opened(self) -> None:
        if not self.ended:
            self.up = True
            self.caller.deliver(LinkUp(self.callee.daemon))

    def call(self, effect: Call) -> None:
        self._last += 1
        number = self._last
        self._waiting[number] = effect.id
        self._forth(self._asked, number, effect.body)
        self.network.world.queue.after(effect.timeout, self.caller.run, self._give_up, number)

    def _give_up(self, number: int) -> None:
        id = self._waiting.pop(number, None)
        if id is not None:
            self._forth(self._withdrawn, number)
            self.caller.deliver(CallResult(id, Failure(ExitCode.TIMEOUT, "no answer in time")))

    def _answered(self, number: int, body: Message) -> None:
        id = self._waiting.pop(number, None)
        if id is not None and not self.ended:
            self.caller.deliver(CallResult(id, body))

    def _told(self, body: Message) -> None:
        if self.up and not self.ended:
            self.caller.deliver(Notice(self.callee.daemon, body))

    def broken(self) -> None:
        """The callee is gone."""
        if self.ended:
            return
        self.ended = True
        was_up, self.up = self.up, False
        if self.caller.links.get(self.callee.daemon) is self:
            del self.caller.links[self.callee.daemon]
        waiting, self._waiting = self._waiting, {}
        for id in waiting.values():
            self.caller.deliver(CallResult(id, Failure(ExitCode.DISCONNECT, "the daemon ended")))
        if was_up:
            self.caller.deliver(LinkDown(self.callee.daemon))

    # ---- at the callee ----------------------------------------------------------------------------

    def accepted(self) -> None:
        """The connection is made: from now on notices are sent to it."""
        if not self.ended:
            self.callee.served.append(self)
            self._send_back(self.opened)

    def notice(self, body: Message) -> None:
        self._send_back(self._told, body)

    def _asked(self, number: int, body: Message) -> None:
        if not self.ended:
            # The number is known before the core may answer.
            self._open[number] = self.callee.next_request
            self.callee.request(self._client, body, lambda answer: self._reply(number, answer))

    def _reply(self, number: int, body: Message) -> None:
        if self._open.pop(number, None) is not None:
            self._send_back(self._answered, number, body)

    def _withdrawn(self, number: int) -> None:
        ours = self._open.pop(number, None)
        if ours is not None:
            self.callee.request_gone(ours)

    def gone(self) -> None:
        """The caller is gone."""
        self.ended = True
        if self in self.callee.served:
            self.callee.served.remove(self)
        unanswered, self._open = self._open, {}
        for ours in unanswered.values():
            self.callee.request_gone(ours)

    # ---- on the way -------------------------------------------------------------------------------

    def _forth(self, do: Callable[..., None], *args: Any) -> None:
        queue = self.network.world.queue
        self._there = max(self._there, queue.now + self.network.local_delay())
        queue.at(self._there, self.callee.run, do, *args)

    def _send_back(self, do: Callable[..., None], *args: Any) -> None:
        queue = self.network.world.queue
        self._back = max(self._back, queue.now + self.network.local_delay())
        queue.at(self._back, self.caller.run, do, *args)

    def callee_died(self) -> None:
        """What the callee had written before its end is read, or not."""
        if self.network.world.random.random() < 0.5:
            self._send_back(self.broken)
        else:
            self.network.world.queue.after(0.0, self.caller.run, self.broken)


class End(Struct):
    """One side of a stream pair."""

    process: Process
    up: bool = False
    closed: bool = False
    deaf: bool = False
    arrival: float = 0.0
    early: list[PeerMessage] = field(default_factory=list[PeerMessage])


class Session:
    """The pair of streams between two processes, from its making until both sides have given it up."""

    def __init__(self, network: "Network", first: Process, second: Process) -> None:
        self.network = network
        self.ends = (End(first), End(second))
        self.cut = False
        self.dry = False

    def end_of(self, process: Process) -> End:
        return self.ends[0] if self.ends[0].process is process else self.ends[1]

    def other(self, end: End) -> End:
        return self.ends[1] if end is self.ends[0] else self.ends[0]

    def opened(self, end: End) -> None:
        if end.closed:
            return
        other = self.other(end).process
        view = end.process.view
        if view is None or other.node.name not in view.names:
            self.close(end)
            return
        end.up = True
        end.process.deliver(PeerUp(other.node.name, other.incarnation))
        early, end.early = end.early, []
        for message in early:
            if end.up:
                end.process.deliver(message)

    def send(self, end: End, term: int, body: Message) -> None:
        other = self.other(end)
        if self.cut or other.closed or other.deaf:
            return
        queue = self.network.world.queue
        other.arrival = max(other.arrival, queue.now + self.network.peer_delay())
        message = PeerMessage(end.process.node.name, term, body)
        queue.at(other.arrival, other.process.run, self._arrived, other, message)

    def _arrived(self, end: End, message: PeerMessage) -> None:
        if end.closed or self.dry:
            return
        if end.up:
            end.process.deliver(message)
        else:
            end.early.append(message)

    def close(self, end: End) -> None:
        """One side gives the streams up: its view, its end, or the other side's closing, makes it do so."""
        if end.closed:
            return
        end.closed = True
        was_up, end.up = end.up, False
        other = self.other(end)
        if was_up and end.process.alive:
            end.process.deliver(PeerDown(other.process.node.name))
        if not other.closed and not self.cut and not other.deaf:
            queue = self.network.world.queue
            if not other.process.alive:
                other.closed = True
            elif self.network.world.random.random() < 0.5:
                queue.at(max(other.arrival, queue.now), other.process.run, self.close, other)
            else:
                queue.after(self.network.peer_delay(), other.process.run, self.close, other)
        self.network.session_closed(self)

    def lose(self, least: float, most: float) -> None:
        """Nothing gets through any more; each side finds out by itself."""
        if self.cut:
            return
        world = self.network.world
        self.cut = True
        # What is under way may be lost as well.
        self.dry = world.random.random() < 0.5
        self._given_up(least, most)

    def deafen(self, end: End, least: float, most: float) -> None:
        """Nothing gets through to one side any more. It hears no answers, and so the other side hears none either."""
        if not self.cut and not end.deaf:
            end.deaf = True
            self._given_up(least, most)

    def _given_up(self, least: float, most: float) -> None:
        world = self.network.world
        for end in self.ends:
            world.queue.after(world.random.uniform(least, most), end.process.run, self.close, end)


class Network:
    """All connections of the world."""

    def __init__(self, world: "World", delays: Delays) -> None:
        self.world = world
        self.delays = delays
        self._partition: dict[str, int] = {}
        self._deaf: set[tuple[str, str]] = set()
        self._sessions: dict[tuple[Daemon, str, str], Session] = {}

    def local_delay(self) -> float:
        random = self.world.random.random
        delays = self.delays
        return delays.local * (0.5 + random()) if random() >= delays.spike else delays.spike_seconds * 0.2 * random()

    def peer_delay(self) -> float:
        random = self.world.random.random
        delays = self.delays
        return delays.peer * (0.5 + random()) if random() >= delays.spike else delays.spike_seconds * random()

    # ---- effects of processes ---------------------------------------------------------------------

    def call(self, caller: Process, effect: Call) -> None:
        link = caller.links.get(effect.daemon)
        if link is not None and link.up:
            link.call(effect)
            return
        failure = CallResult(effect.id, Failure(ExitCode.DISCONNECT, f"{effect.daemon.value} is not running"))
        self.world.queue.after(0.0, caller.deliver, failure)

    def publish(self, process: Process, body: Message) -> None:
        self.world.observers.published(process, body)
        for link in process.served:
            link.notice(body)

    def send(self, process: Process, effect: Send) -> None:
        session = self._sessions.get(_key(process.daemon, process.node.name, effect.node))
        if session is None:
            return
        end = session.end_of(process)
        if end.process is process and end.up:
            session.send(end, effect.term, effect.body)

    # ---- processes come and go --------------------------------------------------------------------

    def connect_links(self, process: Process) -> None:
        """A process listens: its own links are made, and those of the others to it."""
        for other in process.node.processes.values():
            if other.alive and other is not process and other.body is not None:
                if other.daemon in process.wanted_links:
                    self._connect(process, other)
                if process.daemon in other.wanted_links:
                    self._connect(other, process)

    def _connect(self, caller: Process, callee: Process) -> None:
        link = Link(self, caller, callee)
        caller.links[callee.daemon] = link
        self.world.queue.after(0.005 + 0.03 * self.world.random.random(), callee.run, link.accepted)

    def process_ended(self, process: Process) -> None:
        for link in process.links.values():
            link.ended = True
            self.world.queue.after(self.local_delay(), link.callee.run, link.gone)
        for other in process.node.processes.values():
            link = other.links.get(process.daemon)
            if link is not None and link.callee is process:
                link.callee_died()
        if process.has_peers:
            for session in list(self._sessions.values()):
                for end in session.ends:
                    if end.process is process:
                        session.close(end)

    # ---- streams between nodes --------------------------------------------------------------------

    def view_changed(self, process: Process, view: View) -> None:
        """Before the core sees a view: leave those who left, call those who came."""
        process.view = view
        if not process.has_peers:
            return
        own = process.node.name
        names = view.names if own in view.names else ()
        for (daemon, first, second), session in list(self._sessions.items()):
            if daemon is process.daemon and own in (first, second):
                end = session.end_of(process)
                if end.process is process and (second if own == first else first) not in names:
                    session.close(end)
        for name in names:
            if name != own:
                self._consider(process.daemon, own, name, 0.002)

    def session_closed(self, session: Session) -> None:
        """One side closed; when both have, they try again."""
        first, second = session.ends
        if not (first.closed and second.closed):
            return
        key = _key(first.process.daemon, first.process.node.name, second.process.node.name)
        if self._sessions.get(key) is session:
            del self._sessions[key]
        self._consider(*key, 0.05)

    def _consider(self, daemon: Daemon, one: str, other: str, delay: float) -> None:
        self.world.queue.after(delay * (1 + self.world.random.random()), self._knock, _key(daemon, one, other))

    def _knock(self, key: tuple[Daemon, str, str]) -> None:
        processes = self._able(key)
        if processes is not None:
            # The answer of a stopped process has to wait.
            first, second = processes
            first.run(second.run, self._shake_hands, key, first, second)

    def _able(self, key: tuple[Daemon, str, str]) -> tuple[Process, Process] | None:
        daemon, one, other = key
        first = self.world.nodes[one].processes.get(daemon)
        second = self.world.nodes[other].processes.get(daemon)
        if first is None or second is None or not (first.alive and second.alive) or not self.connected(one, other):
            return None
        if first.view is None or second.view is None or other not in first.view.names or one not in second.view.names:
            return None
        return first, second

    def _shake_hands(self, key: tuple[Daemon, str, str], first: Process, second: Process) -> None:
        if self._able(key) != (first, second):
            return
        old = self._sessions.get(key)
        if old is not None:
            if (old.ends[0].process, old.ends[1].process) == (first, second):
                return
            # A former life of one of them: void.
            for end in old.ends:
                if end.process.alive:
                    end.process.run(old.close, end)
            if self._sessions.get(key) is not None:
                return
        session = Session(self, first, second)
        self._sessions[key] = session
        for end in session.ends:
            self.world.queue.after(self.peer_delay(), end.process.run, session.opened, end)

    # ---- faults -----------------------------------------------------------------------------------

    def connected(self, one: str, other: str) -> bool:
        """Whether packets go from one node to another and back."""
        deaf = (one, other) in self._deaf or (other, one) in self._deaf
        return not deaf and self._partition.get(one) == self._partition.get(other)

    def cut(self, groups: tuple[tuple[str, ...], ...]) -> None:
        """Nothing passes between groups any more; nobody is told."""
        self._partition = {name: number for number, group in enumerate(groups) for name in group}
        for (_daemon, one, other), session in list(self._sessions.items()):
            if not self.connected(one, other):
                session.lose(*KEEPALIVE)

    def deafen(self, one: str, other: str) -> None:
        """Nothing that the other sends comes to the one any more; nobody is told."""
        self._deaf.add((one, other))
        for (_daemon, *pair), session in list(self._sessions.items()):
            if {one, other} == set(pair):
                session.deafen(next(end for end in session.ends if end.process.node.name == one), *KEEPALIVE)

    def mend(self) -> None:
        """Packets pass again."""
        self._partition = {}
        self._deaf = set()
        names = sorted(self.world.nodes)
        for index, one in enumerate(names):
            for other in names[index + 1 :]:
                for daemon in PEERS:
                    self._consider(daemon, one, other, 0.1)

    def lose_connection(self, daemon: Daemon, one: str, other: str) -> None:
        """The streams of one daemon between two nodes break."""
        session = self._sessions.get(_key(daemon, one, other))
        if session is not None:
            session.lose(0.0, 0.5)


def _key(daemon: Daemon, one: str, other: str) -> tuple[Daemon, str, str]:
    return (daemon, one, other) if one < other else (daemon, other, one)
