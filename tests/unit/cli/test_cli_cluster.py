"""`pcmk cluster`: hosts, each with files of its own, are made members by the commands that people type."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pcmk.kernel.exitcodes import ExitCode

COMMAND = [sys.executable, "-c", "from pcmk.cli.root import main; main()", "cluster"]
# Both are this machine's; the first node is found by its name.
OWN = os.uname().nodename
NODES = (f"{OWN}=127.0.0.1", "n2=127.0.0.2")
SECONDS = 60.0


class Host:
    """A machine by its files."""

    def __init__(self, folder: Path) -> None:
        self.tls = folder / "pcmk" / "tls"
        self.corosync = folder / "corosync.conf"
        self.authkey = folder / "authkey"
        self._environment = {
            **os.environ,
            "PCMK_CONFIG_DIR": str(folder / "pcmk"),
            "PCMK_RUN_DIR": str(folder / "run"),
            "PCMK_MEMBERSHIP": "corosync",
            "PCMK_LOG_FILE": "none",
            "COROSYNC_MAIN_CONFIG_FILE": str(self.corosync),
            "COROSYNC_TOTEM_AUTHKEY_FILE": str(self.authkey),
        }

    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*COMMAND, *words],
            env=self._environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *words: str, input: str = "", code: int = ExitCode.OK) -> tuple[str, str]:
        process = self.start(*words)
        out, err = process.communicate(input, SECONDS)
        assert process.returncode == code, (out, err)
        return out, err


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path / "n1")


def test_a_plan_is_shown_and_asked_for(host: Host) -> None:
    host.authkey.parent.mkdir()
    out, _err = host.run("init", "web", *NODES, input="n\n", code=ExitCode.ERROR)
    assert f"{host.corosync} is new: Corosync's links, nodes and quorum" in out
    assert "+    crypto_cipher: aes256" in out
    assert "PRIVATE KEY" not in out
    assert not host.tls.exists()
    plan = json.loads(host.run("init", "web", *NODES, "--json")[0])
    assert plan["done"] is False
    assert {Path(file["path"]).name: file["mode"] for file in plan["files"]}["node.key"] == "0600"
    assert not host.tls.exists()
    out, _err = host.run("init", "web", *NODES, input="y\n")
    assert "pcmk cluster invite n2" in out
    assert (host.tls / "node.key").exists()
    _out, err = host.run("init", "web", *NODES, "--yes", code=ExitCode.EXISTS)
    assert "is in a cluster already" in err


def invited(host: Host, *words: str) -> tuple["subprocess.Popen[str]", str]:
    process = host.start("invite", *words, "--port", "0", "--yes", "--json")
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.communicate()
    return process, json.loads(line)["token"]


def test_a_host_joins_once_with_a_token(host: Host, tmp_path: Path) -> None:
    host.run("init", "web", *NODES, "--yes")
    process, token = invited(host, "n2")
    other, late = Host(tmp_path / "n2"), Host(tmp_path / "late")
    plan = json.loads(other.run("join", token, "--json")[0])
    assert (plan["node"], plan["done"]) == ("n2", False)
    assert not other.tls.exists()
    out, _err = other.run("join", token, "--yes")
    assert "This host is n2 now." in out
    out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == ExitCode.OK
    assert json.loads(out)["joined"] is True
    assert "Gave 127.0.0.1 a certificate as n2" in err
    assert other.authkey.read_bytes() == host.authkey.read_bytes()
    assert other.corosync.read_text() == host.corosync.read_text()
    assert (other.tls / "node.key").stat().st_mode & 0o777 == 0o600
    _out, err = late.run("join", token, "--yes", code=ExitCode.DISCONNECT)
    assert "was used, has expired, or was ended" in err
    _out, err = other.run("join", token, "--yes", code=ExitCode.EXISTS)
    assert "is in a cluster already" in err


def test_a_host_without_the_nodes_address_is_not_that_node(host: Host, tmp_path: Path) -> None:
    host.run("init", "web", NODES[0], "n2=198.51.100.2", "--yes")
    process, token = invited(host, "n2")
    other = Host(tmp_path / "n2")
    _out, err = other.run("join", token, "--yes", code=ExitCode.NOHOST)
    assert "198.51.100.2" in err
    assert not other.tls.exists()
    _out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == ExitCode.ERROR
    assert "is no member: n2 has 198.51.100.2" in err


def test_a_token_that_was_cut_off_is_refused(host: Host) -> None:
    _out, err = host.run("join", "pcmk1-abc", "--yes", code=ExitCode.DATAERR)
    assert "no token" in err


def test_certificates_are_shown_and_renewed(host: Host) -> None:
    host.run("init", "web", *NODES, "--days", "20", "--yes")
    out, _err = host.run("certs", "show", code=ExitCode.CONFIG)
    assert "20 more days" in out or "19 more days" in out
    before = (host.tls / "node.crt").read_bytes()
    host.run("certs", "renew", "--within", "10")
    host.run("certs", "renew", "--within", "10", "--json")
    assert (host.tls / "node.crt").read_bytes() == before
    host.run("certs", "renew", "--within", "30", "--yes")
    assert (host.tls / "node.crt").read_bytes() != before
    [node, _authority] = json.loads(host.run("certs", "show", "--json")[0])
    assert node["names"] == [f"pcmk-node-{OWN}"]
    assert node["days_left"] > 3600


def test_what_a_host_is_not_is_said(host: Host) -> None:
    _out, err = host.run("certs", "show", code=ExitCode.CONFIG)
    assert f"Cannot read {host.corosync}" in err
    _out, err = host.run("invite", "n2", code=ExitCode.CONFIG)
    assert f"Cannot read {host.corosync}" in err
