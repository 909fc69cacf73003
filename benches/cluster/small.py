"""What is measured with ten instances of resources on three nodes. Each function measures once, in seconds, and leaves
the cluster as it was."""

import subprocess
import time
from collections.abc import Iterator

from benches.cluster import meters
from benches.cluster.cluster import Cluster

_CALM = 30.0
_MINUTE = 60.0


def start(cluster: Cluster) -> float:
    """Daemons started, Corosync being there -> all is active."""
    cluster.stop()
    began = cluster.start()
    ended = cluster.wait("all is active", lambda: cluster.all_active(list(cluster.lab.nodes)))
    cluster.settle()
    return ended - began


def node_killed(cluster: Cluster) -> float:
    """A node that is not the DC and has more than clones loses power -> all is active on the others; the time is that
    beyond Corosync's detection."""
    others = cluster.others(cluster.dc())
    single = [*cluster.dummies("d1", others), *cluster.dummies("d2", others), cluster.promoted()]
    return _killed(cluster, max(others, key=single.count))


def dc_killed(cluster: Cluster) -> float:
    """The same with the DC, which has more than clones as well."""
    dc = cluster.dc()
    if cluster.dummies("d1", cluster.lab.nodes) != [dc]:
        cluster.run("crm_resource", "--move", "-r", "d1", "-N", dc)
        cluster.settle()
    taken = _killed(cluster, dc)
    cluster.run("crm_resource", "--clear", "-r", "d1")
    cluster.settle()
    return taken


def _killed(cluster: Cluster, lost: str) -> float:
    left = cluster.others(lost)
    began = time.time()
    cluster.lab.nodes[lost].power_off()
    ended = cluster.wait("all is active elsewhere", lambda: cluster.all_active(left))
    missed = cluster.missed(left[0], began)
    cluster.lab.start(lost)
    cluster.settle()
    return ended - missed


def failed(cluster: Cluster) -> float:
    """A monitor begins that will find a resource stopped -> it is active again."""
    (place,) = cluster.dummies("d1", cluster.lab.nodes)
    node = cluster.lab.nodes[place]
    began = time.time()
    node.path(f"{cluster.product.agents}/Dummy-d1.state").unlink()
    ended = cluster.wait("it is started again", lambda: bool(cluster.dummies("d1", cluster.lab.nodes)))
    actions = (line.split() for line in node.path("/run/timed-d1").read_text().splitlines())
    noticed = next(float(when) for when, action in actions if action == "monitor" and float(when) > began)
    cluster.run("crm_resource", "--cleanup", "-r", "d1")
    cluster.settle()
    return ended - noticed


def standby(cluster: Cluster) -> float:
    """The node with the promoted instance goes to standby (command included) -> all is active on the others alone."""
    node = cluster.promoted()
    left = cluster.others(node)
    began = time.time()
    cluster.run("crm_standby", "-N", node, "-v", "on")
    ended = cluster.wait("all has moved", lambda: cluster.none_active(node) and cluster.all_active(left))
    cluster.run("crm_standby", "-N", node, "-D")
    cluster.settle()
    return ended - began


_ASK = "attrd_updater -Q -n bench -N n1 2>&1"
_SEEN = f'{_ASK} > /dev/null; echo; until [[ $({_ASK}) == *"$0"* ]]; do :; done; echo $EPOCHREALTIME'
_SET = 'echo $EPOCHREALTIME; exec attrd_updater -n bench -U "$0"'


def attribute(cluster: Cluster) -> float:
    """A transient attribute is set -> a command on each node has printed it; the time of commands included, but not of
    what enters nodes: a loop on each node asks already when it is set."""
    value = str(time.monotonic_ns())

    def begun(name: str, script: str) -> "subprocess.Popen[str]":
        words = cluster.lab.nodes[name].inside("bash", "-c", script, value)
        return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)

    loops = [begun(name, _SEEN) for name in cluster.lab.nodes]
    for loop in loops:
        _line(loop)
    setting = begun("n1", _SET)
    began = float(_line(setting))
    setting.communicate()
    return max(float(loop.communicate()[0]) for loop in loops) - began


def _line(process: "subprocess.Popen[str]") -> str:
    return process.stdout.readline() if process.stdout is not None else ""


def at_rest(cluster: Cluster) -> Iterator[tuple[str, float]]:
    """What the daemons take in maintenance mode, in which no monitors run: of the processor, the median of the nodes,
    and of memory, the DC's."""
    cluster.run("crm_attribute", "-t", "crm_config", "-n", "maintenance-mode", "-v", "true")
    cluster.settle()
    before = {name: meters.processor_seconds([node], meters.NOT_OURS) for name, node in cluster.lab.nodes.items()}
    time.sleep(_CALM)
    for name, node in cluster.lab.nodes.items():
        yield "idle", (meters.processor_seconds([node], meters.NOT_OURS) - before[name]) * _MINUTE / _CALM
    memory = meters.memory(cluster.lab.nodes[cluster.dc()])
    yield "memory", memory["daemons"]
    yield "helpers", memory["RSS"]
    yield "shared", memory["PSS"]
