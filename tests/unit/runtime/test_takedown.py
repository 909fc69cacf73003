from pathlib import Path

import pytest

from pcmk.runtime.settings import PANIC_ACTIONS
from pcmk.runtime.takedown import take_down


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    syncs: list[str] = []
    monkeypatch.setattr("os.sync", lambda: syncs.append("sync"))
    return syncs


@pytest.mark.parametrize("action", PANIC_ACTIONS)
def test_the_kernel_is_told_and_disks_are_written_where_that_is_wanted(
    tmp_path: Path, syncs: list[str], action: str
) -> None:
    trigger = tmp_path / "trigger"
    trigger.write_text("")
    reboots: list[int] = []
    take_down(action, trigger, reboots.append)
    assert trigger.read_text() == {"exit": "", "reboot": "b", "crash": "c", "off": "o"}[action.removeprefix("sync-")]
    assert bool(syncs) is action.startswith("sync-")
    assert reboots == []


@pytest.mark.parametrize(("action", "command"), [("reboot", 0x01234567), ("crash", 0x01234567), ("off", 0x4321FEDC)])
def test_without_magic_keys_there_is_the_system_call(tmp_path: Path, action: str, command: int) -> None:
    reboots: list[int] = []
    take_down(action, tmp_path / "missing" / "trigger", reboots.append)
    assert reboots == [command]
