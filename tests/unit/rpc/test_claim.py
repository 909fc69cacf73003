"""One instance of a daemon at a time, whatever a dead one left behind."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.rpc.claim import Claim

HOLDER = """
import sys
from pathlib import Path
from pcmk.rpc.claim import Claim
Claim(Path(sys.argv[1])).take()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_instance_is_refused_until_the_first_is_dead(tmp_path: Path) -> None:
    path = tmp_path / "d.sock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(PcmkError, match="Another instance is alive") as caught:
            Claim(path).take()
        assert caught.value.code == ExitCode.FATAL
    finally:
        holder.kill()
        holder.communicate()
    Claim(path).take()


def test_a_socket_that_a_dead_instance_left_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "d.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    Claim(path).take()
    assert not path.exists()


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PcmkError, match="Cannot use the folder") as caught:
        Claim(tmp_path / "file" / "d.sock").take()
    assert caught.value.code == ExitCode.CANTCREAT


def test_a_folder_that_everybody_can_write_is_refused(tmp_path: Path) -> None:
    os.chmod(tmp_path, 0o777)
    with pytest.raises(PcmkError, match="must not be writable for everybody"):
        Claim(tmp_path / "d.sock").take()


def test_a_path_that_is_too_long_for_a_socket_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PcmkError, match="too long"):
        Claim(tmp_path / ("d" * 100) / "d.sock").take()
