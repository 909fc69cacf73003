"""Finding out which devices of this node can do an action on a target, with lists and states asked of the devices."""

from msgspec import Struct, field

from pcmk.fenced.eligibility import Answer, eligible, listed, offer
from pcmk.fenced.events import Effect
from pcmk.fenced.jobs import ForHostCheck, Job
from pcmk.fenced.pool import Pool
from pcmk.fenced.status import Status, Verdict
from pcmk.kernel.messages.fenced_peer import OfferedDevice

CHECK_TIMEOUT = 60.0


class Inquiry(Struct):
    """What a node asked. `open` are the devices that nothing is decided for."""

    id: str
    asker: str
    action: str
    target: str
    allow_self: bool
    timeout: float
    open: set[str]
    able: list[str] = field(default_factory=list[str])


class Inquiries:
    """Questions that are not answered yet. Answers collect in `answered`."""

    def __init__(self, node: str, pool: Pool) -> None:
        self._node = node
        self._pool = pool
        self._open: list[Inquiry] = []
        self._checks: set[tuple[str, str, str]] = set()
        self.answered: list[tuple[Inquiry, tuple[OfferedDevice, ...]]] = []

    def begin(self, inquiry: Inquiry) -> None:
        """Take a question; `settle` works on it."""
        self._open.append(inquiry)

    def drop(self, asker: str) -> None:
        """Nobody waits for these answers any more."""
        self._open = [inquiry for inquiry in self._open if inquiry.asker != asker]

    def settle(self, now: float) -> list[Effect]:
        """Decide what can be decided, and ask devices where that is needed."""
        effects: list[Effect] = []
        for inquiry in self._open:
            for id in sorted(inquiry.open):
                effects += self._decide(inquiry, id, now)
        for inquiry in [inquiry for inquiry in self._open if not inquiry.open]:
            self._open.remove(inquiry)
            self.answered.append((inquiry, self._offers(inquiry)))
        return effects

    def checked(self, job: Job, verdict: Verdict) -> None:
        """A list or a state that was asked for is there."""
        self._checks.discard(job.same)
        device = self._pool.devices.get(job.device)
        for inquiry in self._open:
            if job.device not in inquiry.open or job.target not in ("", inquiry.target):
                continue
            if job.action == "list":
                able = device is not None and listed(device, inquiry.target) is Answer.YES
            else:
                able = verdict.ran and verdict.status in (Status.DONE, Status.ERROR) and verdict.rc in (0, 2)
            inquiry.open.discard(job.device)
            if able:
                inquiry.able.append(job.device)

    def _decide(self, inquiry: Inquiry, id: str, now: float) -> list[Effect]:
        device = self._pool.devices.get(id)
        if device is None or device.config.agent in self._pool.unreadable:
            inquiry.open.discard(id)
            return []
        facts = self._pool.facts_for(device)
        if facts is None:
            return []
        answer = eligible(device, facts, inquiry.action, inquiry.target, self._node, inquiry.allow_self, now)
        match answer:
            case Answer.YES | Answer.NO:
                inquiry.open.discard(id)
                if answer is Answer.YES:
                    inquiry.able.append(id)
                return []
            case Answer.ASK_LIST:
                return self._check(id, "list", "", inquiry.timeout, now)
            case Answer.ASK_STATUS:
                return self._check(id, "status", inquiry.target, inquiry.timeout, now)

    def _check(self, device: str, action: str, target: str, timeout: float, now: float) -> list[Effect]:
        if (device, action, target) in self._checks:
            return []
        self._checks.add((device, action, target))
        return self._pool.submit(device, action, target, timeout or CHECK_TIMEOUT, ForHostCheck(), now)

    def _offers(self, inquiry: Inquiry) -> tuple[OfferedDevice, ...]:
        offers: list[OfferedDevice] = []
        for id in sorted(inquiry.able):
            device = self._pool.devices.get(id)
            facts = None if device is None else self._pool.facts_for(device)
            if device is not None and facts is not None:
                offers.append(offer(device, facts, inquiry.action, inquiry.target))
        return tuple(offers)
