"""Beside the reference: `python -m benches.compare` measures both on the same clusters and prints a table.

Clusters are those of `benches.clusters`, or files with clusters before their first transition. Each is measured in
three states: before its first transition, so that everything is probed (`start`); after it (`idle`); and with a node
lost then (`failed`).
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from benches.measures import Cost, Inside, write_states
from benches.states import KINDS, LOST, SHAPE_NAMES

OWN = Path(sys.executable).with_name("crm_simulate")
REFERENCE = Path("/usr/sbin/crm_simulate")
HEAD = (
    "| cluster | state | reference s | own s | times | inside ms | times | again | reference MB | own MB | part |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
)


class Row(Struct, frozen=True):
    """What one cluster in one state took."""

    name: str
    kind: str
    reference: Cost | None
    own: Cost
    inside: Inside

    def text(self) -> str:
        own, inside, other = self.own, self.inside, self.reference
        more = ">" if other and other.stopped else ""
        cells = (
            self.name,
            self.kind,
            f"{more}{other.cpu:.2f}" if other else "",
            f"{own.cpu:.3f}",
            f"{more}{other.cpu / own.cpu:.1f}" if other else "",
            f"{inside.cpu * 1000:.1f}",
            f"{more}{other.cpu / inside.cpu:.0f}" if other else "",
            f"{inside.again / inside.cpu:.0%}" if inside.again else "",
            f"{more}{other.memory:.0f}" if other else "",
            f"{own.memory:.0f}",
            f"{own.memory / other.memory:.2f}" if other and not more else "",
        )
        return f"| {' | '.join(cells)} |"


def main() -> None:
    options = parsed()
    print(*HEAD, sep="\n", flush=True)
    for cluster in options.files or shapes(options):
        with tempfile.TemporaryDirectory() as folder:
            of = [str(cluster.resolve())] if isinstance(cluster, Path) else [*map(str, cluster)]
            write_states(Path(folder), of)
            name = cluster.stem if isinstance(cluster, Path) else "{} {} x {}".format(*cluster)
            for kind in options.kinds:
                print(row(name, kind, Path(folder), options).text(), flush=True)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benches.compare", description=__doc__)
    parser.add_argument("--files", nargs="+", type=Path, help="clusters before their first transition")
    parser.add_argument("--shapes", nargs="+", choices=SHAPE_NAMES, default=SHAPE_NAMES)
    parser.add_argument("--nodes", nargs="+", type=int, default=[16])
    parser.add_argument("--resources", nargs="+", type=int, default=[1000])
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--plan-only", action="store_true", help="do not carry the plan out (-R rather than -S)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of which the least counts")
    parser.add_argument("--limit", type=int, default=60, help="seconds of CPU after which a process is stopped")
    parser.add_argument("--alone", action="store_true", help="without the reference")
    options = parser.parse_args()
    if not options.alone and not REFERENCE.exists():
        print(f"There is no {REFERENCE} to compare with (Debian: pacemaker-cli-utils).", file=sys.stderr)
        options.alone = True
    return options


def shapes(options: argparse.Namespace) -> Iterator[tuple[str, int, int]]:
    for shape in options.shapes:
        for nodes in options.nodes:
            for resources in options.resources:
                yield shape, nodes, resources


def row(name: str, kind: str, folder: Path, options: argparse.Namespace) -> Row:
    """The event that loses a node is a part of the whole process, not of what is inside."""
    failed = kind == "failed"
    source = folder / ("idle.xml" if failed else f"{kind}.xml")
    arguments = ["-x", str(source), "-R" if options.plan_only else "-S", *([f"--node-fail={LOST}"] * failed)]

    def cost(command: Path) -> Cost:
        return Cost.least([str(command), *arguments], options.rounds, options.limit)

    reference = None if options.alone else cost(REFERENCE)
    return Row(name, kind, reference, cost(OWN), Inside.of(folder / f"{kind}.xml", options.rounds))


if __name__ == "__main__":
    if shutil.which("prlimit") is None:
        sys.exit("prlimit is missing (util-linux)")
    main()
