"""Commands that agents call every few seconds, on a node that has nothing else to do: how long one takes, its start
included. What enters the node is outside of the measured time as far as it can be: it is the same for both products."""

import subprocess
import time
from collections.abc import Iterable, Iterator

from benches.cluster.cluster import Cluster
from tests.e2e.lab.node import LabNode

_RUNS = 20
COMMANDS = {
    "crm-node": ("crm_node", "-n"),
    "attrd-updater": ("attrd_updater", "-Q", "-n", "bench"),
    "crm-attribute": ("crm_attribute", "-t", "crm_config", "-n", "dc-version", "-G", "-q"),
    "cibadmin": ("cibadmin", "-Q"),
}
"""By the names of their rows."""


def started(cluster: Cluster) -> Iterator[tuple[str, float]]:
    """Each command, many times in a row."""
    cluster.run("attrd_updater", "-n", "bench", "-U", "1")
    node = cluster.lab.nodes[cluster.up()[0]]
    for name, command in COMMANDS.items():
        for seconds in timed(node, [command] * _RUNS):
            yield name, seconds


def timed(node: LabNode, commands: Iterable[tuple[str, ...]], pause: float = 0.0) -> Iterator[float]:
    """How long each of some commands takes on a node, beyond the least of anything that is started there so."""
    entry = min(_seconds(node.inside("true")) for _ in range(_RUNS))
    for command in commands:
        yield _seconds(node.inside(*command)) - entry
        time.sleep(pause)


def _seconds(command: tuple[str, ...]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began
