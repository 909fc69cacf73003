"""`python -m benches.states FILE | SHAPE NODES RESOURCES --folder FOLDER` writes a cluster in each of its states."""

import argparse
from pathlib import Path
from typing import Literal

from benches.clusters import SHAPES, cluster, readable, settled, with_failed_node
from pcmk._core import Cib

Kind = Literal["start", "idle", "failed"]
KINDS: list[Kind] = ["start", "idle", "failed"]
SHAPE_NAMES = [*SHAPES]
LOST = "node2"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benches.states", description=__doc__)
    parser.add_argument("cluster", nargs="+")
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    match options.cluster:
        case [file]:
            made = states(readable(Path(file).read_text()))
        case [shape, nodes, resources]:
            made = states_of(shape, int(nodes), int(resources))
        case _:
            parser.error("a file, or a shape with two numbers")
    for kind, content in made.items():
        (options.folder / f"{kind}.xml").write_text(content)


def states_of(shape: str, nodes: int, resources: int) -> dict[Kind, str]:
    """The states of a cluster of a shape."""
    return states(cluster(nodes, resources, shape))


def states(initial: str) -> dict[Kind, str]:
    """The cluster before its first transition, after it, and with a node lost then."""
    steady = settled(Cib.parse(initial))
    return {"start": initial, "idle": steady.to_xml(), "failed": with_failed_node(steady, LOST).to_xml()}


if __name__ == "__main__":
    main()
