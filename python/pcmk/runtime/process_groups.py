"""End what is left of an agent whose starter died."""

import os
import signal
from collections.abc import Iterator

from pcmk.runtime.agent_host import start_ticks


def end_group(pgid: int, started: int) -> bool:
    """SIGKILL all of the group that the process `pgid`, which started at `started` ticks, once led.

    A number is not used anew while its group has members. So if the leader is that process, or has gone, members
    that are not older than it are what it left; a leader with another start time means that the number was used
    anew, and nothing is touched. Returns whether anything was there.
    """
    try:
        if start_ticks(pgid) != started:
            return False
    except (FileNotFoundError, ProcessLookupError):
        pass
    found = False
    for pid, born in _members(pgid):
        if born < started:
            continue
        try:
            os.kill(pid, signal.SIGKILL)
            found = True
        except ProcessLookupError:
            continue
    return found


def _members(pgid: int) -> Iterator[tuple[int, int]]:
    """Live processes of a group with the time each started."""
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as stat:
                fields = stat.read().rpartition(b")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == pgid and fields[0] not in (b"Z", b"X"):
            yield int(name), int(fields[19])
