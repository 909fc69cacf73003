"""The fence devices of this node: their agents' facts, their queues, and the agents that run.

A device runs as many actions at once as its limit allows; the others wait, fencing before monitors and lists.
Every job ends once, in `finished`, which the core collects after each call.
"""

from collections.abc import Mapping

from msgspec import Struct, field

from pcmk.fenced.cib_devices import DeviceConfig
from pcmk.fenced.events import AgentDone, Draw, Drawn, Effect, MetadataRead, ReadAgentMetadata, RunFenceAgent
from pcmk.fenced.facts import AgentFacts, facts_of
from pcmk.fenced.jobs import FENCING, Job, Purpose
from pcmk.fenced.parameters import Parameters, names_in
from pcmk.fenced.status import Status, Verdict, verdict_of
from pcmk.kernel.core import CancelTimer, Log, SetTimer

TRY_PAUSE = 1.0
TRY_SHARE = 0.7
LIST_LIFETIME = 60.0
_FIRST_RETRY = 2.0
_LAST_RETRY = 160.0


class Device(Struct):
    """A device with what was learned of it. `listed` are the hosts (lower case) of its last list."""

    config: DeviceConfig
    params: Parameters
    verified: bool = False
    listed: frozenset[str] | None = None
    listed_at: float = 0.0
    waiting: list[Job] = field(default_factory=list[Job])
    running: int = 0


