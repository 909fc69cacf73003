"""Requests to the attribute manager of this node, repeated until they are taken."""

from collections import deque
from collections.abc import Callable

from pcmk._core import Element
from pcmk.controld import history
from pcmk.controld.port import Port
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.attributes import AttributeChange, AttributeUpdate
from pcmk.kernel.messages.common import Failure

_PASSING = (
    ExitCode.DISCONNECT,
    ExitCode.TIMEOUT,
    ExitCode.NO_DC,
    ExitCode.UNAVAILABLE,
    ExitCode.TEMPFAIL,
    ExitCode.INDETERMINATE,
)
_TIMER = "attributes-retry"
_COUNTED = ("promote", "demote")


class Attributes:
    """A queue, since the order of changes matters; one request is under way at a time."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._queue: deque[tuple[Message, Callable[[], None]]] = deque()
        self._under_way = False

    def ask(self, request: Message, then: Callable[[], None] = lambda: None) -> None:
        """Have a request carried out; `then` is called when it was, or can't be."""
        self._queue.append((request, then))
        self._send()

    def set(self, node: str, name: str, value: str | None) -> None:
        """Set or delete a transient attribute."""
        self.ask(AttributeUpdate((AttributeChange(name, value, node),)))

    def linked(self) -> None:
        """The attribute manager answers again."""
        self._port.stop_timer(_TIMER)
        self._send()

    def _send(self) -> None:
        if self._queue and not self._under_way and not self._port.timer_runs(_TIMER):
            self._under_way = True
            self._port.call(Daemon.ATTRD, self._queue[0][0], self._answered)

    def _answered(self, body: Message) -> None:
        self._under_way = False
        if isinstance(body, Failure) and body.code in _PASSING:
            self._port.after(_TIMER, 1.0, self._send)
            return
        if isinstance(body, Failure):
            self._port.log("error", f"The attribute manager refused a request: {body.message}")
        _, then = self._queue.popleft()
        then()
        self._send()


def failure_changes(
    entry: Element, node: str, now: int, start_offset: str, stop_offset: str, *, outside: bool, ignored: bool
) -> tuple[AttributeChange, ...]:
    """What a failed operation does to the fail count of its resource.

    Starts and stops count as the graph says (infinity unless it has an offset), recurring operations, promotions and
    demotions one each, others only if no graph asked for them.
    """
    action, interval = entry.get("operation", ""), entry.get("interval", "0")
    if entry.get("crm-debug-origin") == "build_active_RAs" or entry.get("op-status") == str(history.INVALID):
        return ()
    if action in ("start", "stop"):
        offset = (start_offset if action == "start" else stop_offset) or "INFINITY"
        value = "INFINITY" if offset.upper() == "INFINITY" else "value++"
    elif interval != "0" or action in _COUNTED or outside:
        value = "value++"
    else:
        return ()
    suffix = f"{_resource_of(entry, action, interval)}#{action}_{interval}"
    last = AttributeChange(f"last-failure-{suffix}", str(now), node)
    return (last,) if ignored else (AttributeChange(f"fail-count-{suffix}", value, node), last)


def _resource_of(entry: Element, action: str, interval: str) -> str:
    return entry.get("operation_key", "").removesuffix(f"_{action}_{interval}")
