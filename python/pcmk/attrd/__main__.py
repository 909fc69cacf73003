"""The attribute manager's process."""

import sys

from pcmk.attrd.core import AttrdCore
from pcmk.kernel.daemons import Daemon
from pcmk.runtime.actor import Actor
from pcmk.runtime.daemon import run_daemon


async def build(actor: Actor) -> tuple[AttrdCore, None]:
    """It keeps nothing on disk and has no effects of its own."""
    return AttrdCore(actor.settings.node_name, actor.incarnation), None


def main() -> int:
    """Run the attribute manager; returns the exit code."""
    return run_daemon(Daemon.ATTRD, build, links=(Daemon.BASED,), peers=True, views=True, patience=0.1)


if __name__ == "__main__":
    sys.exit(main())
