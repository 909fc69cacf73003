"""pacemakerd, the supervisor of a node."""

import sys

from pcmk.kernel.core import Daemon
from pcmk.pacemakerd.proctitle import set_title
from pcmk.pacemakerd.spawner import fork_spawner, preload


def main() -> int:
    """Run until shut down; the exit code."""
    set_title(Daemon.PACEMAKERD.value)
    # Everything is imported before the fork, so that this process shares its memory with the daemons as well.
    preload()
    spawner, channel = fork_spawner()
    from pcmk.pacemakerd.shell import builder
    from pcmk.runtime.daemon import run_daemon

    return run_daemon(Daemon.PACEMAKERD, builder(spawner, channel))


if __name__ == "__main__":
    sys.exit(main())
