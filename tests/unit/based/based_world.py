"""A tiny cluster of CIB manager cores: random delivery, crashes, power losses, partitions; no time but the timers'."""

import random
from collections import deque
from dataclasses import dataclass, field

from pcmk._core import Cib
from pcmk.based.core import BasedCore
from pcmk.based.disk import ConflictKept, Image, KeepConflict, MarkCommitted, Persist, Persisted, PersistFailed
from pcmk.based.state import BasedSettings
from pcmk.kernel.core import (
    CancelTimer,
    Client,
    Instant,
    Log,
    PeerDown,
    PeerMessage,
    PeerUp,
    Publish,
    Reply,
    Request,
    Send,
    SetTimer,
    Started,
    TimerFired,
    ViewChanged,
)
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.based_peer import Ballot, Position
from pcmk.kernel.messages.cib import (
    CibChanged,
    CibDisk,
    CibModified,
    CibModify,
    CibOperation,
    CibOptions,
    CibReady,
    CibReplaced,
    CibTermRefused,
)
from pcmk.kernel.messages.common import Failure, Member, SetPrimary, View

SETTINGS = BasedSettings(compact_weight=3000)


@dataclass
class Node:
    """A machine: its disk outlives the process in `core`."""

    name: str
    core: BasedCore | None = None
    life: int = 0
    powered: bool = True
    image: Image = field(default_factory=Image)
    mark: Position = field(default_factory=Position)
    disk: deque[Persist] = field(default_factory=deque[Persist])
    disk_full: bool = False
    disk_failure: str = ""
    timers: dict[str, float] = field(default_factory=dict[str, float])
    view: View | None = None
    shown: tuple[int, int, int] = (0, 0, 0)
    durable: tuple[int, int, int] = (0, 0, 0)
    replica: Cib | None = None


@dataclass
class Write:
    """A configuration change of a client, recognised by the id of the element it creates."""

    id: str
    node: str
    answer: Message | None = None
    answered_with_quorum: bool = False


