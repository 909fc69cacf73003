"""What changes cost that a cluster of three nodes acknowledges: python -m benches.live_writes [SECONDS]

Clients are processes of their own, spread over the nodes; each sets one attribute to ever new values. All of them and
all nodes share this machine, so how many changes there are in a second is a matter of the processor time that one
takes, which is printed for each process.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pcmk.kernel.daemons import Daemon
from pcmk.runtime.listener import listener
from pcmk.sandbox import Sandbox
from pcmk.sandbox.readiness import wait_until_ready

CLIENT = """
import json, resource, sys, time
from pcmk.client import Connection
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages.cib import CibModified, CibModify, CibOperation, CibOptions
from pcmk.runtime.settings import from_environment

number, seconds = sys.argv[1], float(sys.argv[2])
taken = []


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def write(connection):
    pair = f"<nvpair id='b{number}' name='b{number}' value='{len(taken)}'/>"
    xml = f"<crm_config><cluster_property_set id='bench'>{pair}</cluster_property_set></crm_config>"
    operation = CibOperation("modify", "crm_config", input_xml=xml, options=CibOptions(allow_create=True))
    connection.ask(Daemon.BASED, CibModify((operation,), "bench"), CibModified)


with Connection(from_environment(), "bench") as connection:
    write(connection)
    print("ready", flush=True)
    sys.stdin.readline()
    used = processor_seconds()
    began = time.monotonic()
    while (now := time.monotonic()) < began + seconds:
        write(connection)
        taken.append(time.monotonic() - now)
    used = processor_seconds() - used
print(json.dumps([taken, used]))
"""

_TICK = os.sysconf("SC_CLK_TCK")


def measure(sandbox: Sandbox, clients: int, seconds: float) -> None:
    """Print how many writes a second that many clients get, how long one takes, and what it costs each process."""
    nodes = [node.name for node in sandbox.place.nodes]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(number), str(seconds)],
            env=dict(sandbox.environment(nodes[number % len(nodes)])),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(clients)
    ]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    before = _processor_seconds(sandbox)
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    taken: list[float] = []
    used_by_clients = 0.0
    for process in processes:
        times, used = json.loads(process.communicate()[0])
        taken += times
        used_by_clients += used
    after = _processor_seconds(sandbox)
    taken.sort()
    slowest = taken[len(taken) * 99 // 100] * 1000
    median = statistics.median(taken) * 1000
    print(
        f"{clients} clients: {len(taken) / seconds:.0f} writes a second, median {median:.1f} ms, 99% {slowest:.1f} ms"
    )
    _print_costs(before, after, used_by_clients, len(taken))


def _processor_seconds(sandbox: Sandbox) -> dict[tuple[str, str], float]:
    """Of each daemon of each node: how much processor time it has had."""
    found: dict[tuple[str, str], float] = {}
    for node in sandbox.place.nodes:
        for daemon in Daemon:
            pid = listener(sandbox.place.run_dir(node.name) / f"{daemon.value}.sock")
            if pid is not None:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                found[node.name, daemon.value] = (int(fields[11]) + int(fields[12])) / _TICK
    return found


def _print_costs(
    before: dict[tuple[str, str], float], after: dict[tuple[str, str], float], clients: float, writes: int
) -> None:
    nodes = sorted({node for node, _ in after})
    print(f"  processor time per write, us {''.join(f'{node:>12}' for node in nodes)}{'all':>12}")
    total = clients
    for daemon in sorted({daemon for _, daemon in after}):
        used = [after[node, daemon] - before[node, daemon] for node in nodes]
        total += sum(used)
        print(f"  {daemon:<28} {''.join(_us(each, writes) for each in (*used, sum(used)))}")
    print(f"  {'clients':<28} {'':{12 * len(nodes)}}{_us(clients, writes)}")
    print(f"  {'all':<28} {'':{12 * len(nodes)}}{_us(total, writes)}", flush=True)


def _us(seconds: float, writes: int) -> str:
    return f"{seconds / writes * 1e6:>12.0f}"


def main() -> None:
    """Measure with one client, then with eight."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    with tempfile.TemporaryDirectory(prefix="pcmk-") as folder, Sandbox.launch(Path(folder) / "s") as sandbox:
        wait_until_ready(sandbox, 60.0)
        for clients in (1, 8):
            measure(sandbox, clients, seconds)
            # Each change was a reason to plan anew.
            time.sleep(1.0)


if __name__ == "__main__":
    main()
