"""What the controller writes on its machine."""

import asyncio
import hashlib
from pathlib import Path

import pytest
from msgspec.structs import replace

from pcmk.controld.events import MarkJoined
from pcmk.controld.shell import ControldShell, replace_configuration
from pcmk.kernel.exitcodes import ExitCode
from pcmk.runtime.actor import Actor
from pcmk.runtime.logs import open_log
from pcmk.runtime.settings import from_environment


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "corosync.conf"
    path.write_text("old")
    monkeypatch.setenv("COROSYNC_MAIN_CONFIG_FILE", str(path))
    return path


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_configuration_that_was_changed_is_replaced(file: Path) -> None:
    assert replace_configuration("new", sha256("old")) == ""
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o644
    # Asked for once more, as after an answer that was lost.
    assert replace_configuration("new", sha256("old")) == ""


def test_another_one_is_left_as_it_is(file: Path) -> None:
    file.write_text("edited")
    assert "is another one here" in replace_configuration("new", sha256("old"))
    assert file.read_text() == "edited"


def test_a_file_that_is_missing_is_named(file: Path) -> None:
    file.unlink()
    assert replace_configuration("new", sha256("old")) == f"{file}: No such file or directory"


async def test_the_mark_says_whether_the_node_has_joined(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    actor = Actor(from_environment({}), "1", open_log("pacemaker-controld", "n1", None))
    shell = ControldShell(actor, mark)
    shell.carry_out(MarkJoined(True))
    assert mark.exists()
    shell.carry_out(MarkJoined(False))
    assert not mark.exists()


@pytest.mark.parametrize("device", [None, Path("/dev/watchdog")])
async def test_a_node_that_can_not_be_marked_begins_nothing_where_a_watchdog_depends_on_it(
    tmp_path: Path, device: Path | None
) -> None:
    settings = replace(from_environment({}), watchdog_device=device)
    actor = Actor(settings, "1", open_log("pacemaker-controld", "n1", None))
    ControldShell(actor, tmp_path / "missing" / "mark").carry_out(MarkJoined(True))
    if device is None:
        assert not actor.ended.done()
    else:
        assert (await asyncio.wait_for(actor.ended, 5)).code == ExitCode.FATAL
