"""The local membership's coordinator: decides who is in which view. Pure; `pcmk.membership.server` is its shell.

One coordinator serves all nodes of a sandbox. Each node keeps one connection to it. A connection that closes is a
node that is gone; a node that is not heard for the hang time is removed as well, and told so, should it ever read it.
Nodes may be told to be apart (split): every partition then has views of its own, with ids from the same counter.
"""

from typing import TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from pcmk.kernel.core import Instant, Log
from pcmk.kernel.messages.common import Member, View
from pcmk.membership.votes import VoteRules, quorate, settled

# ---- events ---------------------------------------------------------------------------------------


class Hello(Struct, frozen=True):
    """A node's agent introduces itself; `incarnation` is new whenever the node starts or was told of its removal."""

    connection: int
    member: Member
    incarnation: str


class Heard(Struct, frozen=True):
    """A sign of life."""

    connection: int


class Gone(Struct, frozen=True):
    """A connection closed."""

    connection: int


class Tick(Struct, frozen=True):
    """Time passed; due every `tick_interval`."""


class Split(Struct, frozen=True):
    """Put nodes into partitions; the nodes that no group names form one more. No groups: heal."""

    groups: tuple[tuple[str, ...], ...]


Event: TypeAlias = Hello | Heard | Gone | Tick | Split

# ---- effects --------------------------------------------------------------------------------------


class TellView(Struct, frozen=True):
    """Send a view to a node."""

    connection: int
    view: View


class TellRemoved(Struct, frozen=True):
    """Send a node that was given up the view of itself alone, then close its connection."""

    connection: int
    view: View


class Refuse(Struct, frozen=True):
    """Tell a node's agent why it is not admitted, then close its connection."""

    connection: int
    reason: str


class Admitted(Struct, frozen=True):
    """A node that was admitted, as a restarted coordinator must know it."""

    member: Member
    incarnation: str
    settled: bool
    view: View | None


class Record(Struct, frozen=True):
    """What survives a restart of the coordinator."""

    last_view: int = 0
    groups: tuple[tuple[str, ...], ...] = ()
    nodes: tuple[Admitted, ...] = ()


class Save(Struct, frozen=True):
    """Have this on disk before the effects that follow are carried out."""

    record: Record


Effect: TypeAlias = TellView | TellRemoved | Refuse | Save | Log


class _Node(Struct):
    admitted: Admitted
    connection: int | None
    heard: float


_FRESH = Record()


