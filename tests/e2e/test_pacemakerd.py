"""pacemakerd with its spawner and real sockets; small toys stand in for the daemons."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pcmk.client import Connection
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import Done
from pcmk.kernel.messages.pacemakerd import ShutdownRequest, SupervisorQuery, SupervisorStatus
from pcmk.pacemakerd.core import ORDER
from pcmk.runtime.settings import from_environment

pytestmark = pytest.mark.e2e

# Read by every Python process whose path has it: the modules of the daemons are toys there.
TOYS = """
import os, sys, types

def toy(daemon):
    def main():
        from pcmk.kernel.core import Exit, Log, Started, Terminate
        from pcmk.runtime.daemon import run_daemon

        class Core:
            def handle(self, event, now):
                match event:
                    case Started():
                        return [Log("notice", f"toy starts, respawned {os.environ.get('PCMK_respawned', 'no')}")]
                    case Terminate():
                        return [Log("notice", "toy stops"), Exit(0, "asked to")]
                return []

        async def build(actor):
            return Core(), None

        return run_daemon(daemon, build)
    return main

if os.environ.get("PCMK_TOYS"):
    from pcmk.kernel.daemons import Daemon
    for daemon in Daemon:
        if daemon is not Daemon.PACEMAKERD:
            name = f"pcmk.{daemon.value.removeprefix('pacemaker-')}.__main__"
            sys.modules[name] = types.ModuleType(name)
            sys.modules[name].main = toy(daemon)
