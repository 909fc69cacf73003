"""How the parts of the core speak to the world: effects go out in order, answers come back to who asked."""

from collections import deque
from collections.abc import Callable
from typing import TypeAlias

from pcmk.controld.events import Effect
from pcmk.kernel.core import Call, CancelTimer, Instant, Log, PeerMessage, Reply, Send, SetTimer
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages import Message

Then: TypeAlias = Callable[[Message], None]


class Port:
    """Collects the effects of one event, and remembers what to do with answers and timers."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.now = Instant(0.0, 0.0)
        self._effects: list[Effect] = []
        self._calls: dict[int, Then] = {}
        self._timers: dict[str, Callable[[], None]] = {}
        self._loop: deque[PeerMessage] = deque()
        self._last_id = 0

    @property
    def epoch(self) -> int:
        """Whole seconds since the epoch."""
        return int(self.now.wall)

    def next_id(self) -> int:
        """An id that no other call uses."""
        self._last_id += 1
        return self._last_id

    def emit(self, effect: Effect) -> None:
        """Add an effect."""
        self._effects.append(effect)

    def take(self) -> list[Effect]:
        """The effects since the last time."""
        effects, self._effects = self._effects, []
        return effects

    def call(self, daemon: Daemon, body: Message, then: Then, timeout: float = 30.0) -> None:
        """Ask a daemon of this node; `then` gets the answer or a `Failure`, once."""
        id = self.next_id()
        self._calls[id] = then
        self.emit(Call(id, daemon, body, timeout))

    def answered(self, id: int, body: Message) -> None:
        """Hand an answer to who asked."""
        then = self._calls.pop(id, None)
        if then is not None:
            then(body)

    def after(self, key: str, delay: float, then: Callable[[], None]) -> None:
        """(Re)start a timer."""
        self._timers[key] = then
        self.emit(SetTimer(key, max(0.0, delay)))

    def stop_timer(self, key: str) -> None:
        """Stop a timer if it runs."""
        if self._timers.pop(key, None) is not None:
            self.emit(CancelTimer(key))

    def timer_runs(self, key: str) -> bool:
        """Whether a timer was started and neither fired nor was stopped."""
        return key in self._timers

    def fired(self, key: str) -> None:
        """Do what a timer was for."""
        then = self._timers.pop(key, None)
        if then is not None:
            then()

    def send(self, node: str, term: int, body: Message) -> None:
        """Send to the controller of a node; what goes to the own node is handled after the present event."""
        if node == self.node:
            self._loop.append(PeerMessage(node, term, body))
        else:
            self.emit(Send(node, term, body))

    def looped(self) -> PeerMessage | None:
        """The next message from this controller to itself."""
        return self._loop.popleft() if self._loop else None

    def reply(self, id: int, body: Message) -> None:
        """Answer a client."""
        self.emit(Reply(id, body))

    def log(self, level: str, text: str, /, **fields: str) -> None:
        """Write a log line."""
        self.emit(Log(level, text, tuple(fields.items())))
