"""Log lines have the field's shape, and a log file that is no good stops nothing."""

import re
from pathlib import Path

import pytest

from pcmk.runtime.logs import open_log


def test_a_line_has_time_host_program_pid_level_and_text(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "log"
    open_log("pacemaker-based", "alpha", file).log("notice", "All is well", peer="beta")
    line = file.read_text()
    shape = (
        r'[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d\.\d{3} alpha pacemaker-based\[\d+\] notice: All is well {"peer": "beta"}\n'
    )
    assert re.fullmatch(shape, line)
    assert capfd.readouterr().err == line


def test_a_text_of_several_lines_stays_one_line(tmp_path: Path) -> None:
    file = tmp_path / "log"
    open_log("x", "alpha", file).log("error", "one\ntwo")
    assert file.read_text().endswith("error: one\\ntwo\n")


def test_debug_is_written_only_when_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "log"
    open_log("x", "alpha", file).log("debug", "hidden")
    open_log("x", "alpha", file, debug=True).log("debug", "shown")
    assert "hidden" not in file.read_text()
    assert "shown" in file.read_text()


def test_a_log_file_that_can_not_be_opened_is_reported(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    open_log("x", "alpha", tmp_path / "no" / "log").log("info", "still here")
    error = capfd.readouterr().err
    assert "Cannot write the log file" in error
    assert "still here" in error
