"""Carries out the scheduler daemon's effects: plans on a thread of their own, inputs on disk on another."""

import bz2
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pcmk._core import Cib, Scheduler
from pcmk.runtime.actor import Actor
from pcmk.schedulerd.archive import SERIES, Slot
from pcmk.schedulerd.core import KeepInput, MakePlan, PlanMade

BEHIND = 10
"""How much nicer than other threads is the one that keeps inputs: nobody waits for it, but for the plan's actions."""
REST = 0.1
"""Seconds after a plan until its input is written: other daemons are begun with its actions."""


class SchedulerdShell:
    """The scheduler's hands. `folder` is where inputs are kept."""

    def __init__(self, actor: Actor, folder: Path) -> None:
        self._actor = actor
        self._folder = folder
        self._scheduler = Scheduler()
        self._planner = ThreadPoolExecutor(1, "planner")
        self._keeper = ThreadPoolExecutor(1, "keeper", initializer=stand_behind)
        self._closing = threading.Event()

    def carry_out(self, effect: Any) -> None:
        """Begin to carry out an effect."""
        match effect:
            case MakePlan():
                self._actor.spawn(self._plan(effect), f"plan {effect.transition_id}")
            case KeepInput():
                self._actor.spawn(self._keep(effect), f"keeping {effect.slot.file_name}")
            case _:
                raise TypeError(f"unknown effect {type(effect).__name__}")

    async def close(self) -> None:
        """Write what is still to be kept."""
        self._closing.set()
        self._planner.shutdown(wait=False, cancel_futures=True)
        await self._actor.loop.run_in_executor(None, self._keeper.shutdown)

    async def _plan(self, effect: MakePlan) -> None:
        self._actor.post(await self._actor.loop.run_in_executor(self._planner, make_plan, self._scheduler, effect))

    async def _keep(self, effect: KeepInput) -> None:
        due = time.monotonic() + REST
        try:
            await self._actor.loop.run_in_executor(self._keeper, self._keep_at, due, effect)
        except OSError as error:
            self._actor.log("error", f"An input could not be kept: {error}")

    def _keep_at(self, due: float, effect: KeepInput) -> None:
        self._closing.wait(max(0.0, due - time.monotonic()))
        keep(self._folder, effect.slot, effect.cib)


def make_plan(scheduler: Scheduler, effect: MakePlan) -> PlanMade:
    """Schedule. No input is an error of the scheduler; a bug in it must not end the daemon."""
    try:
        result = scheduler.schedule(effect.cib, effect.now, effect.transition_id)
    except Exception as error:  # noqa: BLE001 - reported to the DC, which asks again
        return PlanMade(effect.request, "", failure=f"{type(error).__name__}: {error}")
    return PlanMade(effect.request, result.graph_xml, tuple(result.errors), tuple(result.warnings))


def stand_behind() -> None:
    """Have the thread that calls this, and no other of the process, leave the processor to others (sched(7))."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)


def keep(folder: Path, slot: Slot, cib: Cib) -> None:
    """Write an input, then the counter, so that a counter never names a file that is not there."""
    write(folder / slot.file_name, bz2.compress(cib.to_xml(pretty=True).encode()))
    write(folder / f"{slot.series}.last", f"{slot.next_number}\n".encode())


def write(path: Path, data: bytes) -> None:
    """Replace a file, whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(data)
    os.replace(new, path)


def read_counters(folder: Path) -> dict[str, int]:
    """The next number of each series, as far as there are counter files that can be read."""
    counters: dict[str, int] = {}
    for series in SERIES:
        try:
            text = (folder / f"{series}.last").read_text().strip()
        except FileNotFoundError:
            continue
        if text.isdecimal():
            counters[series] = int(text)
    return counters
