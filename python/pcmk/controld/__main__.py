"""The controller's process."""

import os
import sys

from pcmk.controld.core import ControldCore
from pcmk.controld.events import Settings
from pcmk.controld.shell import ControldShell
from pcmk.kernel.daemons import Daemon
from pcmk.runtime.actor import Actor
from pcmk.runtime.daemon import run_daemon

_LINKS = (Daemon.BASED, Daemon.ATTRD, Daemon.EXECD, Daemon.FENCED, Daemon.SCHEDULERD)


async def build(actor: Actor) -> tuple[ControldCore, ControldShell]:
    """Look whether the node has joined in this life of the machine."""
    settings = actor.settings
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    mark = settings.joined_mark
    if not settings.respawned:
        mark.unlink(missing_ok=True)
    own = Settings(
        jobs=2 * (os.cpu_count() or 1),
        job_limit=settings.node_action_limit,
        start_state=settings.node_start_state,
        stack=settings.membership,
        watchdog=settings.watchdog_timeout,
    )
    core = ControldCore(settings.node_name, actor.incarnation, not mark.exists(), own)
    return core, ControldShell(actor, mark)


def main() -> int:
    """Run the controller; returns the exit code."""
    return run_daemon(Daemon.CONTROLD, build, links=_LINKS, peers=True, views=True)


if __name__ == "__main__":
    sys.exit(main())
