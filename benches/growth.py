"""`python -m benches.growth` prints how scheduling in-process grows with resources while nodes stay as they are.

The exponent is that of the power of the number of resources by which the time grows from the smallest cluster to the
largest. The last column is the peak of memory of a process that has the largest CIB twice and plans for it.

Sizes are measured by turns, each time in a process of its own, and the least counts: a machine that is slow for a
minute is so for all of them.
"""

import argparse
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benches.measures import Inside, write_states
from benches.states import KINDS, SHAPE_NAMES, Kind

RUNS = 3
"""In each process."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benches.growth", description=__doc__)
    parser.add_argument("--shapes", nargs="+", choices=SHAPE_NAMES, default=SHAPE_NAMES)
    parser.add_argument("--nodes", type=int, default=16)
    parser.add_argument("--resources", nargs="+", type=int, default=[1000, 3000, 10000])
    parser.add_argument("--rounds", type=int, default=3, help="processes of which the least counts")
    options = parser.parse_args()
    sizes = sorted(options.resources)
    print("| shape | nodes | state |", *(f"{size} ms |" for size in sizes), "exponent | largest MB |")
    print(f"|{'---|' * (len(sizes) + 5)}", flush=True)
    for shape in options.shapes:
        for kind, costs in measured(shape, options.nodes, sizes, options.rounds).items():
            exponent = math.log(costs[-1].cpu / costs[0].cpu, sizes[-1] / sizes[0]) if len(sizes) > 1 else math.nan
            times = (f"{cost.cpu * 1000:.0f}" for cost in costs)
            cells = (shape, str(options.nodes), kind, *times, f"{exponent:.2f}", f"{costs[-1].memory:.0f}")
            print(f"| {' | '.join(cells)} |", flush=True)


def measured(shape: str, nodes: int, sizes: Sequence[int], rounds: int) -> dict[Kind, list[Inside]]:
    """What scheduling takes in each state of a cluster, for each size."""
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name, str(size)) for size in sizes]
        for folder, size in zip(folders, sizes, strict=True):
            folder.mkdir()
            write_states(folder, [shape, str(nodes), str(size)])
        return {kind: least([folder / f"{kind}.xml" for folder in folders], rounds) for kind in KINDS}


def least(files: Sequence[Path], rounds: int) -> list[Inside]:
    """The quickest of so many processes for each file."""
    turns = [[Inside.of(file, RUNS) for file in files] for _ in range(rounds)]
    return [min(found, key=lambda inside: inside.cpu) for found in zip(*turns, strict=True)]


if __name__ == "__main__":
    main()
