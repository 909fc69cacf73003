"""A small cluster in one process: real controllers, and just enough of the daemons around them."""

import heapq
import itertools
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from pcmk._core import Cib, CibRequest
from pcmk.controld.core import ControldCore
from pcmk.controld.events import CorosyncConfWritten, MarkJoined, Settings, WriteCorosyncConf
from pcmk.kernel.core import (
    Call,
    CallResult,
    CancelTimer,
    Client,
    Exit,
    Instant,
    LinkDown,
    LinkUp,
    Log,
    MembershipProven,
    Notice,
    PeerDown,
    PeerMessage,
    PeerUp,
    ProveMembership,
    Reply,
    Request,
    Send,
    SetTimer,
    Started,
    Terminate,
    TimerFired,
    ViewChanged,
)
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import CibError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.markup import tag
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.attributes import AttributePurge, AttributeUpdate
from pcmk.kernel.messages.cib import (
    CibAnswer,
    CibChanged,
    CibDisk,
    CibModified,
    CibModify,
    CibOperation,
    CibOptions,
    CibQuery,
    CibReady,
    CibReplaced,
    CibStatus,
    CibStatusQuery,
    CibVersion,
)
from pcmk.kernel.messages.common import Done, Failure, Member, SetPrimary, View
from pcmk.kernel.messages.executor import (
    AckResults,
    CancelOp,
    ExecState,
    ExecStateQuery,
    ExecuteOp,
    ForgetResource,
    KeepSecrets,
    KnownResource,
    Metadata,
    MetadataQuery,
    OpAccepted,
    OpResult,
    ReportAgain,
)
from pcmk.kernel.messages.fencer import Fence, FenceResult
from pcmk.kernel.messages.scheduler import Schedule, Scheduled
from pcmk.kernel.versions import FEATURE_SET

EMPTY = (
    '<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" admin_epoch="0" epoch="1" num_updates="0">'
    "<configuration><crm_config/><nodes/><resources/><constraints/></configuration><status/></cib>"
)
METADATA = '<resource-agent name="Dummy"><version>1.1</version><parameters/><actions/></resource-agent>'
NO_SPACE = "no space left on device"
LINKS = (Daemon.BASED, Daemon.ATTRD, Daemon.EXECD, Daemon.FENCED, Daemon.SCHEDULERD)


