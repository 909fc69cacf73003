"""Signs of life of a daemon."""

from pathlib import Path

from pcmk.rpc.claim import holder, pulse_socket
from pcmk.rpc.pulse import beats

ANSWER_PATIENCE = 5.0


async def probe(socket: Path) -> tuple[int | None, bool]:
    """The process that is the daemon of this socket, and whether its event loop answered in time."""
    pid = holder(socket)
    return pid, pid is not None and await beats(pulse_socket(socket), ANSWER_PATIENCE)
