"""Calls to the daemons of one node."""

import errno
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.runtime.settings import Settings

if TYPE_CHECKING:
    from pcmk.rpc.calls import Calls
    from pcmk.rpc.listening import Followed, Notices

A = TypeVar("A", bound=Message)


class Connection:
    """Talks to the daemons of the node that the settings describe; a context manager.

    Every failure is a `PcmkError`: what a daemon refused has the daemon's code; DISCONNECT says that the daemon does
    not run or hung up, INSUFFICIENT_PRIV that its socket may not be opened, TIMEOUT that no answer came in time.
    """

    def __init__(self, settings: Settings, program: str = "") -> None:
        self._settings = settings
        self._program = program or Path(sys.argv[0]).name or "python"
        self._calls: dict[Daemon, Calls] = {}

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def call(self, daemon: Daemon, body: Message, timeout: float = 30.0) -> Message:
        """Ask a daemon and wait for its answer, at most `timeout` seconds."""
        try:
            return self._to(daemon).call(body, timeout)
        except PcmkError as error:
            if error.code == ExitCode.DISCONNECT:
                self._find_listener(daemon)
            raise

    def ask(self, daemon: Daemon, body: Message, kind: type[A], timeout: float = 30.0) -> A:
        """Like `call`, for an answer whose class the caller knows."""
        answer = self.call(daemon, body, timeout)
        if not isinstance(answer, kind):
            raise TypeError(f"{type(body).__name__} is answered by {type(answer).__name__}, not {kind.__name__}")
        return answer

    def watch(self, daemon: Daemon, timeout: float | None = None) -> "Notices":
        """Subscribe to a daemon's notices. The result is an iterator and a context manager; whatever is published after
        the return is seen. When the connection breaks, or after `timeout` seconds, iteration raises `PcmkError`."""
        self._find_listener(daemon)
        return self._to(daemon).watch(timeout)

    def follow(self, daemon: Daemon, name: str, body: Message) -> "Followed":
        """Listen to a stream of a daemon (see `pcmk.rpc.services.Stream`), which begins with what `body` asks for. The
        result is an iterator and a context manager; iteration raises `PcmkError` when the connection breaks."""
        self._find_listener(daemon)
        return self._to(daemon).follow(name, body)

    def close(self) -> None:
        """Hang up."""
        for calls in self._calls.values():
            calls.close()
        self._calls.clear()

    def _to(self, daemon: Daemon) -> "Calls":
        calls = self._calls.get(daemon)
        if calls is None:
            from pcmk.rpc.calls import Calls

            calls = self._calls[daemon] = Calls(daemon, self._settings.socket(daemon), self._program)
        return calls

    def _find_listener(self, daemon: Daemon) -> None:
        """Raise why, if nobody listens."""
        from pcmk.rpc.probe import probe

        error = probe(self._settings.socket(daemon))
        if error is None:
            return
        if error.errno in (errno.EACCES, errno.EPERM):
            raise PcmkError(ExitCode.INSUFFICIENT_PRIV, f"Not allowed to talk to {daemon} on this node")
        if daemon != Daemon.PACEMAKERD and probe(self._settings.socket(Daemon.PACEMAKERD)) is None:
            raise PcmkError(ExitCode.DISCONNECT, f"{daemon} is not running on this node now")
        raise PcmkError(ExitCode.DISCONNECT, "pcmk is not running on this node")
