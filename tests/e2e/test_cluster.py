"""What the sandbox promises to a new user, with three real nodes."""

import os
import re
import signal
import time
from pathlib import Path

import pytest
from conftest import Cluster

from pcmk.client import Connection
from pcmk.client.cib_changes import Copy, follow
from pcmk.kernel.daemons import Daemon
from pcmk.pacemakerd.core import ORDER
from pcmk.runtime.listener import listener
from pcmk.runtime.settings import from_environment

pytestmark = pytest.mark.e2e

MONITOR = 10.0
RECOVERY = 3.0
"""Seconds from the loss of a node until all that it had runs elsewhere."""
SETTLE = 5.0
"""Seconds from the loss of a daemon until the cluster is idle again."""
QUIET = 3.0
MEMORY = 160 * 1024
"""Kilobytes of a node's seven daemons, shared ones counted by their part."""
IDLE_CPU = 0.01
"""Of a core, for all daemons of a node, while only monitors run."""
CPU_WINDOW = 10.0
CPU_WINDOWS = 4


def test_everything_runs_where_it_should(cluster: Cluster) -> None:
    assert cluster.web_node() in cluster.names
    assert cluster.active("Dummy", "web-log") == [cluster.web_node()]
    assert cluster.active("Dummy", "everywhere-member") == list(cluster.names)
    shown = cluster.sandbox.run("node1", "crm_mon", "-1").stdout
    assert re.search(r"Promoted: \[ node\d \]\n    \* Unpromoted: \[ node\d node\d \]", shown), shown
    cluster.wait_for_one_cib()
    assert cluster.fencings() == []


def test_a_resource_that_fails_is_recovered_after_its_monitor(cluster: Cluster) -> None:
    node = cluster.web_node()
    file = cluster.state_file(node, "Dummy", "web-log")
    file.unlink()
    took = cluster.wait("the state file is back", lambda: cluster.active("Dummy", "web-log") != [], 2 * MONITOR)
    assert took <= MONITOR + 0.5
    cluster.wait_idle()


def test_who_follows_the_cib_misses_nothing_when_its_daemon_dies(cluster: Cluster) -> None:
    node, other = cluster.names[:2]
    copy = Copy()
    with Connection(from_environment(cluster.sandbox.environment(node)), "test") as connection:
        for value in range(1, 4):
            done = cluster.sandbox.run(other, "crm_attribute", "-t", "crm_config", "-n", "followed", "-v", str(value))
            assert done.returncode == 0, done.stderr
            for change in follow(connection, "crm_config", copy=copy):
                assert not change.whole or (value == 1 and not change.reason)
                if change.cib.find(f"//nvpair[@name='followed' and @value='{value}']"):
                    break
            pid = listener(cluster.place.run_dir(node) / "pacemaker-based.sock")
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
    assert cluster.sandbox.run(other, "crm_attribute", "-t", "crm_config", "-n", "followed", "-D").returncode == 0
    cluster.wait_idle()


@pytest.mark.parametrize("leader", [False, True])
def test_a_lost_node_is_fenced_and_what_it_had_runs_elsewhere(cluster: Cluster, leader: bool) -> None:
    dc = cluster.dc()
    # What is to be recovered must be on the node that is lost.
    lost = dc if leader else next(name for name in cluster.names if name != dc)
    if cluster.web_node() != lost:
        others = [name for name in cluster.names if name != lost]
        for name in others:
            assert cluster.sandbox.run(lost, "crm_standby", "-N", name, "-v", "on").returncode == 0
        cluster.wait(f"{lost} serves", lambda: cluster.web_node() == lost)
        for name in others:
            assert cluster.sandbox.run(lost, "crm_standby", "-N", name, "-D").returncode == 0
        cluster.wait_idle()
        assert cluster.web_node() == lost
    began = time.monotonic()
    cluster.sandbox.kill(lost)
    cluster.wait("the service answers again", lambda: cluster.web_node() not in ("", lost), 20)
    cluster.wait_idle(20)
    assert time.monotonic() - began < RECOVERY
    assert [line.split(" by ")[0] for line in cluster.fencings()] == [f"reboot {lost}"]
    cluster.back(lost)
    cluster.wait_for_one_cib()


def test_a_hung_node_is_fenced(cluster: Cluster) -> None:
    hung = cluster.web_node()
    cluster.sandbox.pause(hung)
    cluster.wait(f"{hung} is fenced", lambda: not cluster.sandbox.is_alive(hung), 20)
    cluster.wait("the service answers again", lambda: cluster.web_node() not in ("", hung), 20)
    cluster.back(hung)
    cluster.wait_for_one_cib()


def test_the_smaller_side_of_a_split_is_fenced(cluster: Cluster) -> None:
    lone = cluster.web_node()
    others = tuple(name for name in cluster.names if name != lone)
    cluster.sandbox.split((lone,), others)
    cluster.wait(f"{lone} is fenced", lambda: not cluster.sandbox.is_alive(lone), 20)
    cluster.wait("the service answers again", lambda: cluster.web_node() in others, 20)
    cluster.sandbox.heal()
    cluster.back(lone)
    cluster.wait_for_one_cib()


