"""The agent of a sandbox node: what Corosync and init are on a real one.

Keeps the node a member, serves views to its daemons, starts pacemakerd and starts it again when it fails (as its
systemd unit does), collects orphans, and ends when pacemakerd ended cleanly, with which the node leaves.
"""

import argparse
import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import Member
from pcmk.membership.relay import Relay
from pcmk.runtime.forks import ended_children
from pcmk.runtime.logs import open_log
from pcmk.sandbox import layout, processes
from pcmk.sandbox.ports import HOST

PR_SET_CHILD_SUBREAPER = 36
RESTART_PAUSE = 0.2
RESTARTS, RESTART_WINDOW = 5, 25.0
"""More starts than this within these seconds are one too many; the node then stays without pacemakerd."""
DOWN_FOR_GOOD = (ExitCode.OK, ExitCode.FATAL)
KILL_PATIENCE = 10.0


class Agent:
    """Init of one node."""

    def __init__(self, command: list[str], log: Callable[[str, str], None], panic: Callable[[], None]) -> None:
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._command = command
        self._log = log
        self._panic = panic
        self._pid = 0
        self._starts: list[float] = []
        self._stopping = False

    def start(self) -> None:
        """Start pacemakerd."""
        self._starts = [at for at in self._starts if at > time.monotonic() - RESTART_WINDOW] + [time.monotonic()]
        process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL)
        self._pid = process.pid
        # Collected by `reap`, together with the orphans.
        process.returncode = 0

    def reap(self) -> None:
        """Collect whatever ended."""
        for pid, status in ended_children():
            if pid == self._pid:
                self._pid = 0
                self._pacemakerd_ended(os.waitstatus_to_exitcode(status))

    def stop(self) -> None:
        """Shut the node down cleanly."""
        self._stopping = True
        if self._pid:
            os.kill(self._pid, signal.SIGTERM)
        else:
            self._end(ExitCode.OK)

    def _pacemakerd_ended(self, code: int) -> None:
        if code == ExitCode.PANIC:
            self._log("emerg", "pacemakerd panicked: the node goes down")
            self._panic()
        elif code in DOWN_FOR_GOOD or self._stopping:
            self._log("notice", f"pacemakerd ended with {code}: the node leaves")
            self._end(code)
        elif len(self._starts) >= RESTARTS:
            self._log("error", f"pacemakerd ended with {code}, {RESTARTS} times in {RESTART_WINDOW:g} s: given up")
        else:
            self._log("warning", f"pacemakerd ended with {code}: starting it again")
            asyncio.get_running_loop().call_later(RESTART_PAUSE, self._restart)

    def _restart(self) -> None:
        if not self._stopping:
            self.start()

    def _end(self, code: int) -> None:
        if not self.ended.done():
            self.ended.set_result(code)


async def live(place: layout.Layout, node: layout.Node, command: list[str]) -> int:
    """Be the node until it leaves; the exit code of pacemakerd."""
    log = open_log("node-agent", node.name, None).log
    mark = place.mark(node.name)

    def panic() -> None:
        processes.kill_all(mark, KILL_PATIENCE)
        os._exit(ExitCode.PANIC)

    agent = Agent(command, log, panic)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGCHLD, agent.reap)
    loop.add_signal_handler(signal.SIGTERM, agent.stop)
    member = Member(node.name, node.id, HOST, node.port)
    relay = asyncio.create_task(Relay(place.coordinator_socket, place.membership_socket(node.name), member, log).run())
    agent.start()
    try:
        await asyncio.wait([relay, agent.ended], return_when=asyncio.FIRST_COMPLETED)
        if relay.done():
            relay.result()
        return agent.ended.result()
    finally:
        relay.cancel()
        with suppress(asyncio.CancelledError):
            await relay


def main() -> int:
    """`python -m pcmk.sandbox.agent FOLDER NODE [COMMAND...]`; COMMAND stands in for pacemakerd."""
    parser = argparse.ArgumentParser(prog="pcmk-node-agent")
    parser.add_argument("folder", type=Path)
    parser.add_argument("node")
    parser.add_argument("command", nargs="*", default=[sys.executable, "-m", "pcmk.pacemakerd"])
    options = parser.parse_args()
    place = layout.load(options.folder)
    # Orphans of this node come here and not to the machine's init.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    return asyncio.run(live(place, place.node(options.node), options.command))


if __name__ == "__main__":
    sys.exit(main())
