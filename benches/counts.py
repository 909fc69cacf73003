"""`python -m benches.counts [--renew]`: instructions of fixed work, compared with those in `counts.json`.

Instructions do not depend on how busy a machine is, so a change that costs 5% is seen at once. Counted is what the
program does itself: the C library's versions allocate in different ways, and it copies memory in others on each kind of
processor. The compiler does matter: where it is not that of the record, differences are told and nothing fails.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct

from benches.clusters import NOW
from benches.measures import ROOT
from benches.states import Kind, states_of

MARGIN = 0.05
RECORD = Path(__file__).with_name("counts.json")
PROGRAM = ROOT / "target/fast/examples/measure"


class Work(Struct, frozen=True):
    """What `measure` does with a cluster in a state."""

    what: str
    shape: str
    nodes: int
    resources: int
    kind: Kind

    @property
    def name(self) -> str:
        return f"{self.what} {self.shape} {self.nodes} x {self.resources} {self.kind}"


WORKS = (
    Work("plan", "mixed", 8, 160, "start"),
    Work("plan", "mixed", 8, 160, "failed"),
    Work("plan", "promotable", 8, 160, "failed"),
    Work("plan", "utilization", 8, 160, "failed"),
    Work("plan", "anti", 8, 80, "start"),
    Work("again", "groups", 8, 240, "idle"),
    Work("again", "promotable", 8, 160, "idle"),
    Work("again", "anti", 8, 80, "idle"),
    Work("simulate", "clones", 8, 240, "failed"),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benches.counts", description=__doc__)
    parser.add_argument("--renew", action="store_true", help="write the counts rather than compare with them")
    options = parser.parse_args()
    if shutil.which("valgrind") is None:
        print("SKIPPED: instruction counts are not checked, because there is no valgrind here.", file=sys.stderr)
        return 0
    build = ("cargo", "build", "--quiet", "--profile", "fast", "-p", "pcmk-simulate", "--example", PROGRAM.name)
    subprocess.run(build, cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        counts = dict(zip((work.name for work in WORKS), pool.map(counter(Path(folder)), WORKS), strict=True))
    found = {"toolchain": toolchain(), "instructions": counts}
    if options.renew:
        RECORD.write_text(json.dumps(found, indent=2) + "\n")
        return 0
    return verdict(json.loads(RECORD.read_text()), found)


def toolchain() -> dict[str, str]:
    """What counts depend on, apart from the code."""
    compiler = subprocess.run(("rustc", "--version"), cwd=ROOT, check=True, capture_output=True, text=True)
    return {
        "rustc": compiler.stdout.strip(),
        "machine": platform.machine(),
    }


def counter(folder: Path) -> Callable[[Work], int]:
    """Counts the instructions of some work."""

    def count(work: Work) -> int:
        source, profile = folder / f"{work.name}.xml", folder / f"{work.name}.profile"
        source.write_text(states_of(work.shape, work.nodes, work.resources)[work.kind])
        counted = ("valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}")
        done = subprocess.run((*counted, PROGRAM, work.what, source, str(NOW)), capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{work.name}: {done.stderr}")
        with profile.open() as lines:
            return instructions(lines, PROGRAM.name)

    return count


def instructions(profile: Iterable[str], program: str) -> int:
    """Instructions in a program's own code, from callgrind's profile.

    `ob=(1) /path` begins what is of an object, which later is `ob=(1)`; lines that begin with a position, and only
    those, end with a cost. That of a line after `calls=` is of what was called, and is counted there.
    """
    total, within, called = 0, False, False
    own: set[str] = set()
    for line in profile:
        if line.startswith(("ob=", "cob=")):
            key, _, path = line.partition("=")[2].strip().partition(" ")
            if path.rpartition("/")[2] == program:
                own.add(key)
            if line.startswith("ob="):
                within = key in own
        elif line.startswith("calls="):
            called = True
        elif line[0] in "0123456789+-*":
            total += int(line.split()[1]) if within and not called else 0
            called = False
    return total


def verdict(recorded: dict[str, dict[str, int]], found: dict[str, dict[str, int]]) -> int:
    """Tells what is different; 1 if some work takes more than it may."""
    comparable = recorded["toolchain"] == found["toolchain"]
    if not comparable:
        print(
            f"NOT CHECKED: counts were taken with {recorded['toolchain']}, here are {found['toolchain']}. Differences "
            "are only shown.",
            file=sys.stderr,
        )
    worse = list(differences(recorded["instructions"], found["instructions"]))
    for line in worse:
        print(line, file=sys.stderr)
    if worse and comparable:
        print("If that is meant: python -m benches.counts --renew, and say why.", file=sys.stderr)
    return int(bool(worse) and comparable)


def differences(recorded: dict[str, int], found: dict[str, int]) -> Iterator[str]:
    """What is beyond the margin. Fewer instructions as well: from then on the lower count is to be kept."""
    for name in sorted(recorded.keys() | found.keys()):
        before, after = recorded.get(name, 0), found.get(name, 0)
        if not before or not after:
            yield f"{name}: recorded {before}, counted {after} instructions"
        elif abs(after / before - 1) > MARGIN:
            yield f"{name}: {before} instructions before, {after} now ({after / before - 1:+.1%})"


if __name__ == "__main__":
    sys.exit(main())