def test_killed_daemons_disturb_no_resource(cluster: Cluster) -> None:
    for node in cluster.names:
        for daemon in ORDER:
            kill_and_settle(cluster, node, daemon, cluster.pids(node)[daemon.value])
        supervisor = Daemon.PACEMAKERD
        kill_and_settle(cluster, node, supervisor, pid_of(cluster, node))
    before = births(cluster)
    # HTTP service, its companion, and on each node a member of both clones.
    assert len(before) == 2 + 2 * len(cluster.names)
    # That nothing happens later can't be waited for.
    time.sleep(QUIET)
    assert cluster.is_idle()
    assert births(cluster) == before
    assert cluster.fencings() == []


def kill_and_settle(cluster: Cluster, node: str, daemon: Daemon, pid: int) -> None:
    before = births(cluster)
    os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    cluster.wait(f"{daemon} of {node} is back", lambda: current(cluster, node, daemon) not in (0, pid), SETTLE)
    cluster.wait("all daemons are up", lambda: cluster.daemons_are_up(node), SETTLE)
    cluster.wait_idle(SETTLE)
    assert time.monotonic() - began < SETTLE
    assert births(cluster) == before, f"killing {daemon} of {node} restarted a resource"


def current(cluster: Cluster, node: str, daemon: Daemon) -> int:
    return pid_of(cluster, node) if daemon is Daemon.PACEMAKERD else cluster.pids(node).get(daemon.value, 0)


def pid_of(cluster: Cluster, node: str) -> int:
    from pcmk.rpc.claim import holder

    return holder(cluster.place.run_dir(node) / f"{Daemon.PACEMAKERD.value}.sock") or 0


def births(cluster: Cluster) -> dict[str, int]:
    """When each resource was started: the change times of its agent's files."""
    return {
        str(path): path.stat().st_ino
        for node in cluster.names
        for path in cluster.place.agents_dir(node).glob("*.state")
    }


def test_standby_moves_everything_away(cluster: Cluster) -> None:
    node = cluster.web_node()
    assert cluster.sandbox.run(node, "crm_standby", "-N", node, "-v", "on").returncode == 0
    cluster.wait("the service moved", lambda: cluster.web_node() not in ("", node), 20)
    cluster.wait_idle(20)
    assert node not in cluster.active("Dummy", "everywhere-member")
    assert cluster.sandbox.run(node, "crm_standby", "-N", node, "-D").returncode == 0
    cluster.wait("the clone is back", lambda: node in cluster.active("Dummy", "everywhere-member"), 20)


def test_a_clean_stop_moves_resources_and_fences_nobody(cluster: Cluster) -> None:
    node = cluster.web_node()
    cluster.sandbox.stop(node)
    cluster.wait(f"{node} left", lambda: not cluster.sandbox.is_alive(node), 30)
    cluster.wait("the service moved", lambda: cluster.web_node() not in ("", node), 20)
    cluster.wait_idle(20)
    assert cluster.fencings() == []
    cluster.back(node)


def test_the_daemons_of_a_node_fit_into_their_memory(cluster: Cluster) -> None:
    for node in cluster.names:
        pids = {**cluster.pids(node), "pacemakerd": pid_of(cluster, node)}
        sizes = {name: pss(pid) for name, pid in pids.items()}
        assert sum(sizes.values()) <= MEMORY, sizes


def test_an_idle_node_hardly_needs_the_processor(cluster: Cluster) -> None:
    used = cpu_shares(cluster)
    # What a start leaves to be done, such as comparing copies of the CIB, is over after some seconds; a loop is not.
    for _ in range(CPU_WINDOWS - 1):
        if max(sum(shares.values()) for shares in used.values()) > IDLE_CPU:
            used = cpu_shares(cluster)
    whole = {node: sum(shares.values()) for node, shares in used.items()}
    assert max(whole.values()) <= IDLE_CPU, f"{whole} by {used}, the machine's load {os.getloadavg()}"


def cpu_shares(cluster: Cluster) -> dict[str, dict[str, float]]:
    """What each daemon of each node takes of a core in a window of time."""
    before = {node: cpu_seconds(cluster, node) for node in cluster.names}
    time.sleep(CPU_WINDOW)
    return {
        node: {
            name: round((used - before[node][name]) / CPU_WINDOW, 4)
            for name, used in cpu_seconds(cluster, node).items()
        }
        for node in cluster.names
    }


def cpu_seconds(cluster: Cluster, node: str) -> dict[str, float]:
    """Of each daemon of a node, to the nanosecond; those of /proc/PID/stat are ticks, too coarse for seconds."""
    pids = {**cluster.pids(node), "pacemakerd": pid_of(cluster, node)}
    threads = {name: Path(f"/proc/{pid}/task").glob("*/schedstat") for name, pid in pids.items()}
    return {name: sum(int(path.read_text().split()[0]) for path in paths) / 1e9 for name, paths in threads.items()}


def pss(pid: int) -> int:
    with open(f"/proc/{pid}/smaps_rollup") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
