"""Run the coordinator of a local cluster: `python -m pcmk.membership --socket FILE --state FILE --votes N`."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from pcmk.kernel.errors import PcmkError
from pcmk.membership.server import CoordinatorServer
from pcmk.membership.votes import VoteRules
from pcmk.runtime.logs import open_log


def main() -> int:
    """Serve until SIGTERM; the exit code."""
    parser = argparse.ArgumentParser(prog="pcmk-coordinator")
    parser.add_argument("--socket", type=Path, required=True, help="where node agents and commands connect")
    parser.add_argument("--state", type=Path, required=True, help="file that survives a restart of the coordinator")
    parser.add_argument("--votes", type=int, required=True, help="number of nodes")
    parser.add_argument("--two-node", action="store_true", help="one of two nodes may go on alone")
    parser.add_argument("--wait-for-all", action="store_true", help="no quorum until all nodes were seen together")
    parser.add_argument("--hang-time", type=float, default=2.0, help="seconds until a silent node is removed")
    options = parser.parse_args()
    rules = VoteRules(options.votes, options.two_node, options.wait_for_all)
    logger = open_log("coordinator", "localhost", None)
    try:
        asyncio.run(_serve(options.socket, options.state, rules, options.hang_time, logger.log))
    except PcmkError as error:
        print(f"pcmk-coordinator: {error.message}", file=sys.stderr)
        return error.code
    return 0


async def _serve(
    socket: Path, state: Path, rules: VoteRules, hang_time: float, log: Callable[[str, str], None]
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await CoordinatorServer(socket, state, rules, hang_time, log).run(stop)


if __name__ == "__main__":
    sys.exit(main())
