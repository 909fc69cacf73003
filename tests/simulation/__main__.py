"""`python -m tests.simulation --seeds A-B`: simulate clusters, tell of every violation and how to repeat it."""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import repeat

from tests.simulation.run import MINUTES, Result, run_seed


def main(arguments: list[str] | None = None) -> int:
    """Returns 1 if a property was violated."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", required=True, metavar="A-B", help="first and last seed, or one seed")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="simulated minutes of each seed")
    parser.add_argument("--nodes", type=int, help="nodes of each cluster, instead of what the seed says")
    parser.add_argument("--trace", action="store_true", help="print everything that happens")
    parser.add_argument("--jobs", type=int, default=1, help="processes that work on seeds")
    parser.add_argument("--brief", action="store_true", help="one line for each violation")
    options = parser.parse_args(arguments)
    first, _, last = options.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    if options.trace:
        results = map(partial(run_seed, minutes=options.minutes, nodes=options.nodes, trace_to=print), seeds)
        return _report(results, len(seeds), options.brief)
    if options.jobs == 1:
        results = map(partial(run_seed, minutes=options.minutes, nodes=options.nodes), seeds)
        return _report(results, len(seeds), options.brief)
    with ProcessPoolExecutor(options.jobs) as pool:
        results = pool.map(run_seed, seeds, repeat(options.minutes), repeat(options.nodes), chunksize=4)
        return _report(results, len(seeds), options.brief)


def _report(results: "map[Result] | object", count: int, brief: bool) -> int:
    failed: list[int] = []
    seconds, events = 0.0, 0
    for result in results:  # type: ignore[attr-defined]
        seconds += result.seconds
        events += result.events
        if result.failure:
            failed.append(result.seed)
            print(result.failure.partition("\n")[0] if brief else result.failure, flush=True)
    print(f"{count} seeds, {len(failed)} with violations {failed or ''}; {seconds:.1f} s of CPU, {events} events")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
