"""Blocking calls to a daemon of this node, for programs without a loop.

Most programs ask a few questions and end. For them gRPC's library, which takes longer to load than all of the rest
together, stays away: questions go through `pcmk._core`, and only who listens (`pcmk.rpc.listening`) loads it.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pcmk._core import Caller
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.messages import Message
from pcmk.rpc import convert, options
from pcmk.rpc.claim import link_socket
from pcmk.rpc.services import Service, service_of
from pcmk.rpc.status import FAILURE_KEY, Status, failure_of

if TYPE_CHECKING:
    from pcmk.rpc.listening import Followed, Listener, Notices


class Calls:
    """A connection to one daemon. Every failure is a `PcmkError`."""

    lasting: ClassVar[dict[Path, Caller]] = {}
    """Connections that this process keeps from one use to the next, by their sockets. Who puts any here looks after
    them (`Caller.look_after`)."""

    def __init__(self, daemon: Daemon, path: Path, program: str) -> None:
        self._daemon = daemon
        self._socket = path
        self._service: Service = service_of(daemon)
        self._answers = dict(self._service.methods)
        self._metadata = ((options.CLIENT_KEY, program), (options.PID_KEY, str(os.getpid())))
        way_in = _way_in(path)
        self._caller = self.lasting.get(way_in) or caller_to(way_in)
        self._listener: Listener | None = None

    def call(self, body: Message, timeout: float) -> Message:
        """Ask, and wait for the answer."""
        answer = self._answers.get(type(body))
        if answer is None:
            raise TypeError(f"{type(body).__name__} is no request of {self._daemon}; see pcmk.rpc.services")
        path = options.path_of(self._service.name, type(body).__name__)
        status, data, words = self._caller.call(path, convert.to_bytes(body), self._metadata, timeout)
        if status != Status.OK:
            failure = failure_of(status, words, data)
            raise PcmkError(failure.code, failure.message)
        return convert.from_bytes(answer, data)

    def watch(self, timeout: float | None) -> "Notices":
        """Subscribe; everything published from the return on will be seen."""
        return self._to_listen().watch(timeout)

    def follow(self, name: str, body: Message) -> "Followed":
        """Listen to a stream of the service, which begins with what `body` asks for."""
        return self._to_listen().follow(name, body)

    def close(self) -> None:
        """Hang up."""
        if self._listener is not None:
            self._listener.close()

    def _to_listen(self) -> "Listener":
        if self._listener is None:
            from pcmk.rpc.listening import Listener

            self._listener = Listener(self._service, self._socket, self._metadata)
        return self._listener


def caller_to(socket: Path) -> Caller:
    """Who asks the daemon that listens there; the connection is made by the first question."""
    return Caller(socket, FAILURE_KEY, options.MESSAGE_BYTES)


def _way_in(socket: Path) -> Path:
    """Where to ask a daemon. Who runs as it does goes where other daemons do, and not by the door where it is found out
    who comes (`pcmk.rpc.reception`), which costs the daemon as much as a small question itself."""
    inner = link_socket(socket)
    try:
        return inner if inner.stat().st_uid == os.geteuid() else socket
    except OSError:
        return socket
