"""The fencer's core: requests of clients, messages of peers, the devices of this node."""

from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from pcmk.fenced.cib_devices import devices_for, watchdog_of
from pcmk.fenced.events import AgentDone, Drawn, Effect, Event, MetadataRead
from pcmk.fenced.history import History, serves
from pcmk.fenced.inquiries import Inquiries, Inquiry
from pcmk.fenced.jobs import ForClient, ForHostCheck, ForOwner, Job
from pcmk.fenced.owner import CONFIRMED, UNKNOWN, Owner
from pcmk.fenced.pool import Pool
from pcmk.fenced.registrations import Registration, Registrations
from pcmk.fenced.status import Status, Verdict
from pcmk.fenced.topology import Topology, levels_of, topology_of
from pcmk.fenced.watchdog import Watchdog
from pcmk.kernel.cib_replica import CibReplica, PatchChange, ReplicaUpdate
from pcmk.kernel.core import (
    CallResult,
    CancelTimer,
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
    Publish,
    Reply,
    Request,
    RequestGone,
    Send,
    SetTimer,
    Started,
    Terminate,
    TimerFired,
    ViewChanged,
)
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Done, Failure, View
from pcmk.kernel.messages.fenced_peer import (
    DevicesAsked,
    FenceExecute,
    FenceExecuted,
    FenceFinished,
    FenceHistoryForget,
    FenceHistorySync,
    FenceOffer,
    FenceOp,
    FenceQuery,
    FenceRelay,
    FenceWatchdog,
    KnownFence,
    OfferedDevice,
)
from pcmk.kernel.messages.fencer import (
    ConfirmFenced,
    DeregisterDevice,
    DeregisterLevel,
    Device,
    DeviceAnswer,
    DeviceCommand,
    Devices,
    DevicesQuery,
    Fence,
    FenceHistory,
    FenceHistoryClean,
    FenceHistoryQuery,
    FenceResult,
    RegisterDevice,
    RegisterLevel,
)
from pcmk.kernel.watchdog import AGENTS, DEVICE

ACTIONS = ("off", "reboot", "on")
DEVICE_ACTIONS = ("monitor", "list", "status")
HUMAN = "a human"
SURVEY_PATIENCE = 3.0
DEVICE_PATIENCE = 5.0
CONFIGURE_SECONDS = 0.05
_CONFIGURE_TIMER = "configure"
OWNER_GRACE = 10.0
"""Seconds that an owner may be out of reach, while it is a member, before its operations are given up."""


class _Survey(Struct):
    """A `DevicesQuery` with a target, on its way round the peers."""

    request: int
    target: str
    expected: set[str]
    found: list[Device]


