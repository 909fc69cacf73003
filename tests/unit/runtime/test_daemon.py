"""A daemon as a process, and a tool's calls to it."""

import asyncio
import os
import pwd
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pcmk.client import Connection
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibVersion
from pcmk.kernel.messages.scheduler import Schedule, Scheduled
from pcmk.rpc.probe import probe
from pcmk.rpc.pulse import beats
from pcmk.runtime.settings import Settings

PROGRAM = Path(__file__).with_name("toy_process.py")


class Process:
    def __init__(self, node: Settings, *arguments: str) -> None:
        self.node = node
        self.log = node.run_dir.parent / "log"
        environment = {
            **os.environ,
            "PCMK_NODE_NAME": node.node_name,
            "PCMK_RUN_DIR": str(node.run_dir),
            "PCMK_LOG_FILE": str(self.log),
        }
        self.popen = subprocess.Popen(
            [sys.executable, PROGRAM, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def wait_until_it_listens(self) -> None:
        while probe(self.node.socket(Daemon.SCHEDULERD)) is not None:
            assert self.popen.poll() is None, self.popen.communicate()

    def ended(self) -> tuple[int, str]:
        out, error = self.popen.communicate(timeout=20)
        return self.popen.returncode, out.decode() + error.decode()


@pytest.fixture
def process(node: Settings) -> Iterator[Process]:
    started = Process(node)
    started.wait_until_it_listens()
    yield started
    started.popen.kill()
    started.popen.communicate()


@pytest.fixture
def connection(node: Settings) -> Iterator[Connection]:
    with Connection(node, "crm_toy") as made:
        yield made


def schedule(number: int) -> Schedule:
    return Schedule(number, CibVersion(), 0)


def test_a_call_is_answered_and_the_daemon_knows_who_asks(process: Process, connection: Connection) -> None:
    own = f"{os.getpid()} {pwd.getpwuid(os.geteuid()).pw_name}"
    assert connection.ask(Daemon.SCHEDULERD, schedule(1), Scheduled) == Scheduled(1, "crm_toy", own)


def test_large_messages_pass(process: Process, connection: Connection) -> None:
    large = Schedule(1, CibVersion(), 0, {"x": "y" * 30_000_000})
    assert connection.ask(Daemon.SCHEDULERD, large, Scheduled, timeout=60).transition_id == 1


def test_a_refusal_has_its_code_and_its_whole_text(process: Process, connection: Connection) -> None:
    with pytest.raises(PcmkError) as caught:
        connection.call(Daemon.SCHEDULERD, schedule(13))
    assert caught.value.code == ExitCode.DATAERR
    assert caught.value.message == "unlucky " * 5000


def test_no_answer_in_time_is_a_timeout(process: Process, connection: Connection) -> None:
    with pytest.raises(PcmkError) as caught:
        connection.call(Daemon.SCHEDULERD, schedule(15), timeout=0.2)
    assert caught.value.code == ExitCode.TIMEOUT


def test_sigterm_ends_it_in_good_order(process: Process) -> None:
    process.popen.send_signal(signal.SIGTERM)
    code, output = process.ended()
    assert code == 0
    assert "closed\n" in output
    line = r'\w{3} \d\d \d\d:\d\d:\d\d\.\d{3} alpha pacemaker-schedulerd\[\d+\] notice: Asked to stop {"why": "signal"}'
    assert re.search(line, output)
    assert re.search(line, process.log.read_text())
    assert not process.node.socket(Daemon.SCHEDULERD).exists()


def test_a_subscriber_learns_that_it_ended(process: Process, connection: Connection) -> None:
    with connection.watch(Daemon.SCHEDULERD) as notices:
        process.popen.send_signal(signal.SIGTERM)
        with pytest.raises(PcmkError) as caught:
            next(notices)
    assert caught.value.code == ExitCode.DISCONNECT


def test_who_waits_for_an_answer_when_it_ends_learns_it(process: Process, connection: Connection) -> None:
    def ask() -> int:
        with pytest.raises(PcmkError) as caught:
            connection.call(Daemon.SCHEDULERD, schedule(15))
        return caught.value.code

    connection.call(Daemon.SCHEDULERD, schedule(1))
    with ThreadPoolExecutor(1) as pool:
        code = pool.submit(ask)
        process.popen.send_signal(signal.SIGTERM)
        assert code.result(20) == ExitCode.DISCONNECT


def test_a_bug_ends_it_with_a_trace(process: Process, connection: Connection) -> None:
    with pytest.raises(PcmkError) as caught:
        connection.call(Daemon.SCHEDULERD, schedule(14))
    assert caught.value.code == ExitCode.DISCONNECT
    code, output = process.ended()
    assert code == ExitCode.SOFTWARE
    assert "Bug while handling Request" in output
    assert "KeyError: 'fourteen'" in output


def test_a_second_instance_is_refused(process: Process, connection: Connection) -> None:
    code, output = Process(process.node).ended()
    assert code == ExitCode.FATAL
    assert "Another instance is alive" in output
    assert connection.call(Daemon.SCHEDULERD, schedule(1))


def test_a_killed_one_is_followed_by_the_next(process: Process, connection: Connection) -> None:
    process.popen.kill()
    process.popen.communicate()
    following = Process(process.node)
    try:
        following.wait_until_it_listens()
        assert connection.call(Daemon.SCHEDULERD, schedule(1))
    finally:
        following.popen.kill()
        following.popen.communicate()


def test_what_build_refuses_is_the_exit_code(node: Settings) -> None:
    code, output = Process(node, "reject").ended()
    assert code == ExitCode.CONFIG
    assert "error: no good configuration" in output


def test_without_any_daemon_the_error_says_so(node: Settings, connection: Connection) -> None:
    with pytest.raises(PcmkError, match="pcmk is not running on this node") as caught:
        connection.call(Daemon.SCHEDULERD, schedule(1))
    assert caught.value.code == ExitCode.DISCONNECT


def test_a_request_of_another_daemon_is_a_mistake_of_the_caller(process: Process, connection: Connection) -> None:
    with pytest.raises(TypeError, match="CibVersion is no request of pacemaker-schedulerd"):
        connection.call(Daemon.SCHEDULERD, CibVersion())


def test_it_shows_life_until_it_hangs(process: Process) -> None:
    pulse = process.node.socket(Daemon.SCHEDULERD).with_suffix(".life")
    assert pulse.stat().st_mode & 0o777 == 0o600
    assert asyncio.run(beats(pulse, 5.0))
    process.popen.send_signal(signal.SIGSTOP)
    assert not asyncio.run(beats(pulse, 0.05))
    process.popen.send_signal(signal.SIGCONT)
    assert asyncio.run(beats(pulse, 5.0))
    process.popen.kill()
    process.popen.wait()
    assert not asyncio.run(beats(pulse, 5.0))


def test_the_socket_is_not_open_to_others(process: Process) -> None:
    assert process.node.socket(Daemon.SCHEDULERD).stat().st_mode & 0o777 == 0o660
    assert process.node.socket(Daemon.SCHEDULERD).with_suffix(".link").stat().st_mode & 0o777 == 0o600
    assert process.node.run_dir.stat().st_mode & 0o777 == 0o750
