"""A changed list of nodes, brought to all members before any Corosync acts on it.

A ring in which some members know a node and others do not would be formed anew again and again. So the file goes to all
of them first, through their controllers; then one command has every Corosync of the ring read its own.
"""

import hashlib
import shutil
import subprocess
from collections.abc import Iterable

from pcmk.client import Connection
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.messages.common import Done
from pcmk.kernel.messages.controller import ConfigureCorosync
from pcmk.runtime.settings import from_environment

RELOAD = ("corosync-cfgtool", "-R")

_PROGRAM = "pcmk-cluster"
_SECONDS = 30.0
_SYSTEM_PATH = "/usr/sbin:/sbin:/usr/bin:/bin"


def spread(before: str, after: str, members: Iterable[str]) -> dict[str, str]:
    """Give other members the file; who has not got it, and why."""
    missed: dict[str, str] = {}
    with Connection(from_environment(), _PROGRAM) as connection:
        for member in members:
            request = ConfigureCorosync(member, after, hashlib.sha256(before.encode()).hexdigest())
            try:
                connection.ask(Daemon.CONTROLD, request, Done, _SECONDS)
            except PcmkError as error:
                missed[member] = error.message
    return missed


def reload() -> str:
    """Have every Corosync of the ring read its file; why that did not come about, or nothing."""
    program = shutil.which(RELOAD[0], path=_SYSTEM_PATH)
    if program is None:
        return f"{RELOAD[0]} is not installed"
    done = subprocess.run((program, *RELOAD[1:]), capture_output=True, text=True, check=False, timeout=_SECONDS)
    return "" if done.returncode == 0 else (done.stderr or done.stdout).strip().replace("\n", "; ")


def settle(before: str, after: str, members: tuple[str, ...], path: str) -> tuple[str, ...]:
    """Spread a file that this host has, have it read if all members have it, and say what remains to be done."""
    missed = spread(before, after, members)
    if missed:
        reasons = tuple(f"{member} did not get the changed {path}: {reason}" for member, reason in missed.items())
        return (*reasons, f"Copy {path} to {', '.join(missed)}, then run once: {' '.join(RELOAD)}")
    problem = reload()
    return (f"Corosync did not read {path} ({problem}); it will when it starts",) if problem else ()