class FencedCore:
    """One fencer. `incarnation` is new in every process life, as peers learn it by `PeerUp`; `watchdog` is the timeout
    of the node's watchdog device, 0 without one."""

    def __init__(self, node: str, incarnation: str, watchdog: float = 0.0) -> None:
        self._node = node
        self._incarnation = incarnation
        self._replica = CibReplica()
        self._registrations = Registrations()
        self._topology = Topology()
        self._pool = Pool()
        self._inquiries = Inquiries(node, self._pool)
        self._watchdog = Watchdog(node, watchdog)
        self._told_watchdog = 0.0
        self._owner = Owner(self._watchdog, node)
        self._history = History()
        self._peers: dict[str, str] = {}
        self._waiting: dict[str, list[int]] = {}
        self._relays: dict[str, tuple[FenceOp, str]] = {}
        self._surveys: dict[str, _Survey] = {}
        self._held: dict[int, DeviceCommand] = {}
        self._outdated = False
        self._last_call = 0
        self._last_id = 0

    def handle(self, event: Event, now: Instant) -> list[Effect]:
        """Take one event at time `now`; return the effects in the order they must be carried out."""
        effects: list[Effect] = []
        update = self._replica.handle(event, self._next_call)
        if update is not None:
            effects += update.effects
            if update.changed and self._is_concerned(update):
                effects += self._put_off()
        if self._outdated and not isinstance(event, Notice):
            effects += self._configure(now)
        effects += self._take(event, now)
        return self._deliver([*effects, *self._settle(now)], now)

    def _take(self, event: Event, now: Instant) -> list[Effect]:
        match event:
            case Request():
                return self._request(event, now)
            case RequestGone(id=id):
                self._held.pop(id, None)
                return []
            case PeerMessage():
                return self._peer_message(event.node, event.body, now)
            case PeerUp():
                return self._peer_up(event)
            case PeerDown(node=node):
                return self._peer_down(node, now)
            case ViewChanged(view=view):
                return self._view_changed(view, now)
            case TimerFired(key=key):
                return self._due(key, now)
            case AgentDone():
                return self._pool.agent_done(event, now.mono)
            case MetadataRead():
                return self._pool.metadata_read(event, now.mono)
            case Drawn():
                return self._pool.drawn(event, now.mono)
            case MembershipProven(id=id, holds=holds):
                return self._owner.proven(id, holds, now)
            case Terminate():
                return [Exit(ExitCode.OK, "asked to stop")]
            case Started() | CallResult() | LinkUp() | LinkDown() | Notice():
                return []
            case _:
                assert_never(event)

    def _next_call(self) -> int:
        self._last_call += 1
        return self._last_call

    def _new_id(self) -> str:
        self._last_id += 1
        return f"{self._node}-{self._incarnation}-{self._last_id}"

    # ---- effects that come back -------------------------------------------------------------------

    def _settle(self, now: Instant) -> list[Effect]:
        """Work off what devices, inquiries and operations have brought to an end."""
        effects: list[Effect] = self._inquiries.settle(now.mono)
        while self._pool.finished or self._inquiries.answered or self._owner.decided:
            finished, self._pool.finished = self._pool.finished, []
            for job, verdict in finished:
                effects += self._job_finished(job, verdict, now)
            effects += self._inquiries.settle(now.mono)
            answered, self._inquiries.answered = self._inquiries.answered, []
            for inquiry, offers in answered:
                effects.append(Send(inquiry.asker, 0, FenceOffer(inquiry.id, offers)))
            decided, self._owner.decided = self._owner.decided, []
            for op, result in decided:
                effects += self._announce(op, result, now)
        return effects

    def _deliver(self, effects: list[Effect], now: Instant) -> list[Effect]:
        """Hand messages to the own node back in, in their order."""
        out: list[Effect] = []
        while effects:
            effect = effects.pop(0)
            if isinstance(effect, Send) and effect.node == self._node:
                effects += [*self._peer_message(self._node, effect.body, now), *self._settle(now)]
            else:
                out.append(effect)
        return out

    def _job_finished(self, job: Job, verdict: Verdict, now: Instant) -> list[Effect]:
        match job.purpose:
            case ForHostCheck():
                self._inquiries.checked(job, verdict)
                return []
            case ForClient(request=request):
                answer = DeviceAnswer(verdict.rc, int(verdict.status), verdict.output, verdict.reason)
                return [Reply(request, answer)]
            case ForOwner() as purpose:
                return self._step_finished(job, purpose, verdict, now)

    def _step_finished(self, job: Job, purpose: ForOwner, verdict: Verdict, now: Instant) -> list[Effect]:
        if purpose.owner in (self._node, *self._peers):
            status = int(verdict.status)
            done = FenceExecuted(purpose.op, purpose.attempt, verdict.rc, status, verdict.reason, verdict.ran)
            return [Send(purpose.owner, 0, done)]
        known = self._history.operation(purpose.op)
        if not (verdict.ok and purpose.sole) or known is None:
            return []
        # The owner is gone, and this device was all that its operation needed: the others must know.
        result = _result(known, CONFIRMED, "", now, delegate=self._node)
        return self._announce(known, result, now)

    # ---- configuration ----------------------------------------------------------------------------

    def _is_concerned(self, update: ReplicaUpdate) -> bool:
        return update.everything or any(_concerns(change) for change in update.changes)

    def _put_off(self) -> list[Effect]:
        """Look at the configuration before anything is made of it, but not for each of many changes."""
        if self._outdated:
            return []
        self._outdated = True
        return [SetTimer(_CONFIGURE_TIMER, CONFIGURE_SECONDS)]

    def _configure(self, now: Instant) -> list[Effect]:
        cib = self._replica.cib
        assert cib is not None
        self._outdated = False
        self._registrations.configure(devices_for(cib.root, self._node))
        effects = self._watchdog.configure(watchdog_of(cib.root, self._node), self._peers)
        if self._watchdog.own != self._told_watchdog:
            self._told_watchdog = self._watchdog.own
            effects += self._broadcast(FenceWatchdog(self._told_watchdog))
        return [CancelTimer(_CONFIGURE_TIMER), *effects, *self._learn(now)]

    def _learn(self, now: Instant) -> list[Effect]:
        """Devices or levels have changed, or what nodes are like."""
        root = None if self._replica.cib is None else self._replica.cib.root
        levels = self._registrations.with_levels(() if root is None else levels_of(root))
        self._topology = topology_of(levels, root)
        effects = self._pool.configure(self._registrations.devices)
        for request, command in list(self._held.items()):
            if command.device in self._pool.devices:
                del self._held[request]
                effects += [CancelTimer(f"hold/{request}"), *self._command(request, command, now)]
        return effects

    # ---- requests ---------------------------------------------------------------------------------

    def _request(self, request: Request, now: Instant) -> list[Effect]:
        match request.body:
            case Fence() as fence:
                client = f"{request.client.name}.{request.client.pid}"
                return self._fence(request.id, fence, client, now)
            case ConfirmFenced(target=target):
                if not target:
                    return [Reply(request.id, Failure(ExitCode.INVALID_PARAM, "no node given"))]
                client = f"{request.client.name}.{request.client.pid}"
                op = FenceOp(self._new_id(), target, "off", 0.0, 0.0, False, client, self._node, self._node)
                self._waiting[op.id] = [request.id]
                return self._announce(op, _result(op, CONFIRMED, "", now, delegate=HUMAN), now)
            case FenceHistoryQuery(target=target):
                return [Reply(request.id, FenceHistory(self._history.events(target)))]
            case FenceHistoryClean(target=target):
                self._history.forget(target)
                return [*self._broadcast(FenceHistoryForget(target)), Reply(request.id, Done())]
            case DevicesQuery(target=""):
                found = [Device(id, device.config.agent, self._node) for id, device in self._pool.devices.items()]
                return [Reply(request.id, self._with_watchdog(found, self._watchdog.active))]
            case DevicesQuery(target=target):
                return self._survey(request.id, target)
            case DeviceCommand() as command:
                return self._device_command(request.id, command, now)
            case RegisterDevice() | DeregisterDevice() | RegisterLevel() | DeregisterLevel() as change:
                return self._register(request.id, change, now)
            case other:
                text = f"the fencer does not know the request {type(other).__name__}"
                return [Reply(request.id, Failure(ExitCode.PROTOCOL, text))]

    def _fence(self, request: int, fence: Fence, client: str, now: Instant) -> list[Effect]:
        if fence.action not in ACTIONS or not fence.target or fence.timeout <= 0:
            text = f"can't carry out {fence.action!r} of {fence.target!r} within {fence.timeout:g}s"
            return [Reply(request, Failure(ExitCode.INVALID_PARAM, text))]
        if fence.tolerance > 0:
            recent = self._history.success_since(fence.target, fence.action, now.wall - fence.tolerance)
            if recent is not None:
                return [Reply(request, recent)]
        if fence.life > 0:
            ended = self._history.success_begun_since(fence.target, fence.action, now.mono - fence.life)
            if ended is not None:
                return [Reply(request, ended)]
        owners = (self._node, *self._peers)
        same = [
            op for op in self._history.pending(fence.target) if op.owner in owners and serves(op.action, fence.action)
        ]
        if same:
            # Whoever owns it, its end is the answer to this request too.
            self._waiting.setdefault(same[0].id, []).append(request)
            return [Log("info", f"{same[0].action} of {fence.target} is already under way")]
        op = FenceOp(
            id=self._new_id(),
            target=fence.target,
            action=fence.action,
            timeout=fence.timeout,
            delay=fence.delay,
            allow_self=fence.allow_self,
            client=client,
            origin=self._node,
            owner=self._node,
        )
        self._waiting[op.id] = [request]
        return [Log("notice", f"{client} wants {fence.action} of {fence.target}"), *self._launch(op, now)]

    def _launch(self, op: FenceOp, now: Instant) -> list[Effect]:
        """Carry an operation through, or have a peer do it if this node is the target: it could not tell the end."""
        if op.target == self._node and self._peers:
            helper = min(self._peers)
            self._relays[op.id] = (op, helper)
            return [Send(helper, 0, FenceRelay(op))]
        op = replace(op, owner=self._node)
        self._history.begin(op, now.mono)
        nodes = [self._node, *sorted(self._peers)]
        return self._owner.begin(op, self._topology.levels_for(op.target), nodes, now)

    def _survey(self, request: int, target: str) -> list[Effect]:
        id = self._new_id()
        nodes = [self._node, *sorted(self._peers)]
        self._surveys[id] = _Survey(request, target, set(nodes), [])
        return [
            SetTimer(f"survey/{id}", SURVEY_PATIENCE),
            *(Send(node, 0, DevicesAsked(id, target)) for node in nodes),
        ]

    def _surveyed(self, id: str, node: str, devices: tuple[OfferedDevice, ...]) -> list[Effect]:
        survey = self._surveys[id]
        survey.expected.discard(node)
        survey.found += [Device(device.device, device.agent, node) for device in devices]
        return [] if survey.expected else self._end_survey(id)

    def _end_survey(self, id: str) -> list[Effect]:
        survey = self._surveys.pop(id, None)
        if survey is None:
            return []
        devices = self._with_watchdog(survey.found, self._watchdog.covers(survey.target))
        return [CancelTimer(f"survey/{id}"), Reply(survey.request, devices)]

    def _with_watchdog(self, devices: list[Device], present: bool) -> Devices:
        found = [*devices, Device(DEVICE, AGENTS[0], self._node)] if present else devices
        return Devices(tuple(sorted(found, key=lambda device: (device.id, device.node))))

    def _register(self, request: int, change: Registration, now: Instant) -> list[Effect]:
        problem = self._registrations.take(change)
        if problem:
            return [Reply(request, Failure(ExitCode.INVALID_PARAM, problem))]
        if isinstance(change, DeregisterDevice):
            self._pool.doubt(change.device)
        return [*self._learn(now), Reply(request, Done())]

    def _device_command(self, request: int, command: DeviceCommand, now: Instant) -> list[Effect]:
        if command.action not in DEVICE_ACTIONS:
            answer = DeviceAnswer(1, int(Status.NOT_SUPPORTED), "", f"devices have no action {command.action}")
            return [Reply(request, answer)]
        if command.device == DEVICE and self._watchdog.active:
            return [Reply(request, DeviceAnswer(0, int(Status.DONE), "\n".join(self._watchdog.targets), ""))]
        if command.device in self._pool.devices:
            return self._command(request, command, now)
        # The device may be in a CIB that is on its way: a start can be faster than the news of its configuration.
        self._held[request] = command
        return [SetTimer(f"hold/{request}", min(command.timeout, DEVICE_PATIENCE))]

    def _command(self, request: int, command: DeviceCommand, now: Instant) -> list[Effect]:
        purpose = ForClient(request)
        return self._pool.submit(command.device, command.action, command.target, command.timeout, purpose, now.mono)

    # ---- peers ------------------------------------------------------------------------------------

    def _peer_message(self, node: str, body: Message, now: Instant) -> list[Effect]:
        match body:
            case FenceQuery(op=op):
                return self._queried(op, now)
            case DevicesAsked(id=id, target=target):
                self._inquiries.begin(Inquiry(id, node, "", target, True, 0.0, set(self._pool.devices)))
                return []
            case FenceOffer() as offer:
                if offer.id in self._surveys:
                    return self._surveyed(offer.id, node, offer.devices)
                return self._owner.offered(node, offer, now)
            case FenceExecute() as order if order.device == DEVICE:
                return self._fence_myself(node, order)
            case FenceExecute() as order:
                purpose = ForOwner(node, order.id, order.attempt, order.sole)
                return self._pool.submit(
                    order.device, order.action, order.target, order.timeout, purpose, now.mono, order.delay
                )
            case FenceExecuted() as done:
                return self._owner.executed(node, done, now)
            case FenceFinished(result=result):
                return self._decided(None, result, now)
            case FenceRelay(op=op):
                return self._relayed(op, now)
            case FenceHistorySync(known=known):
                return self._synced(node, known, now)
            case FenceHistoryForget(target=target):
                self._history.forget(target)
                return []
            case FenceWatchdog() as word:
                self._watchdog.heard(node, word)
                return []
            case _:
                return [Log("error", f"{node} sent {type(body).__name__}, which is no message of a fencer")]

    def _queried(self, op: FenceOp, now: Instant) -> list[Effect]:
        self._history.begin(op, now.mono)
        if op.owner != self._node:
            self._owner.merge(op, self._node)
        devices = set(self._pool.devices)
        self._inquiries.begin(Inquiry(op.id, op.owner, op.action, op.target, op.allow_self, op.timeout, devices))
        return []

    def _relayed(self, op: FenceOp, now: Instant) -> list[Effect]:
        return [Log("notice", f"{op.origin} has its own {op.action} carried through here"), *self._launch(op, now)]

    def _fence_myself(self, owner: str, order: FenceExecute) -> list[Effect]:
        """This node is to be fenced, and can still do that itself: its watchdog device resets it if the rest fails."""
        if order.target != self._node or not self._watchdog.own:
            return [Log("error", f"{owner} wants {order.target} to be fenced by a watchdog that is not to do it here")]
        reason = f"this node is fenced ({order.action}) by {owner}"
        return [Log("emerg", f"Panic: {reason}"), Exit(ExitCode.PANIC, reason)]

    def _peer_up(self, event: PeerUp) -> list[Effect]:
        self._peers[event.node] = event.incarnation
        self._watchdog.peer_up(event.node)
        return [
            CancelTimer(f"owner/{event.node}"),
            Send(event.node, 0, FenceHistorySync(self._history.everything())),
            *(Send(event.node, 0, word) for word in self._watchdog.word()),
            *self._owner.peer_up(event.node),
        ]

    def _peer_down(self, node: str, now: Instant) -> list[Effect]:
        self._peers.pop(node, None)
        self._inquiries.drop(node)
        effects = self._owner.peer_down(node, now)
        if self._history.pending(owner=node):
            effects.append(SetTimer(f"owner/{node}", OWNER_GRACE))
        for id in list(self._surveys):
            effects += self._surveyed(id, node, ())
        for id, (op, helper) in list(self._relays.items()):
            if helper == node:
                del self._relays[id]
                again = replace(op, id=self._new_id())
                self._waiting[again.id] = self._waiting.pop(id, [])
                effects += self._launch(again, now)
        return effects

    def _view_changed(self, view: View, now: Instant) -> list[Effect]:
        self._watchdog.view = view
        owners = sorted({op.owner for op in self._history.pending()} - set(view.names) - {self._node})
        effects: list[Effect] = []
        for owner in owners:
            effects += self._owner_lost(owner, "it is no member any more", now)
        return effects + self._owner.view_changed(now)

    def _owner_lost(self, owner: str, why: str, now: Instant, but: frozenset[str] = frozenset()) -> list[Effect]:
        """What an owner had under way ends unknown for all; requests that waited here for it begin anew."""
        effects: list[Effect] = []
        for op in self._history.pending(owner=owner):
            if op.id in but:
                continue
            waiting = self._waiting.pop(op.id, [])
            self._relays.pop(op.id, None)
            result = _result(op, UNKNOWN, f"{owner} had it under way: {why}", now)
            effects += self._decided(op, result, now)
            if waiting:
                again = replace(op, id=self._new_id(), owner=self._node, origin=self._node)
                self._waiting[again.id] = waiting
                effects += self._launch(again, now)
        return effects

    def _synced(self, node: str, known: tuple[KnownFence, ...], now: Instant) -> list[Effect]:
        """A peer came up and told its history. What it owned and does not know any more ended with its process."""
        still = frozenset(entry.op.id for entry in known)
        effects = self._owner_lost(node, "its fencer was started anew", now, but=still)
        for entry in known:
            if entry.result is None:
                if entry.op.owner != self._node:
                    self._history.begin(entry.op, None)
            elif self._history.operation(entry.op.id) is None:
                self._history.decide(entry.op, entry.result)
            else:
                effects += self._decided(entry.op, entry.result, now)
        return effects

    # ---- ends -------------------------------------------------------------------------------------

    def _announce(self, op: FenceOp, result: FenceResult, now: Instant) -> list[Effect]:
        """Tell all nodes, this one too."""
        return [*self._broadcast(FenceFinished(result)), *self._decided(op, result, now)]

    def _decided(self, op: FenceOp | None, result: FenceResult, now: Instant) -> list[Effect]:
        """An operation of whatever owner has ended: answer and tell everybody here who wants to know."""
        self._relays.pop(result.id, None)
        replies: list[Effect] = [Reply(request, result) for request in self._waiting.pop(result.id, [])]
        if not self._history.decide(op, result):
            return replies
        level = "notice" if result.outcome == CONFIRMED else "warning"
        by = f" by {result.delegate}" if result.delegate else ""
        why = f": {result.reason}" if result.reason else ""
        text = f"{result.action} of {result.target} is {result.outcome}{by}{why}"
        effects: list[Effect] = [Log(level, text), Publish(result), *replies]
        effects += self._owner.followed(result, now)
        if result.delegate == HUMAN:
            effects += self._owner.vouched(result, now)
        return effects

    def _broadcast(self, body: Message) -> list[Effect]:
        return [Send(node, 0, body) for node in sorted(self._peers)]

    # ---- time -------------------------------------------------------------------------------------

    def _due(self, key: str, now: Instant) -> list[Effect]:
        kind, _, name = key.partition("/")
        match kind:
            case "job":
                return self._pool.due(key, now.mono)
            case "metadata":
                return self._pool.metadata_due(name)
            case "survey":
                return self._end_survey(name)
            case "owner":
                return self._owner_lost(name, "it is out of reach", now)
            case "configure":
                # Done, as before anything else but news of the CIB.
                return []
            case "hold":
                command = self._held.pop(int(name), None)
                if command is None:
                    return []
                return self._command(int(name), command, now)
            case _:
                return self._owner.due(kind, name, now)


def _concerns(change: PatchChange) -> bool:
    """Whether a change of the CIB may change devices or the topology. Each one modifies the root: its version."""
    of_root = change.path == "/cib" and change.operation == "modify"
    return not of_root and not change.path.startswith("/cib/status")


def _result(op: FenceOp, outcome: str, reason: str, now: Instant, delegate: str = "") -> FenceResult:
    return FenceResult(
        id=op.id,
        target=op.target,
        action=op.action,
        outcome=outcome,
        delegate=delegate,
        origin=op.origin,
        client=op.client,
        reason=reason,
        completed=now.wall,
    )
