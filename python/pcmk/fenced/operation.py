"""A fencing operation in the hands of its owner: which device of which peer comes next."""

from collections.abc import Iterable

from msgspec import Struct, field

from pcmk.fenced.vigil import Vigil
from pcmk.kernel.messages.fenced_peer import FenceOp, OfferedDevice
from pcmk.kernel.watchdog import DEVICE

SLACK = 1.2
PEER_SLACK = 1.0


class Step(Struct, frozen=True):
    """A device (any, if empty) must do an action; the failure of an `optional` one is passed over."""

    device: str
    action: str
    optional: bool = False


class Candidate(Struct, frozen=True):
    """A device at a node that can take a step."""

    node: str
    offered: OfferedDevice


class Attempt(Struct, frozen=True):
    """A step under way."""

    number: int
    step: Step
    candidate: Candidate


class Operation(Struct):
    """An operation that this node owns. `expected` are the peers whose offers are still to come; `merged_into` is
    another owner's operation that does the same and whose result is waited for. `vigil` is the wait for the target's
    watchdog, which comes once (`watched`)."""

    op: FenceOp
    levels: tuple[tuple[str, ...], ...]
    expected: set[str]
    began: float
    offers: dict[str, tuple[OfferedDevice, ...]] = field(default_factory=dict[str, tuple[OfferedDevice, ...]])
    impatient: bool = False
    started: bool = False
    level: int = 0
    steps: list[Step] = field(default_factory=list[Step])
    attempt: Attempt | None = None
    attempts: int = 0
    attempted: dict[int, Attempt] = field(default_factory=dict[int, Attempt])
    used: set[tuple[str, str, str]] = field(default_factory=set[tuple[str, str, str]])
    delegate: str = ""
    ran: bool = False
    reason: str = ""
    merged_into: str = ""
    vigil: Vigil | None = None
    watched: bool = False

    # ---- when -------------------------------------------------------------------------------------

    def may_start(self) -> bool:
        """Whether enough is known to begin: everybody answered, or what is offered can't be bettered by waiting."""
        if self._all_spoke() or (self.impatient and any(self.offers.values())):
            return True
        others = self._candidates_at([node for node in self.offers if node != self.op.target])
        if self.levels:
            offered = {candidate.offered.device for candidate in others}
            return all(device in offered for level in self.levels for device in level if device != DEVICE)
        return any(candidate.offered.verified for candidate in others)

    def _all_spoke(self) -> bool:
        # A target that is to be switched off can't be counted on to answer, and only rarely is its answer of use.
        useless = self.op.action != "on" and not self.op.allow_self
        return not self.expected - ({self.op.target} if useless else set[str]())

    def waits_for_offers(self) -> bool:
        """Whether a peer may still offer something."""
        return not self._all_spoke()

    # ---- what -------------------------------------------------------------------------------------

    def begin_level(self) -> None:
        """Plan the steps of the current level; without a topology there is one step that any device may take."""
        action = self.op.action
        if not self.levels:
            self.steps = [Step("", action)]
        else:
            devices = self.levels[self.level]
            if action == "reboot" and len(devices) > 1:
                # All supplies must be off at the same time, or the node never loses power.
                self.steps = [Step(device, "off") for device in devices]
                self.steps += [Step(device, "on", optional=True) for device in devices if self._on_after_off(device)]
            else:
                self.steps = [Step(device, action) for device in devices]
        if action == "on":
            self._require(self.steps)

    def _require(self, steps: list[Step]) -> None:
        """Unfencing is done only when every device that must take part did."""
        required = {offered.device for offers in self.offers.values() for offered in offers if offered.required}
        if not self.levels and required:
            steps.clear()
        named = {step.device for step in steps}
        steps += [Step(device, "on") for device in sorted(required - named)]

    def _on_after_off(self, device: str) -> bool:
        return any(o.on_after_off for offers in self.offers.values() for o in offers if o.device == device)

    @property
    def names_watchdog(self) -> bool:
        """Whether the current step is for the watchdog alone."""
        return self.steps[0].device == DEVICE

    @property
    def sole(self) -> bool:
        """Whether success of the next step is success of the operation."""
        return len([step for step in self.steps if not step.optional]) == 1

    def next_candidate(self) -> Candidate | None:
        """Who takes the current step: another node than the target before the target, verified devices before others,
        nodes with more devices before those with fewer. Each device of a node is used once a step."""
        step = self.steps[0]
        able = [
            candidate
            for candidate in self._candidates_at(self.offers)
            if step.device in ("", candidate.offered.device)
            and (candidate.node, candidate.offered.device, step.action) not in self.used
        ]
        if step.action == "on" and step.optional:
            able = [candidate for candidate in able if candidate.node != self.op.target]
        if not able:
            return None
        return min(
            able,
            key=lambda c: (
                c.node == self.op.target,
                not c.offered.verified,
                -len(self.offers[c.node]),
                c.node,
                c.offered.device,
            ),
        )

    def _candidates_at(self, nodes: Iterable[str]) -> list[Candidate]:
        return [Candidate(node, offered) for node in nodes for offered in self.offers[node]]

    # ---- how long ---------------------------------------------------------------------------------

    def attempt_limit(self, candidate: Candidate, delay: float) -> float:
        """Seconds that an attempt may take as the owner sees it."""
        return SLACK * (self.step_timeout(candidate) + candidate.offered.delay + max(delay, 0.0)) + PEER_SLACK

    def step_timeout(self, candidate: Candidate) -> float:
        """Seconds that the agent is given."""
        return candidate.offered.timeout or self.op.timeout

    def total_limit(self) -> float:
        """Seconds for everything from now: all devices of all levels, or of one node, one after the other."""
        wanted = {device for level in self.levels for device in level}
        needs: dict[str, float] = {}
        for candidate in self._candidates_at(self.offers):
            offered = candidate.offered
            if not self.levels or offered.device in wanted:
                need = self.step_timeout(candidate) + offered.delay
                needs[offered.device] = max(need, needs.get(offered.device, 0.0))
        phases = 2 if self.op.action == "reboot" and self.levels else 1
        return SLACK * max(self.op.timeout, phases * sum(needs.values())) + max(self.op.delay, 0.0) + PEER_SLACK
