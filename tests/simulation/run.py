"""Runs of single seeds, and how they are told about."""

import gc
import hashlib
import time
import traceback
from collections.abc import Callable

from msgspec import Struct

from tests.simulation.invariants import Violation
from tests.simulation.sharing import shared_cibs
from tests.simulation.world import World

MINUTES = 30.0


class Result(Struct, frozen=True):
    """How a seed ended; `failure` is empty when every property held."""

    seed: int
    failure: str
    seconds: float
    events: int


def run_seed(
    seed: int,
    minutes: float = MINUTES,
    nodes: int | None = None,
    trace_to: Callable[[str], None] | None = None,
    watchdog: float = 0.0,
) -> Result:
    """Simulate one cluster; with `watchdog` one that has nothing else to fence with."""
    began = time.process_time()
    gc.disable()
    # Only what the simulation makes is looked through at its end.
    gc.freeze()
    try:
        with shared_cibs():
            return _run_seed(seed, minutes, nodes, trace_to, watchdog, began)
    finally:
        gc.enable()
        gc.collect()
        gc.unfreeze()


def _run_seed(
    seed: int,
    minutes: float,
    nodes: int | None,
    trace_to: Callable[[str], None] | None,
    watchdog: float,
    began: float,
) -> Result:
    world = World(seed, minutes, nodes, trace_to, watchdog=watchdog)
    failure = ""
    try:
        world.run()
    except Violation as violation:
        cause = "".join(traceback.format_exception(violation.__cause__)) if violation.__cause__ is not None else ""
        notes = "\n".join(f"    {line}" for line in world.notes)
        again = command(seed, minutes, nodes, watchdog)
        failure = (
            f"seed {seed}, after {world.queue.now:.3f} s: {violation}\n{cause}"
            f"  running: {world.truth()}\n  the last that happened:\n{notes}\n  repeat: {again}"
        )
    return Result(seed, failure, time.process_time() - began, world.queue.handled)


def command(seed: int, minutes: float, nodes: int | None, watchdog: float = 0.0) -> str:
    """What repeats a seed, with its trace."""
    text = f"python -m tests.simulation --seeds {seed}-{seed}"
    if minutes != MINUTES:
        text += f" --minutes {minutes:g}"
    if nodes is not None:
        text += f" --nodes {nodes}"
    if watchdog:
        text += f" --watchdog {watchdog:g}"
    return f"{text} --trace"


def trace_digest(seed: int, minutes: float, nodes: int | None = None) -> tuple[str, int]:
    """A digest of a seed's trace, and how many lines it has."""
    digest, lines = hashlib.sha256(), 0

    def take(line: str) -> None:
        nonlocal lines
        lines += 1
        digest.update(line.encode() + b"\n")

    run_seed(seed, minutes, nodes, take)
    return digest.hexdigest(), lines
