"""The sandbox's fence agent, against real processes."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from pcmk.runtime.agent_paths import fence_agents, find_fence_agent
from pcmk.sandbox.processes import VARIABLE, mark, mark_in, processes_of


class Node:
    def __init__(self, folder: Path, name: str, script: str = "sleep 100 & setsid sleep 100 & wait") -> None:
        self.mark = mark(str(folder), name)
        environment = {"PATH": "/usr/bin:/bin", VARIABLE: self.mark}
        self.process = subprocess.Popen(["/bin/sh", "-c", script], env=environment, start_new_session=True)

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + 5
        while len(processes_of(self.mark)) < count:
            assert time.monotonic() < deadline
            time.sleep(0.005)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[dict[str, Node]]:
    nodes = {name: Node(tmp_path, name) for name in ("node1", "node2")}
    for node in nodes.values():
        node.wait_for(3)
    yield nodes
    for node in nodes.values():
        for pid in processes_of(node.mark):
            os.kill(pid, 9)
        node.process.kill()
        node.process.wait()


def fence(folder: Path, action: str, plug: str = "node1", **more: str) -> subprocess.CompletedProcess[str]:
    path = find_fence_agent("fence_sandbox")
    assert path is not None
    options = {"action": action, "plug": plug, "nodename": plug, "sandbox": str(folder)} | more
    lines = "".join(f"{name}={value}\n" for name, value in options.items())
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", VARIABLE: mark(str(folder), "node2")}
    return subprocess.run([path], input=lines, env=environment, capture_output=True, text=True, timeout=30)


def test_it_is_found_and_listed() -> None:
    assert "fence_sandbox" in fence_agents()
    assert find_fence_agent("fence/../x") is None


def test_off_kills_every_process_of_the_node_alone(nodes: dict[str, Node], tmp_path: Path) -> None:
    ended = fence(tmp_path, "off")
    assert ended.returncode == 0, ended.stderr
    assert processes_of(nodes["node1"].mark) == []
    assert len(processes_of(nodes["node2"].mark)) == 3
    line = (tmp_path / "fence" / "log").read_text()
    assert "off node1 by node2: 3 processes" in line


def test_off_ends_what_forks_all_the_time(tmp_path: Path) -> None:
    node = Node(tmp_path, "node1", "while :; do (sleep 0.01 &) ; done")
    node.wait_for(2)
    assert fence(tmp_path, "reboot").returncode == 0
    assert processes_of(node.mark) == []
    node.process.wait()


def test_fencing_twice_is_harmless(nodes: dict[str, Node], tmp_path: Path) -> None:
    assert [fence(tmp_path, "off").returncode for _ in range(2)] == [0, 0]


def test_status_list_and_monitor(nodes: dict[str, Node], tmp_path: Path) -> None:
    assert fence(tmp_path, "status").returncode == 0
    assert fence(tmp_path, "list").stdout == "node1,\nnode2,\n"
    assert fence(tmp_path, "monitor").returncode == 0
    fence(tmp_path, "off")
    assert fence(tmp_path, "status").returncode == 2
    assert fence(tmp_path, "on").returncode == 0


def test_told_to_fail(nodes: dict[str, Node], tmp_path: Path) -> None:
    (tmp_path / "fence").mkdir()
    (tmp_path / "fence" / "node1.mode").write_text("fail\n")
    assert fence(tmp_path, "off").returncode == 1
    assert len(processes_of(nodes["node1"].mark)) == 3
    assert not (tmp_path / "fence" / "log").exists()


def test_told_to_hang(nodes: dict[str, Node], tmp_path: Path) -> None:
    (tmp_path / "fence").mkdir()
    (tmp_path / "fence" / "node1.mode").write_text("hang")
    path = find_fence_agent("fence_sandbox")
    assert path is not None
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    with subprocess.Popen([path, "-o", "off", "-n", "node1", f"--sandbox={tmp_path}"], env=environment) as agent:
        with pytest.raises(subprocess.TimeoutExpired):
            agent.wait(0.3)
        agent.kill()
    assert len(processes_of(nodes["node1"].mark)) == 3


def test_what_is_missing_is_an_error(tmp_path: Path) -> None:
    assert fence(tmp_path / "nowhere", "off").returncode == 1
    assert fence(tmp_path, "off", plug="").returncode == 1
    assert fence(tmp_path, "dance").returncode == 1


def test_metadata(tmp_path: Path) -> None:
    root = etree.fromstring(fence(tmp_path, "metadata").stdout.encode())
    assert {"off", "reboot", "on", "status", "list", "monitor"} <= {e.get("name") for e in root.iter("action")}


def test_mark_is_read_as_a_whole_variable() -> None:
    assert mark_in(b"A=1\0PCMK_SANDBOX_NODE=/x:n1\0B=2") == "/x:n1"
    assert mark_in(b"XPCMK_SANDBOX_NODE=/x:n1\0") == ""
