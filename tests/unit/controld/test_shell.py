"""What the controller writes on its machine."""

import hashlib
from pathlib import Path

import pytest

from pcmk.controld.shell import replace_configuration


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