class Pool:
    """All devices of a node."""

    def __init__(self) -> None:
        self.devices: dict[str, Device] = {}
        self.facts: dict[str, AgentFacts] = {}
        self.finished: list[tuple[Job, Verdict]] = []
        self.unreadable: dict[str, str] = {}
        self._retry: dict[str, float] = {}
        self._last_job = 0
        self._last_run = 0
        self._jobs: dict[int, Job] = {}
        self._runs: dict[int, Job] = {}

    # ---- devices ----------------------------------------------------------------------------------

    def configure(self, configs: Mapping[str, DeviceConfig]) -> list[Effect]:
        """Take over the devices of a new CIB; unchanged ones keep what is known of them. What waits for one that is
        gone ends; what runs ends by itself."""
        effects: list[Effect] = []
        for id in [id for id in self.devices if configs.get(id) != self.devices[id].config]:
            device = self.devices.pop(id)
            for job in device.waiting:
                effects.append(CancelTimer(job.timer))
                self._finish(job, Verdict(1, Status.NO_FENCE_DEVICE, f"Device {id} was removed", ran=False))
        for id, config in configs.items():
            if id not in self.devices:
                running = sum(1 for job in self._runs.values() if job.device == id)
                self.devices[id] = Device(config, Parameters(dict(config.params)), running=running)
        wanted = {device.config.agent for device in self.devices.values()}
        for agent in sorted(wanted):
            if agent not in self.facts and agent not in self._retry:
                self._retry[agent] = _FIRST_RETRY
                effects.append(ReadAgentMetadata(agent))
        return effects

    def doubt(self, id: str) -> None:
        """What a device has shown to be able to do counts no more."""
        device = self.devices.get(id)
        if device is not None:
            device.verified = False

    def metadata_read(self, event: MetadataRead, now: float) -> list[Effect]:
        """Learn what an agent can do, or try again later."""
        error = event.error
        if not error:
            try:
                self.facts[event.agent] = facts_of(event.xml)
            except ValueError as problem:
                error = str(problem)
        if error:
            delay = self._retry.get(event.agent, _FIRST_RETRY)
            self._retry[event.agent] = min(delay * 2, _LAST_RETRY)
            self.unreadable[event.agent] = error
            text = f"Metadata of {event.agent} can't be read, trying again in {delay:g}s: {error}"
            return [Log("warning", text), SetTimer(f"metadata/{event.agent}", delay), *self._fail_unusable(event.agent)]
        self.unreadable.pop(event.agent, None)
        self._retry.pop(event.agent, None)
        effects: list[Effect] = []
        for device in self.devices.values():
            if device.config.agent == event.agent:
                effects += self._advance(device, now)
        return effects

    def metadata_due(self, agent: str) -> list[Effect]:
        """Read an agent's metadata again, if a device still has that agent."""
        if all(device.config.agent != agent for device in self.devices.values()):
            self._retry.pop(agent, None)
            self.unreadable.pop(agent, None)
            return []
        return [ReadAgentMetadata(agent)]

    def facts_for(self, device: Device) -> AgentFacts | None:
        """What is known of a device's agent; None while its metadata was not read."""
        return self.facts.get(device.config.agent)

    # ---- jobs -------------------------------------------------------------------------------------

    def submit(
        self, id: str, action: str, target: str, timeout: float, purpose: Purpose, now: float, delay: float = -1.0
    ) -> list[Effect]:
        """Have a device do something. A `delay` of 0 or more is waited before fencing, beside the device's own."""
        self._last_job += 1
        job = Job(self._last_job, id, action, target, timeout, purpose)
        device = self.devices.get(id)
        if device is None:
            self._finish(job, Verdict(1, Status.NO_FENCE_DEVICE, f"There is no device {id} here", ran=False))
            return []
        problem = self.unreadable.get(device.config.agent)
        if problem is not None:
            self._finish(job, Verdict(1, Status.NOT_INSTALLED, problem, ran=False))
            return []
        self._jobs[job.id] = job
        device.waiting.append(job)
        if action in ("off", "reboot") and delay >= 0:
            base, longest = device.params.delay_base(target), device.params.delay_max(target)
            if longest > base:
                job.ready = False
                job.requested_delay = delay
                return [Draw(job.timer)]
            if delay + base > 0:
                job.ready = False
                return [SetTimer(job.timer, delay + base)]
        return self._advance(device, now)

    def drawn(self, event: Drawn, now: float) -> list[Effect]:
        """The random part of a delay is known."""
        job = self._jobs.get(_number(event.key))
        device = None if job is None else self.devices.get(job.device)
        if job is None or device is None:
            return []
        base, longest = device.params.delay_base(job.target), device.params.delay_max(job.target)
        delay = job.requested_delay + base + event.fraction * (longest - base)
        return [Log("notice", f"Delaying {job.action} of {job.target} by {delay:.1f}s"), SetTimer(job.timer, delay)]

    def due(self, key: str, now: float) -> list[Effect]:
        """A delay, or the pause before another try, is over."""
        job = self._jobs.get(_number(key))
        if job is None:
            return []
        if job.began is not None:
            return self._try(job, self.devices.get(job.device), now)
        job.ready = True
        device = self.devices.get(job.device)
        return [] if device is None else self._advance(device, now)

    def agent_done(self, event: AgentDone, now: float) -> list[Effect]:
        """An agent ended: try again, or finish its job and let the next one begin."""
        job = self._runs.pop(event.run, None)
        if job is None:
            return []
        device = self.devices.get(job.device)
        verdict = verdict_of(event, job.try_timeout)
        if device is not None and self._may_try_again(job, device, verdict, now):
            self._runs[-job.id] = job
            return [SetTimer(job.timer, TRY_PAUSE)]
        if device is not None:
            device.running -= 1
            self._learn(device, job, verdict, now)
        self._finish(job, verdict)
        if device is None:
            return []
        if verdict.ok and job.action in FENCING:
            for other in [other for other in device.waiting if other.same == job.same]:
                device.waiting.remove(other)
                self._finish(other, verdict)
        return self._advance(device, now)

    # ---- inside -----------------------------------------------------------------------------------

    def _advance(self, device: Device, now: float) -> list[Effect]:
        effects: list[Effect] = []
        if device.config.agent not in self.facts:
            return effects
        limit = device.params.action_limit
        while limit is None or device.running < limit:
            ready = [job for job in device.waiting if job.ready]
            if not ready:
                break
            job = min(ready, key=lambda job: (job.action not in FENCING, job.id))
            device.waiting.remove(job)
            device.running += 1
            job.began = now
            effects += self._try(job, device, now)
        return effects

    def _try(self, job: Job, device: Device | None, now: float) -> list[Effect]:
        self._runs.pop(-job.id, None)
        if device is None:
            self._finish(job, Verdict(1, Status.NO_FENCE_DEVICE, f"Device {job.device} was removed"))
            return []
        facts = self.facts[device.config.agent]
        action = effective_action(job.action, device.params, facts)
        limit = device.params.timeout(action) or device.params.timeout(job.action) or job.timeout
        job.tries += 1
        job.try_timeout = max(limit - (now - (now if job.began is None else job.began)), 1.0)
        self._last_run += 1
        self._runs[self._last_run] = job
        options = device.params.options(device.params.command(action), job.target, facts.host_argument)
        return [RunFenceAgent(self._last_run, job.device, device.config.agent, options, job.try_timeout)]

    def _may_try_again(self, job: Job, device: Device, verdict: Verdict, now: float) -> bool:
        if verdict.status is not Status.ERROR or not verdict.ran or job.began is None:
            return False
        if job.action == "status" and verdict.rc == 2:
            return False
        limit = device.params.timeout(job.action) or job.timeout
        return job.tries < device.params.tries(job.action) and now - job.began < TRY_SHARE * limit

    def _learn(self, device: Device, job: Job, verdict: Verdict, now: float) -> None:
        if job.action in ("list", "monitor") and verdict.ok:
            device.verified = True
        if job.action == "status" and verdict.rc in (0, 2) and verdict.ran:
            device.verified = True
        if job.action == "list" and verdict.ok:
            device.listed = frozenset(name.lower() for name in names_in(verdict.output))
            device.listed_at = now

    def _fail_unusable(self, agent: str) -> list[Effect]:
        effects: list[Effect] = []
        for device in self.devices.values():
            if device.config.agent == agent:
                for job in device.waiting:
                    effects.append(CancelTimer(job.timer))
                    self._finish(job, Verdict(1, Status.NOT_INSTALLED, self.unreadable[agent], ran=False))
                device.waiting = []
        return effects

    def _finish(self, job: Job, verdict: Verdict) -> None:
        self._jobs.pop(job.id, None)
        self.finished.append((job, verdict))


def effective_action(action: str, params: Parameters, facts: AgentFacts) -> str:
    """What is really asked of the agent: `off` where it knows no reboot and none is configured."""
    if action == "reboot" and "reboot" not in facts.actions and not params.values.get("pcmk_reboot_action"):
        return "off"
    return action


def _number(key: str) -> int:
    return int(key.rpartition("/")[2])
