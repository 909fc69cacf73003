"""A scheduler daemon with a toy core, as a process: toy_process.py [reject]"""

import sys
from typing import Any

from pcmk.kernel.core import Exit, Instant, Log, Reply, Request, Terminate
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibVersion
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.messages.scheduler import Schedule, Scheduled
from pcmk.runtime.actor import Actor
from pcmk.runtime.daemon import run_daemon


class Core:
    """Plans nothing; transition 13 is refused, 14 is a bug, 15 is never answered."""

    def handle(self, event: Any, now: Instant) -> list[Any]:
        match event:
            case Request(body=Schedule(transition_id=13)):
                return [Reply(event.id, Failure(ExitCode.DATAERR, "unlucky " * 5000))]
            case Request(body=Schedule(transition_id=14)):
                raise KeyError("fourteen")
            case Request(body=Schedule(transition_id=15)):
                return []
            case Request(body=Schedule(transition_id=number)):
                return [
                    Reply(event.id, Scheduled(number, event.client.name, f"{event.client.pid} {event.client.user}"))
                ]
            case Terminate():
                return [Log("notice", "Asked to stop", (("why", "signal"),)), Exit(0, "asked to")]
            case _:
                return []


class Handler:
    """Tells that it was closed."""

    def carry_out(self, effect: Any) -> None:
        raise AssertionError(effect)

    async def close(self) -> None:
        print("closed", flush=True)


async def build(actor: Actor) -> tuple[Core, Handler]:
    if sys.argv[1:] == ["reject"]:
        raise PcmkError(ExitCode.CONFIG, "no good configuration")
    assert CibVersion()
    return Core(), Handler()


if __name__ == "__main__":
    sys.exit(run_daemon(Daemon.SCHEDULERD, build))
