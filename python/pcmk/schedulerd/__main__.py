"""The scheduler daemon's process."""

import sys

from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.runtime.actor import Actor
from pcmk.runtime.daemon import run_daemon
from pcmk.schedulerd.core import SchedulerdCore
from pcmk.schedulerd.shell import SchedulerdShell, read_counters


async def build(actor: Actor) -> tuple[SchedulerdCore, SchedulerdShell]:
    """Read the counters of kept inputs. Raises `PcmkError` (FATAL) if their folder can't be used."""
    folder = actor.settings.state_dir / "pengine"
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        counters = read_counters(folder)
    except OSError as error:
        raise PcmkError(ExitCode.FATAL, f"{folder}: {error}") from error
    return SchedulerdCore(counters), SchedulerdShell(actor, folder)


def main() -> int:
    """Run the scheduler daemon; returns the exit code."""
    return run_daemon(Daemon.SCHEDULERD, build, links=(Daemon.BASED,))


if __name__ == "__main__":
    sys.exit(main())
