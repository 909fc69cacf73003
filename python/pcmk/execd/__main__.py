"""The executor's process."""

import sys

from pcmk.execd.core import ExecdCore
from pcmk.execd.memory import Memory
from pcmk.execd.shell import ExecdShell
from pcmk.kernel.daemons import Daemon
from pcmk.runtime.actor import Actor
from pcmk.runtime.agent_paths import agents_folder
from pcmk.runtime.agents import AgentHost
from pcmk.runtime.daemon import run_daemon


async def build(actor: Actor) -> tuple[ExecdCore, ExecdShell]:
    """Read what a former process left, and start the helper while there is no gRPC in this one."""
    settings = actor.settings
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    agents_folder(settings).mkdir(mode=0o755, exist_ok=True)
    memory = Memory(settings.run_dir / "execd.jsonl", fresh=not settings.respawned)
    host = AgentHost()
    await host.start()
    return ExecdCore(actor.incarnation, dict(memory.records)), ExecdShell(actor, host, memory)


def main() -> int:
    """Run the executor; returns the exit code."""
    return run_daemon(Daemon.EXECD, build, links=(Daemon.FENCED,))


if __name__ == "__main__":
    sys.exit(main())
