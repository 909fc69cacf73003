"""`python -m benches.growth` prints how scheduling in-process grows with resources while nodes stay as they are.

The exponent is that of the power of the number of resources by which the time grows from the smallest cluster to the
largest. The last column is the peak of memory of a process that has the largest CIB twice and plans for it.
"""

import argparse
import math
import tempfile
from pathlib import Path

from benches.measures import Inside, write_states
from benches.states import KINDS, SHAPE_NAMES


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benches.growth", description=__doc__)
    parser.add_argument("--shapes", nargs="+", choices=SHAPE_NAMES, default=SHAPE_NAMES)
    parser.add_argument("--nodes", type=int, default=16)
    parser.add_argument("--resources", nargs="+", type=int, default=[1000, 3000, 10000])
    parser.add_argument("--rounds", type=int, default=3, help="runs of which the least counts")
    options = parser.parse_args()
    sizes = sorted(options.resources)
    print("| shape | nodes | state |", *(f"{size} ms |" for size in sizes), "exponent | largest MB |")
    print(f"|{'---|' * (len(sizes) + 5)}", flush=True)
    for shape in options.shapes:
        found = [measured(shape, options.nodes, size, options.rounds) for size in sizes]
        for kind in KINDS:
            costs = [inside[kind] for inside in found]
            exponent = math.log(costs[-1].cpu / costs[0].cpu, sizes[-1] / sizes[0]) if len(sizes) > 1 else math.nan
            times = (f"{cost.cpu * 1000:.0f}" for cost in costs)
            cells = (shape, str(options.nodes), kind, *times, f"{exponent:.2f}", f"{costs[-1].memory:.0f}")
            print(f"| {' | '.join(cells)} |", flush=True)


def measured(shape: str, nodes: int, resources: int, rounds: int) -> dict[str, Inside]:
    """What scheduling takes in each state of a cluster."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_states(folder, [shape, str(nodes), str(resources)])
        return {kind: Inside.of(folder / f"{kind}.xml", rounds) for kind in KINDS}


if __name__ == "__main__":
    main()
