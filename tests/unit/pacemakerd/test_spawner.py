import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pcmk.kernel.daemons import Daemon
from pcmk.pacemakerd.installed import Installed, marks
from pcmk.pacemakerd.spawner import daemon_main

TOY = """
import os, socket, sys, time
from pcmk.kernel.daemons import Daemon
from pcmk.pacemakerd.spawner import serve

def run(daemon):
    match daemon:
        case Daemon.BASED:
            return 42
        case Daemon.ATTRD:
            raise RuntimeError("a bug")
        case Daemon.FENCED:
            sys.exit(7)
        case Daemon.CONTROLD:
            return 1 if os.environ.get("PCMK_respawned") == "true" else 0
        case _:
            time.sleep(600)
            return 0

sys.exit(serve(socket.socket(fileno=int(sys.argv[1])), run))
"""


WITH_RESIDENT = """
import socket, sys
from pcmk.pacemakerd.resident import Resident
from pcmk.pacemakerd.spawner import serve

LIVE = "import os, sys; os.write(int(sys.argv[1]), b'%d' % os.getpid()); os.read(int(sys.argv[2]), 1)"
resident = Resident([sys.executable, "-c", LIVE, sys.argv[2]], delay=0.0)
sys.exit(serve(socket.socket(fileno=int(sys.argv[1])), lambda daemon: 0, resident))
"""


class Spawner:
    def __init__(self) -> None:
        self.channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.channel.settimeout(20)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", TOY, str(theirs.fileno())], pass_fds=[theirs.fileno()], stderr=subprocess.PIPE
            )
        self.pid = self.hear()["ready"]

    def start(self, daemon: Daemon, respawned: bool = False) -> int:
        self.channel.send(json.dumps({"start": daemon.value, "respawned": respawned}).encode())
        answer = self.hear()
        assert answer["started"] == daemon.value
        return answer["pid"]

    def hear(self) -> dict[str, int]:
        return json.loads(self.channel.recv(65536))


@pytest.fixture
def spawner() -> Iterator[Spawner]:
    spawner = Spawner()
    yield spawner
    spawner.channel.close()
    assert spawner.process.wait(20) == 0
    assert spawner.process.stderr is not None
    spawner.process.stderr.close()


def test_exit_codes_are_reported(spawner: Spawner) -> None:
    for daemon, code in [(Daemon.BASED, 42), (Daemon.ATTRD, 70), (Daemon.FENCED, 7)]:
        pid = spawner.start(daemon)
        assert spawner.hear() == {"exited": pid, "code": code}


def test_a_respawned_daemon_is_told_so(spawner: Spawner) -> None:
    for respawned in (False, True, False):
        pid = spawner.start(Daemon.CONTROLD, respawned)
        assert spawner.hear() == {"exited": pid, "code": int(respawned)}


def test_a_killed_daemon_is_reported_with_its_signal(spawner: Spawner) -> None:
    pid = spawner.start(Daemon.EXECD)
    os.kill(pid, signal.SIGKILL)
    assert spawner.hear() == {"exited": pid, "signal": signal.SIGKILL}


def test_a_daemon_has_its_name_and_a_session_of_its_own(spawner: Spawner) -> None:
    pid = spawner.start(Daemon.SCHEDULERD)
    # It is named after it was forked.
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0") != b"pacemaker-schedulerd":
        assert time.monotonic() < deadline
    assert Path(f"/proc/{pid}/comm").read_text() == "pacemaker-sched\n"
    assert os.getsid(pid) == pid
    os.kill(pid, signal.SIGKILL)
    spawner.hear()


def test_daemons_outlive_the_spawner() -> None:
    spawner = Spawner()
    pid = spawner.start(Daemon.EXECD)
    spawner.channel.close()
    assert spawner.process.wait(20) == 0
    os.kill(pid, 0)
    os.kill(pid, signal.SIGKILL)
    assert spawner.process.stderr is not None
    spawner.process.stderr.close()


def test_a_resident_that_dies_is_no_daemon_that_exits() -> None:
    told, tell = os.pipe()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(20)
    with ours, theirs:
        files = [theirs.fileno(), tell]
        spawner = subprocess.Popen([sys.executable, "-c", WITH_RESIDENT, *map(str, files)], pass_fds=files)
        os.close(tell)
        theirs.close()
        assert json.loads(ours.recv(65536)) == {"ready": spawner.pid}
        resident = int(os.read(told, 100))
        assert os.getsid(resident) == resident
        # It died young: neither another one nor a word about it follows.
        os.kill(resident, signal.SIGKILL)
        ours.send(json.dumps({"start": Daemon.BASED.value, "respawned": False}).encode())
        started = json.loads(ours.recv(65536))
        assert json.loads(ours.recv(65536)) == {"exited": started["pid"], "code": 0}
    assert spawner.wait(20) == 0
    assert os.read(told, 100) == b""
    os.close(told)


def test_a_resident_ends_when_its_spawner_does() -> None:
    told, tell = os.pipe()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    files = [theirs.fileno(), tell]
    with ours, theirs:
        spawner = subprocess.Popen([sys.executable, "-c", WITH_RESIDENT, *map(str, files)], pass_fds=files)
        os.close(tell)
        resident = int(os.read(told, 100))
    assert spawner.wait(20) == 0
    # The last one that could write has ended.
    assert os.read(told, 100) == b""
    assert not Path(f"/proc/{resident}/exe").exists()
    os.close(told)


def test_after_an_upgrade_a_daemon_is_a_new_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Executed(Exception):
        pass

    def execute(program: str, words: list[str]) -> None:
        raise Executed(program, *words)

    monkeypatch.setattr(os, "execv", execute)
    file = tmp_path / "__init__.py"
    file.write_text("first")
    installed = Installed([file])
    assert not installed.is_other()
    (tmp_path / "new").write_text("other")
    (tmp_path / "new").replace(file)
    with pytest.raises(Executed) as executed:
        daemon_main(Daemon.EXECD, installed)
    assert executed.value.args == (sys.executable, sys.executable, "-P", "-m", "pcmk.execd")
    file.unlink()
    assert installed.is_other()


def test_an_installation_is_known_by_files_that_are_there() -> None:
    assert {file.name for file in marks()} == {"__init__.py", "_core.abi3.so"}
    assert not Installed().is_other()
