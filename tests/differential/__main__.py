"""Decisions beside those of a build of the reference, on recorded clusters after changes drawn at random.

    python -m tests.differential CRM_SIMULATE --seeds 1-1000     seeds for which answers differ, with what was changed
    python -m tests.differential CRM_SIMULATE --show 17          what differs for a seed
    python -m tests.differential CRM_SIMULATE --shrink 17        the same for as small a CIB as has the difference

CRM_SIMULATE is the reference's command, of the version that the recorded cases are of: other versions decide otherwise.
"""

import argparse
import json
import random
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from lxml import etree

from tests.differential.answers import RECORDED, Differences, ReferenceFailedError, conformance, differences
from tests.differential.mutations import mutated
from tests.differential.shrink import shrunk

LARGEST = 60_000
"""Bytes of a recorded CIB: what differs in larger ones is hard to see."""


def case(seed: int) -> tuple[str, str, list[str], list[str]]:
    """A recorded cluster after changes: its name, the CIB, what was changed, and further arguments."""
    draw = random.Random(seed)
    folder = RECORDED / draw.choice(("random", "scheduler"))
    known = json.loads((folder / "cases.json").read_text())
    small = [name for name in sorted(known) if (folder / "xml" / f"{name}.xml").stat().st_size < LARGEST]
    name = draw.choice(small)
    document = (folder / "xml" / f"{name}.xml").read_bytes()
    return name, *mutated(document, seed, draw.choice((1, 2, 3, 5, 8, 12, 20))), known[name]["args"]


def compared(reference: str, seed: int) -> tuple[int, str, list[str], str]:
    """A seed, its cluster, what was changed, and the aspects that differ."""
    name, document, changes, arguments = case(seed)
    try:
        aspects = ", ".join(sorted(differences(reference, document, arguments)))
    except ReferenceFailedError as error:
        aspects = f"the reference {error}"
    return seed, name, changes, aspects


def main() -> int:
    """Compare; the exit status tells whether all agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", metavar="CRM_SIMULATE")
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--seeds", metavar="FIRST-LAST")
    chosen.add_argument("--show", type=int, metavar="SEED")
    chosen.add_argument("--shrink", type=int, metavar="SEED")
    parser.add_argument("--jobs", type=int, help="how many at once, by default as many as there are processors")
    options = parser.parse_args()
    if options.seeds:
        first, _, last = options.seeds.partition("-")
        return _compare(options.reference, range(int(first), int(last or first) + 1), options.jobs)
    name, document, changes, arguments = case(options.show if options.show is not None else options.shrink)
    print(name, *arguments, *changes, sep="\n")
    if options.shrink is not None:
        document = shrunk(options.reference, document, arguments)
        print(etree.tostring(etree.fromstring(document), pretty_print=True, encoding="unicode"))
    return _show(differences(options.reference, document, arguments))


def _compare(reference: str, seeds: range, jobs: int | None) -> int:
    found = Counter[str]()
    with ProcessPoolExecutor(jobs) as pool:
        for seed, name, changes, aspects in pool.map(partial(compared, reference), seeds, chunksize=4):
            found[aspects or "agree"] += 1
            if aspects:
                print(seed, name, aspects, *changes, sep="\t", flush=True)
    print(*(f"{count}: {aspects}" for aspects, count in found.most_common()), sep="\n")
    return int(any(not aspects.startswith(("agree", "the reference")) for aspects in found))


def _show(found: Differences) -> int:
    conformance.show(found)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
