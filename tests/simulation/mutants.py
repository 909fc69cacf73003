"""`python -m tests.simulation.mutants`: put serious bugs into a copy of the package, one by one, and count the seeds
that the simulation needs to notice each. `docs/invariants.md` has the results.

A seed that violates a property without the bug as well says nothing about it, and is passed over.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from msgspec import Struct

from tests.simulation.run import MINUTES, run_seed

ROOT = Path(__file__).resolve().parents[2]


class Mutant(Struct, frozen=True):
    """A bug: in `file`, each text on the left becomes the one on its right. `watchdog` as in `run_seed`."""

    name: str
    what: str
    file: str
    edits: tuple[tuple[str, str], ...]
    watchdog: float = 0.0


MUTANTS = (
    Mutant(
        "skip-fencing-wait",
        "the DC takes a node for fenced as soon as it has asked for it",
        "controld/fencing.py",
        (
            (
                "shared.port.call(Daemon.FENCED, request, decided, timeout * _PATIENCE + delay)",
                "shared.port.call(Daemon.FENCED, request, decided, timeout * _PATIENCE + delay)\n"
                '        decided(FenceResult("", action.on_node, operation, "confirmed", "", "", "", "", 0.0))',
            ),
        ),
    ),
    Mutant(
        "unknown-is-confirmed",
        "fencing that may or may not have happened counts as confirmed",
        "fenced/owner.py",
        (("UNKNOWN if operation.ran else REFUSED", "CONFIRMED if operation.ran else REFUSED"),),
    ),
    Mutant(
        "status-is-believed",
        "what somebody puts back as status is taken for what runs",
        "controld/outsiders.py",
        (("return update.client not in _TRUSTED and", "return False and"),),
    ),
    Mutant(
        "stop-not-awaited",
        "the graph goes on once a stop was handed over, without its result",
        "controld/transition.py",
        (('no_wait = action.meta("op_no_wait") == "true"', 'no_wait = action.operation == "stop"'),),
    ),
    Mutant(
        "ack-before-disk",
        "a CIB manager says that it has stored what it has only in memory",
        "based/follower.py",
        (("        head = state.disk.head\n", "        head = state.chain.position\n"),),
    ),
    Mutant(
        "primary-ignores-own-disk",
        "the primary commits before its own disk has the change",
        "based/primary.py",
        (("else [state.disk.head]", "else [state.chain.position]"),),
    ),
    Mutant(
        "stale-ballot",
        "a CIB manager follows a primary of a term that is over",
        "based/follower.py",
        (
            ("        stale = ballot < state.promised or ballot.term < state.term\n", "        stale = False\n"),
            ("        other = ballot.term == state.promised.term and ", "        other = False and "),
            ("        state.promise(ballot)\n", "        state.promised = ballot\n        state.disk.add(ballot)\n"),
        ),
    ),
    Mutant(
        "requests-not-deduplicated",
        "a change that is sent again after a change of the primary is carried out again",
        "based/primary.py",
        (("        if done is not None:\n            self._waiters", "        if False:\n            self._waiters"),),
    ),
    Mutant(
        "oldest-copy-wins",
        "a new primary keeps its own copy, whoever has a newer one",
        "based/takeover.py",
        (("    return best if best != node and _age(heard[best]) > _age(own) else node", "    return node"),),
    ),
    Mutant(
        "executor-forgets",
        "the executor's memory does not survive its process",
        "execd/core.py",
        (("        recalled = recall(self._remembered, now.mono)", "        recalled = recall({}, now.mono)"),),
    ),
    Mutant(
        "stop-reported-early",
        "the executor reports a stop as done when it begins",
        "execd/core.py",
        (
            (
                "        return [\n            RunAgent(",
                '        if op.action == "stop":\n'
                "            del self._runs[operation.run]\n"
                "            done = self._completed(operation, Outcome(ExitCode.OK, Status.DONE), now)\n"
                "        else:\n"
                "            done = []\n"
                "        return [\n            *done,\n            RunAgent(",
            ),
        ),
    ),
    Mutant(
        "failed-stop-is-done",
        "a stop that timed out counts as done",
        "execd/core.py",
        (
            (
                "            return self._completed(operation, outcome_of(event, operation.op.action, "
                "operation.op.timeout_ms), now)",
                "            outcome = outcome_of(event, operation.op.action, operation.op.timeout_ms)\n"
                '            if operation.op.action == "stop":\n'
                "                outcome = Outcome(ExitCode.OK, Status.DONE)\n"
                "            return self._completed(operation, outcome, now)",
            ),
        ),
    ),
    Mutant(
        "vigil-too-short",
        "a node counts as fenced before its watchdog has reset it",
        "fenced/vigil.py",
        (("else self.since + self.patience - now", "else self.since + 0.3 * self.patience - now"),),
        watchdog=5.0,
    ),
    Mutant(
        "view-is-proof",
        "a watchdog is given signs of life for a view that may be old",
        "controld/watchdog.py",
        (
            (
                "        shared.port.emit(ProveMembership(number))",
                "        self.proven(number, True)",
            ),
        ),
        watchdog=5.0,
    ),
)


def mutate(mutant: Mutant, package: Path) -> None:
    """Put the bug into a copy of the package. Raises ValueError where the text to replace is not there once."""
    path = package / mutant.file
    text = path.read_text()
    for old, new in mutant.edits:
        if text.count(old) != 1:
            raise ValueError(f"{mutant.name}: {mutant.file} has {text.count(old)} times {old!r}")
        text = text.replace(old, new)
    path.write_text(text)


def seeds_needed(mutant: Mutant, most: int, minutes: float, jobs: int) -> tuple[int | None, str]:
    """How many seeds, from the first, it takes until a property is violated; None if none is. And what was said."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "python" / "pcmk", Path(folder) / "pcmk", ignore=shutil.ignore_patterns("__pycache__"))
        mutate(mutant, Path(folder) / "pcmk")
        first = 1
        while first <= most:
            found, said = _first_violation(folder, mutant, range(first, most + 1), minutes, jobs)
            if found is None or not run_seed(found, minutes, watchdog=mutant.watchdog).failure:
                return found, said
            first = found + 1
    return None, ""


def _first_violation(folder: str, mutant: Mutant, seeds: range, minutes: float, jobs: int) -> tuple[int | None, str]:
    """The first seed in which the package in a folder violates a property, and how."""
    command = [sys.executable, "-m", "tests.simulation", "--seeds", f"{seeds[0]}-{seeds[-1]}"]
    ran = subprocess.run(
        [
            *command,
            "--watchdog",
            f"{mutant.watchdog:g}",
            "--minutes",
            f"{minutes:g}",
            "--brief",
            "--first",
            "--jobs",
            str(jobs),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": folder},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = ran.stdout.splitlines()
    if ran.returncode == 0:
        return None, ""
    if not lines or not lines[0].startswith("seed "):
        raise RuntimeError(f"{ran.stdout}{ran.stderr}")
    return int(lines[0].split()[1].rstrip(",")), lines[0].partition(": ")[2]


def main() -> int:
    """Returns 1 if a bug went unnoticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these bugs")
    parser.add_argument("--most", type=int, default=200, help="seeds to try for each")
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    missed = 0
    for mutant in MUTANTS:
        if options.names and mutant.name not in options.names:
            continue
        seeds, said = seeds_needed(mutant, options.most, options.minutes, options.jobs)
        missed += seeds is None
        found = f"within {seeds} seeds" if seeds is not None else f"NOT within {options.most} seeds"
        print(f"{mutant.name}: {found}: {mutant.what}\n    {said[:200]}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
