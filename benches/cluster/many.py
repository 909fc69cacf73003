"""What is measured with many resources on three nodes."""

import os
import statistics
import time
from collections.abc import Iterator

from benches.cluster import cib, commands, meters
from benches.cluster.cluster import Cluster
from tests.e2e.lab.look import is_idle

PATIENCE = 1800.0
_ACTIONS = 4
"""Of each resource: it is probed on three nodes and started on one."""
_WRITES = 9
_PAUSE = 0.5
_POLL = 0.05


def loaded(cluster: Cluster, count: int, name: str) -> Iterator[tuple[str, float]]:
    """So many Dummies are added by one command -> all are started; and what an action takes of the processor, beyond
    what the agent takes by itself."""
    nodes = list(cluster.lab.nodes.values())
    own = meters.own_of_agent(nodes[0])
    yield "many-agent", own
    used = meters.processor_seconds(nodes)
    began = time.time()
    cluster.load("resources", cib.many(count))
    everywhere = list(cluster.lab.nodes)
    ended = cluster.wait("all are started", lambda: _active(cluster, everywhere) == count, PATIENCE, _POLL)
    yield f"{name}-started", ended - began
    cluster.wait("the cluster is idle", lambda: is_idle(cluster.lab, "n1"), PATIENCE, 0.5)
    yield f"{name}-action", (meters.processor_seconds(nodes) - used) / (_ACTIONS * count) - own


def at_rest(cluster: Cluster) -> Iterator[tuple[str, float]]:
    """Of a cluster that has them: a write that a command waits for (medians), and the memory of the DC's daemons."""
    writes = [("crm_attribute", "-t", "crm_config", "-n", "bench", "-v", str(value)) for value in range(_WRITES)]
    times = commands.timed(cluster.lab.nodes[cluster.up()[0]], writes, _PAUSE)
    yield "many-write", statistics.median(times)
    memory = meters.memory(cluster.lab.nodes[cluster.dc()])
    yield "many-memory", memory["daemons"]
    yield "many-helpers", memory["RSS"]
    yield "many-shared", memory["PSS"]


def killed(cluster: Cluster, count: int) -> Iterator[tuple[str, float]]:
    """A node that is not the DC loses power, and about a third of them with it -> its fencing is asked for; and all are
    active elsewhere. Times beyond Corosync's detection."""
    lost = cluster.others(cluster.dc())[-1]
    left = cluster.others(lost)
    began = time.time()
    cluster.lab.nodes[lost].power_off()
    ended = cluster.wait("all are active elsewhere", lambda: _active(cluster, left) == count, PATIENCE, _POLL)
    missed = cluster.missed(left[0], began)
    yield "many-fenced", next(each for each in cluster.lab.power.asked if each > began) - missed
    yield "many-back", ended - missed


def _active(cluster: Cluster, nodes: list[str]) -> int:
    """How many of the many are active."""
    folders = (cluster.lab.nodes[name].path(cluster.product.agents) for name in nodes)
    return sum(name.startswith("Dummy-r") for folder in folders for name in os.listdir(folder))
