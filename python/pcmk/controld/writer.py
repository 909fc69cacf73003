"""Changes of the CIB, in order and until they are committed."""

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from pcmk.controld.port import Port
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibModified, CibModify, CibOperation, CibOptions, CibVersion
from pcmk.kernel.messages.common import Failure

Written: TypeAlias = Callable[[CibModified | None], None]

# Nothing is wrong with the change; it could not be carried out, or not be learned about, for now.
_PASSING = frozenset(
    {
        ExitCode.DISCONNECT,
        ExitCode.TIMEOUT,
        ExitCode.NO_DC,
        ExitCode.INDETERMINATE,
        ExitCode.UNAVAILABLE,
        ExitCode.TEMPFAIL,
        ExitCode.QUORUM,
        ExitCode.UNSATISFIED,
        ExitCode.NOHOST,
        # A full disk: what runs must be in the CIB before anything else is decided, so it is waited for.
        ExitCode.IOERR,
    }
)
_CLIENT = "pacemaker-controld"
_MOST_AT_ONCE = 200
_TIMER = "write-retry"


class _Entry(Struct):
    operations: tuple[CibOperation, ...]
    then: Written | None
    term: int
    alone: bool = False
    dropped: bool = False


class Writer:
    """A queue of changes; one request is under way at a time and takes what waits.

    Every change that the controller makes gives the same CIB when it is made twice, so a change whose outcome is
    unknown is sent again. A change that is refused is given up: `then` gets None. What was written as DC carries the
    term, is dropped when the node stops being DC, and refused where the term is over.
    """

    def __init__(self, port: Port, retry: float) -> None:
        self._port = port
        self._retry = retry
        self._queue: list[_Entry] = []
        self._sent: list[_Entry] = []
        self.committed = CibVersion()
        self.on_idle: Callable[[], None] = lambda: None

    @property
    def idle(self) -> bool:
        """Whether everything is committed."""
        return not self._queue and not self._sent

    @property
    def idle_as_dc(self) -> bool:
        """Whether everything is committed that was written as DC."""
        return not any(entry.term for entry in [*self._queue, *self._sent])

    def submit(self, operations: tuple[CibOperation, ...], then: Written | None = None, *, term: int = 0) -> None:
        """Add a change; `then` gets what the CIB manager says of it. `term` is given for what only the DC may write."""
        self._queue.append(_Entry(operations, then, term))
        self._send()

    def stop_being_dc(self) -> None:
        """Drop what only a DC may write."""
        self._queue = [entry for entry in self._queue if not entry.term]
        for entry in self._sent:
            if entry.term:
                entry.then = None
                entry.dropped = True

    def _send(self) -> None:
        if self._sent or not self._queue or self._port.timer_runs(_TIMER):
            return
        count = 1
        first = self._queue[0]
        if not first.alone:
            most = min(len(self._queue), _MOST_AT_ONCE)
            while count < most and not self._queue[count].alone and self._queue[count].term == first.term:
                count += 1
        self._sent, self._queue = self._queue[:count], self._queue[count:]
        operations = tuple(operation for entry in self._sent for operation in entry.operations)
        self._port.call(Daemon.BASED, CibModify(operations, client=_CLIENT, term=first.term), self._answered, 60.0)

    def _answered(self, body: Message) -> None:
        sent, self._sent = self._sent, []
        if isinstance(body, CibModified):
            self.committed = max(self.committed, body.version)
            for entry in sent:
                if entry.then is not None:
                    entry.then(body)
        elif isinstance(body, Failure) and body.code in _PASSING:
            self._queue = [entry for entry in sent if not entry.dropped] + self._queue
            self._port.log("info", f"Writing to the CIB again soon: {body.message}")
            self._port.after(_TIMER, self._retry, self._send)
        elif len(sent) > 1:
            # One of them spoils the others: each on its own.
            for entry in sent:
                entry.alone = True
            self._queue = sent + self._queue
        else:
            reason = body.message if isinstance(body, Failure) else f"unexpected {type(body).__name__}"
            self._port.log("error", f"A change of the CIB was refused: {reason}")
            if sent[0].then is not None:
                sent[0].then(None)
        self._send()
        if self.idle_as_dc:
            self.on_idle()

    def linked(self) -> None:
        """The CIB manager answers again."""
        self._port.stop_timer(_TIMER)
        self._send()


def modify(section: str, input_xml: str) -> CibOperation:
    """Merge an element into a section, made if it isn't there."""
    return CibOperation("modify", section=section, input_xml=input_xml, options=CibOptions(allow_create=True))


def delete(xpath: str) -> CibOperation:
    """Delete all elements that an XPath selects."""
    return CibOperation("delete", xpath=xpath, options=CibOptions(multiple=True))
