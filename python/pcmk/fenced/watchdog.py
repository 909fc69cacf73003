"""Fencing by watchdog: which nodes it can be counted on for, and for how long a node must not have been seen."""

from collections.abc import Container

from pcmk.fenced.cib_devices import WatchdogConfig
from pcmk.fenced.events import Effect
from pcmk.kernel.core import Log
from pcmk.kernel.messages.common import View
from pcmk.kernel.messages.fenced_peer import FenceWatchdog, NodeWatchdog
from pcmk.kernel.watchdog import MARGIN, WatchdogFencing, exclusive, watchdog_fencing


class Watchdog:
    """What this node knows of its own device (`device` is its timeout, 0 without one), of what is configured, and of
    what the others have said of theirs.

    A node is fenced so only if it has said itself that its device resets it; one that nobody has heard, only if the
    configuration names it. Its word holds until its fencer is connected anew, and as long as fencing by watchdog is not
    switched off: a node where that is on joins with a device only, in whichever life (`pcmk.controld.watchdog`).
    """

    def __init__(self, node: str, device: float) -> None:
        self.view: View | None = None
        self._node = node
        self._device = device
        self._config = WatchdogConfig()
        self._fencing = WatchdogFencing()
        self._said: dict[str, float] = {}

    # ---- what is known ----------------------------------------------------------------------------

    def configure(self, config: WatchdogConfig, connected: Container[str]) -> list[Effect]:
        """The CIB says this; who is `connected` says itself what follows from it for its own device."""
        if config == self._config:
            return []
        ignored = [text for text in config.ignored if text not in self._config.ignored]
        self._config = config
        self._fencing = watchdog_fencing(config.timeout, self._device)
        if not self._fencing.timeout:
            # Others would not hear that it is on again.
            for node in self._said:
                if node not in connected:
                    self._said[node] = 0.0
        return [Log("error", f"Fence device ignored: {text}") for text in ignored]

    def peer_up(self, node: str) -> None:
        """A fencer is connected, maybe of a new life of its node: if there is a device, it says so now."""
        self._said[node] = 0.0

    def heard(self, node: str, word: FenceWatchdog) -> None:
        """A peer said this of its own device, and what it knows of those who can't say it themselves any more."""
        for other in word.others:
            if other.node != self._node:
                self._said.setdefault(other.node, other.timeout)
        self._said[node] = word.timeout

    # ---- what is told -----------------------------------------------------------------------------

    @property
    def own(self) -> float:
        """What this node says of its own device: its timeout if it is to reset it on loss of quorum, else 0."""
        return self._device if self.active and self._is_listed(self._node) else 0.0

    def word(self) -> tuple[FenceWatchdog, ...]:
        """What a peer that came up is to know; nothing of a node without a device."""
        if not self._device:
            return ()
        others = tuple(NodeWatchdog(node, timeout) for node, timeout in sorted(self._said.items()))
        return (FenceWatchdog(self.own, others),)

    # ---- what follows -----------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        """Whether lost nodes are fenced so."""
        return self._fencing.timeout > 0 and not self._config.stopped

    def covers(self, target: str) -> bool:
        """Whether a node is fenced so."""
        if target == self._node:
            return bool(self.own)
        return self.active and self._is_listed(target) and self._said.get(target, self._unheard(target)) > 0

    def patience(self, target: str) -> float:
        """Seconds for which a node must not have been seen."""
        return max(self._fencing.timeout, MARGIN * self._said.get(target, 0.0))

    def has_quorum(self) -> bool:
        """Whether this node is in a view with a quorum that nobody else can have."""
        return self.view is not None and exclusive(self.view)

    def sees(self, target: str) -> bool:
        """Whether a node is a member."""
        return self.view is not None and target in self.view.names

    @property
    def targets(self) -> tuple[str, ...]:
        """The nodes that are fenced so, if they are listed."""
        return tuple(sorted(self._config.hosts))

    def _is_listed(self, node: str) -> bool:
        return not self._config.hosts or node.lower() in self._config.hosts

    def _unheard(self, node: str) -> float:
        # Whoever names it answers for its being set up as this node is.
        return self._device if node.lower() in self._config.hosts else 0.0
