"""Whether everything in a sandbox runs, and what is missing."""

import time
import urllib.request
from collections.abc import Callable
from typing import TypeVar

from pcmk.client import Connection
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibAnswer, CibQuery
from pcmk.kernel.messages.controller import ControllerQuery, ControllerStatus
from pcmk.kernel.messages.pacemakerd import SupervisorQuery, SupervisorStatus
from pcmk.runtime.settings import from_environment
from pcmk.sandbox import processes
from pcmk.sandbox.cluster import Sandbox, tail

IDLE = "S_IDLE"
PATIENCE = 2.0
LOOK_INTERVAL = 1.0
POLL = 0.1
LOG_LINES = 5
# What a monitor of a promoted instance returns.
_PROMOTED = 8

Answer = TypeVar("Answer", bound=Message)


def wait_until_ready(sandbox: Sandbox, timeout: float, tell: Callable[[str], None] = lambda _missing: None) -> None:
    """Wait until everything runs; `tell` is called with what is waited for whenever that changes.

    `PcmkError`: TIMEOUT when it takes longer, UNAVAILABLE when a node died.
    """
    deadline = time.monotonic() + timeout
    told = ""
    with Readiness(sandbox) as readiness:
        while missing := readiness.missing():
            if missing != told:
                told = missing
                tell(missing)
            if time.monotonic() > deadline:
                hint = "What was started goes on; see `pcmk sandbox status` and `pcmk sandbox logs`."
                raise PcmkError(ExitCode.TIMEOUT, f"after {timeout:g} s still waiting for {missing}. {hint}")
            time.sleep(POLL)


class Readiness:
    """Looks again and again; a context manager that keeps its connections."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._names = tuple(node.name for node in sandbox.place.nodes)
        self._connections = {
            name: Connection(from_environment(sandbox.environment(name)), "pcmk-sandbox") for name in self._names
        }
        self._looked = time.monotonic()

    def __enter__(self) -> "Readiness":
        return self

    def __exit__(self, *_error: object) -> None:
        for connection in self._connections.values():
            connection.close()

    def missing(self) -> str:
        """What is waited for, empty when everything runs; `PcmkError` when a node died, with the end of its log."""
        self._look_for_the_dead()
        views = self._sandbox.membership().views
        absent = [name for name in self._names if name not in views or views[name].names != self._names]
        if absent:
            return f"{', '.join(absent)} to join"
        down = [name for name in self._names if not self._is_supervised(name)]
        if down:
            return f"the daemons of {', '.join(down)}"
        controllers = [self._ask(name, Daemon.CONTROLD, ControllerQuery(), ControllerStatus) for name in self._names]
        leaders = {status.dc if status is not None else "" for status in controllers}
        if len(leaders) != 1 or "" in leaders:
            return "a DC that all nodes know"
        if not any(status is not None and status.node == status.dc and status.state == IDLE for status in controllers):
            return "resources to start"
        place = self._sandbox.place
        if not place.default_cib:
            return ""
        if page(place.http_address) is None:
            return place.http_address
        # The scores come from the agents, a moment after their resources have started.
        return "" if self._is_promoted(leaders.pop()) else "a promoted instance of the database"

    def _is_promoted(self, node: str) -> bool:
        monitored = CibQuery(xpath=f"//lrm_rsc_op[@rc-code='{_PROMOTED}']")
        return self._ask(node, Daemon.BASED, monitored, CibAnswer) is not None

    def _is_supervised(self, node: str) -> bool:
        status = self._ask(node, Daemon.PACEMAKERD, SupervisorQuery(), SupervisorStatus)
        return status is not None and status.state == "running"

    def _ask(self, node: str, daemon: Daemon, question: Message, answer: type[Answer]) -> Answer | None:
        try:
            return self._connections[node].ask(daemon, question, answer, PATIENCE)
        except PcmkError:
            return None

    def _look_for_the_dead(self) -> None:
        if time.monotonic() - self._looked < LOOK_INTERVAL:
            return
        self._looked = time.monotonic()
        alive = processes.nodes_alive(str(self._sandbox.place.folder))
        for name in self._names:
            if name not in alive:
                log = self._sandbox.place.log_file(name)
                raise PcmkError(ExitCode.UNAVAILABLE, f"{name} died; the end of {log}:\n{tail(log, LOG_LINES)}")


def page(address: str) -> str | None:
    """What an HTTP service answers; None when it does not."""
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            return answer.read().decode()
    except OSError:
        return None
