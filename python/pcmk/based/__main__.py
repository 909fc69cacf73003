"""The CIB manager's process."""

import sys

from pcmk.based.core import BasedCore
from pcmk.based.shell import BasedShell
from pcmk.based.store import Store
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.runtime.actor import Actor
from pcmk.runtime.daemon import run_daemon


async def build(actor: Actor) -> tuple[BasedCore, BasedShell]:
    """Read what is on disk. Raises `PcmkError` (FATAL) if the folder can't be used."""
    settings = actor.settings
    folder = settings.state_dir / "cib"
    store = Store(folder, settings.cib_history_bytes)
    try:
        image = store.load()
    except OSError as error:
        raise PcmkError(ExitCode.FATAL, f"{folder}: {error}") from error
    core = BasedCore(settings.node_name, actor.incarnation, image=image, fresh=not settings.respawned)
    return core, BasedShell(actor, store)


def main() -> int:
    """Run the CIB manager; returns the exit code."""
    return run_daemon(Daemon.BASED, build, peers=True, views=True)


if __name__ == "__main__":
    sys.exit(main())
