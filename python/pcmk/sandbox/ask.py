"""One question to a daemon of a sandbox node."""

from typing import TypeVar

from pcmk.client import Connection
from pcmk.kernel.core import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.messages import Message
from pcmk.runtime.settings import from_environment
from pcmk.sandbox.layout import Layout

TIMEOUT = 2.0

Answer = TypeVar("Answer", bound=Message)


def ask(place: Layout, node: str, daemon: Daemon, question: Message, answer: type[Answer]) -> Answer | None:
    """The daemon's answer, or None when it does not answer."""
    with Connection(from_environment(place.environment(node)), "pcmk-sandbox") as connection:
        try:
            return connection.ask(daemon, question, answer, TIMEOUT)
        except PcmkError:
            return None
