"""Notes reach the service manager, and nobody misses them where there is none."""

import os
import socket
from pathlib import Path

from pcmk.runtime.sdnotify import Notifier


def test_notes_are_sent(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        notifier.ready("all daemons run")
        notifier.status("busy")
        notifier.watchdog()
        notifier.stopping()
        got = [manager.recv(100) for _ in range(4)]
    assert got == [b"READY=1\nSTATUS=all daemons run", b"STATUS=busy", b"WATCHDOG=1", b"STOPPING=1"]


def test_the_abstract_name_space_is_understood() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0pcmk-test-{os.getpid()}")
        Notifier({"NOTIFY_SOCKET": f"@pcmk-test-{os.getpid()}"}).ready()
        assert manager.recv(100) == b"READY=1"


def test_without_a_manager_nothing_happens(tmp_path: Path) -> None:
    Notifier({}).ready()
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()


def test_the_watchdog_period_counts_for_the_process_that_it_is_meant_for() -> None:
    assert Notifier({"WATCHDOG_USEC": "2500000"}).watchdog_seconds == 2.5
    assert Notifier({"WATCHDOG_USEC": "2500000", "WATCHDOG_PID": "1"}).watchdog_seconds is None
    assert Notifier({}).watchdog_seconds is None
