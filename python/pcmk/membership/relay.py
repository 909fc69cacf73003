"""The membership part of a node agent: one connection to the coordinator, its views served to the node's daemons."""

import asyncio
import itertools
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pcmk.kernel.messages.common import Member, View
from pcmk.membership.wire import Json, decode, encode, member_to_json, view_from_json, view_to_json

RECONNECT_PAUSE = 0.2


class Relay:
    """Keeps this node a member as long as it runs.

    While the coordinator is away the last view stays, and the agent comes back under the same incarnation. A node that
    was removed (it hung) serves the view of itself alone and then asks to be admitted as new.
    """

    def __init__(self, coordinator: Path, socket: Path, member: Member, log: Callable[[str, str], None]) -> None:
        self.view: View | None = None
        self._coordinator = coordinator
        self._socket = socket
        self._member = member
        self._log = log
        self._subscribers: list[asyncio.StreamWriter] = []
        self._lives = itertools.count(1)
        self._incarnation = self._new_incarnation()

    async def run(self) -> None:
        """Serve until cancelled; the node leaves then."""
        async with await asyncio.start_unix_server(self._subscribe, self._socket):
            while True:
                await self._membership()
                await asyncio.sleep(RECONNECT_PAUSE)

    async def _membership(self) -> None:
        """One connection to the coordinator, from hello to its end."""
        try:
            reader, writer = await asyncio.open_unix_connection(self._coordinator, limit=1 << 20)
        except OSError:
            return
        heartbeats: asyncio.Task[None] | None = None
        try:
            writer.write(encode({"hello": member_to_json(self._member), "incarnation": self._incarnation}))
            while line := await reader.readline():
                message = decode(line)
                if isinstance(hang_time := message.get("hang_time"), int | float):
                    heartbeats = asyncio.create_task(self._heartbeats(writer, hang_time / 4))
                else:
                    self._told(message)
        except (OSError, ValueError) as error:
            self._log("warning", f"{self._coordinator}: {error}")
        finally:
            if heartbeats is not None:
                heartbeats.cancel()
            writer.close()

    async def _heartbeats(self, writer: asyncio.StreamWriter, interval: float) -> None:
        # The reader's side notices a broken connection.
        with suppress(OSError):
            while True:
                await asyncio.sleep(interval)
                writer.write(encode({"alive": True}))
                await writer.drain()

    def _told(self, message: Json) -> None:
        if "refused" in message:
            self._log("warning", f"Not admitted: {message['refused']}")
        elif "removed" in message:
            self._log("warning", "This node was removed: it was not heard in time; it asks to be admitted as new")
            self._incarnation = self._new_incarnation()
            self._publish(view_from_json(message["removed"]))
        elif "view" in message:
            self._publish(view_from_json(message["view"]))
        else:
            raise ValueError(f"unknown message {message!r}")

    def _publish(self, view: View) -> None:
        if self.view is not None and view.id <= self.view.id:
            return
        self.view = view
        self._log("notice", f"View {view.id}: {', '.join(view.names)}{'' if view.quorate else ', no quorum'}")
        line = encode({"view": view_to_json(view)})
        for writer in self._subscribers:
            writer.write(line)

    async def _subscribe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.view is not None:
            writer.write(encode({"view": view_to_json(self.view)}))
        self._subscribers.append(writer)
        try:
            # Subscribers say nothing; the read ends when they hang up.
            with suppress(OSError):
                await reader.read()
        finally:
            self._subscribers.remove(writer)
            writer.close()

    def _new_incarnation(self) -> str:
        return f"{os.getpid()}.{time.time_ns()}.{next(self._lives)}"
