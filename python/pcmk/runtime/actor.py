"""The actor: one mailbox, one core, and the way its effects take.

`Actor` is what a daemon's `shell.py` works with: it posts events and starts tasks through it, and hands it a handler
for the effects that only this daemon has. Effects that all daemons share are carried out here: replies, calls and
notices through `Network`, timers, log lines, and the end of the process.
"""

import asyncio
import time
import traceback
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from pcmk.kernel.core import (
    Call,
    CancelTimer,
    Client,
    Core,
    Exit,
    Instant,
    Log,
    MembershipProven,
    ProveMembership,
    Publish,
    Reply,
    Request,
    RequestGone,
    Send,
    SetTimer,
    TimerFired,
)
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.runtime.logs import Logger
from pcmk.runtime.settings import Settings

# Events handled before other tasks of the loop get their turn.
_BATCH = 64


class EffectHandler(Protocol):
    """Carries out the effects that only one daemon has; given by the daemon's shell."""

    def carry_out(self, effect: Any) -> None:
        """Begin to carry out an effect and return at once; what takes time is a task (`Actor.spawn`), whose outcome is
        posted as an event. An exception is a bug and ends the process."""
        ...

    async def close(self) -> None:
        """The process ends: release what is held (agents' helper, files). At most two seconds."""
        ...


class Network(Protocol):
    """What the actor needs of sockets."""

    def call(self, daemon: Daemon, id: int, body: Message, timeout: float) -> None:
        """Ask a local daemon; a `CallResult` is posted later."""
        ...

    def publish(self, body: Message) -> None:
        """Send a notice to all subscribers."""
        ...

    def send(self, node: str, term: int, body: Message) -> None:
        """Send to the same daemon of another node."""
        ...


class Membership(Protocol):
    """What the actor needs of the membership engine."""

    async def prove(self) -> bool:
        """See `pcmk.membership.base.Backend`."""
        ...


class Actor:
    """One core with its mailbox. All methods belong to the loop's thread; from another thread use
    `actor.loop.call_soon_threadsafe(actor.post, event)`."""

    def __init__(self, settings: Settings, incarnation: str, logger: Logger) -> None:
        self.settings = settings
        self.incarnation = incarnation
        self.loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[Exit] = self.loop.create_future()
        self.membership: Membership | None = None
        self._logger = logger
        self._core: Core[Any, Any] | None = None
        self._handler: EffectHandler | None = None
        self._network: Network | None = None
        self._mailbox: deque[Any] = deque()
        self._draining = False
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._answers: dict[int, Callable[[Message], None]] = {}
        self._last_request = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, core: Core[Any, Any], handler: EffectHandler | None, network: Network) -> None:
        """Begin to handle the events of the mailbox, those posted earlier included."""
        self._core = core
        self._handler = handler
        self._network = network
        self._wake()

    # ---- for shells -------------------------------------------------------------------------------

    def post(self, event: Any) -> None:
        """Put an event into the mailbox."""
        self._mailbox.append(event)
        self._wake()

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run a coroutine beside the core; it is cancelled when the process ends, and its exception is a bug."""
        task = self.loop.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._task_ended)
        return task

    def log(self, level: str, text: str, /, **fields: str) -> None:
        """Write a log line."""
        self._logger.log(level, text, **fields)

    def now(self) -> Instant:
        """The time, as cores are told it."""
        return Instant(mono=time.monotonic(), wall=time.time())

    def crash(self, what: str, error: BaseException) -> None:
        """End the process because of a bug, so that it is started anew in a clean state."""
        if not self.ended.done():
            self.log("crit", f"{what}: {''.join(traceback.format_exception(error)).rstrip()}")
            self.ended.set_result(Exit(ExitCode.SOFTWARE, f"{what}: {error!r}"))

    # ---- for sockets ------------------------------------------------------------------------------

    def request(self, client: Client, body: Message, answer: Callable[[Message], None]) -> int:
        """Hand a client's request to the core; `answer` is called once unless `request_gone` comes first."""
        self._last_request += 1
        self._answers[self._last_request] = answer
        self.post(Request(self._last_request, client, body))
        return self._last_request

    def request_gone(self, id: int) -> None:
        """The client does not wait for its answer any more."""
        if self._answers.pop(id, None) is not None:
            self.post(RequestGone(id))

    async def stop_tasks(self) -> None:
        """Cancel the timers and the tasks of `spawn`."""
        for timer in self._timers.values():
            timer.cancel()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ---- inside -----------------------------------------------------------------------------------

    def _wake(self) -> None:
        if not self._draining and self._core is not None and self._mailbox:
            self._draining = True
            self.loop.call_soon(self._drain)

    def _drain(self) -> None:
        self._draining = False
        for _ in range(_BATCH):
            if not self._mailbox or self.ended.done():
                return
            event = self._mailbox.popleft()
            try:
                self._handle(event)
            except Exception as error:  # noqa: BLE001 - whatever a core raises is a bug, and is reported as one
                self.crash(f"Bug while handling {type(event).__name__}", error)
        self._wake()

    def _handle(self, event: Any) -> None:
        assert self._core is not None and self._network is not None
        if isinstance(event, _TimerRanOut):
            # A timer that was cancelled or set anew after it ran out must not be seen by the core.
            if self._timers.get(event.key) is not event.handle:
                return
            del self._timers[event.key]
            event = TimerFired(event.key)
        for effect in self._core.handle(event, self.now()):
            self._carry_out(effect, self._network)
            if self.ended.done():
                return

    def _carry_out(self, effect: Any, network: Network) -> None:
        match effect:
            case Reply():
                answer = self._answers.pop(effect.id, None)
                if answer is not None:
                    answer(effect.body)
            case Call():
                network.call(effect.daemon, effect.id, effect.body, effect.timeout)
            case Publish():
                network.publish(effect.body)
            case Send():
                network.send(effect.node, effect.term, effect.body)
            case SetTimer():
                self._set_timer(effect.key, effect.delay)
            case CancelTimer():
                self._cancel_timer(effect.key)
            case Log():
                self._logger.log(effect.level, effect.text, **dict(effect.fields))
            case ProveMembership():
                self.spawn(self._prove(effect.id), "proof of membership")
            case Exit():
                self.ended.set_result(effect)
            case _:
                if self._handler is None:
                    raise TypeError(f"no handler for the effect {type(effect).__name__}")
                self._handler.carry_out(effect)

    async def _prove(self, id: int) -> None:
        self.post(MembershipProven(id, self.membership is not None and await self.membership.prove()))

    def _set_timer(self, key: str, delay: float) -> None:
        self._cancel_timer(key)
        ran_out = _TimerRanOut(key)
        ran_out.handle = self._timers[key] = self.loop.call_later(delay, self.post, ran_out)

    def _cancel_timer(self, key: str) -> None:
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()

    def _task_ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.crash(f"Bug in {task.get_name()}", error)


class _TimerRanOut:
    """In the mailbox until the core's turn comes; turned into `TimerFired` if the timer is still the current one."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.handle: asyncio.TimerHandle | None = None
