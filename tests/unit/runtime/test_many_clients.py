"""Clients in large numbers, and one that stops reading."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from toy_daemon import Make

from pcmk.client import Connection
from pcmk.kernel.core import Publish
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages.cib import CibChanged, CibVersion
from pcmk.kernel.messages.scheduler import Schedule, Scheduled
from pcmk.rpc.outbox import Outbox
from pcmk.rpc.probe import probe
from pcmk.runtime.settings import Settings

CLIENTS = 1000
PROGRAM = Path(__file__).with_name("toy_process.py")
SUBSCRIBER = """
import sys
from pcmk.client import Connection
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.runtime.settings import from_environment

with Connection(from_environment()) as connection, connection.watch(Daemon.BASED) as notices:
    print("subscribed", flush=True)
    try:
        for notice in notices:
            print(notice.version.epoch, flush=True)
    except PcmkError as error:
        print(error.message, flush=True)
"""


# The limit that most systems give a service.
FEW_FILES = ("sh", "-c", 'ulimit -Sn 1024; exec "$@"', "sh")


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 8 * CLIENTS, reason="too few open files allowed")
def test_a_thousand_clients_at_once_are_served(node: Settings) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    environment = {**os.environ, "PCMK_NODE_NAME": "alpha", "PCMK_RUN_DIR": str(node.run_dir), "PCMK_LOG_FILE": "none"}
    process = subprocess.Popen([*FEW_FILES, sys.executable, str(PROGRAM)], env=environment, stderr=subprocess.DEVNULL)
    try:
        while probe(node.socket(Daemon.SCHEDULERD)) is not None:
            assert process.poll() is None
        with ExitStack() as stack, ThreadPoolExecutor(50) as pool:
            clients = [stack.enter_context(Connection(node, f"client{number}")) for number in range(CLIENTS)]

            def ask(number: int) -> int:
                request = Schedule(number + 100, CibVersion(), 0)
                return clients[number].ask(Daemon.SCHEDULERD, request, Scheduled, timeout=120).transition_id

            # They stay, so that in the second round all are there at once.
            for _ in range(2):
                assert list(pool.map(ask, range(CLIENTS))) == [number + 100 for number in range(CLIENTS)]
    finally:
        process.kill()
        process.wait()
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def subscriber(node: Settings) -> asyncio.subprocess.Process:
    environment = {**os.environ, "PCMK_NODE_NAME": "alpha", "PCMK_RUN_DIR": str(node.run_dir)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SUBSCRIBER, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert await line(process) == "subscribed"
    return process


async def line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip()


async def test_who_stops_reading_is_cut_off_and_the_others_miss_nothing(
    make: Make, node: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    outboxes: list[Outbox] = []

    def small(*, joins: bool, patience: float) -> Outbox:
        outboxes.append(Outbox(8 << 20, joins=joins, patience=patience))
        return outboxes[-1]

    monkeypatch.setattr("pcmk.rpc.local.Outbox", small)
    daemon = make(Daemon.BASED)
    await daemon.start()
    stopped, reading = await subscriber(node), await subscriber(node)
    try:
        stopped.send_signal(signal.SIGSTOP)
        for number in range(1, 41):
            await daemon.do(Publish(CibChanged(CibVersion(0, number), 1, "x" * 2**20)))
            assert await line(reading) == str(number)
        stopped.send_signal(signal.SIGCONT)
        told: list[str] = []
        while not told or told[-1].isdecimal():
            told.append(await line(stopped))
        assert told[-1].endswith("notices are read too slowly")
        assert told[:-1] == [str(number) for number in range(1, len(told))] and len(told) < 40
    finally:
        for process in (stopped, reading):
            process.kill()
            await process.wait()
