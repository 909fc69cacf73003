"""Fencers of several nodes on one clock, with fake devices and a network that can be cut."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from pcmk.fenced.core import FencedCore
from pcmk.fenced.events import AgentDone, Draw, Drawn, MetadataRead, ReadAgentMetadata, RunFenceAgent
from pcmk.kernel.core import (
    Call,
    CallResult,
    CancelTimer,
    Client,
    Exit,
    Instant,
    LinkUp,
    MembershipProven,
    PeerDown,
    PeerMessage,
    PeerUp,
    ProveMembership,
    Publish,
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
from pcmk.kernel.messages.cib import CibAnswer, CibQuery, CibVersion
from pcmk.kernel.messages.common import Member, View
from pcmk.kernel.messages.fencer import FenceResult

METADATA = """<resource-agent name="fence_x"><parameters><parameter name="plug"/></parameters><actions>
<action name="on"/><action name="off"/><action name="reboot"/><action name="status"/><action name="list"/>
<action name="monitor"/></actions></resource-agent>"""


def cib(resources: str, constraints: str = "", topology: str = "", nodes: str = "abc") -> str:
    names = "".join(f'<node id="{i}" uname="{name}"/>' for i, name in enumerate(nodes, 1))
    return (
        '<cib crm_feature_set="3.19.0" validate-with="pacemaker-3.9" epoch="1" num_updates="0" admin_epoch="0">'
        f"<configuration><crm_config/><nodes>{names}</nodes><resources>{resources}</resources>"
        f"<constraints>{constraints}</constraints>"
        f"<fencing-topology>{topology}</fencing-topology></configuration><status/></cib>"
    )


def device(name: str, agent: str = "fence_x", **params: str) -> str:
    pairs = "".join(f'<nvpair id="{name}-{key}" name="{key}" value="{value}"/>' for key, value in params.items())
    return (
        f'<primitive id="{name}" class="stonith" type="{agent}">'
        f'<instance_attributes id="{name}-params">{pairs}</instance_attributes></primitive>'
    )


def level(target: str, index: int, devices: str) -> str:
    return f'<fencing-level id="l-{target}-{index}" target="{target}" index="{index}" devices="{devices}"/>'


@dataclass
class Node:
    name: str
    core: FencedCore
    life: int = 0
    timers: dict[str, float] = field(default_factory=dict)
    runs: dict[int, RunFenceAgent] = field(default_factory=dict)
    replies: dict[int, Message] = field(default_factory=dict)
    notices: list[FenceResult] = field(default_factory=list)
    events: deque[Any] = field(default_factory=deque)
    last_request: int = 0


class World:
    """Agents end at once with `outcomes[node, mark]` or `outcomes[node, mark, action]`, 0 by default; `mark` is a
    parameter of the device. Those in `hanging` end when told, or are timed out. Nodes have watchdog devices with the
    timeout `watchdogs[name]`; the membership engine of those in `unproven` does not answer."""

    def __init__(
        self,
        document: str,
        names: str = "abc",
        metadata: dict[str, str] | None = None,
        watchdogs: dict[str, float] | None = None,
    ) -> None:
        self.now = 100.0
        self.document = document
        self.fraction = 0.5
        self.metadata = metadata or {}
        self.outcomes: dict[tuple[str, ...], tuple[int, str]] = {}
        self.hanging: set[tuple[str, str]] = set()
        self.done: list[tuple[str, str, str, float]] = []
        self.cut: set[frozenset[str]] = set()
        self.watchdogs = watchdogs or {}
        self.unproven: set[str] = set()
        self.panics: list[str] = []
        self.nodes: dict[str, Node] = {}
        for name in names:
            self.boot(name)

    # ---- nodes and links ----------------------------------------------------------------------------

    def boot(self, name: str) -> Node:
        life = self.nodes[name].life + 1 if name in self.nodes else 1
        node = self.nodes[name] = Node(name, self.core(name, f"{name}{life}"), life)
        node.events += [Started(), LinkUp(Daemon.BASED)]
        self.appeared(name)
        for other in self.nodes.values():
            if other is not node and frozenset((name, other.name)) not in self.cut:
                node.events.append(PeerUp(other.name, f"{other.name}{other.life}"))
                other.events.append(PeerUp(name, f"{name}{life}"))
        self.run()
        return node

    def appeared(self, name: str) -> None:
        """A node has come, and nobody is connected to it yet."""

    def core(self, name: str, incarnation: str) -> FencedCore:
        return FencedCore(name, incarnation, self.watchdogs.get(name, 0.0))

    def kill(self, name: str) -> None:
        del self.nodes[name]
        for other in self.nodes.values():
            other.events.append(PeerDown(name))
        self.run()

    def respawn(self, name: str) -> None:
        life = self.nodes[name].life
        self.kill(name)
        self.nodes[name] = Node(name, self.core(name, "unused"), life)
        self.boot(name)

    def view(self) -> None:
        members = tuple(Member(name, i, "", 0) for i, name in enumerate(sorted(self.nodes)))
        for node in self.nodes.values():
            node.events.append(ViewChanged(View(9, members, True)))
        self.run()

    def new_cib(self, document: str) -> None:
        self.document = document
        for node in self.nodes.values():
            node.events.append(LinkUp(Daemon.BASED))
        self.run()

    # ---- driving ------------------------------------------------------------------------------------

    def ask(self, name: str, body: Message) -> int:
        node = self.nodes[name]
        node.last_request += 1
        node.events.append(Request(node.last_request, Client("test", 7), body))
        self.run()
        return node.last_request

    def answer(self, name: str, body: Message) -> Message:
        return self.nodes[name].replies[self.ask(name, body)]

    def run(self) -> None:
        while busy := [node for node in self.nodes.values() if node.events]:
            for node in busy:
                event = node.events.popleft()
                for effect in node.core.handle(event, Instant(self.now, 1_700_000_000 + self.now)):
                    self.carry_out(node, effect)

    def advance(self, seconds: float) -> None:
        until = self.now + seconds
        while due := [(at, n.name, key) for n in self.nodes.values() for key, at in n.timers.items() if at <= until]:
            at, name, key = min(due)
            self.now = max(self.now, at)
            del self.nodes[name].timers[key]
            kind, _, run = key.partition("/")
            if kind == "world":
                del self.nodes[name].runs[int(run)]
                self.nodes[name].events.append(AgentDone(int(run), "timeout"))
            else:
                self.nodes[name].events.append(TimerFired(key))
            self.run()
        self.now = until

    def carry_out(self, node: Node, effect: Any) -> None:
        match effect:
            case Send(node=to, body=body):
                assert to != node.name
                if to in self.nodes and frozenset((to, node.name)) not in self.cut:
                    self.nodes[to].events.append(PeerMessage(node.name, 0, body))
            case Call(id=id, body=CibQuery()):
                node.events.append(CallResult(id, CibAnswer(self.document, CibVersion(0, 1, 0))))
            case SetTimer():
                node.timers[effect.key] = self.now + effect.delay
            case CancelTimer():
                node.timers.pop(effect.key, None)
            case Reply():
                assert effect.id not in node.replies
                node.replies[effect.id] = effect.body
            case Publish(body=FenceResult() as result):
                node.notices.append(result)
            case ProveMembership(id=id):
                node.events.append(MembershipProven(id, node.name not in self.unproven))
            case Exit():
                self.panics.append(node.name)
            case ReadAgentMetadata(agent=agent):
                xml = self.metadata.get(agent, METADATA)
                node.events.append(MetadataRead(agent, xml, "" if xml else "none"))
            case Draw(key=key):
                node.events.append(Drawn(key, self.fraction))
            case RunFenceAgent():
                self.run_agent(node, effect)
            case _:
                pass

    def run_agent(self, node: Node, effect: RunFenceAgent) -> None:
        options = dict(effect.options)
        mark = options.get("mark", "")
        self.done.append((node.name, mark, options["action"], self.now))
        if (node.name, mark) in self.hanging:
            node.runs[effect.run] = effect
            node.timers[f"world/{effect.run}"] = self.now + effect.timeout
            return
        outcome = self.outcomes.get((node.name, mark, options["action"])) or self.outcomes.get((node.name, mark))
        code, stdout = outcome or (0, "")
        node.events.append(AgentDone(effect.run, "exited", code, stdout, "" if code == 0 else "no luck"))

    def finish(self, name: str, code: int = 0) -> None:
        node = self.nodes[name]
        (run,) = node.runs
        del node.runs[run]
        node.timers.pop(f"world/{run}")
        node.events.append(AgentDone(run, "exited", code, "", "late"))
        self.run()

    def fencings(self) -> list[tuple[str, str, str]]:
        return [(node, mark, action) for node, mark, action, _ in self.done if action in ("on", "off", "reboot")]
