"""The fencer's process."""

import sys

from pcmk.fenced.core import FencedCore
from pcmk.fenced.shell import FencedShell
from pcmk.kernel.daemons import Daemon
from pcmk.runtime.actor import Actor
from pcmk.runtime.agents import AgentHost
from pcmk.runtime.daemon import run_daemon


async def build(actor: Actor) -> tuple[FencedCore, FencedShell]:
    """Start the helper while there is no gRPC in this process."""
    host = AgentHost()
    await host.start()
    settings = actor.settings
    return FencedCore(settings.node_name, actor.incarnation, settings.watchdog_timeout), FencedShell(actor, host)


def main() -> int:
    """Run the fencer; returns the exit code."""
    return run_daemon(Daemon.FENCED, build, links=(Daemon.BASED,), peers=True, views=True, patience=0.1)


if __name__ == "__main__":
    sys.exit(main())
