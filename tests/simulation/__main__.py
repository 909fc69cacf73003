"""`python -m tests.simulation --seeds A-B`: simulate clusters, tell of every violation and how to repeat it."""

import argparse
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

from tests.simulation.run import MINUTES, Result, run_seed


def main(arguments: list[str] | None = None) -> int:
    """Returns 1 if a property was violated."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", required=True, metavar="A-B", help="first and last seed, or one seed")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="simulated minutes of each seed")
    parser.add_argument("--nodes", type=int, help="nodes of each cluster, instead of what the seed says")
    parser.add_argument(
        "--watchdog", type=float, default=0.0, help="seconds until watchdogs reset nodes; nothing else fences"
    )
    parser.add_argument("--trace", action="store_true", help="print everything that happens")
    parser.add_argument("--jobs", type=int, default=1, help="processes that work on seeds")
    parser.add_argument("--brief", action="store_true", help="one line for each violation")
    parser.add_argument("--first", action="store_true", help="stop at the first violation")
    options = parser.parse_args(arguments)
    first, _, last = options.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    if options.trace:
        results = (run_seed(seed, options.minutes, options.nodes, print, options.watchdog) for seed in seeds)
        return _report(results, options)
    if options.jobs == 1:
        results = (run_seed(seed, options.minutes, options.nodes, None, options.watchdog) for seed in seeds)
        return _report(results, options)
    with ProcessPoolExecutor(options.jobs) as pool:
        results = pool.map(
            run_seed,
            seeds,
            repeat(options.minutes),
            repeat(options.nodes),
            repeat(None),
            repeat(options.watchdog),
        )
        code = _report(results, options)
        pool.shutdown(cancel_futures=True)
        return code


def _report(results: Iterable[Result], options: argparse.Namespace) -> int:
    failed: list[int] = []
    count, seconds, events = 0, 0.0, 0
    for result in results:
        count += 1
        seconds += result.seconds
        events += result.events
        if result.failure:
            failed.append(result.seed)
            print(result.failure.partition("\n")[0] if options.brief else result.failure, flush=True)
            if options.first:
                break
    print(f"{count} seeds, {len(failed)} with violations {failed or ''}; {seconds:.1f} s of CPU, {events} events")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
