import os
from pathlib import Path

import pytest

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.runtime.watchdog import WatchdogDevice


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    path = tmp_path / "watchdog"
    os.mkfifo(path)
    return path


@pytest.fixture
def reader(fifo: Path) -> int:
    return os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)


def test_signs_of_life_and_the_magic_close(fifo: Path, reader: int) -> None:
    device = WatchdogDevice(fifo, 5.0)
    device.open()
    with pytest.raises(BlockingIOError):
        os.read(reader, 10)
    device.pet()
    device.pet()
    assert os.read(reader, 10) == b"\0\0"
    device.disarm()
    assert os.read(reader, 10) == b"V"
    # Closed.
    assert os.read(reader, 10) == b""


def test_the_first_sign_of_life_opens_it(fifo: Path, reader: int) -> None:
    device = WatchdogDevice(fifo, 5.0)
    device.pet()
    assert os.read(reader, 10) == b"\0"


def test_one_that_counts_since_a_former_process_had_it_can_be_disarmed(fifo: Path, reader: int) -> None:
    WatchdogDevice(fifo, 5.0).disarm()
    assert os.read(reader, 10) == b"V"


def test_a_device_that_fails_says_so(fifo: Path, reader: int) -> None:
    device = WatchdogDevice(fifo, 5.0)
    device.open()
    os.close(reader)
    with pytest.raises(BrokenPipeError):
        device.pet()


def test_what_can_not_be_used_is_named(tmp_path: Path, fifo: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for path, why in [
        (tmp_path / "missing", "No such file"),
        (fifo, "nobody reads"),
        (file, "no watchdog device"),
        (Path("/dev/null"), "can't be set"),
    ]:
        with pytest.raises(PcmkError, match=why) as caught:
            WatchdogDevice(path, 5.0).pet()
        assert str(path) in str(caught.value)
        assert caught.value.code == ExitCode.CONFIG
    assert file.read_text() == ""
