"""One process: a core with its mailbox, timers and sockets, as the runtime's actor would drive it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from pcmk.kernel.core import (
    Call,
    CancelTimer,
    Client,
    Exit,
    Instant,
    Log,
    ProveMembership,
    Publish,
    Reply,
    Request,
    RequestGone,
    Send,
    SetTimer,
    Started,
    Terminate,
    TimerFired,
)
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import View
from tests.simulation.clock import EPOCH

if TYPE_CHECKING:
    from tests.simulation.network import Link
    from tests.simulation.node import Node


class Body(Protocol):
    """What differs from daemon to daemon: its core and how its own effects are carried out."""

    core: Any

    def carry_out(self, effect: Any) -> None:
        """Begin to carry out an effect; its outcome is posted later."""
        ...

    def killed(self) -> None:
        """The process ends; what it had begun goes on or stops as it would on a real node."""
        ...


class Traits(Struct, frozen=True):
    """How a daemon is connected, as its `__main__` says."""

    links: tuple[Daemon, ...] = ()
    peers: bool = False
    views: bool = False


class CoreFailedError(Exception):
    """A core raised an exception, which in a real process ends it."""


class Process:
    """A process from its start to its end; a respawned daemon is another one."""

    def __init__(self, node: "Node", daemon: Daemon, pid: int, traits: "Traits") -> None:
        self.node = node
        self.daemon = daemon
        self.pid = pid
        self.world = node.world
        self.incarnation = f"{node.name}-{pid}"
        self.wanted_links = traits.links
        self.has_views = traits.views
        self.has_peers = traits.peers
        self.alive = True
        self.frozen = False
        self.view: View | None = None
        self.links: dict[Daemon, Link] = {}
        self.served: list[Link] = []
        self.body: Body | None = None
        self.view_arrival = 0.0
        self.clients: list[Callable[[], None]] = []
        self._handle: Callable[[Any, Instant], list[Any]] | None = None
        self._backlog: list[tuple[Callable[..., None], tuple[Any, ...]]] = []
        self._timers: dict[str, int] = {}
        self._last_timer = 0
        self._answers: dict[int, Callable[[Message], None]] = {}
        self._last_request = 0

    def start(self, body: Body) -> None:
        """The first event of the core's life."""
        self.body = body
        self._handle = body.core.handle
        self.deliver(Started())

    # ---- being scheduled --------------------------------------------------------------------------

    def run(self, do: Callable[..., None], *args: Any) -> None:
        """Do something inside of the process: never when it is dead, later when it is stopped."""
        if not self.alive:
            return
        if self.frozen:
            self._backlog.append((do, args))
        else:
            do(*args)

    def terminate(self) -> None:
        """SIGTERM; a process that has not loaded its program yet dies of it."""
        if self.body is None:
            self.node.process_exited(self, None, 15)
        else:
            self.deliver(Terminate())

    def freeze(self) -> None:
        """SIGSTOP."""
        self.frozen = True

    def thaw(self) -> None:
        """SIGCONT: what piled up is handled now. Only what comes from the same source has an order."""
        if not self.frozen:
            return
        self.frozen = False
        backlog, self._backlog = self._backlog, []
        timers = [entry for entry in backlog if entry[0] == self._timer_fired]
        others = [entry for entry in backlog if entry[0] != self._timer_fired]
        first, second = (timers, others) if self.world.random.random() < 0.5 else (others, timers)
        for do, args in (*first, *second):
            self.world.queue.after(0.0, self.run, do, *args)

    def kill(self) -> None:
        """The process is gone, without a last word."""
        if not self.alive:
            return
        self.alive = False
        self._backlog.clear()
        self._timers.clear()
        if self.body is not None:
            self.body.killed()
        self.world.network.process_ended(self)
        clients, self.clients = self.clients, []
        for hung_up in clients:
            hung_up()

    # ---- the core ---------------------------------------------------------------------------------

    def deliver(self, event: Any) -> None:
        """Hand an event to the core and carry out what it wants."""
        if not self.alive or self._handle is None:
            return
        if self.frozen:
            self._backlog.append((self.deliver, (event,)))
            return
        world = self.world
        now = world.queue.now
        if world.traced:
            world.trace(self, event)
        try:
            effects = self._handle(event, Instant(now + self.node.mono_offset, EPOCH + now + self.node.clock_skew))
        except Exception as error:
            raise CoreFailedError(
                f"{self.daemon.value} on {self.node.name} raised {error!r} at {type(event).__name__}"
            ) from error
        for effect in effects:
            self._carry_out(effect)
            if not self.alive:
                return

    @property
    def next_request(self) -> int:
        """The number that the next request will have."""
        return self._last_request + 1

    def request(self, client: Client, body: Message, answer: Callable[[Message], None]) -> int:
        """A client asks; `answer` is called at most once."""
        self._last_request += 1
        self._answers[self._last_request] = answer
        number = self._last_request
        self.deliver(Request(number, client, body))
        return number

    def request_gone(self, number: int) -> None:
        """The client of a request does not wait any more."""
        if self._answers.pop(number, None) is not None:
            self.deliver(RequestGone(number))

    def _carry_out(self, effect: Any) -> None:
        kind = type(effect)
        if kind is SetTimer:
            self._last_timer += 1
            self._timers[effect.key] = self._last_timer
            queue = self.world.queue
            queue.after(effect.delay, self.run, self._timer_fired, effect.key, self._last_timer)
        elif kind is Send:
            self.world.network.send(self, effect)
        elif kind is Call:
            self.world.network.call(self, effect)
        elif kind is Reply:
            answer = self._answers.pop(effect.id, None)
            if answer is not None:
                answer(effect.body)
        elif kind is Publish:
            self.world.network.publish(self, effect.body)
        elif kind is CancelTimer:
            self._timers.pop(effect.key, None)
        elif kind is Log:
            self.world.log(self, effect)
        elif kind is ProveMembership:
            self.world.membership.prove(self, effect.id)
        elif kind is Exit:
            self.node.process_exited(self, effect.code, None)
        else:
            assert self.body is not None
            self.body.carry_out(effect)

    def _timer_fired(self, key: str, number: int) -> None:
        if self._timers.get(key) == number:
            del self._timers[key]
            self.deliver(TimerFired(key))
