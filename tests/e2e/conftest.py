"""A whole sandbox for end-to-end tests, with what they ask of it."""

import re
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from pcmk._core import Cib, schedule
from pcmk.client import Connection
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibAnswer, CibQuery, CibStatus, CibStatusQuery
from pcmk.kernel.messages.controller import ControllerQuery, ControllerStatus
from pcmk.kernel.messages.pacemakerd import SupervisorQuery, SupervisorStatus
from pcmk.runtime.settings import from_environment
from pcmk.sandbox import Sandbox
from pcmk.sandbox.cluster import tail
from pcmk.sandbox.readiness import IDLE, page, wait_until_ready

START_LIMIT = 60.0
LOG_LINES = 60

Answer = TypeVar("Answer", bound=Message)


class Cluster:
    """A running sandbox with the default configuration."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.place = sandbox.place
        self.names = tuple(node.name for node in sandbox.place.nodes)

    def ask(self, node: str, daemon: Daemon, question: Message, answer: type[Answer]) -> Answer | None:
        with Connection(from_environment(self.sandbox.environment(node)), "test") as connection:
            try:
                return connection.ask(daemon, question, answer, 5.0)
            except PcmkError:
                return None

    def dc(self) -> str:
        """The DC, if those nodes that run agree on one."""
        answers = [self.ask(node, Daemon.CONTROLD, ControllerQuery(), ControllerStatus) for node in self.alive()]
        leaders = {answer.dc if answer is not None else "" for answer in answers}
        return leaders.pop() if len(leaders) == 1 else ""

    def is_idle(self) -> bool:
        """Whether the DC does nothing, and there is nothing that it has not noticed yet."""
        leader = self.dc()
        if leader not in self.names:
            return False
        status = self.ask(leader, Daemon.CONTROLD, ControllerQuery(), ControllerStatus)
        if status is None or status.state != IDLE:
            return False
        cib = self.ask(leader, Daemon.BASED, CibQuery(), CibAnswer)
        return cib is not None and schedule(Cib.parse(cib.xml), int(time.time()), 0).action_count == 0

    def alive(self) -> list[str]:
        return [name for name in self.names if self.sandbox.is_alive(name) and not self.sandbox.is_paused(name)]

    def pids(self, node: str) -> dict[str, int]:
        status = self.ask(node, Daemon.PACEMAKERD, SupervisorQuery(), SupervisorStatus)
        return {daemon.name: daemon.pid for daemon in status.daemons} if status is not None else {}

    def daemons_are_up(self, node: str) -> bool:
        status = self.ask(node, Daemon.PACEMAKERD, SupervisorQuery(), SupervisorStatus)
        return status is not None and all(daemon.state == "up" for daemon in status.daemons)

    def digests(self) -> set[str]:
        answers = [self.ask(node, Daemon.BASED, CibStatusQuery(), CibStatus) for node in self.alive()]
        return {f"{answer.version} {answer.digest}" if answer is not None else "none" for answer in answers}

    def wait_for_one_cib(self) -> None:
        """Wait until all nodes have the same CIB: a last result may be under way to some."""
        self.wait("all nodes have the same CIB", lambda: len(self.digests()) == 1)

    def web_node(self) -> str:
        """The node that the HTTP service says that it runs on; empty when it does not answer."""
        found = re.search(r"runs on node <b>(.*?)</b>", page(self.place.http_address) or "")
        return found[1] if found else ""

    def state_file(self, node: str, agent: str, resource: str) -> Path:
        return self.place.agents_dir(node) / f"{agent}-{resource}.state"

    def active(self, agent: str, resource: str) -> list[str]:
        """Where a resource's agent says that it is active."""
        return [node for node in self.names if self.state_file(node, agent, resource).exists()]

    def fencings(self) -> list[str]:
        log = self.place.fence_folder / "log"
        return [line.split(" ", 1)[1] for line in log.read_text().splitlines()] if log.exists() else []

    def wait(self, what: str, predicate: Callable[[], bool], timeout: float = 30.0) -> float:
        return self.sandbox.wait_until(what, predicate, timeout)

    def wait_idle(self, timeout: float = 30.0) -> float:
        return self.wait("the cluster is idle", self.is_idle, timeout)

    def back(self, node: str) -> None:
        """Switch a node on and wait until everything runs as at the start."""
        self.sandbox.start(node)
        wait_until_ready(self.sandbox, START_LIMIT)

    def is_sound(self) -> bool:
        """Whether all nodes are there, nothing is to be done, and all have the same CIB."""
        return self.alive() == list(self.names) and self.is_idle() and len(self.digests()) == 1

    def renew(self) -> None:
        """Begin anew with the default configuration, whatever state the nodes are in."""
        self.sandbox.down()
        self.sandbox = Sandbox.launch(self.place.folder)
        self.place = self.sandbox.place
        wait_until_ready(self.sandbox, START_LIMIT)

    def logs(self) -> str:
        files = [self.place.coordinator_log, *(self.place.log_file(name) for name in self.names)]
        return "\n".join(f"==> {path}\n{tail(path, LOG_LINES)}" for path in files)


@contextmanager
def launched(session: pytest.Session) -> Generator[Cluster]:
    """Three nodes with the default configuration; everything runs. Ends of logs are printed after a failure."""
    with tempfile.TemporaryDirectory(prefix="pcmk-") as folder, Sandbox.launch(Path(folder) / "s") as sandbox:
        cluster = Cluster(sandbox)
        failed = session.testsfailed
        try:
            began = time.monotonic()
            wait_until_ready(sandbox, START_LIMIT)
            print(f"everything ran after {time.monotonic() - began:.1f} s")
            yield cluster
        finally:
            if session.testsfailed > failed or not cluster.is_idle():
                print(cluster.logs())


@pytest.fixture
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A cluster for one test alone."""
    with launched(request.session) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def shared(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A cluster for all tests of a file, each of which leaves it as it was."""
    with launched(request.session) as cluster:
        yield cluster


@pytest.fixture
def undisturbed(shared: Cluster) -> Iterator[None]:
    """A test that leaves the shared cluster otherwise than sound has failed; the next one gets a sound one."""
    yield
    try:
        shared.wait("the cluster is sound", shared.is_sound)
    except PcmkError:
        print(shared.logs())
        shared.renew()
        raise
