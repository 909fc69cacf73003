"""Processor time and memory of nodes, read from outside."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from pcmk.kernel.daemons import Daemon
from tests.e2e.lab.node import LabNode

_TICK = os.sysconf("SC_CLK_TCK")
NOT_OURS = ("corosync", "init.sh", "sleep", "nsenter")
"""Processes of a node that are none of the cluster manager's."""
DAEMONS = tuple(daemon.value[:15] for daemon in Daemon)
"""As the kernel names their processes; the other products' have the same names."""
_OWN_RUNS = 20
_LOOK = 2.0


def busy_cores() -> float:
    """How many of the machine's processors are busy at the moment."""

    def ticks() -> int:
        user, nice, system = Path("/proc/stat").read_text().split()[1:4]
        return int(user) + int(nice) + int(system)

    before = ticks()
    time.sleep(_LOOK)
    return (ticks() - before) / _TICK / _LOOK


def processor_seconds(nodes: Iterable[LabNode], without: tuple[str, ...] = ()) -> float:
    """What all processes of nodes but those of some names have had, the ended ones included: their parents, or process
    1, have their time."""
    used = 0
    for node in nodes:
        for pid in node.processes():
            try:
                name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition(" (")[2].rpartition(") ")
            except (FileNotFoundError, ProcessLookupError):
                continue
            used += 0 if name in without else sum(map(int, rest.split()[11:15]))
    return used / _TICK


def ours(node: LabNode) -> Iterator[tuple[int, str]]:
    """The processes of a cluster manager that run on a node, without Corosync, and their names."""
    for pid in node.processes():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            name = Path(f"/proc/{pid}/comm").read_text().strip()
            if name not in NOT_OURS:
                yield pid, name


def memory(node: LabNode) -> dict[str, float]:
    """Resident memory of a node's daemons and, of these and their helpers, all of it (`RSS`), and that in which what
    processes share is counted once (`PSS`); in MB."""
    sums = {"daemons": 0, "RSS": 0, "PSS": 0}
    for pid, name in ours(node):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for kind, kilobytes in _sizes(Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()):
                sums[kind] += kilobytes
                if kind == "RSS" and name in DAEMONS:
                    sums["daemons"] += kilobytes
    return {kind: kilobytes / 1024 for kind, kilobytes in sums.items()}


def _sizes(lines: list[str]) -> Iterator[tuple[str, int]]:
    for line in lines:
        match line.split():
            case ["Rss:", kilobytes, *_]:
                yield "RSS", int(kilobytes)
            case ["Pss:", kilobytes, *_]:
                yield "PSS", int(kilobytes)
            case _:
                pass


def own_of_agent(node: LabNode) -> float:
    """What an action of Dummy takes by itself: three probes and a start, as each resource has on three nodes; seconds
    of processor time for each of these four."""
    agent = "/usr/lib/ocf/resource.d/heartbeat/Dummy"
    script = f"""export OCF_ROOT=/usr/lib/ocf OCF_RESOURCE_INSTANCE=own OCF_RESKEY_state=/run/own HA_RSCTMP=/run/own-tmp
        export OCF_RESKEY_CRM_meta_interval=0 HA_logfile=/dev/null HA_debuglog=/dev/null
        for i in $(seq {_OWN_RUNS}); do
            rm -f /run/own; {agent} monitor; {agent} monitor; {agent} monitor; {agent} start
        done; true"""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(node.inside("sh", "-c", script), check=True, capture_output=True)
    after = getrusage(RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / (4 * _OWN_RUNS)