class Node:
    """A node: its controller, and what its other daemons know."""

    def __init__(self, world: "World", name: str, id: int) -> None:
        self.world = world
        self.name = name
        self.id = id
        self.feature_set = FEATURE_SET
        self.lives = 0
        self.core: ControldCore | None = None
        self.exit: Exit | None = None
        self.joined = False
        self.corosync = "old"
        self.timers: dict[str, int] = {}
        self.replies: dict[int, Message] = {}
        self.log: list[str] = []
        self.cib = Cib.parse(EMPTY)
        self.term = 0
        self.primary = ""
        self.absent: tuple[str, ...] = ()
        self.powered = True
        self.full = False
        self.members: tuple[str, ...] = ()
        self.peers: set[str] = set()
        self.executed: list[str] = []
        self.known: dict[str, ExecuteOp] = {}
        self.running: dict[str, ExecuteOp] = {}
        self.ended: dict[str, str] = {}
        self.results: dict[int, OpResult] = {}
        self.calls = itertools.count(1)
        self.sequences = itertools.count(1)
        self.active: set[str] = set()
        self.secrets: list[KeepSecrets] = []
        self.secrets_failure = ""

    # ---- the controller's process -----------------------------------------------------------------

    def start(self) -> None:
        self.lives += 1
        self.exit = None
        self.timers = {}
        settings = replace(self.world.settings, feature_set=self.feature_set)
        self.core = ControldCore(self.name, f"{self.name}-{self.lives}", not self.joined, settings)
        self.feed(Started())
        for daemon in LINKS:
            self.feed(LinkUp(daemon))
        if self.members:
            self.feed(ViewChanged(self.world.view_of(self.members)))
        self.world.connect_all()

    def stop(self) -> None:
        """The controller's process is gone."""
        self.core = None
        self.timers = {}
        for other in self.world.nodes:
            self.world.disconnect(self.name, other)

    def feed(self, event: Any) -> None:
        if self.core is None:
            return
        for effect in self.core.handle(event, self.world.now()):
            self.carry_out(effect)
            if self.core is None:
                return

    def carry_out(self, effect: Any) -> None:
        life = self.lives
        match effect:
            case Send(node=node, term=term, body=body):
                self.world.deliver(self.name, node, PeerMessage(self.name, term, body))
            case SetTimer(key=key, delay=delay):
                number = self.timers[key] = next(self.world.numbers)
                self.world.at(delay, lambda: self.timer(life, key, number))
            case CancelTimer(key=key):
                self.timers.pop(key, None)
            case Call(id=id, daemon=daemon, body=body):
                self.world.at(0.001, lambda: self.serve(life, id, daemon, body))
            case Log(level=level, text=text):
                self.log.append(f"{self.world.time:.3f} {level} {text}")
            case Reply(id=id, body=body):
                self.replies[id] = body
            case ProveMembership(id=id):
                holds = self.name not in self.world.unproven
                self.world.at(0.001, lambda: self.proven(life, id, holds))
            case MarkJoined(joined=joined):
                self.joined = joined
            case WriteCorosyncConf(id=id, text=text, replaces=replaces):
                failure = "" if replaces == self.corosync else "another one"
                self.corosync = self.corosync if failure else text
                self.world.at(0.01, lambda: self.feed(CorosyncConfWritten(id, failure)))
            case Exit():
                self.exit = effect
                self.stop()
            case other:
                raise TypeError(other)

    def timer(self, life: int, key: str, number: int) -> None:
        if life == self.lives and self.timers.get(key) == number:
            del self.timers[key]
            self.feed(TimerFired(key))

    def proven(self, life: int, id: int, holds: bool) -> None:
        if life == self.lives:
            self.feed(MembershipProven(id, holds))

    def result(self, life: int, id: int, body: Message) -> None:
        if life == self.lives:
            self.feed(CallResult(id, body))

    def ask(self, body: Message, client: Client | None = None) -> int:
        id = 1000 + next(self.world.numbers)
        self.feed(Request(id, client or Client("test"), body))
        return id

    def state(self) -> str:
        return "" if self.core is None else self.core._shared.state.value  # pyright: ignore[reportPrivateUsage]

    # ---- the other daemons ------------------------------------------------------------------------

    def serve(self, life: int, id: int, daemon: Daemon, body: Message) -> None:
        if life != self.lives:
            return

        def answer(message: Message) -> None:
            self.result(life, id, message)

        match daemon:
            case Daemon.BASED:
                self.world.based(self, body, answer)
            case Daemon.ATTRD:
                self.world.attrd(self, body, answer)
            case Daemon.EXECD:
                self.execd(body, answer)
            case Daemon.FENCED:
                assert isinstance(body, Fence)
                self.world.fence(self, body, answer)
            case Daemon.SCHEDULERD:
                assert isinstance(body, Schedule)
                self.world.schedule(self, body, answer)
            case _:
                raise AssertionError(daemon)

    def execd(self, body: Message, answer: Callable[[Message], None]) -> None:
        match body:
            case ExecStateQuery():
                known = tuple(
                    KnownResource(op.resource, op.standard, op.provider, op.type, {}, self.ended.get(op.resource, ""))
                    for op in self.known.values()
                )
                answer(ExecState("e", known, tuple(self.running.values()), tuple(self.results.values())))
            case ExecuteOp():
                self.known[body.resource] = body
                self.running[body.user_data] = body
                self.executed.append(f"{body.resource}_{body.action}_{body.interval_ms}")
                call = next(self.calls)
                answer(OpAccepted(call))
                self.world.at(self.world.action_seconds, lambda: self.ran(call, body))
            case MetadataQuery():
                answer(Metadata(METADATA))
            case AckResults(sequence=sequence):
                self.results = {number: result for number, result in self.results.items() if number > sequence}
                answer(Done())
            case ForgetResource(resource=resource):
                self.known.pop(resource, None)
                self.ended.pop(resource, None)
                answer(Done())
            case KeepSecrets():
                self.secrets.append(body)
                answer(Failure(ExitCode.OSFILE, self.secrets_failure) if self.secrets_failure else Done())
            case CancelOp() | ReportAgain():
                answer(Done())
            case other:
                raise AssertionError(other)

    def ran(self, call: int, op: ExecuteOp) -> None:
        if self.running.get(op.user_data) is not op:
            return
        if op.interval_ms == 0:
            del self.running[op.user_data]
            self.ended[op.resource] = op.user_data
        rc = self.world.failures.get((self.name, op.action), 0)
        if op.action == "start" and rc == 0:
            self.active.add(op.resource)
        elif op.action == "stop" and rc == 0:
            self.active.discard(op.resource)
        elif op.action == "monitor" and op.resource not in self.active:
            rc = 7
        self.world.executions.append((self.world.time, self.name, op.action, op.resource))
        self.report(call, op, rc)

    def report(self, call: int, op: ExecuteOp, rc: int) -> None:
        now = int(self.world.now().wall)
        result = OpResult(
            sequence=next(self.sequences),
            call_id=call,
            resource=op.resource,
            standard=op.standard,
            provider=op.provider,
            type=op.type,
            action=op.action,
            interval_ms=op.interval_ms,
            timeout_ms=op.timeout_ms,
            rc=rc,
            status=0,
            exit_reason="",
            output="",
            exec_time_ms=10,
            queue_time_ms=0,
            last_run=now,
            last_rc_change=now,
            params=op.params,
            user_data=op.user_data,
        )
        self.results[result.sequence] = result
        self.feed(Notice(Daemon.EXECD, result))


