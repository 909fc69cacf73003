"""An attribute manager as a process whose only attribute has this as its value: toy_attributes.py VALUE"""

import sys
from typing import Any

from pcmk.kernel.core import Exit, Instant, Reply, Request, Terminate
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages.attributes import AttributeQuery, AttributeValue, AttributeValues
from pcmk.runtime.actor import Actor
from pcmk.runtime.daemon import run_daemon


class Core:
    def handle(self, event: Any, now: Instant) -> list[Any]:
        match event:
            case Request(body=AttributeQuery() as query):
                return [Reply(event.id, AttributeValues(True, (AttributeValue(query.name, query.node, sys.argv[1]),)))]
            case Terminate():
                return [Exit(0, "asked to")]
            case _:
                return []


async def build(_actor: Actor) -> tuple[Core, None]:
    return Core(), None


if __name__ == "__main__":
    sys.exit(run_daemon(Daemon.ATTRD, build))