class Coordinator:
    """The membership of all nodes of one machine's cluster.

    After a restart (`record`) nodes have the hang time to come back under the incarnation they were admitted with;
    nothing changes for those that do. Nobody joins in the meantime: who comes back later would see a node in its next
    life, and never that the one before had ended.
    """

    def __init__(self, rules: VoteRules, hang_time: float, record: Record = _FRESH) -> None:
        self._rules = rules
        self._hang_time = hang_time
        self._last_view = record.last_view
        self._groups = record.groups
        self._recovered = record.nodes
        self._nodes: dict[str, _Node] = {}
        self._waiting: dict[str, Hello] = {}
        self._ticked: float | None = None

    @property
    def tick_interval(self) -> float:
        """How often `Tick` is due, in seconds."""
        return self._hang_time / 10

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The split in force; empty when there is none."""
        return self._groups

    def views(self) -> dict[str, View]:
        """The current view of every admitted node, by node name."""
        return {
            name: node.admitted.view for name, node in sorted(self._nodes.items()) if node.admitted.view is not None
        }

    def handle(self, event: Event, now: Instant) -> list[Effect]:
        """Take one event; see `pcmk.kernel.core`."""
        for admitted in self._recovered:
            self._nodes[admitted.member.name] = _Node(admitted, None, now.mono)
        self._recovered = ()
        match event:
            case Hello():
                return self._hello(event, now)
            case Heard():
                for node in self._nodes.values():
                    if node.connection == event.connection:
                        node.heard = now.mono
                return []
            case Gone():
                return self._gone(event.connection)
            case Tick():
                return self._tick(now)
            case Split():
                self._groups = event.groups
                return self._new_views() or [self._save()]
            case _:
                assert_never(event)

    def _hello(self, event: Hello, now: Instant) -> list[Effect]:
        name = event.member.name
        known = self._nodes.get(name)
        if name in self._waiting or (known is not None and known.connection is not None):
            return [Refuse(event.connection, f"{name} is a member already")]
        if known is not None and known.admitted.incarnation == event.incarnation:
            known.connection, known.heard = event.connection, now.mono
            told: list[Effect] = [TellView(event.connection, known.admitted.view)] if known.admitted.view else []
            return [*told, *self._admit(now)]
        self._waiting[name] = event
        return self._admit(now)

    def _admit(self, now: Instant) -> list[Effect]:
        """Have those join who wait, unless nodes may still come back. Of who waits, the life before has ended."""
        if any(node.connection is None and name not in self._waiting for name, node in self._nodes.items()):
            return []
        waiting, self._waiting = self._waiting, {}
        return [effect for event in waiting.values() for effect in self._join(event, now)]

    def _join(self, event: Hello, now: Instant) -> list[Effect]:
        name = event.member.name
        known = self._nodes.get(name)
        effects: list[Effect] = []
        if known is None and len(self._nodes) >= self._rules.expected_votes:
            return [Refuse(event.connection, f"the cluster has {self._rules.expected_votes} nodes already")]
        if known is not None:
            # Another life of a node that the coordinator had not yet missed: the others must see the old one end.
            del self._nodes[name]
            effects += self._new_views()
        admitted = Admitted(event.member, event.incarnation, False, None)
        self._nodes[name] = _Node(admitted, event.connection, now.mono)
        return [*effects, Log("notice", f"{name} joined"), *self._new_views()]

    def _gone(self, connection: int) -> list[Effect]:
        self._waiting = {name: hello for name, hello in self._waiting.items() if hello.connection != connection}
        for name, node in self._nodes.items():
            if node.connection == connection:
                del self._nodes[name]
                return [Log("warning", f"{name} is gone"), *self._new_views()]
        return []

    def _tick(self, now: Instant) -> list[Effect]:
        # Time in which the coordinator itself did not run must not count against the nodes.
        late = max(0.0, now.mono - self._ticked - self.tick_interval) if self._ticked is not None else 0.0
        self._ticked = now.mono
        for node in self._nodes.values():
            node.heard = min(now.mono, node.heard + late)
        hung = [name for name, node in self._nodes.items() if now.mono - node.heard > self._hang_time]
        if not hung:
            return self._admit(now)
        removed = [self._nodes.pop(name) for name in hung]
        effects: list[Effect] = [Log("warning", f"{name} was not heard for {self._hang_time:g} s") for name in hung]
        effects += self._new_views()
        alone: list[Effect] = []
        for node in removed:
            if node.connection is not None:
                self._last_view += 1
                alone.append(
                    TellRemoved(
                        node.connection,
                        View(self._last_view, (node.admitted.member,), False, self._rules.expected_votes),
                    )
                )
        return [*effects, self._save(), *alone, *self._admit(now)]

    def _new_views(self) -> list[Effect]:
        """A view for each partition whose members have not all the same one of exactly these members."""
        told: list[Effect] = []
        for nodes in self._partitions():
            members = tuple(node.admitted.member for node in nodes)
            current = {node.admitted.view for node in nodes}
            if len(current) == 1 and (view := nodes[0].admitted.view) is not None and view.members == members:
                continue
            any_settled = any(node.admitted.settled for node in nodes)
            now_settled = settled(self._rules, len(nodes), any_settled)
            self._last_view += 1
            is_quorate = quorate(self._rules, len(nodes), any_settled)
            view = View(self._last_view, members, is_quorate, self._rules.expected_votes)
            told.append(
                Log("notice", f"View {view.id}: {', '.join(view.names)}{'' if view.quorate else ', no quorum'}")
            )
            for node in nodes:
                node.admitted = replace(node.admitted, view=view, settled=node.admitted.settled or now_settled)
                if node.connection is not None:
                    told.append(TellView(node.connection, view))
        return [self._save(), *told] if told else []

    def _partitions(self) -> list[list[_Node]]:
        """Admitted nodes by partition, sorted by node id; no partition is empty."""
        partitions: dict[int, list[_Node]] = {}
        for node in sorted(self._nodes.values(), key=lambda node: (node.admitted.member.id, node.admitted.member.name)):
            name = node.admitted.member.name
            group = next((i for i, names in enumerate(self._groups) if name in names), len(self._groups))
            partitions.setdefault(group, []).append(node)
        return [partitions[group] for group in sorted(partitions)]

    def _save(self) -> Save:
        nodes = tuple(self._nodes[name].admitted for name in sorted(self._nodes))
        return Save(Record(self._last_view, self._groups, nodes))
