"""pacemakerd, the supervisor of a node."""

import argparse
import asyncio
import os
import sys
import time

from pcmk.kernel.core import Daemon
from pcmk.kernel.versions import SOFTWARE
from pcmk.pacemakerd.proctitle import set_title
from pcmk.pacemakerd.spawner import fork_spawner, preload

SHUTDOWN_POLL = 0.2


def main() -> int:
    """Run until shut down, or do what the options ask for; the exit code."""
    parser = argparse.ArgumentParser(prog="pacemakerd", description="Start and watch the daemons of this node.")
    parser.add_argument("-S", "--shutdown", action="store_true", help="shut down the instance that runs, and wait")
    parser.add_argument("-s", "--standby", action="store_true", help="start the node in standby")
    parser.add_argument("-f", "--foreground", action="store_true", help="ignored: it never goes to the background")
    parser.add_argument("-p", "--pid-file", metavar="FILE", help="ignored")
    parser.add_argument("-$", "--version", action="version", version=f"Pacemaker {SOFTWARE}")
    options = parser.parse_args()
    if options.shutdown:
        return shut_down()
    if options.standby:
        os.environ["PCMK_node_start_state"] = "standby"  # noqa: SIM112 - the field's name
    return supervise()


def shut_down() -> int:
    """Ask the instance that runs to shut down and wait until it has."""
    from pcmk.client import Connection
    from pcmk.kernel.errors import PcmkError
    from pcmk.kernel.messages.pacemakerd import ShutdownRequest
    from pcmk.pacemakerd.probe import holder
    from pcmk.runtime.settings import from_environment

    try:
        settings = from_environment()
        with Connection(settings) as connection:
            connection.call(Daemon.PACEMAKERD, ShutdownRequest())
        while holder(settings.socket(Daemon.PACEMAKERD)) is not None:
            time.sleep(SHUTDOWN_POLL)
    except PcmkError as error:
        print(f"pacemakerd: {error.message}", file=sys.stderr)
        return error.code
    return 0


def supervise() -> int:
    """Be the supervisor."""
    set_title(Daemon.PACEMAKERD.value)
    from pcmk.kernel.errors import PcmkError

    try:
        learn_name()
    except PcmkError as error:
        print(f"pacemakerd: {error.message}", file=sys.stderr)
        return error.code
    # Everything is imported before the fork, so that this process shares its memory with the daemons as well.
    preload()
    spawner, channel = fork_spawner()
    from pcmk.pacemakerd.shell import builder
    from pcmk.runtime.daemon import run_daemon

    return run_daemon(Daemon.PACEMAKERD, builder(spawner, channel))


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
