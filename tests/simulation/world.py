"""A cluster: nodes, network, membership, agents, users and faults, all driven by one queue and one seed."""

import os
from collections import deque
from collections.abc import Callable
from random import Random
from typing import Any

from pcmk._core import Cib
from pcmk.based.disk import Base
from pcmk.kernel.core import Log
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages.based_peer import Ballot, Position
from tests.simulation import configuration
from tests.simulation.agents import FenceAgents, Moods, describe
from tests.simulation.clock import Queue
from tests.simulation.disk import Disk
from tests.simulation.faults import Faults
from tests.simulation.invariants import Observers, Violation
from tests.simulation.membership import Membership
from tests.simulation.network import Delays, Network
from tests.simulation.node import Node
from tests.simulation.oracle import Oracle
from tests.simulation.process import CoreFailedError, Process
from tests.simulation.users import Users

HEALING = 360.0
"""Seconds that the cluster has, once all faults ended, to become idle again."""
QUIET = 40.0
"""Seconds that it must stay so."""
HISTORY = 60
SIZE_IN_TRACE = int(os.environ.get("PCMK_SIMULATION_WIDTH", "300"))


class World:
    """One simulated cluster. `trace_to` takes every line of the trace, if a trace is wanted. With `watchdog` each node
    has a device that resets it after so many seconds, and nothing else fences."""

    def __init__(
        self,
        seed: int,
        minutes: float,
        nodes: int | None = None,
        trace_to: Callable[[str], None] | None = None,
        policy: str | None = None,
        watchdog: float = 0.0,
    ) -> None:
        self.random = Random(seed)
        self.queue = Queue()
        self.end = minutes * 60
        self.notes: deque[str] = deque(maxlen=HISTORY)
        self._trace_to = trace_to
        self.traced = trace_to is not None
        random = self.random
        self.watchdog = watchdog
        plan = configuration.plan(random, nodes, policy, watchdog)
        self.plan = plan
        self.fsync = random.choice((0.001, 0.005, 0.02))
        delays = Delays(
            local=random.choice((0.0001, 0.0005, 0.003)),
            peer=random.choice((0.0005, 0.002, 0.02)),
            spike=random.choice((0.0, 0.001, 0.01)),
        )
        self.oracle = Oracle()
        self.moods = Moods()
        self.fence_agents = FenceAgents(self)
        self.network = Network(self, delays)
        self.membership = Membership(self, plan.rules, random.choice((2.0, 3.0)))
        start = Cib.parse(plan.cib)
        self.nodes: dict[str, Node] = {}
        for number, name in enumerate(plan.nodes, 1):
            base = Base(start, Position(), Position(), (), (), Ballot())
            disk = Disk(base, self.fsync)
            node = self.nodes[name] = Node(self, name, number, disk)
            disk.node = node
            node.clock_skew = round(random.uniform(-0.3, 0.3), 3)
        self.users = Users(self)
        self.faults = Faults(self)
        self.observers = Observers(self)

    @property
    def primitives(self) -> tuple[configuration.Primitive, ...]:
        """Resources that are configured, or may be."""
        return (*self.plan.primitives, *self.users.added.values())

    def run(self) -> None:
        """The whole life of the cluster. Raises `Violation`."""
        try:
            self._run()
        except CoreFailedError as error:
            raise Violation(f"a core failed: {error}") from error

    def _run(self) -> None:
        random = self.random
        for node in self.nodes.values():
            self.queue.after(random.uniform(0.0, random.choice((0.5, 10.0))), node.boot)
        self.trouble()
        self.faults.heal()
        deadline = self.end
        quiet_since: float | None = None
        settled = False
        while self.queue.now < deadline:
            self.queue.run_until(min(self.queue.now + 5.0, deadline))
            if not settled and self.queue.now > deadline - HEALING + 60.0:
                settled = True
                self.users.settle()
            trouble = self.observers.unsettled() if settled else "users have yet to settle"
            if trouble:
                quiet_since = None
            elif quiet_since is None:
                quiet_since = self.queue.now
            elif self.queue.now - quiet_since >= QUIET:
                break
        self.observers.end()

    def trouble(self) -> None:
        """What happens until everything is mended: random faults, and users."""
        self.faults.schedule()
        self.queue.after(20.0, self._user)
        self.queue.run_until(self.end - HEALING)

    def _user(self) -> None:
        if self.queue.now < self.end - HEALING:
            self.users.act()
            self.queue.after(self.random.expovariate(1 / 20.0), self._user)

    # ---- telling ----------------------------------------------------------------------------------

    def note(self, text: str) -> None:
        """Something worth knowing when a property turns out to be violated."""
        line = f"{self.queue.now:12.6f} {text}"
        self.notes.append(line)
        if self._trace_to is not None:
            self._trace_to(line)

    def log(self, process: Process, log: Log) -> None:
        """A log line of a daemon."""
        if self._trace_to is not None:
            self._trace_to(f"{self.queue.now:12.6f} {process.node.name} {process.daemon.value} {log.level}: {log.text}")
        elif log.level not in ("debug", "info"):
            self.notes.append(
                f"{self.queue.now:12.6f} {process.node.name} {process.daemon.value} {log.level}: {log.text}"
            )

    def trace(self, process: Process, event: Any) -> None:
        """An event reaches a core."""
        if self._trace_to is not None:
            text = repr(event)
            if len(text) > SIZE_IN_TRACE:
                text = f"{text[:SIZE_IN_TRACE]}... ({len(text)})"
            self._trace_to(f"{self.queue.now:12.6f} {process.node.name} {process.daemon.value} <- {text}")

    def truth(self) -> str:
        """What really runs where."""
        return ", ".join(f"{resource}: {where}" for resource, where in sorted(describe(self).items()))

    def core(self, node: str, daemon: Daemon) -> Any:
        """The core of a daemon that works; None if there is none."""
        process = self.nodes[node].processes.get(daemon)
        return process.body.core if process is not None and process.alive and process.body is not None else None
