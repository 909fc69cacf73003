"""The membership part of a node agent: one connection to the coordinator, its views served to the node's daemons."""

import asyncio
import itertools
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pcmk.kernel.messages.common import Member, View
from pcmk.membership.wire import Json, decode, encode, member_to_json, view_from_json, view_to_json

RECONNECT_PAUSE = 0.2
CHUNK = 65536


class Relay:
    """Keeps this node a member as long as it runs.

    While the coordinator is away the last view stays, and the agent comes back under the same incarnation. A node that
    was removed (it hung) serves the view of itself alone and then asks to be admitted as new.
    """

    def __init__(self, coordinator: Path, door: Path, member: Member, log: Callable[[str, str], None]) -> None:
        self.view: View | None = None
        self._coordinator = coordinator
        self._door = door
        self._member = member
        self._log = log
        self._subscribers: list[asyncio.StreamWriter] = []
        self._lives = itertools.count(1)
        self._connection: socket.socket | None = None
        # Two that send to a full socket at the same time would lose each other's turn.
        self._sending = asyncio.Lock()
        self._asked: dict[int, tuple[asyncio.StreamWriter, object]] = {}
        self._last_asked = 0
        self._incarnation = self._new_incarnation()

    async def run(self) -> None:
        """Serve until cancelled; the node leaves then."""
        async with await asyncio.start_unix_server(self._subscribe, self._door):
            while True:
                await self._membership()
                await asyncio.sleep(RECONNECT_PAUSE)

    async def _membership(self) -> None:
        """One connection to the coordinator, from hello to its end."""
        loop = asyncio.get_running_loop()
        heartbeats: asyncio.Task[None] | None = None
        # Not a stream of asyncio: there a heartbeat that can't be sent any more makes what was received unreadable, and
        # the last words of the coordinator to a node that it removed are the ones that matter.
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as connection:
            try:
                await loop.sock_connect(connection, str(self._coordinator))
                hello = encode({"hello": member_to_json(self._member), "incarnation": self._incarnation})
                await loop.sock_sendall(connection, hello)
                self._connection = connection
                received = b""
                while data := await loop.sock_recv(connection, CHUNK):
                    *lines, received = (received + data).split(b"\n")
                    for message in map(decode, lines):
                        if isinstance(hang_time := message.get("hang_time"), int | float):
                            heartbeats = asyncio.create_task(self._heartbeats(connection, hang_time / 4))
                        else:
                            self._told(message)
            except OSError:
                # Not there, or gone; it is looked for again.
                return
            except ValueError as error:
                self._log("warning", f"{self._coordinator}: {error}")
            finally:
                self._connection = None
                self._asked.clear()
                if heartbeats is not None:
                    heartbeats.cancel()

    async def _heartbeats(self, connection: socket.socket, interval: float) -> None:
        # The reader notices a broken connection.
        with suppress(OSError):
            while True:
                await asyncio.sleep(interval)
                await self._send(connection, {"alive": True})

    def _told(self, message: Json) -> None:
        if "refused" in message:
            self._log("warning", f"Not admitted: {message['refused']}")
        elif "removed" in message:
            self._log("warning", "This node was removed: it was not heard in time; it asks to be admitted as new")
            self._incarnation = self._new_incarnation()
            self._publish(view_from_json(message["removed"]))
        elif isinstance(number := message.get("proven"), int):
            writer, asked = self._asked.pop(number)
            writer.write(encode({"proven": asked}))
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
            with suppress(OSError, ValueError):
                while line := await reader.readline():
                    await self._prove(writer, decode(line).get("prove"))
        finally:
            self._subscribers.remove(writer)
            writer.close()

    async def _prove(self, writer: asyncio.StreamWriter, asked: object) -> None:
        """Have the coordinator answer a subscriber; without it there is no answer."""
        if self._connection is None:
            return
        self._last_asked += 1
        self._asked[self._last_asked] = writer, asked
        # The reader notices a broken connection.
        with suppress(OSError):
            await self._send(self._connection, {"prove": self._last_asked})

    async def _send(self, connection: socket.socket, message: Json) -> None:
        async with self._sending:
            await asyncio.get_running_loop().sock_sendall(connection, encode(message))

    def _new_incarnation(self) -> str:
        return f"{os.getpid()}.{time.time_ns()}.{next(self._lives)}"
