"""`cibsecret` on a CIB in a file, and beside a cluster that is played."""

import hashlib

import pytest

from pcmk.compat import daemons
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.controller import SecretsShared, SharedWith, ShareSecrets
from pcmk.kernel.messages.executor import KeepSecrets, Secret


@pytest.fixture
def folder(shell, tmp_path, monkeypatch):
    monkeypatch.setenv("PCMK_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("PCMK_RUN_DIR", str(tmp_path / "run"))
    return tmp_path / "state" / "lrm" / "secrets"


def parameter(shell, name):
    return [each["value"] for each in shell.attributes(f"//primitive[@id='ip']/*/nvpair[@name='{name}']")]


def test_a_value_is_set_shown_and_deleted(shell, folder):
    assert shell.run("cibsecret set ip passwd s3cret").code == ExitCode.OK
    assert parameter(shell, "passwd") == ["lrm://"]
    assert (folder / "ip" / "passwd").read_text() == "s3cret\n"
    assert shell.run("cibsecret get ip passwd").stdout == "s3cret\n"
    assert shell.run("cibsecret check ip passwd").code == ExitCode.OK
    assert shell.run("cibsecret set ip passwd other").code == ExitCode.OK
    assert shell.run("cibsecret get ip passwd").stdout == "other\n"
    assert shell.run("cibsecret delete ip passwd").code == ExitCode.OK
    assert parameter(shell, "passwd") == [] and list((folder / "ip").iterdir()) == []


def test_values_may_look_like_options_and_come_from_standard_input(shell, folder, monkeypatch, tmp_path):
    assert shell.run("cibsecret set ip passwd", "-v --x").code == ExitCode.OK
    assert shell.run("cibsecret get ip passwd").stdout == "-v --x\n"
    (tmp_path / "in").write_text("typed in\n")
    with open(tmp_path / "in") as file:
        monkeypatch.setattr("sys.stdin", file)
        assert shell.run("cibsecret set ip passwd").code == ExitCode.OK
    assert (folder / "ip" / "passwd").read_text() == "typed in\n"


def test_a_value_goes_from_the_cib_to_the_nodes_and_back(shell, folder):
    assert shell.run("cibsecret stash ip fake").code == ExitCode.OK
    assert parameter(shell, "fake") == ["lrm://"]
    assert (folder / "ip" / "fake.sign").read_text() == hashlib.md5(b"1").hexdigest() + "\n"
    assert shell.run("cibsecret stash ip fake").code == ExitCode.EXISTS
    assert shell.run("cibsecret unstash ip fake").code == ExitCode.OK
    assert parameter(shell, "fake") == ["1"] and list((folder / "ip").iterdir()) == []


@pytest.mark.parametrize(
    ("line", "code", "text"),
    [
        ("", ExitCode.USAGE, "must specify"),
        ("forget ip x", ExitCode.USAGE, "no task 'forget'"),
        ("set ip", ExitCode.USAGE, "takes a resource and a parameter"),
        ("get ip fake extra", ExitCode.USAGE, "takes a resource and a parameter"),
        ("sync all", ExitCode.USAGE, "no parameters"),
        ("-C stash ip fake", ExitCode.USAGE, "no access to Pacemaker"),
        ("set nosuch passwd x", ExitCode.NOSUCH, "'nosuch' not found"),
        ("set ip ../passwd x", ExitCode.INVALID_PARAM, "'../passwd'"),
        ("set ip fake other", ExitCode.CONFIG, "please delete it first"),
        ("check ip fake", ExitCode.CONFIG, "not set as secret"),
        ("stash ip nothing", ExitCode.NOSUCH, "nothing to stash"),
        ("unstash ip fake", ExitCode.NOSUCH, "no value in"),
        ("sync", ExitCode.NOSUCH, "keeps no secrets"),
    ],
)
def test_what_cannot_be_done_changes_nothing(shell, folder, line, code, text):
    before = shell.file.read_text()
    result = shell.run(f"cibsecret {line}")
    assert (result.code, text in result.stderr) == (code, True), result
    assert shell.file.read_text() == before and not folder.exists()


def test_damage_is_told_and_nothing_shown(shell, folder):
    shell.run("cibsecret set ip passwd s3cret")
    (folder / "ip" / "passwd").write_text("changed\n")
    for task in ("check", "get", "unstash"):
        result = shell.run(f"cibsecret {task} ip passwd")
        assert (result.code, result.stdout) == (ExitCode.DIGEST, "") and "MD5 hash mismatch" in result.stderr
        assert "changed" not in result.stderr
    assert parameter(shell, "passwd") == ["lrm://"]


def test_without_the_cib_only_files_change(shell, folder):
    before = shell.file.read_text()
    assert shell.run("cibsecret -C set elsewhere passwd x").code == ExitCode.OK
    assert shell.run("cibsecret --no-cib get elsewhere passwd").stdout == "x\n"
    assert shell.run("cibsecret -C delete elsewhere passwd").code == ExitCode.OK
    assert shell.run("cibsecret -C get elsewhere passwd").code == ExitCode.NOSUCH
    assert shell.file.read_text() == before


class Controller:
    """Takes what is asked of the controller."""

    def __init__(self, *nodes: SharedWith) -> None:
        self.nodes = nodes
        self.kept: list[KeepSecrets] = []

    def ask(self, _program, _daemon, body, kind, timeout=0.0):
        assert isinstance(body, ShareSecrets) and kind is SecretsShared
        self.kept.append(body.keep)
        return SecretsShared(self.nodes)


def played(monkeypatch, *nodes: SharedWith) -> Controller:
    controller = Controller(*nodes)
    monkeypatch.setattr(daemons, "ask", controller.ask)
    monkeypatch.delenv("CIB_file")
    return controller


def test_other_nodes_are_told_and_those_that_are_down_are_named(shell, folder, monkeypatch):
    down = SharedWith("gamma", ExitCode.NOHOST, "can't be reached")
    controller = played(monkeypatch, SharedWith("beta", 0, ""), down)
    result = shell.run("cibsecret -C set ip passwd x")
    assert result.code == ExitCode.OK
    assert result.stdout == f"INFO: syncing {folder}/ip/passwd to beta ...\n"
    assert "WARNING: node gamma is down" in result.stderr
    shell.run("cibsecret -C set fs key y")
    shell.run("cibsecret -C delete ip passwd")
    assert shell.run("cibsecret sync").code == ExitCode.OK
    assert controller.kept == [
        KeepSecrets((Secret("ip", "passwd", b"x"),)),
        KeepSecrets((Secret("fs", "key", b"y"),)),
        KeepSecrets((Secret("ip", "passwd", b""),)),
        KeepSecrets((Secret("fs", "key", b"y"),), only=True),
    ]


def test_a_node_that_could_not_keep_a_value_is_an_error(shell, folder, monkeypatch):
    played(monkeypatch, SharedWith("beta", ExitCode.OSFILE, "no space"), SharedWith("gamma", 0, ""))
    result = shell.run("cibsecret -C set ip passwd x")
    assert (result.code, "node beta: no space" in result.stderr) == (ExitCode.OSFILE, True)
    assert "to gamma" in result.stdout


def test_without_a_cluster_this_node_is_changed_and_that_is_said(shell, folder, monkeypatch):
    monkeypatch.delenv("CIB_file")
    result = shell.run("cibsecret -C set ip passwd x")
    assert result.code == ExitCode.OK and "only this node was changed" in result.stderr
    assert shell.run("cibsecret sync").code == ExitCode.DISCONNECT
    assert shell.run("cibsecret set ip passwd x").code == ExitCode.DISCONNECT
