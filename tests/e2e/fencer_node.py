"""In place of pacemakerd: a real fencer, and a CIB manager that does no more than hand out a file.

fencer_node.py CIB_FILE         runs both
fencer_node.py CIB_FILE based   is the CIB manager
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from pcmk.kernel.core import Exit, Instant, Reply, Request, Terminate
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages.cib import CibAnswer, CibQuery, CibVersion
from pcmk.runtime.actor import Actor
from pcmk.runtime.daemon import run_daemon


class Core:
    def __init__(self, xml: str) -> None:
        self._xml = xml

    def handle(self, event: Any, now: Instant) -> list[Any]:
        match event:
            case Request(body=CibQuery()):
                return [Reply(event.id, CibAnswer(self._xml, CibVersion(0, 1, 0)))]
            case Terminate():
                return [Exit(0, "asked to")]
            case _:
                return []


def main() -> int:
    cib = Path(sys.argv[1])
    xml = cib.read_text()
    if sys.argv[2:] == ["based"]:

        async def build(actor: Actor) -> tuple[Core, None]:
            return Core(xml), None

        return run_daemon(Daemon.BASED, build)
    based = subprocess.Popen([sys.executable, __file__, str(cib), "based"])
    fenced = subprocess.Popen([sys.executable, "-m", "pcmk.fenced"])
    return based.wait() or fenced.wait()


if __name__ == "__main__":
    sys.exit(main())
