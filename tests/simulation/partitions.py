"""Clusters whose network fails in one certain way, while users go on changing the configuration on all sides."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from pcmk.kernel.daemons import Daemon
from tests.simulation.invariants import Observers, OneActive, Violation
from tests.simulation.network import Delays
from tests.simulation.world import HEALING, World

Groups: TypeAlias = tuple[tuple[str, ...], ...]

READY = 120.0
"""Seconds that a cluster has to become idle before anything happens to it."""
TORN = 45.0
"""Seconds that the network stays as it was made."""
NOTICED = 1.0
"""Seconds until the membership engine notices."""
LOSSY = Delays(spike=0.3, spike_seconds=1.0)
"""Of a connection that loses three packets in ten: what is lost comes again, later."""


def splits(names: Sequence[str]) -> Iterator[Groups]:
    """Every way to part nodes in two groups or more."""
    return (groups for groups in _groupings(tuple(names)) if len(groups) > 1)


def _groupings(names: tuple[str, ...]) -> Iterator[Groups]:
    if not names:
        yield ()
        return
    first, rest = names[0], names[1:]
    for groups in _groupings(rest):
        yield ((first,), *groups)
        for number, group in enumerate(groups):
            yield (*groups[:number], (first, *group), *groups[number + 1 :])


class TornWorld(World):
    """A cluster that is whole, then torn by `tear`, and mended; `wanted` is its `no-quorum-policy`."""

    def __init__(
        self,
        nodes: int,
        policy: str,
        tear: Callable[["TornWorld"], None],
        delays: Delays | None = None,
        watchdog: float = 0.0,
    ) -> None:
        super().__init__(nodes, (READY + TORN + HEALING) / 60, nodes, policy=policy, watchdog=watchdog)
        self._tear = tear
        if policy == "ignore":
            # Of partitions that all act as if they had quorum, each makes sure only of the nodes that ran something.
            # A third one may have fenced the same node, and started it: that is what the policy asks for.
            self.observers = Observers(self, without=(OneActive,))
        if delays is not None:
            self.network.delays = delays

    def trouble(self) -> None:
        """Nothing, until the cluster is idle; then what the world is for."""
        while self.observers.unsettled():
            if self.queue.now > READY:
                raise Violation(f"the cluster does not become idle: {self.observers.unsettled()}")
            self.queue.run_until(self.queue.now + 1.0)
        self.end = self.queue.now + TORN + HEALING
        self._tear(self)
        for at in range(1, int(TORN), 4):
            self.queue.after(float(at), self._change_everywhere)
        self.queue.run_until(self.end - HEALING)

    @property
    def leader(self) -> str:
        """The DC."""
        return next(name for name in self.nodes if self.core(name, Daemon.CONTROLD)._shared.leading)

    def split(self, groups: Groups) -> None:
        """Part the nodes; the membership engine tells each group of it."""
        self.network.cut(groups)
        self.queue.after(NOTICED, self.membership.split, groups)

    def _change_everywhere(self) -> None:
        for node in self.nodes.values():
            if node.up:
                self.users.add(node)
