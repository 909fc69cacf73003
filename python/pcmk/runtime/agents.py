"""Run agents from a daemon: the asyncio side of `agent_host`."""

import asyncio
import marshal
import socket
import struct
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from pcmk.runtime.process_groups import end_group

HOST = Path(__file__).with_name("agent_host.py")
OUTPUT_CAP = 65536
RESTART_DELAY = 0.2
LEFTOVER_PATIENCE = 2.0


class How(StrEnum):
    """How an agent's run ended; `LOST` when the helper process died under it and its group was killed."""

    EXITED = "exited"
    SIGNALED = "signaled"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"
    UNSTARTABLE = "unstartable"
    LOST = "lost"


class AgentCall(Struct, frozen=True):
    """What to run. `timeout_ms` 0 is no limit; `user` empty is the daemon's own; of each output stream the first and
    the last half of `cap` bytes are kept."""

    argv: tuple[str, ...]
    env: dict[str, str]
    timeout_ms: int
    stdin: bytes = b""
    user: str = ""
    cap: int = OUTPUT_CAP


class AgentExit(Struct, frozen=True):
    """How it ended. `code` is the exit status, the signal, or the errno why it could not be started."""

    how: How
    code: int = 0
    stdout: bytes = b""
    stderr: bytes = b""
    exec_time_ms: int = 0


class _Pending(Struct):
    call: AgentCall
    done: asyncio.Future[AgentExit]
    started: Callable[[int, int], None] | None
    group: tuple[int, int] | None = field(default=None)


class AgentHost:
    """A helper process that runs agents, started again when it dies."""

    def __init__(self) -> None:
        self._last = 0
        self._pending: dict[int, _Pending] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._ready = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self.pid = 0

    async def start(self) -> None:
        """Start the helper and wait until it is there."""
        self._keeper = asyncio.create_task(self._keep())
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait({self._keeper, ready}, return_when=asyncio.FIRST_COMPLETED)
        if self._keeper.done():
            ready.cancel()
            self._keeper.result()

    async def close(self) -> None:
        """End the helper; it kills the agents that still run."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None

    def submit(
        self, call: AgentCall, started: Callable[[int, int], None] | None = None
    ) -> "tuple[int, asyncio.Future[AgentExit]]":
        """Run an agent. Returns a number to `cancel` it by, and its end. `started` is told its process group and the
        start time of its leader in clock ticks (see `end_group`)."""
        self._last += 1
        pending = _Pending(call, asyncio.get_running_loop().create_future(), started)
        self._pending[self._last] = pending
        self._request(self._last, pending)
        return self._last, pending.done

    async def run(self, call: AgentCall) -> AgentExit:
        """Run an agent to its end; killed when the caller is cancelled."""
        number, done = self.submit(call)
        try:
            return await done
        except asyncio.CancelledError:
            self.cancel(number)
            raise

    def cancel(self, number: int) -> None:
        """Kill an agent and its group; its end is then `CANCELLED` unless it ended just before."""
        pending = self._pending.get(number)
        if pending is None:
            return
        if self._writer is None and pending.group is None:
            del self._pending[number]
            pending.done.set_result(AgentExit(How.CANCELLED))
        self._send(("cancel", number))

    def _request(self, number: int, pending: _Pending) -> None:
        call = pending.call
        self._send(("run", number, list(call.argv), call.env, call.stdin, call.timeout_ms, call.user, call.cap))

    def _send(self, frame: tuple[Any, ...]) -> None:
        if self._writer is None:
            return
        data = marshal.dumps(frame)
        self._writer.write(struct.pack("!I", len(data)) + data)

    async def _keep(self) -> None:
        """One round a helper's life."""
        while True:
            ours, theirs = socket.socketpair()
            with theirs:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-I", "-S", str(HOST), str(theirs.fileno()),
                    stdin=asyncio.subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )  # fmt: skip
            self.pid = process.pid
            reader, self._writer = await asyncio.open_unix_connection(sock=ours)
            for number, pending in self._pending.items():
                self._request(number, pending)
            self._ready.set()
            try:
                await self._listen(reader)
            finally:
                self._writer.close()
                self._writer = None
                self.pid = 0
            await process.wait()
            await self._lose()
            await asyncio.sleep(RESTART_DELAY)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while True:
            try:
                (length,) = struct.unpack("!I", await reader.readexactly(4))
                frame = marshal.loads(await reader.readexactly(length))
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            self._take(frame)

    def _take(self, frame: tuple[Any, ...]) -> None:
        kind, number, *rest = frame
        pending = self._pending.get(number)
        if pending is None:
            return
        if kind == "started":
            pending.group = (rest[0], rest[1])
            if pending.started is not None:
                pending.started(rest[0], rest[1])
            return
        how, code, stdout, stderr, exec_time_ms = rest
        del self._pending[number]
        if not pending.done.done():
            pending.done.set_result(AgentExit(How(how), code, stdout, stderr, exec_time_ms))

    async def _lose(self) -> None:
        """The helper died: kill what it had started and tell. What it had not started is asked for again."""
        lost = {number: pending for number, pending in self._pending.items() if pending.group is not None}
        for number, pending in lost.items():
            if pending.group is not None:
                await end_group_surely(*pending.group)
            del self._pending[number]
            if not pending.done.done():
                pending.done.set_result(AgentExit(How.LOST))


async def end_group_surely(pgid: int, started: int) -> bool:
    """`end_group`, and wait until it is gone. False if something is still there after some seconds, which only a
    process stuck in the kernel can be."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + LEFTOVER_PATIENCE
    while end_group(pgid, started):
        if loop.time() > deadline:
            return False
        await asyncio.sleep(0.01)
    return True