"""


class Node:
    def __init__(self, folder: Path) -> None:
        (folder / "sitecustomize.py").write_text(TOYS)
        self.log = folder / "log"
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{folder}:{os.environ.get('PYTHONPATH', '')}",
            "PCMK_TOYS": "1",
            "PCMK_NODE_NAME": "node1",
            "PCMK_MEMBERSHIP": "local",
            "PCMK_STATE_DIR": str(folder / "state"),
            "PCMK_RUN_DIR": str(folder / "run"),
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.seen: set[int] = set()

    def start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pcmk.pacemakerd"], env=self.environment, stdout=log, stderr=log
            )
        return self.process

    def status(self) -> SupervisorStatus | None:
        with Connection(from_environment(self.environment)) as connection:
            try:
                status = connection.ask(Daemon.PACEMAKERD, SupervisorQuery(), SupervisorStatus, 5.0)
            except PcmkError:
                return None
        self.seen |= {daemon.pid for daemon in status.daemons if daemon.pid}
        return status

    def pids(self) -> dict[str, int]:
        status = self.status()
        assert status is not None
        return {daemon.name: daemon.pid for daemon in status.daemons}

    def is_up(self) -> bool:
        status = self.status()
        return status is not None and status.state == "running" and all(d.state == "up" for d in status.daemons)

    def wait(self, what: str, predicate: Callable[[], bool], timeout: float = 20.0) -> None:
        deadline = time.monotonic() + timeout
        while not predicate():
            assert time.monotonic() < deadline, f"not in time: {what}\n{self.log.read_text()}"
            time.sleep(0.02)

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in self.seen:
            if b"pacemaker" in command(pid):
                os.kill(pid, signal.SIGKILL)


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return b""


@pytest.fixture
def node() -> Iterator[Node]:
    with tempfile.TemporaryDirectory(prefix="pcmk-") as folder:
        node = Node(Path(folder))
        yield node
        node.end()


@pytest.fixture
def running(node: Node) -> Node:
    node.start()
    node.wait("all daemons are up", node.is_up)
    return node


def test_daemons_run_under_their_names_and_stop_in_order(running: Node) -> None:
    for name, pid in running.pids().items():
        assert command(pid) == name.encode()
    assert running.process is not None
    running.process.terminate()
    assert running.process.wait(20) == ExitCode.OK
    stops = [line.split("[")[0].split()[-1] for line in running.log.read_text().splitlines() if "toy stops" in line]
    assert stops[0] == "pacemaker-controld" and stops[-1] == "pacemaker-based" and len(stops) == len(ORDER)
    assert all(command(pid) == b"" for pid in running.seen)
    assert not (Path(running.environment["PCMK_RUN_DIR"]) / "pacemakerd.started").exists()


def test_the_service_manager_hears_when_it_is_ready_that_it_lives_and_when_it_stops(node: Node) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        address = str(Path(node.environment["PCMK_RUN_DIR"]).parent / "notify")
        manager.bind(address)
        manager.settimeout(20)
        node.environment |= {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "300000"}
        process = node.start()
        heard: list[bytes] = []
        while not any(note.startswith(b"READY=1") for note in heard):
            heard.append(manager.recv(1000))
        assert node.is_up()
        while heard.count(b"WATCHDOG=1") < 5:
            heard.append(manager.recv(1000))
        process.terminate()
        while b"STOPPING=1" not in heard:
            heard.append(manager.recv(1000))
        assert process.wait(20) == ExitCode.OK


def test_a_killed_daemon_is_started_again_and_the_others_are_left_alone(running: Node) -> None:
    for daemon in ORDER:
        before = running.pids()
        os.kill(before[daemon.value], signal.SIGKILL)
        running.wait(
            f"another {daemon.value} is up", lambda d=daemon, b=before: running.pids()[d] != b[d] and running.is_up()
        )
        after = running.pids()
        assert {name for name in after if after[name] != before[name]} == {daemon.value}
    assert running.log.read_text().count("toy starts, respawned true") == len(ORDER)


def test_a_new_pacemakerd_takes_over_what_runs(running: Node) -> None:
    before = running.pids()
    os.kill(before["pacemaker-execd"], signal.SIGSTOP)
    assert running.process is not None
    running.process.kill()
    running.process.wait()
    os.kill(before["pacemaker-execd"], signal.SIGCONT)
    running.start()
    running.wait("all daemons are up", running.is_up)
    assert running.pids() == before
    os.kill(before["pacemaker-fenced"], signal.SIGKILL)
    running.wait(
        "fenced is started again", lambda: running.pids()["pacemaker-fenced"] not in (0, before["pacemaker-fenced"])
    )
    running.wait("it knows that it is", lambda: "toy starts, respawned true" in running.log.read_text())


def test_a_spawner_that_dies_is_replaced(running: Node) -> None:
    before = running.pids()
    assert running.process is not None
    children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children").read_text().split()
    spawner = next(int(pid) for pid in children if command(int(pid)).startswith(b"pacemakerd-spawner"))
    os.kill(spawner, signal.SIGKILL)
    running.wait("the loss is noticed", lambda: "starting another one" in running.log.read_text())
    assert running.pids() == before
    os.kill(before["pacemaker-attrd"], signal.SIGKILL)
    running.wait(
        "attrd is started again",
        lambda: running.is_up() and running.pids()["pacemaker-attrd"] != before["pacemaker-attrd"],
    )


def test_a_second_pacemakerd_gives_up_and_harms_nothing(running: Node) -> None:
    before = running.pids()
    second = subprocess.run(
        [sys.executable, "-m", "pcmk.pacemakerd"], env=running.environment, capture_output=True, check=False, timeout=20
    )
    assert second.returncode == ExitCode.FATAL
    assert b"Another instance is alive" in second.stderr
    assert running.pids() == before


def test_a_shutdown_can_be_asked_for(running: Node) -> None:
    with Connection(from_environment(running.environment)) as connection:
        assert connection.call(Daemon.PACEMAKERD, ShutdownRequest()) == Done()
    assert running.process is not None
    assert running.process.wait(20) == ExitCode.OK


def test_a_run_folder_that_cannot_be_used_is_named(node: Node) -> None:
    file = Path(node.environment["PCMK_RUN_DIR"])
    file.write_text("")
    assert node.start().wait(20) == ExitCode.CANTCREAT
    assert str(file) in node.log.read_text()


def test_the_command_asks_for_a_shutdown_and_waits_for_it(running: Node) -> None:
    command = [str(Path(sys.executable).with_name("pacemakerd")), "--shutdown"]
    asked = subprocess.run(command, env=running.environment, capture_output=True, check=False, timeout=20)
    assert asked.returncode == ExitCode.OK
    assert running.process is not None
    assert running.process.wait(1) == ExitCode.OK
    again = subprocess.run(command, env=running.environment, capture_output=True, check=False, timeout=20)
    assert again.returncode == ExitCode.DISCONNECT
    assert b"not running" in again.stderr
