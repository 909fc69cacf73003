"""CPU time and memory of what was run, and how they are told."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

from msgspec import Struct

ROOT = Path(__file__).resolve().parent.parent
LONG = 2.0


class Cost(Struct, frozen=True):
    """What a process took: seconds of CPU, user and system together, and its peak of memory in MB."""

    cpu: float
    memory: float
    stopped: bool = False
    """It had the time it may take and was stopped: it would have taken more."""

    @classmethod
    def of(cls, command: list[str], limit: int) -> Self:
        """Runs a command, its output thrown away, for so many seconds of CPU at most. Raises RuntimeError if it fails.

        The kernel counts into a process's peak what it had before its `exec`: who calls this should be small.
        """
        limited = ["prlimit", f"--cpu={limit}", "--core=0", *command]
        with subprocess.Popen(limited, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        stopped = -process.returncode in (signal.SIGXCPU, signal.SIGKILL)
        if process.returncode and not stopped:
            raise RuntimeError(f"{command} ended with {process.returncode}")
        return cls(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, stopped)

    @classmethod
    def least(cls, command: list[str], rounds: int, limit: int) -> Self:
        """The least of several runs: what others do on the machine only adds to it. One tells enough of long ones."""
        costs = [cls.of(command, limit)]
        while len(costs) < rounds and costs[0].cpu < LONG:
            costs.append(cls.of(command, limit))
        return cls(min(cost.cpu for cost in costs), min(cost.memory for cost in costs), costs[0].stopped)


def write_states(folder: Path, of: list[str]) -> None:
    """Has `benches.states` write a cluster's states into a folder, in another process: this one is to stay small."""
    subprocess.run([sys.executable, "-m", "benches.states", *of, "--folder", str(folder)], cwd=ROOT, check=True)


class Inside(Struct, frozen=True):
    """What scheduling takes inside of a process that has the CIB: seconds of CPU, and the process's peak in MB."""

    cpu: float
    again: float | None
    """A second run, after one result of an operation changed; nothing if there is none."""
    memory: float

    @classmethod
    def of(cls, file: Path, rounds: int) -> Self:
        """Runs `benches.inside` on a file."""
        command = [sys.executable, "-m", "benches.inside", str(file), str(rounds)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        return cls(**json.loads(done.stdout))
