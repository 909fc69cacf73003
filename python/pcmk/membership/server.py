"""The coordinator as a process: node agents and the sandbox's commands talk to it on one Unix socket.

Lines of a node agent: `hello` (first), then `alive` every quarter of the hang time, which the answer to `hello` tells,
and `prove`, which is answered by `proven` after all views before it.
Lines of a command: `ask` with `status` or `split`; each is answered by one line.
"""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import assert_never, cast

from pcmk.kernel.core import Instant, Log
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.membership import record
from pcmk.membership.coordinator import (
    Coordinator,
    Event,
    Gone,
    Heard,
    Hello,
    Record,
    Refuse,
    Save,
    Split,
    TellRemoved,
    TellView,
    Tick,
)
from pcmk.membership.votes import VoteRules
from pcmk.membership.wire import Json, decode, encode, member_from_json, view_to_json


class CoordinatorServer:
    """Serves one cluster; `state` is the file of its record."""

    def __init__(
        self, socket: Path, state: Path, rules: VoteRules, hang_time: float, log: Callable[[str, str], None]
    ) -> None:
        self._socket = socket
        self._state = state
        self._hang_time = hang_time
        self._log = log
        self._core = Coordinator(rules, hang_time, record.load(state))
        self._writers: dict[int, asyncio.StreamWriter] = {}
        self._last_connection = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set. `PcmkError` when another coordinator answers or the socket can't be made."""
        await self._claim()
        try:
            server = await asyncio.start_unix_server(self._client, self._socket)
        except OSError as error:
            raise PcmkError(ExitCode.CANTCREAT, f"{self._socket}: {error.strerror or error}") from error
        ticking = asyncio.create_task(self._tick())
        try:
            done, _ = await asyncio.wait(
                [ticking, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED
            )
            if ticking in done:
                ticking.result()
        finally:
            ticking.cancel()
            server.close()

    async def _claim(self) -> None:
        try:
            _, writer = await asyncio.open_unix_connection(self._socket)
        except OSError:
            return
        writer.close()
        raise PcmkError(ExitCode.EXISTS, f"{self._socket}: a coordinator runs there already")

    async def _tick(self) -> None:
        while True:
            self._handle(Tick())
            await asyncio.sleep(self._core.tick_interval)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._last_connection += 1
        connection = self._last_connection
        self._writers[connection] = writer
        try:
            while line := await reader.readline():
                self._line(connection, writer, decode(line))
        except (OSError, ValueError) as error:
            self._log("warning", f"Connection {connection}: {error}")
        finally:
            self._writers.pop(connection, None)
            self._handle(Gone(connection))
            writer.close()

    def _line(self, connection: int, writer: asyncio.StreamWriter, line: Json) -> None:
        if "alive" in line:
            self._handle(Heard(connection))
        elif "hello" in line:
            writer.write(encode({"hang_time": self._hang_time}))
            self._handle(Hello(connection, member_from_json(line["hello"]), str(line["incarnation"])))
        elif "prove" in line:
            writer.write(encode({"proven": line["prove"]}))
        elif line.get("ask") == "split":
            groups = cast(list[list[str]], line["groups"])
            self._handle(Split(tuple(tuple(group) for group in groups)))
            writer.write(encode(self._status()))
        elif line.get("ask") == "status":
            writer.write(encode(self._status()))
        else:
            raise ValueError(f"unknown request {line!r}")

    def _status(self) -> Json:
        views: Json = {name: view_to_json(view) for name, view in self._core.views().items()}
        return {"pid": os.getpid(), "groups": self._core.groups, "views": views, "hang_time": self._hang_time}

    def _handle(self, event: Event) -> None:
        for effect in self._core.handle(event, Instant(mono=time.monotonic(), wall=time.time())):
            match effect:
                case TellView():
                    self._send(effect.connection, {"view": view_to_json(effect.view)})
                case TellRemoved():
                    self._send(effect.connection, {"removed": view_to_json(effect.view)}, last=True)
                case Refuse():
                    self._log("warning", effect.reason)
                    self._send(effect.connection, {"refused": effect.reason}, last=True)
                case Save():
                    self._save(effect.record)
                case Log():
                    self._log(effect.level, effect.text)
                case _:
                    assert_never(effect)

    def _save(self, state: Record) -> None:
        try:
            record.save(self._state, state)
        except OSError as error:
            # Nodes must hear of a change all the same; only a restart of the coordinator would miss it.
            self._log("error", f"{self._state}: not saved: {error.strerror}")

    def _send(self, connection: int, message: Json, last: bool = False) -> None:
        writer = self._writers.get(connection)
        if writer is None:
            return
        writer.write(encode(message))
        if last:
            writer.close()
