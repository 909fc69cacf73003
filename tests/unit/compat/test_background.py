"""Processes that go on in the background, and the files that name them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = """
import os, signal, sys
from pathlib import Path
from pcmk.compat.background import go_to_background, release
from pcmk.kernel.errors import PcmkError

pid_file, out = Path(sys.argv[1]), os.path.abspath(sys.argv[2])
try:
    go_to_background("sleeper", pid_file)
except PcmkError as error:
    sys.exit(f"{error.code} {error.message}")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
Path(out).write_text(f"{os.getcwd()} {os.getsid(0) == os.getpid()} {os.readlink('/proc/self/fd/1')}")
try:
    signal.pause()
finally:
    release(pid_file)
"""


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[int]]:
    pids: list[int] = []
    yield pids
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def start(tmp_path: Path, pid_file: Path) -> subprocess.CompletedProcess[str]:
    # The name of the process is what a later one looks for.
    command = [sys.executable, "-c", PROGRAM, str(pid_file), str(tmp_path / "out"), "sleeper"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)


def until(condition: object) -> None:
    assert callable(condition)
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_is_named_while_it_runs_and_no_terminal_reaches_it(tmp_path: Path, started: list[int]) -> None:
    pid_file, out = tmp_path / "pid", tmp_path / "out"
    done = start(tmp_path, pid_file)
    assert (done.returncode, done.stderr) == (0, "")
    pid = int(pid_file.read_text())
    started.append(pid)
    until(lambda: out.exists() and out.read_text())
    assert out.read_text() == "/ True /dev/null"
    again = start(tmp_path, pid_file)
    assert (again.returncode, again.stderr.strip()) == (1, f"1 already running [pid {pid} in {pid_file}]")
    os.kill(pid, signal.SIGTERM)
    until(lambda: not pid_file.exists())


@pytest.mark.parametrize(
    "content",
    ["", "no number\n", "999999999\n", f"{os.getpid()}\n"],
    ids=["empty", "no number", "nobody", "another program"],
)
def test_a_file_that_names_no_such_process_is_taken_over(tmp_path: Path, started: list[int], content: str) -> None:
    pid_file = tmp_path / "pid"
    pid_file.write_text(content)
    assert start(tmp_path, pid_file).returncode == 0
    started.append(int(pid_file.read_text()))
    assert started[0] != os.getpid()


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    for pid_file in (tmp_path / "nowhere" / "pid", tmp_path / "link"):
        (tmp_path / "link").unlink(missing_ok=True)
        (tmp_path / "link").symlink_to(tmp_path / "other")
        done = start(tmp_path, pid_file)
        assert done.returncode == 1 and f"Could not write {pid_file}" in done.stderr
    assert not (tmp_path / "other").exists() and not (tmp_path / "out").exists()
