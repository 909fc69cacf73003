"""pcmk beside Debian's Pacemaker, on the nodes of a lab with Corosync: python -m benches.cluster

Needs root, Debian's corosync and resource-agents, and for the reference its pacemaker. Each part is measured with the
one and then with the other, by the same code and with the same agents; the table has medians, and what other work kept
busy of the machine.
"""

import argparse
import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial

from benches.cluster import commands, many, meters, small
from benches.cluster.cluster import Cluster, running
from benches.cluster.products import PCMK, REFERENCE, Product
from benches.cluster.rows import FEW, NINE, ROWS, Results, table
from tests.e2e.lab.needs import LAB

Values = Iterator[tuple[str, float]]
"""Rows and values."""


def repeated(name: str, measure: Callable[[Cluster], float], nodes: int = 3, token: int | None = 300) -> "Part":
    """A part that is measured several times on one cluster."""

    def measured(product: Product, options: argparse.Namespace) -> Values:
        with running(product, nodes, token) as cluster:
            for _ in range(options.rounds):
                yield name, measure(cluster)

    return measured


def calm(product: Product, _options: argparse.Namespace) -> Values:
    """What a cluster takes that has nothing to do."""
    with running(product) as cluster:
        yield from small.at_rest(cluster)


def quick(product: Product, _options: argparse.Namespace) -> Values:
    """What agents call all the time."""
    with running(product) as cluster:
        yield from commands.started(cluster)


def loaded(product: Product, _options: argparse.Namespace) -> Values:
    """What an action costs when there are few resources."""
    with running(product) as cluster:
        yield from many.loaded(cluster, FEW, "few")


def full(product: Product, options: argparse.Namespace) -> Values:
    """All that is measured with many resources."""
    with running(product) as cluster:
        yield from many.loaded(cluster, options.resources, "many")
        yield from many.at_rest(cluster)
        yield from many.killed(cluster, options.resources)


Part = Callable[[Product, argparse.Namespace], Values]
PARTS: dict[str, Part] = {
    "start": repeated("start", small.start),
    "node": repeated("node", small.node_killed),
    "dc": repeated("dc", small.dc_killed),
    "failed": repeated("failed", small.failed),
    "standby": repeated("standby", small.standby),
    "attribute": repeated("attribute", small.attribute),
    "commands": quick,
    "rest": calm,
    "start-defaults": repeated("start-defaults", small.start, token=None),
    "start-nine": repeated("start-nine", small.start, nodes=NINE),
    "few": loaded,
    "many": full,
}


def main() -> int:
    """Measure and print."""
    options = _options()
    missing = [program for program in LAB if shutil.which(program) is None]
    if os.geteuid() or missing:
        why = f"{', '.join(missing)} not installed" if missing else "not root"
        print(f"NOTHING WAS MEASURED: {why}", file=sys.stderr)
        return 1
    products = [REFERENCE, PCMK]
    if options.without_reference:
        products.remove(REFERENCE)
    elif not os.access("/usr/sbin/pacemakerd", os.X_OK):
        print("NO REFERENCE: Debian's pacemaker is not installed", file=sys.stderr)
        products.remove(REFERENCE)
    results: Results = defaultdict(lambda: defaultdict(list))
    for part in options.only or PARTS:
        for product in products:
            for name, value in _with_load(partial(PARTS[part], product, options)):
                results[name][product.name].append(value)
                row = ROWS[name]
                what = row.what.format(count=options.resources)
                print(f"{part}: {product.name}: {what}: {value:.3f} {row.unit}", file=sys.stderr, flush=True)
    print("\n".join(table(results, [product.name for product in products], options.resources)))
    return 0


def _with_load(measured: Callable[[], Values]) -> Values:
    yield "others", meters.busy_cores()
    yield from measured()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benches.cluster", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each small part is measured (%(default)s)")
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part alone; may be repeated")
    parser.add_argument("--resources", type=int, default=1000, help="how many are many (%(default)s)")
    parser.add_argument("--without-reference", action="store_true", help="measure pcmk alone")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