class World:
    """Runs cores; `check` asserts the invariants while it goes."""

    def __init__(self, size: int, seed: int) -> None:
        self.random = random.Random(seed)
        self.size = size
        self.nodes = {f"n{i}": Node(f"n{i}") for i in range(1, size + 1)}
        self.links: dict[tuple[str, str], deque[PeerMessage]] = {}
        self.writes: dict[int, Write] = {}
        self.conflicts: list[str] = []
        self.logs: list[str] = []
        self.fingerprints: dict[tuple[Ballot, tuple[int, int, int]], str] = {}
        # Of what was committed with quorum, whatever the term.
        self.quorate: dict[tuple[int, int, int], str] = {}
        self.clock = 0.0
        self.last_view = 0
        self.last_request = 0
        self.too_late = False
        self.sides: list[list[str]] = [list(self.nodes)]
        self.dc: dict[str, tuple[int, str]] = {}
        for node in self.nodes.values():
            self.start(node.name, fresh=True)
        self.change_views()

    # ---- processes and machines -------------------------------------------------------------------

    def start(self, name: str, *, fresh: bool) -> None:
        node = self.nodes[name]
        node.life += 1
        node.timers = {}
        node.disk_failure = ""
        node.disk.clear()
        image = Image(node.image.base, node.image.records, node.mark)
        node.core = BasedCore(name, f"{name}-{node.life}", SETTINGS, image, fresh=fresh)
        if fresh:
            node.shown = node.durable = (0, 0, 0)
        committed = node.core.state.chain.committed
        assert committed.version >= node.durable, f"a respawn took {name} from {node.durable} to {committed.version}"
        node.replica, node.shown = committed, committed.version
        self.give(name, Started())
        if fresh:
            # The shell has the stripped copy on disk before the process goes on.
            self.write(name)
        if node.view is not None:
            self.give(name, ViewChanged(node.view))

    def crash(self, name: str) -> None:
        """The process dies; what it was writing may have got onto the disk or not."""
        node = self.nodes[name]
        node.core = None
        while node.disk and self.random.random() < 0.5:
            self.write(name)
        node.disk.clear()
        for write in self.writes.values():
            if write.node == name and write.answer is None:
                write.answer = Failure(112, "connection lost")
        for other in self.nodes:
            self.disconnect(name, other)

    def respawn(self, name: str) -> None:
        self.start(name, fresh=False)
        view = self.nodes[name].view
        for other in view.names if view is not None else ():
            self.connect(name, other)
        self.tell_dc(name)

    def power_off(self, name: str) -> None:
        if self.nodes[name].core is not None:
            self.crash(name)
        node = self.nodes[name]
        node.powered, node.view = False, None
        if self.random.random() < 0.5:
            node.mark = Position()
        self.change_views()

    def power_on(self, name: str) -> None:
        self.nodes[name].powered = True
        self.nodes[name].disk_full = False
        self.start(name, fresh=True)
        self.change_views()

    def partition(self, *sides: list[str]) -> None:
        self.sides = [list(side) for side in sides]
        self.change_views()

    # ---- membership and controllers ---------------------------------------------------------------

    def change_views(self) -> None:
        for side in self.sides:
            names = [name for name in side if self.nodes[name].powered]
            members = tuple(Member(name, int(name[1:]), name, 1) for name in names)
            quorate = len(names) > self.size // 2
            before = {name: self.nodes[name].view for name in names}
            if all(view is not None and view.names == tuple(names) for view in before.values()):
                continue
            self.last_view += 1
            view = View(self.last_view, members, quorate, self.size)
            for name in names:
                self.nodes[name].view = view
                for other in self.nodes:
                    if other not in names:
                        self.disconnect(name, other)
            for name in names:
                self.give(name, ViewChanged(view))
            for name in names:
                for other in names:
                    self.connect(name, other)
            self.elect(names)

    def elect(self, names: list[str]) -> None:
        """Controllers keep a DC that all of them know, or choose one of a term above all that they know."""
        alive = [name for name in names if self.nodes[name].core is not None]
        known = {self.dc.get(name, (0, "")) for name in names}
        if len(known) == 1 and max(known)[1] in names and self.random.random() < 0.7:
            return
        if not alive:
            return
        cores = (self.nodes[name].core for name in alive)
        top = max([core.state.term for core in cores if core is not None] + [term for term, _ in known])
        dc = (top + 1, self.random.choice(alive))
        for name in names:
            self.dc[name] = dc
        for name in self.random.sample(names, len(names)):
            self.tell_dc(name)

    def declare_failed(self, name: str) -> None:
        """The DC that a node knows declares some members of its view failed, at most half of them."""
        dc, view = self.dc.get(name, (0, ""))[1], self.nodes[name].view
        if view is not None and dc in view.names and self.nodes[dc].core is not None:
            others = [other for other in view.names if other != dc]
            count = self.random.randint(0, min(len(view.names) // 2, len(others)))
            self.tell_dc(dc, absent=tuple(self.random.sample(others, count)))

    def tell_dc(self, name: str, absent: tuple[str, ...] = ()) -> None:
        if name in self.dc and self.nodes[name].core is not None:
            term, dc = self.dc[name]
            self.last_request += 1
            self.give(name, Request(self.last_request, Client("controld"), SetPrimary(term, dc, absent)))

    # ---- network ----------------------------------------------------------------------------------

    def connect(self, one: str, other: str) -> None:
        a, b = self.nodes[one], self.nodes[other]
        if one == other or (one, other) in self.links or a.core is None or b.core is None:
            return
        self.links[one, other], self.links[other, one] = deque(), deque()
        self.give(one, PeerUp(other, f"{other}-{b.life}"))
        self.give(other, PeerUp(one, f"{one}-{a.life}"))

    def disconnect(self, one: str, other: str) -> None:
        if self.links.pop((one, other), None) is None:
            return
        del self.links[other, one]
        self.give(one, PeerDown(other))
        self.give(other, PeerDown(one))

    def connect_all(self) -> None:
        """Streams between all members of a view."""
        for name, node in self.nodes.items():
            for other in node.view.names if node.view is not None else ():
                self.connect(name, other)

    # ---- running ----------------------------------------------------------------------------------

    def give(self, name: str, event: object) -> None:
        node = self.nodes[name]
        if node.core is None:
            return
        for effect in node.core.handle(event, Instant(self.clock, 1e9 + self.clock)):  # type: ignore[arg-type]
            self.carry_out(node, effect)

    def carry_out(self, node: Node, effect: object) -> None:
        match effect:
            case Send():
                link = self.links.get((node.name, effect.node))
                if link is not None:
                    link.append(PeerMessage(node.name, effect.term, effect.body))
            case Persist():
                node.disk.append(effect)
            case MarkCommitted():
                node.mark = effect.position
            case KeepConflict():
                self.conflicts.append(effect.text)
                self.give(node.name, ConflictKept(effect.name, True))
            case Publish():
                self.published(node, effect.body)
            case Reply():
                self.replied(node, effect)
            case SetTimer():
                node.timers[effect.key] = self.clock + effect.delay
            case CancelTimer():
                node.timers.pop(effect.key, None)
            case Log():
                self.logs.append(f"{node.name}: {effect.text}")
            case _:
                raise TypeError(effect)

    def published(self, node: Node, body: Message) -> None:
        if isinstance(body, CibReady | CibTermRefused):
            return
        if isinstance(body, CibDisk):
            assert bool(body.failure) is not bool(node.disk_failure), "told what was told before"
            node.disk_failure = body.failure
            return
        assert isinstance(body, CibChanged | CibReplaced) and node.core is not None and node.replica is not None
        # Several notices may come of one event, so the tree is built from them rather than taken from the core.
        if isinstance(body, CibReplaced):
            node.replica = node.core.state.chain.committed
        else:
            node.replica = node.replica.apply_patchset(body.patchset)
        version = node.replica.version
        assert CibVersionTuple(body) == version
        assert version > node.shown, f"{node.name} went from {node.shown} to {version}"
        node.shown = version
        # With a full disk a node goes on to show what is committed, and may forget it in a crash.
        if not node.core.state.disk.failure:
            node.durable = version
        key = (node.core.state.promised, version)
        assert self.fingerprints.setdefault(key, node.replica.fingerprint) == node.replica.fingerprint, key
        self.check_quorate(node)

    def has_quorum(self, node: Node) -> bool:
        """Whether what a node says is for good. Of two nodes each may declare the other failed and go on alone."""
        return node.view is not None and node.view.quorate and self.size > 2

    def check_quorate(self, node: Node) -> None:
        """What a primary shows that has quorum."""
        assert node.core is not None and node.replica is not None
        chain = node.core.state.chain
        made_here = chain.committed_position.primary == node.name and chain.committed.version == node.replica.version
        if made_here and self.has_quorum(node) and chain.quorate >= chain.committed_position:
            version, fingerprint = node.replica.version, node.replica.fingerprint
            assert self.quorate.setdefault(version, fingerprint) == fingerprint, (
                f"another CIB at {version} was committed before"
            )

    def replied(self, node: Node, effect: Reply) -> None:
        write = self.writes.get(effect.id)
        if write is None:
            return
        assert write.answer is None, "answered twice"
        write.answer = effect.body
        write.answered_with_quorum = self.has_quorum(node)
        if isinstance(effect.body, CibModified) and not self.too_late:
            assert node.core is not None
            assert node.core.state.chain.committed.find(f"//*[@id='{write.id}']"), "can't read the own write"

    def write(self, name: str) -> None:
        """One write gets onto the disk, or fails."""
        node = self.nodes[name]
        persist = node.disk.popleft()
        if node.disk_full:
            self.give(name, PersistFailed(persist.id, "no space left", needs_base=self.random.random() < 0.3))
            return
        if persist.base is not None:
            node.image = Image(persist.base, persist.records)
        else:
            node.image = Image(node.image.base, node.image.records + persist.records)
        self.give(name, Persisted(persist.id))

    def step(self) -> bool:
        """One message, disk write or, when nothing else is there, timer."""
        choices: list[tuple[str, str]] = [pair for pair, link in self.links.items() if link]
        choices += [(name, "") for name, node in self.nodes.items() if node.disk]
        if not choices:
            return self.fire_timer()
        one, other = self.random.choice(choices)
        if other:
            self.give(other, self.links[one, other].popleft())
        else:
            self.write(one)
        return True

    def fire_timer(self) -> bool:
        due = [(at, name, key) for name, node in self.nodes.items() for key, at in node.timers.items()]
        if not due:
            return False
        at, name, key = min(due)
        self.clock = max(self.clock, at)
        del self.nodes[name].timers[key]
        self.too_late = key.startswith("request:")
        self.give(name, TimerFired(key))
        self.too_late = False
        return True

    def run(self, steps: int) -> None:
        for _ in range(steps):
            if not self.step():
                return

    def settle(self) -> None:
        """Let all messages, writes and timers happen."""
        for _ in range(20000):
            if not self.step():
                return
        raise AssertionError("the cluster does not come to rest")

    # ---- clients ----------------------------------------------------------------------------------

    def client_writes(self, name: str) -> Write:
        self.last_request += 1
        write = Write(f"w{self.last_request}", name)
        self.writes[self.last_request] = write
        element = f"<primitive id='{write.id}' class='ocf' provider='heartbeat' type='Dummy'/>"
        modify = CibModify((CibOperation("create", "resources", input_xml=element),), "test")
        self.give(name, Request(self.last_request, Client("test"), modify))
        return write

    def client_reports(self, name: str) -> None:
        """A change of the status section, which a node that starts drops; nobody waits for its answer."""
        self.last_request += 1
        element = f"<node_state id='{name[1:]}' uname='{name}' crm-debug-origin='{self.last_request}'/>"
        options = CibOptions(allow_create=True)
        modify = CibModify((CibOperation("modify", "status", input_xml=element, options=options),), "test")
        self.give(name, Request(self.last_request, Client("test"), modify))

    def heal(self) -> None:
        """Everything works again, and one DC is chosen."""
        for node in self.nodes.values():
            node.disk_full = False
            if not node.powered:
                self.power_on(node.name)
            elif node.core is None:
                self.respawn(node.name)
        self.partition(list(self.nodes))
        self.connect_all()
        self.dc = {}
        self.elect(list(self.nodes))
        self.settle()

    def committed(self) -> dict[str, Cib]:
        return {name: node.core.state.chain.committed for name, node in self.nodes.items() if node.core is not None}

    def check_healed(self) -> None:
        """After `heal`: one CIB everywhere, that has what was acknowledged, and nothing that was refused."""
        copies = self.committed()
        assert len({cib.fingerprint for cib in copies.values()}) == 1
        cib = copies["n1"]
        for write in self.writes.values():
            present = bool(cib.find(f"//*[@id='{write.id}']"))
            match write.answer:
                case CibModified():
                    kept = any(f'"{write.id}"' in text for text in self.conflicts)
                    if write.answered_with_quorum:
                        assert present, f"{write.id} was acknowledged with quorum and is lost"
                    assert present or kept, f"{write.id} was acknowledged and vanished"
                case Failure(code=code):
                    assert code in (74, 112, 124), f"{write.id}: {write.answer}"
                    assert code == 112 or not present, f"{write.id} was refused and took effect"
                case _:
                    raise AssertionError(f"{write.id} got no answer: {write.answer}")


def CibVersionTuple(body: CibChanged | CibReplaced) -> tuple[int, int, int]:
    version = body.version
    return version.admin_epoch, version.epoch, version.num_updates
