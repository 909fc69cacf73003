"""Drives an executor core by hand: a clock, the agents that run, and what was told."""

from dataclasses import dataclass, field
from typing import Any

from pcmk.execd.core import ExecdCore
from pcmk.execd.events import AgentDone, AgentStarted, EndLeftover, RunAgent, StopAgent
from pcmk.execd.events import Remember as RememberEffect
from pcmk.kernel.core import (
    Call,
    CallResult,
    CancelTimer,
    Client,
    Instant,
    Publish,
    Reply,
    Request,
    SetTimer,
    Started,
    TimerFired,
)
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.executor import ExecuteOp, OpAccepted, OpResult


@dataclass
class Driver:
    records: dict[str, str] = field(default_factory=dict)
    now: float = 1000.0
    respawns: int = 0
    running: dict[int, RunAgent] = field(default_factory=dict)
    leftovers: dict[int, EndLeftover] = field(default_factory=dict)
    stopping: list[int] = field(default_factory=list)
    calls: dict[int, Call] = field(default_factory=dict)
    timers: dict[str, float] = field(default_factory=dict)
    results: list[OpResult] = field(default_factory=list)
    replies: dict[int, Message] = field(default_factory=dict)
    effects: list[Any] = field(default_factory=list)
    last_request: int = 0

    def __post_init__(self) -> None:
        self.core = ExecdCore("life0", self.records)
        self.event(Started())

    def event(self, event: Any) -> list[Any]:
        effects = self.core.handle(event, Instant(self.now, 1_700_000_000 + self.now))
        for effect in effects:
            match effect:
                case RunAgent():
                    self.running[effect.run] = effect
                case EndLeftover():
                    self.leftovers[effect.run] = effect
                case StopAgent(run=run):
                    self.stopping.append(run)
                case Call():
                    self.calls[effect.id] = effect
                case SetTimer():
                    self.timers[effect.key] = self.now + effect.delay
                case CancelTimer():
                    self.timers.pop(effect.key, None)
                case Publish(body=OpResult() as result):
                    self.results.append(result)
                case Reply():
                    assert effect.id not in self.replies
                    self.replies[effect.id] = effect.body
                case RememberEffect():
                    for key, value in effect.records:
                        if value is None:
                            self.records.pop(key, None)
                        else:
                            self.records[key] = value
                case _:
                    pass
        self.effects = effects
        return effects

    def ask(self, body: Message) -> Message:
        self.last_request += 1
        self.event(Request(self.last_request, Client("test"), body))
        return self.replies[self.last_request]

    def execute(self, action: str, resource: str = "r", interval_ms: int = 0, **more: Any) -> int:
        values = {"standard": "ocf", "provider": "pacemaker", "type": "Dummy", "timeout_ms": 20_000} | more
        accepted = self.ask(ExecuteOp(resource=resource, action=action, interval_ms=interval_ms, **values))
        assert isinstance(accepted, OpAccepted), accepted
        return accepted.call_id

    def started(self, run: int, pgid: int) -> None:
        self.event(AgentStarted(run, pgid, 7))

    def end(self, code: int = 0, run: int | None = None, how: str = "exited", **more: Any) -> OpResult | None:
        """The agent that runs (or `run`) ends; returns the result that this made, if any."""
        if run is None:
            (run,) = self.running
        effect = self.running.pop(run)
        before = len(self.results)
        if run in self.stopping:
            how, code = "cancelled", 0
        self.event(AgentDone(run, how, code, standard=effect.standard, **more))
        return self.results[before] if len(self.results) > before else None

    def answer(self, body: Message) -> None:
        (id,) = self.calls
        del self.calls[id]
        self.event(CallResult(id, body))

    def advance(self, seconds: float) -> None:
        """Let time pass; timers fire in order."""
        until = self.now + seconds
        while due := [(at, key) for key, at in self.timers.items() if at <= until]:
            at, key = min(due)
            self.now = max(self.now, at)
            del self.timers[key]
            self.event(TimerFired(key))
        self.now = until

    def respawn(self) -> None:
        """The process is killed and a new one takes over what was remembered."""
        self.respawns += 1
        self.running, self.stopping, self.calls, self.timers = {}, [], {}, {}
        self.core = ExecdCore(f"life{self.respawns}", dict(self.records))
        self.event(Started())

    def actions(self) -> list[str]:
        return [effect.action for effect in self.running.values()]
