"""Our OCF agents, run as the executor runs them."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from pcmk.runtime.agent_paths import OWN_AGENTS, find_resource_agent, ocf_providers, resource_agents

AGENTS = ("Dummy", "HttpServer", "Stateful")


class Agent:
    def __init__(self, name: str, folder: Path) -> None:
        path = find_resource_agent(folder / "no-ocf-root", "pacemaker", name)
        assert path is not None
        self.path = path
        self.environment = {
            "PATH": f"{folder}/bin:{Path(sys.executable).parent}:/usr/bin:/bin",
            "HA_RSCTMP": str(folder),
            "OCF_RESOURCE_INSTANCE": "rsc",
            "OCF_RESKEY_CRM_meta_on_node": "node1",
        }
        self.stdout = self.stderr = ""

    def __call__(self, action: str, **params: str) -> int:
        environment = self.environment | {f"OCF_RESKEY_{name}": value for name, value in params.items()}
        ended = subprocess.run([self.path, action], env=environment, capture_output=True, text=True, timeout=20)
        self.stdout, self.stderr = ended.stdout, ended.stderr
        return ended.returncode


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_agents_are_listed_under_the_provider_pacemaker(tmp_path: Path) -> None:
    assert ocf_providers(tmp_path) == ("pacemaker",)
    assert resource_agents(tmp_path, "pacemaker") == AGENTS


def test_agent_of_the_administrator_comes_first(tmp_path: Path) -> None:
    own = tmp_path / "resource.d" / "pacemaker" / "Dummy"
    own.parent.mkdir(parents=True)
    own.touch()
    assert find_resource_agent(tmp_path, "pacemaker", "Dummy") == own
    assert find_resource_agent(tmp_path, "pacemaker", "../pacemaker/Dummy") is None


@pytest.mark.parametrize("name", AGENTS)
def test_metadata_is_ocf_1_1(name: str, tmp_path: Path) -> None:
    agent = Agent(name, tmp_path)
    assert agent("meta-data") == 0
    root = etree.fromstring(agent.stdout.encode())
    assert root.get("name") == name
    assert root.findtext("version") == "1.1"
    assert {"start", "stop", "monitor", "meta-data", "validate-all"} <= {e.get("name") for e in root.iter("action")}
    for element in root.iter("parameter"):
        assert element.find("content") is not None and element.findtext("shortdesc")


@pytest.mark.parametrize("name", AGENTS)
def test_unknown_action_is_unimplemented(name: str, tmp_path: Path) -> None:
    agent = Agent(name, tmp_path)
    assert agent("dance") == 3
    assert "ocf-exit-reason:" in agent.stderr


def test_dummy_life(tmp_path: Path) -> None:
    agent = Agent("Dummy", tmp_path)
    assert [agent(action) for action in ("validate-all", "monitor", "stop", "start", "start", "monitor")] == [
        0, 7, 0, 0, 0, 0,
    ]  # fmt: skip
    assert (tmp_path / "Dummy-rsc.state").exists()
    assert [agent(action) for action in ("reload-agent", "migrate_to", "monitor", "migrate_from", "monitor")] == [
        0, 0, 7, 0, 0,
    ]  # fmt: skip
    assert [agent(action) for action in ("stop", "monitor", "stop", "reload-agent")] == [0, 7, 0, 7]


def test_dummy_fails_as_told(tmp_path: Path) -> None:
    agent = Agent("Dummy", tmp_path)
    assert agent("start", fail_start_on="node1") == 1
    assert "told to fail on node1" in agent.stderr
    assert agent("start", fail_start_on="node2") == 0
    assert agent("monitor", fail_action="monitor") == 1
    assert agent("stop", fail_action="stop") == 1
    assert agent("validate-all", op_sleep="x") == 2
    assert agent("validate-all", state="relative") == 2
    assert agent("start", state=str(tmp_path / "missing" / "file")) == 2


def test_dummy_reloads_what_its_metadata_says(tmp_path: Path) -> None:
    agent = Agent("Dummy", tmp_path)
    agent("meta-data")
    root = etree.fromstring(agent.stdout.encode())
    reloadable = {e.get("name") for e in root.iter("parameter") if e.get("reloadable") == "1"}
    assert {"fake", "op_sleep", "passwd"} <= reloadable and "state" not in reloadable
    assert "reload-agent" in {e.get("name") for e in root.iter("action")}


@pytest.fixture
def stateful(tmp_path: Path) -> Agent:
    command = tmp_path / "bin" / "crm_attribute"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\necho "$OCF_RESOURCE_INSTANCE $*" >> {tmp_path}/calls\n')
    command.chmod(0o755)
    return Agent("Stateful", tmp_path)


def test_stateful_life_and_scores(stateful: Agent, tmp_path: Path) -> None:
    actions = ("monitor", "start", "monitor", "promote", "monitor", "demote", "monitor", "stop", "monitor", "promote")
    assert [stateful(action) for action in actions] == [7, 0, 0, 0, 8, 0, 0, 0, 7, 7]
    assert (tmp_path / "calls").read_text().splitlines() == [
        "rsc --promotion -v 5 -N node1",
        "rsc --promotion -v 10 -N node1",
        "rsc --promotion -v 5 -N node1",
        "rsc --promotion -D -N node1",
    ]


def test_stateful_start_fails_when_its_score_can_not_be_set(stateful: Agent, tmp_path: Path) -> None:
    (tmp_path / "bin" / "crm_attribute").write_text("#!/bin/sh\nexit 1\n")
    assert stateful("start") == 1
    assert "promotion score" in stateful.stderr
    assert stateful("stop") == 0


@pytest.fixture
def http(tmp_path: Path, port: int) -> Iterator[Agent]:
    agent = Agent("HttpServer", tmp_path)
    agent.environment["OCF_RESKEY_port"] = str(port)
    yield agent
    assert agent("stop") == 0


def test_http_server_life(http: Agent, port: int) -> None:
    assert [http(action) for action in ("validate-all", "monitor", "stop")] == [0, 7, 0]
    assert http("start") == 0, http.stderr
    assert http("monitor") == 0
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
        text = page.read().decode()
    assert "rsc" in text and "node1" in text
    assert http("start") == 0
    assert http("stop") == 0
    assert http("monitor") == 7
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))


def test_http_server_runs_in_a_session_of_its_own(http: Agent, tmp_path: Path) -> None:
    assert http("start") == 0
    pid = int((tmp_path / "HttpServer-rsc.state").read_text().split()[0])
    assert os.getsid(pid) == pid


def test_http_server_that_does_not_answer_has_failed(http: Agent, tmp_path: Path) -> None:
    assert http("start") == 0
    pid = int((tmp_path / "HttpServer-rsc.state").read_text().split()[0])
    os.kill(pid, 9)
    assert http("monitor") == 7
    assert http("start") == 0
    assert http("monitor") == 0


def test_http_server_does_not_start_where_the_port_is_taken(http: Agent, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert http("start") == 1
        assert "can't be used" in http.stderr
        assert http("monitor") == 7


def test_http_server_checks_its_parameters(http: Agent) -> None:
    assert http("validate-all", port="x") == 6
    assert http("validate-all", address="nowhere") == 6


def test_own_agents_can_be_executed() -> None:
    for path in [*OWN_AGENTS.glob("ocf/*/*"), *OWN_AGENTS.glob("fence/*")]:
        assert os.access(path, os.X_OK), path