class World:
    """The cluster under a manual clock."""

    def __init__(self, *names: str, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.time = 0.0
        self.numbers = itertools.count(1)
        self.queue: list[tuple[float, int, Callable[[], None]]] = []
        self.nodes = {name: Node(self, name, number) for number, name in enumerate(names, 1)}
        self.view_ids = itertools.count(1)
        self.cut: set[tuple[str, str]] = set()
        # Nodes whose membership engine does not answer.
        self.unproven: set[str] = set()
        self.action_seconds = 0.1
        self.failures: dict[tuple[str, str], int] = {}
        self.fencing = "confirmed"
        self.ignore_quorum = False
        # How many nodes the membership engine says that there are, which gives quorum also where few daemons run.
        self.expected_votes = 0
        # The CIB managers have heard that quorum is lost, before the controllers do.
        self.cib_lost_quorum = False
        self.fenced: list[str] = []
        self.fence_requests: list[Fence] = []
        self.executions: list[tuple[float, str, str, str]] = []
        self.resources: tuple[str, ...] = ()
        self.inputs: list[Cib] = []
        self.attributes: list[tuple[str, str, str | None]] = []

    # ---- time -------------------------------------------------------------------------------------

    def now(self) -> Instant:
        return Instant(self.time, 1_700_000_000 + self.time)

    def at(self, delay: float, what: Callable[[], None]) -> None:
        heapq.heappush(self.queue, (self.time + delay, next(self.numbers), what))

    def run(self, seconds: float) -> None:
        end = self.time + seconds
        while self.queue and self.queue[0][0] <= end:
            self.step()
        self.time = end

    def step(self) -> None:
        """The next that happens."""
        self.time, _, what = heapq.heappop(self.queue)
        what()

    # ---- membership and connections ---------------------------------------------------------------

    def view_of(self, names: tuple[str, ...]) -> View:
        members = tuple(Member(name, self.nodes[name].id, name, 1) for name in names)
        quorate = self.expected_votes > 0 or 2 * len(names) > len(self.nodes)
        return View(next(self.view_ids), members, quorate, self.expected_votes)

    def partition(self, *groups: tuple[str, ...]) -> None:
        """Give each group a view of its own; who is in none is gone."""
        for node in self.nodes.values():
            node.members = next((group for group in groups if node.name in group), ())
        for node in self.nodes.values():
            for other in sorted(node.peers):
                if other not in node.members:
                    self.disconnect(node.name, other)
            if node.members:
                node.feed(ViewChanged(self.view_of(node.members)))
        self.connect_all()

    def start(self, *names: str) -> None:
        for name in names or tuple(self.nodes):
            self.nodes[name].start()
        self.partition(tuple(names or self.nodes))

    def power_off(self, name: str) -> None:
        """A node dies: nothing of it is left but its disk."""
        node = self.nodes[name]
        node.stop()
        node.joined = node.powered = False
        node.running, node.results, node.known, node.active = {}, {}, {}, set()
        node.ended = {}
        groups = {tuple(n for n in other.members if n != name) for other in self.nodes.values()}
        self.partition(*[group for group in sorted(groups) if group])

    def power_on(self, name: str, *group: str) -> None:
        """A node is started anew; nothing runs there."""
        self.nodes[name].powered = True
        self.nodes[name].joined = False
        self.nodes[name].start()
        self.partition(group)

    def connect_all(self) -> None:
        for a in self.nodes.values():
            for b in self.nodes.values():
                if a.name < b.name and self.may_talk(a, b) and b.name not in a.peers:
                    a.peers.add(b.name)
                    b.peers.add(a.name)
                    a.feed(PeerUp(b.name, f"{b.name}-{b.lives}"))
                    b.feed(PeerUp(a.name, f"{a.name}-{a.lives}"))

    def may_talk(self, a: Node, b: Node) -> bool:
        linked = (a.name, b.name) not in self.cut and (b.name, a.name) not in self.cut
        return linked and a.core is not None and b.core is not None and b.name in a.members and a.name in b.members

    def disconnect(self, a: str, b: str) -> None:
        for one, other in ((a, b), (b, a)):
            if other in self.nodes[one].peers:
                self.nodes[one].peers.discard(other)
                self.nodes[one].feed(PeerDown(other))

    def deliver(self, source: str, target: str, message: PeerMessage) -> None:
        lives = self.nodes[source].lives, self.nodes[target].lives

        def arrive() -> None:
            now = self.nodes[source].lives, self.nodes[target].lives
            if lives == now and target in self.nodes[source].peers:
                self.nodes[target].feed(message)

        if target in self.nodes[source].peers:
            self.at(0.001, arrive)

    # ---- CIB manager ------------------------------------------------------------------------------

    def based(self, node: Node, body: Message, answer: Callable[[Message], None]) -> None:
        match body:
            case CibStatusQuery():
                version = CibVersion(*node.cib.version)
                status = CibStatus(node.name, "follower", node.term, node.primary, version, "", True)
                answer(replace(status, disk_failure=NO_SPACE if node.full else ""))
            case CibQuery():
                answer(CibAnswer(node.cib.to_xml(), CibVersion(*node.cib.version), node.term))
            case SetPrimary(term=term, node=primary, absent=absent):
                if term < node.term:
                    answer(Failure(ExitCode.OLD, "a later term is known"))
                    return
                answer(Done())
                if term >= node.term:
                    node.term, node.primary, node.absent = term, primary, absent
                    if primary:
                        self.at(0.002, lambda: self.take_over(primary, term))
            case CibModify():
                self.modify(node, body, answer)
            case other:
                raise AssertionError(other)

    def take_over(self, name: str, term: int) -> None:
        primary = self.nodes[name]
        if (primary.term, primary.primary) != (term, name):
            return
        for member in (self.nodes[member] for member in primary.members):
            if member.powered and member.term < term:
                member.term, member.primary = term, name
        members = [self.nodes[member] for member in primary.members if self.follows(self.nodes[member], primary)]
        if primary.full or not self.has_majority(primary):
            self.at(0.5, lambda: self.take_over(name, term))
            return
        newest = max(members, key=lambda node: (node.cib.version, node.name))
        for node in members:
            if node.cib != newest.cib:
                node.cib = newest.cib
                node.feed(Notice(Daemon.BASED, CibReplaced(CibVersion(*node.cib.version), term)))
        primary.feed(Notice(Daemon.BASED, CibReady(term)))

    def has_majority(self, primary: Node) -> bool:
        counted = [name for name in primary.members if name not in primary.absent]
        return 2 * sum(self.follows(self.nodes[name], primary) for name in counted) > len(counted)

    def follows(self, node: Node, primary: Node) -> bool:
        return node.name in primary.members and (node.term, node.primary) == (primary.term, primary.name)

    def modify(self, node: Node, body: CibModify, answer: Callable[[Message], None]) -> None:
        primary = self.nodes.get(node.primary)
        if primary is None or not self.follows(node, primary) or primary.primary != primary.name:
            answer(Failure(ExitCode.NO_DC, "there is no primary"))
            return
        if primary.full:
            answer(Failure(ExitCode.IOERR, NO_SPACE))
            return
        if not self.has_majority(primary):
            self.at(0.5, lambda: self.modify(node, body, answer))
            return
        if body.term not in (0, primary.term):
            answer(Failure(ExitCode.OLD, "another term"))
            return
        requests = [
            CibRequest(
                op.operation,  # pyright: ignore[reportArgumentType]
                op.section,
                xpath=op.xpath,
                input_xml=op.input_xml,
                allow_create=op.options.allow_create,
                multiple=op.options.multiple,
            )
            for op in body.operations
        ]
        try:
            new, patchset = primary.cib.apply_all(requests)
        except CibError as error:
            answer(Failure(error.code, error.message))
            return
        old = primary.cib
        for name in primary.members:
            member = self.nodes[name]
            if patchset and self.follows(member, primary) and member.cib == old:
                member.cib = new
                notice = CibChanged(CibVersion(*new.version), primary.term, patchset, body.client, node.name)
                member.feed(Notice(Daemon.BASED, notice))
        answer(CibModified(CibVersion(*new.version), quorate=self.has_quorum(primary)))

    def has_quorum(self, primary: Node) -> bool:
        return 2 * len(primary.members) > len(self.nodes) and not self.cib_lost_quorum

    def fill_disk(self, name: str, full: bool = True) -> None:
        """The CIB manager of a node finds that its disk is full, or that there is room again."""
        node = self.nodes[name]
        if node.full is not full:
            node.full = full
            node.feed(Notice(Daemon.BASED, CibDisk(NO_SPACE if full else "")))

    # ---- attribute manager, fencer, scheduler -----------------------------------------------------

    def attrd(self, node: Node, body: Message, answer: Callable[[Message], None]) -> None:
        match body:
            case AttributeUpdate(changes=changes):
                for change in changes:
                    self.attributes.append((change.node, change.name, change.value))
                    self.set_attribute(node, change.node, change.name, change.value or "")
            case AttributePurge(node=name):
                path = f"/cib/status/node_state[@uname='{name}']/transient_attributes"
                self.change(node, "delete", xpath=path)
            case _:
                pass
        answer(Done())

    def set_attribute(self, node: Node, name: str, attribute: str, value: str) -> None:
        id = str(self.nodes[name].id)
        pair = tag("nvpair", {"id": f"status-{id}-{attribute}", "name": attribute, "value": value})
        block = tag("instance_attributes", {"id": f"status-{id}"}, pair)
        state = tag("node_state", {"id": id}, tag("transient_attributes", {"id": id}, block))
        self.change(node, "modify", section="status", input_xml=state)

    def change(self, node: Node, operation: str, section: str = "", xpath: str = "", input_xml: str = "") -> None:
        options = CibOptions(allow_create=True, multiple=True)
        request = CibModify((CibOperation(operation, section, xpath, input_xml, options),))
        self.modify(node, request, lambda _: None)

    def fence(self, node: Node, request: Fence, answer: Callable[[Message], None]) -> None:
        self.fence_requests.append(request)

        def done() -> None:
            if self.fencing == "confirmed":
                self.fenced.append(request.target)
                self.power_off(request.target)
            result = FenceResult(
                id=f"f{next(self.numbers)}",
                target=request.target,
                action=request.action,
                outcome=self.fencing,
                delegate=node.name,
                origin=node.name,
                client="pacemaker-controld",
                reason="",
                completed=self.now().wall,
            )
            answer(result)
            for name in node.members:
                self.nodes[name].feed(Notice(Daemon.FENCED, result))

        self.at(0.5, done)

    def schedule(self, node: Node, request: Schedule, answer: Callable[[Message], None]) -> None:
        assert CibVersion(*node.cib.version) >= request.version
        self.inputs.append(node.cib)
        quorate = self.ignore_quorum or request.root_attributes["have-quorum"] == "1"
        graph = plan(node.cib, request.transition_id, self.resources, quorate=quorate)
        self.at(0.01, lambda: answer(Scheduled(request.transition_id, graph, "pe-input-0.bz2")))

    # ---- looking ----------------------------------------------------------------------------------

    def dcs(self) -> list[str]:
        return [
            node.name
            for node in self.nodes.values()
            if node.core is not None and node.core._shared.leading  # pyright: ignore[reportPrivateUsage]
        ]

    def states(self) -> dict[str, str]:
        return {node.name: node.state() for node in self.nodes.values() if node.core is not None}

    def node_state(self, viewer: str, name: str) -> dict[str, str]:
        found = self.nodes[viewer].cib.find(f"/cib/status/node_state[@uname='{name}']")
        return found[0].attrib if found else {}

    def where(self, resource: str) -> list[str]:
        return [node.name for node in self.nodes.values() if resource in node.active]

    def history(self, name: str) -> set[str]:
        """Ids of what the CIB has in the history of a node."""
        path = f"/cib/status/node_state[@uname='{name}']//lrm_rsc_op"
        return {entry.get("id", "") for entry in self.nodes[name].cib.find(path)}

    def terminate(self, name: str) -> None:
        self.nodes[name].feed(Terminate())

    def cut_link(self, a: str, b: str) -> None:
        self.cut.add((a, b))
        self.disconnect(a, b)

    def mend_link(self, a: str, b: str) -> None:
        self.cut.discard((a, b))
        self.connect_all()

    def relink(self, name: str, daemon: Daemon) -> None:
        self.nodes[name].feed(LinkDown(daemon))
        self.nodes[name].feed(LinkUp(daemon))


class Graph:
    """Writes a transition graph, one action a synapse."""

    def __init__(self) -> None:
        self._synapses: list[str] = []

    def resource(self, resource: str, action: str, interval: int, node: tuple[str, str], *inputs: int) -> int:
        key = f"{resource}_{action}_{interval}"
        inner = tag("primitive", {"id": resource, "class": "ocf", "provider": "pcmk", "type": "Dummy"})
        return self._add("rsc_op", action, key, node, inputs, inner, {"CRM_meta_interval": interval})

    def cluster(self, operation: str, node: tuple[str, str], *inputs: int) -> int:
        down = f'<downed><node id="{node[1]}"/></downed>'
        return self._add("crm_event", operation, f"{operation}-{node[0]}", node, inputs, down, {})

    def _add(
        self,
        element: str,
        operation: str,
        key: str,
        node: tuple[str, str],
        inputs: tuple[int, ...],
        inner: str,
        more: dict[str, str | int],
    ) -> int:
        id = len(self._synapses) + 1
        attributes = tag("attributes", {"CRM_meta_timeout": "20000", "crm_feature_set": "3.20.5", **more})
        where = {"on_node": node[0], "on_node_uuid": node[1]}
        action = tag(element, {"id": id, "operation": operation, "operation_key": key, **where}, inner, attributes)
        pseudo = [tag("pseudo_event", {"id": i, "operation": "x", "operation_key": "x"}) for i in inputs]
        triggers = "".join(f"<trigger>{event}</trigger>" for event in pseudo)
        sets = f"<action_set>{action}</action_set>"
        self._synapses.append(tag("synapse", {"id": id - 1}, sets, f"<inputs>{triggers}</inputs>"))
        return id

    def xml(self, number: int) -> str:
        header = {"cluster-delay": "60s", "fencing-timeout": "60s", "transition_id": number, "batch-limit": 0}
        return tag("transition_graph", header, *self._synapses)


def plan(cib: Cib, number: int, resources: tuple[str, ...], *, quorate: bool) -> str:
    """A scheduler for tests: fences who failed, lets go who wants, runs each resource on the first node that can.

    Without quorum it only stops.
    """
    graph = Graph()
    online: list[tuple[str, str]] = []
    leaving: list[tuple[str, str]] = []
    fencing: dict[str, int] = {}
    states = {(state.get("uname", ""), state.get("id", "")): state for state in cib.find("/cib/status/node_state")}
    for node, state in states.items():
        alive = int(state.get("in_ccm", "0")) > 0 and int(state.get("crmd", "0")) > 0
        shutdown = state.find("//nvpair[@name='shutdown']")
        if state.get("expected") == "member" and not alive and not shutdown:
            fencing[node[1]] = graph.cluster("stonith", node) if quorate else 0
        elif alive and state.get("join") == "member":
            (leaving if shutdown else online).append(node)
    stops: dict[str, list[int]] = {}
    for resource in resources:
        running: list[tuple[str, str]] = []
        inputs: list[int] = []
        for node, state in states.items():
            for entry in state.find(f"//lrm_rsc_op[@id='{resource}_last_0']"):
                if entry.get("operation") == "start" and entry.get("op-status") in ("0", "-1"):
                    if node[1] in fencing:
                        inputs.append(fencing[node[1]])
                    else:
                        running.append(node)
        for node in running:
            if node in leaving or len(running) > 1 or not quorate:
                inputs.append(graph.resource(resource, "stop", 0, node))
                stops.setdefault(node[1], []).append(inputs[-1])
        if quorate and online and (len(running) > 1 or not any(node in online for node in running)):
            start = graph.resource(resource, "start", 0, min(online), *inputs)
            graph.resource(resource, "monitor", 10_000, min(online), start)
    for node in leaving:
        graph.cluster("do_shutdown", node, *stops.get(node[1], []))
    return graph.xml(number)


def settled(world: World) -> list[str]:
    """The DCs, if all controllers are at rest."""
    for name, state in world.states().items():
        assert state == ("S_IDLE" if name in world.dcs() else "S_NOT_DC"), (name, state, world.states())
    return world.dcs()
