"""A tiny cluster of attribute manager cores around one CIB: random delivery, crashes, lost nodes, new DCs."""

import random
from collections import deque
from dataclasses import dataclass, field

from pcmk._core import Cib
from pcmk.attrd.core import AttrdCore
from pcmk.based import operations
from pcmk.kernel.core import (
    Call,
    CallResult,
    CancelTimer,
    Client,
    CommonEvent,
    Instant,
    LinkUp,
    Log,
    Notice,
    PeerDown,
    PeerMessage,
    PeerUp,
    Reply,
    Request,
    Send,
    SetTimer,
    Started,
    TimerFired,
    ViewChanged,
)
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.attributes import AttributeChange, AttributeQuery, AttributeUpdate, AttributeValues
from pcmk.kernel.messages.cib import CibAnswer, CibChanged, CibModify, CibVersion
from pcmk.kernel.messages.common import Failure, Member, SetPrimary, View


@dataclass
class Node:
    name: str
    core: AttrdCore | None = None
    life: int = 0
    view: View | None = None
    timers: dict[str, float] = field(default_factory=dict[str, float])
    inbox: deque[CommonEvent] = field(default_factory=deque[CommonEvent])


class World:
    def __init__(self, size: int = 3, seed: int = 0) -> None:
        self.random = random.Random(seed)
        self.nodes = {f"n{i}": Node(f"n{i}") for i in range(1, size + 1)}
        self.links: dict[tuple[str, str], deque[PeerMessage]] = {}
        self.cib = Cib.empty("pacemaker-4.0", "3.20.5")
        self.refusal: Failure | None = None
        self.refused_text = ""
        self.modifications: list[CibModify] = []
        self.replies: dict[int, Message] = {}
        self.logs: list[str] = []
        self.clock = 0.0
        self.last_request = 0
        self.last_view = 0
        self.dc = (0, "")
        self.members: list[str] = []
        for name in self.nodes:
            self.start(name)
        self.set_members(list(self.nodes))
        self.elect("n1")
        self.settle()

    def start(self, name: str) -> None:
        node = self.nodes[name]
        node.life += 1
        node.timers, node.inbox = {}, deque()
        node.core = AttrdCore(name, f"{name}-{node.life}")
        self.give(name, Started())
        self.give(name, LinkUp(Daemon.BASED))
        if node.view is not None:
            self.give(name, ViewChanged(node.view))
            for other in node.view.names:
                self.connect(name, other)
            self.tell_dc(name)

    def crash(self, name: str) -> None:
        self.nodes[name].core = None
        for other in self.nodes:
            self.disconnect(name, other)

    def set_members(self, names: list[str]) -> None:
        self.members = names
        self.last_view += 1
        view = View(self.last_view, tuple(Member(n, int(n[1:]), n, 1) for n in names), True, len(self.nodes))
        for one in self.nodes:
            for other in self.nodes:
                if one not in names or other not in names:
                    self.disconnect(one, other)
        for name in names:
            self.nodes[name].view = view
            self.give(name, ViewChanged(view))
        for one in names:
            for other in names:
                self.connect(one, other)

    def elect(self, name: str) -> None:
        self.dc = (self.dc[0] + 1, name)
        for other in self.random.sample(self.members, len(self.members)):
            self.tell_dc(other)

    def tell_dc(self, name: str) -> None:
        self.last_request += 1
        self.give(name, Request(self.last_request, Client("controld"), SetPrimary(*self.dc)))

    def connect(self, one: str, other: str) -> None:
        a, b = self.nodes[one], self.nodes[other]
        if one == other or (one, other) in self.links or a.core is None or b.core is None:
            return
        self.links[one, other], self.links[other, one] = deque(), deque()
        self.give(one, PeerUp(other, f"{other}-{b.life}"))
        self.give(other, PeerUp(one, f"{one}-{a.life}"))

    def disconnect(self, one: str, other: str) -> None:
        if self.links.pop((one, other), None) is not None:
            del self.links[other, one]
            self.give(one, PeerDown(other))
            self.give(other, PeerDown(one))

    def give(self, name: str, event: CommonEvent) -> None:
        node = self.nodes[name]
        if node.core is None:
            return
        for effect in node.core.handle(event, Instant(self.clock, self.clock)):
            match effect:
                case Send():
                    if (name, effect.node) in self.links:
                        self.links[name, effect.node].append(PeerMessage(name, effect.term, effect.body))
                case Call():
                    self.call(node, effect)
                case Reply():
                    assert effect.id not in self.replies, "answered twice"
                    self.replies[effect.id] = effect.body
                case SetTimer():
                    node.timers[effect.key] = self.clock + effect.delay
                case CancelTimer():
                    node.timers.pop(effect.key, None)
                case Log():
                    self.logs.append(effect.text)
                case _:
                    raise TypeError(effect)

    def call(self, node: Node, call: Call) -> None:
        if not isinstance(call.body, CibModify):
            answer = CibAnswer(self.cib.to_xml(), CibVersion(*self.cib.version))
            node.inbox.append(CallResult(call.id, answer))
            return
        self.modifications.append(call.body)
        text = "".join(operation.input_xml + operation.xpath for operation in call.body.operations)
        if self.refusal is not None and self.refused_text in text:
            node.inbox.append(CallResult(call.id, self.refusal))
            return
        outcome = operations.modify(self.cib, call.body, node.name, 0.0)
        self.change_cib(outcome.cib, outcome.patchset)
        node.inbox.append(CallResult(call.id, outcome.answer))

    def change_cib(self, cib: Cib, patchset: str) -> None:
        self.cib = cib
        if patchset:
            for other in self.nodes.values():
                if other.core is not None:
                    notice = CibChanged(CibVersion(*cib.version), 1, patchset)
                    other.inbox.append(Notice(Daemon.BASED, notice))

    def step(self) -> bool:
        choices: list[tuple[str, str]] = [pair for pair, link in self.links.items() if link]
        choices += [(name, "") for name, node in self.nodes.items() if node.inbox and node.core is not None]
        if not choices:
            return False
        one, other = self.random.choice(choices)
        if other:
            self.give(other, self.links[one, other].popleft())
        else:
            self.give(one, self.nodes[one].inbox.popleft())
        return True

    def settle(self, until: float | None = None) -> None:
        """Deliver everything; then let time pass, up to `until` (or as long as there are timers)."""
        for _ in range(10000):
            if self.step():
                continue
            due = [(at, name, key) for name, node in self.nodes.items() for key, at in node.timers.items()]
            if not due or (until is not None and min(due)[0] > until):
                self.clock = max(self.clock, until or self.clock)
                return
            at, name, key = min(due)
            self.clock = max(self.clock, at)
            del self.nodes[name].timers[key]
            self.give(name, TimerFired(key))
        raise AssertionError("no rest")

    def ask(self, name: str, body: Message, client: Client | None = None) -> int:
        self.last_request += 1
        self.give(name, Request(self.last_request, client or Client("test"), body))
        return self.last_request

    def update(self, at: str, name: str, value: str | None, node: str = "", **more: object) -> int:
        wait = str(more.pop("wait", "local"))
        change = AttributeChange(name, value, node or at, **more)  # type: ignore[arg-type]
        return self.ask(at, AttributeUpdate((change,), wait))

    def value(self, at: str, name: str, node: str) -> str | None:
        body = self.replies[self.ask(at, AttributeQuery(name, node))]
        assert isinstance(body, AttributeValues)
        return body.values[0].value

    def in_cib(self, name: str, node: str) -> str | None:
        pairs = self.cib.find(f"/cib/status/node_state[@uname='{node}']/transient_attributes/*/nvpair[@name='{name}']")
        return pairs[0].get("value") if pairs else None

    def tables(self) -> list[object]:
        return [node.core.table.message() for node in self.nodes.values() if node.core and node.name in self.members]
