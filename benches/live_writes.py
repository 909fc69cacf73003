"""How many changes a cluster of three nodes acknowledges: python -m benches.live_writes [SECONDS]

Clients are processes of their own, spread over the nodes; each sets one attribute to ever new values.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pcmk.sandbox import Sandbox
from pcmk.sandbox.readiness import wait_until_ready

CLIENT = """
import json, sys, time
from pcmk.client import Connection
from pcmk.kernel.core import Daemon
from pcmk.kernel.messages.cib import CibModified, CibModify, CibOperation, CibOptions
from pcmk.runtime.settings import from_environment

number, seconds = sys.argv[1], float(sys.argv[2])
taken = []
with Connection(from_environment(), "bench") as connection:
    began = time.monotonic()
    while (now := time.monotonic()) < began + seconds:
        pair = f"<nvpair id='b{number}' name='b{number}' value='{len(taken)}'/>"
        xml = f"<crm_config><cluster_property_set id='bench'>{pair}</cluster_property_set></crm_config>"
        operation = CibOperation("modify", "crm_config", input_xml=xml, options=CibOptions(allow_create=True))
        connection.ask(Daemon.BASED, CibModify((operation,), "bench"), CibModified)
        taken.append(time.monotonic() - now)
print(json.dumps(taken))
"""


def measure(sandbox: Sandbox, clients: int, seconds: float) -> None:
    """Print how many writes a second that many clients get, and how long one takes."""
    nodes = [node.name for node in sandbox.place.nodes]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(number), str(seconds)],
            env=dict(sandbox.environment(nodes[number % len(nodes)])),
            stdout=subprocess.PIPE,
        )
        for number in range(clients)
    ]
    taken: list[float] = []
    for process in processes:
        taken += json.loads(process.communicate()[0])
    median = statistics.median(taken) * 1000
    print(f"{clients} clients: {len(taken) / seconds:.0f} writes a second, median {median:.1f} ms")


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
