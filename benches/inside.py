"""`python -m benches.inside CIB_FILE ROUNDS`: the cost of scheduling in a process that has the CIB, as JSON."""

import json
import resource
import sys
import time

from benches.clusters import NOW
from pcmk._core import Cib, Scheduler


def main() -> None:
    file, rounds = sys.argv[1], int(sys.argv[2])
    with open(file, "rb") as source:
        cib = Cib.parse(source.read())
    changed = with_another_result(cib)
    first: list[float] = []
    second: list[float] = []
    for _ in range(rounds):
        scheduler = Scheduler()
        first.append(seconds(scheduler, cib, NOW))
        if changed is not None:
            second.append(seconds(scheduler, changed, NOW + 10))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cpu": min(first), "again": min(second, default=None), "memory": peak}))


def with_another_result(cib: Cib) -> Cib | None:
    """The CIB after the monitor in the middle of those that recur gave another result; nothing if there is none."""
    # Walked, as an XPath over so many is refused.
    monitors = [
        (state, resource, entry)
        for state in cib.find("/cib/status/node_state")
        for resource in state.find("/node_state/lrm/lrm_resources/*")
        for entry in resource.children
        if entry.get("operation") == "monitor" and entry.get("interval") != "0"
    ]
    if not monitors:
        return None
    state, resource, entry = (found.get("id", "") for found in monitors[len(monitors) // 2])
    history = f"/cib/status/node_state[@id='{state}']/lrm/lrm_resources/lrm_resource[@id='{resource}']"
    result = monitors[len(monitors) // 2][2].to_xml().replace('rc-code="0"', 'rc-code="7"')
    return cib.apply("modify", xpath=f"{history}/lrm_rsc_op[@id='{entry}']", input_xml=result)[0]


def seconds(scheduler: Scheduler, cib: Cib, now: int) -> float:
    """What a run takes to its graph."""
    began = time.process_time()
    result = scheduler.schedule(cib, now, 1)
    taken = time.process_time() - began
    del result
    return taken


if __name__ == "__main__":
    main()
