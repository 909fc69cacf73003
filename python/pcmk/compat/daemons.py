"""Calls to the daemons of this node."""

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages import Message

    Answer = TypeVar("Answer", bound=Message)

TIMEOUT = 30.0


def ask(program: str, daemon: "Daemon", body: "Message", kind: "type[Answer]", timeout: float = TIMEOUT) -> "Answer":
    """Ask a daemon one thing. Failures are `PcmkError`s, DISCONNECT if it does not run."""
    from pcmk.client import Connection
    from pcmk.runtime.settings import from_environment

    with Connection(from_environment(), program) as connection:
        return connection.ask(daemon, body, kind, timeout)
