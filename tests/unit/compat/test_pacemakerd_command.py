import pytest

from pcmk.compat import pacemakerd
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.versions import FEATURE_SET, RELEASE


def test_the_version_and_features_are_told(shell):
    assert shell.run("pacemakerd --features").stdout.startswith(f"Pacemaker {RELEASE}")
    assert f'feature_set="{FEATURE_SET}"' in shell.run("pacemakerd -F --output-as xml").stdout


def test_a_word_starts_nothing(shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pacemakerd.os, "execv", lambda *_: pytest.fail("started"))
    assert shell.run("pacemakerd start").code == ExitCode.USAGE


def test_it_becomes_the_supervisor(shell, monkeypatch: pytest.MonkeyPatch):
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(pacemakerd.os, "execv", lambda _, words: calls.append(words))
    monkeypatch.setenv("PCMK_node_start_state", "default")
    assert shell.run("pacemakerd -f").code == ExitCode.OK
    assert pacemakerd.os.environ["PCMK_node_start_state"] == "default"
    shell.run("pacemakerd --standby")
    assert pacemakerd.os.environ["PCMK_node_start_state"] == "standby"
    assert {words[1:] for words in calls} == {("-m", "pcmk.pacemakerd")} and len(calls) == 2


def test_who_does_not_run_cannot_be_shut_down(shell, monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setenv("PCMK_RUN_DIR", str(tmp_path))
    result = shell.run("pacemakerd --shutdown")
    assert result.code == ExitCode.DISCONNECT and "not running" in result.stderr
