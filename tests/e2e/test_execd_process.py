"""The executor as a process, with real agents: what a kill of it costs."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from pcmk.client import Connection
from pcmk.kernel.agent_api import SECRET
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import Done
from pcmk.kernel.messages.executor import (
    AckResults,
    Agents,
    AgentsQuery,
    ExecState,
    ExecStateQuery,
    ExecuteOp,
    KeepSecrets,
    Metadata,
    MetadataQuery,
    OpAccepted,
    OpResult,
    Secret,
)
from pcmk.runtime.settings import from_environment

pytestmark = pytest.mark.e2e


class Executor:
    def __init__(self, folder: Path) -> None:
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "PCMK_NODE_NAME": "node1",
            "PCMK_RUN_DIR": str(folder / "run"),
            "PCMK_STATE_DIR": str(folder / "state"),
            "PCMK_LOG_FILE": str(folder / "log"),
            "OCF_ROOT": str(folder / "ocf"),
        }
        self.settings = from_environment(self.environment)
        self.process: subprocess.Popen[bytes] | None = None
        self.connection = Connection(self.settings, "test")

    def start(self, respawned: bool = False) -> None:
        environment = self.environment | ({"PCMK_respawned": "true"} if respawned else {})
        self.process = subprocess.Popen([sys.executable, "-m", "pcmk.execd"], env=environment)
        deadline = time.monotonic() + 20
        while True:
            try:
                self.state()
                return
            except PcmkError as error:
                assert error.code == ExitCode.DISCONNECT and time.monotonic() < deadline
                self.connection.close()
                time.sleep(0.02)

    def kill(self, number: int = signal.SIGKILL) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(10)
        self.connection.close()

    def state(self) -> ExecState:
        return self.connection.ask(Daemon.EXECD, ExecStateQuery(), ExecState)

    def execute(self, action: str, type: str = "Dummy", interval_ms: int = 0, **params: str) -> int:
        op = ExecuteOp("rsc", "ocf", "pacemaker", type, action, interval_ms, 10_000, 0, params, f"{action}-key")
        return self.connection.ask(Daemon.EXECD, op, OpAccepted).call_id

    def result(self, call_id: int) -> OpResult:
        deadline = time.monotonic() + 10
        while True:
            for result in self.state().unacknowledged:
                if result.call_id == call_id:
                    return result
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.fixture
def executor(tmp_path: Path) -> Iterator[Executor]:
    executor = Executor(tmp_path)
    executor.start()
    yield executor
    if executor.process is not None and executor.process.poll() is None:
        executor.kill(signal.SIGTERM)


def test_a_service_and_its_monitor_outlive_the_executor(executor: Executor) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    started = executor.result(executor.execute("start", "HttpServer", port=port))
    assert (started.rc, started.status) == (0, 0), started
    monitor = executor.execute("monitor", "HttpServer", 100, port=port)
    assert executor.result(monitor).rc == 0
    executor.connection.call(Daemon.EXECD, AckResults(executor.result(monitor).sequence))
    executor.kill()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
        assert b"node1" in page.read()
    executor.start(respawned=True)
    assert [known.start_params for known in executor.state().resources] == [{"port": port}]
    pid = int((executor.settings.run_dir / "resource-agents" / "HttpServer-rsc.state").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    failed = executor.result(monitor)
    assert (failed.rc, failed.interval_ms) == (7, 100)


def test_start_under_way_at_the_kill_is_run_again_and_succeeds(executor: Executor, tmp_path: Path) -> None:
    call = executor.execute("start", op_sleep="0.7")
    time.sleep(0.2)
    executor.kill()
    executor.start(respawned=True)
    result = executor.result(call)
    assert (result.rc, result.user_data) == (0, "start-key")
    assert result.exec_time_ms >= 700


def test_results_are_there_after_a_kill_until_acknowledged(executor: Executor) -> None:
    result = executor.result(executor.execute("monitor"))
    executor.kill()
    executor.start(respawned=True)
    assert executor.state().unacknowledged == (result,)
    executor.connection.call(Daemon.EXECD, AckResults(result.sequence))
    assert executor.state().unacknowledged == ()


def test_fresh_start_of_the_node_forgets(executor: Executor) -> None:
    executor.result(executor.execute("start"))
    executor.kill(signal.SIGTERM)
    assert executor.process is not None and executor.process.returncode == 0
    executor.start()
    assert executor.state().resources == () and executor.state().unacknowledged == ()


def test_metadata_and_lists(executor: Executor) -> None:
    query = MetadataQuery("ocf", "pacemaker", "Dummy")
    assert '<resource-agent name="Dummy"' in executor.connection.ask(Daemon.EXECD, query, Metadata).xml
    fence = MetadataQuery("stonith", "", "fence_sandbox")
    assert "fence_sandbox" in executor.connection.ask(Daemon.EXECD, fence, Metadata).xml
    with pytest.raises(PcmkError):
        executor.connection.call(Daemon.EXECD, MetadataQuery("ocf", "pacemaker", "Nothing"))
    agents = AgentsQuery("agents", "ocf", "pacemaker")
    assert "Stateful" in executor.connection.ask(Daemon.EXECD, agents, Agents).names


def test_missing_agent_is_not_installed(executor: Executor) -> None:
    result = executor.result(executor.execute("start", "Nothing"))
    assert (result.rc, result.status) == (5, 7)
    assert "not installed" in result.exit_reason


def test_many_resources_at_once_are_done_soon(executor: Executor) -> None:
    began = time.monotonic()
    for number in range(50):
        op = ExecuteOp(f"rsc{number}", "ocf", "pacemaker", "Dummy", "start", 0, 20_000)
        executor.connection.ask(Daemon.EXECD, op, OpAccepted)
    executor.result(50)
    assert time.monotonic() - began < 10


def test_agents_get_secrets_and_fail_clearly_without_them(executor: Executor, tmp_path: Path) -> None:
    state = tmp_path / "state-file"
    started = executor.result(executor.execute("start", state=SECRET))
    assert (started.rc, started.status) == (2, 0)
    assert f"Unable to load CIB secrets: no value in {tmp_path}/state/lrm/secrets/rsc/state" in started.exit_reason
    keep = KeepSecrets((Secret("rsc", "state", str(state).encode()),))
    assert executor.connection.ask(Daemon.EXECD, keep, Done) == Done()
    assert executor.result(executor.execute("start", state=SECRET)).rc == 0
    assert state.exists()
    remembered = (executor.settings.run_dir / "execd.jsonl").read_text()
    assert SECRET in remembered and str(state) not in remembered
    # A stop goes on without them: here it removes a file that is called like the mark.
    gone = KeepSecrets((Secret("rsc", "state", b""),))
    executor.connection.ask(Daemon.EXECD, gone, Done)
    assert executor.result(executor.execute("stop", state=SECRET)).rc == 0
    assert state.exists()
