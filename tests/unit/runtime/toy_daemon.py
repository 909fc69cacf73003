"""Daemons with toy cores, each with its own socket, in this process."""

import asyncio
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from pcmk.kernel.core import Exit, Instant, Started
from pcmk.kernel.daemons import Daemon
from pcmk.runtime.actor import Actor
from pcmk.runtime.logs import open_log
from pcmk.runtime.network import Sockets
from pcmk.runtime.settings import Settings

SECONDS = 20


class Order(Struct, frozen=True):
    """The event by which a test makes a core have effects."""

    effects: tuple[Any, ...]
    done: "asyncio.Future[None]"


class ToyCore:
    """Keeps what happened; what is to be done about an event comes from the test."""

    def __init__(self, decide: Callable[[Any], list[Any]]) -> None:
        self._decide = decide
        self.seen: asyncio.Queue[Any] = asyncio.Queue()

    def handle(self, event: Any, now: Instant) -> list[Any]:
        assert now.wall > now.mono > 0
        if isinstance(event, Order):
            event.done.set_result(None)
            return list(event.effects)
        if not isinstance(event, Started):
            self.seen.put_nowait(event)
        return self._decide(event)


class ToyDaemon:
    """A daemon without a process of its own."""

    def __init__(self, daemon: Daemon, node: Settings, links: tuple[Daemon, ...] = ()) -> None:
        self.actor = Actor(node, "1", open_log(daemon.value, node.node_name, None))
        self._sockets = Sockets(daemon, links, False, self.actor)
        self.core = ToyCore(lambda event: self.decide(event))
        self.decide: Callable[[Any], list[Any]] = lambda _event: []

    async def start(self) -> None:
        self._sockets.claim()
        self.actor.start(self.core, None, self._sockets)
        await self._sockets.open()

    async def do(self, *effects: Any) -> None:
        """Let the core have these effects, as if an event had asked for them, and wait until they are carried out."""
        order = Order(effects, self.actor.loop.create_future())
        self.actor.post(order)
        await asyncio.wait_for(order.done, SECONDS)

    async def event(self) -> Any:
        return await asyncio.wait_for(self.core.seen.get(), SECONDS)

    async def end(self) -> Exit:
        return await asyncio.wait_for(self.actor.ended, SECONDS)

    async def stop(self) -> None:
        await self._sockets.close(1.0)
        await self.actor.stop_tasks()


Make = Callable[..., ToyDaemon]
