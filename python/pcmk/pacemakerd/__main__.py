"""pacemakerd, the supervisor of a node. What people may ask of it is the command `pcmk.compat.pacemakerd`."""

import asyncio
import os
import sys

from pcmk.kernel.daemons import Daemon
from pcmk.pacemakerd.spawner import SHARED, fork_spawner, preload
from pcmk.runtime.proctitle import set_title


def main() -> int:
    """Be the supervisor until shut down; the exit code."""
    set_title(Daemon.PACEMAKERD.value)
    from pcmk.kernel.errors import PcmkError

    try:
        learn_name()
    except PcmkError as error:
        print(f"pacemakerd: {error.message}", file=sys.stderr)
        return error.code
    # Before the fork, so that this process shares that memory with the daemons as well.
    preload(SHARED)
    spawner, channel = fork_spawner()
    from pcmk.pacemakerd.shell import builder
    from pcmk.runtime.daemon import run_daemon

    return run_daemon(Daemon.PACEMAKERD, builder(spawner, channel), links=links())


def links() -> tuple[Daemon, ...]:
    """Whom the supervisor asks: the controller, on a node that has a watchdog device to be kept."""
    from pcmk.kernel.errors import PcmkError
    from pcmk.runtime.settings import from_environment

    try:
        return (Daemon.CONTROLD,) if from_environment().watchdog_device is not None else ()
    except PcmkError:
        # Said, and made the exit code, where the daemon begins.
        return ()


def learn_name() -> None:
    """With Corosync this node has the name that Corosync's configuration gives it; all its processes find it in a file.

    Raises `PcmkError`: Corosync does not run, or has no name for this node, or the run folder can't be written.
    """
    from pcmk.kernel.errors import PcmkError
    from pcmk.kernel.exitcodes import ExitCode
    from pcmk.runtime.logs import open_log
    from pcmk.runtime.settings import from_environment, name_file

    settings = from_environment()
    if settings.membership != "corosync" or os.environ.get("PCMK_NODE_NAME"):
        return
    from pcmk.membership.corosync import learn_own_name

    own = Daemon.PACEMAKERD
    logger = open_log(own.value, settings.node_name, settings.log_file, settings.debugs(own))
    name = asyncio.run(learn_own_name(logger.log))
    try:
        settings.run_dir.mkdir(mode=0o750, parents=True, exist_ok=True)
        name_file(settings.run_dir).write_text(f"{name}\n")
    except OSError as error:
        raise PcmkError(ExitCode.CANTCREAT, f"{error.filename}: {error.strerror}") from error


if __name__ == "__main__":
    sys.exit(main())
