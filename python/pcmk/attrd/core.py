"""The attribute manager's core; see README.md for the protocol."""

from typing import assert_never

from msgspec import Struct, field
from msgspec.structs import replace

from pcmk.attrd import ordering, permissions, writer
from pcmk.attrd.cibwriter import WRITE_TIMER, CibWriter
from pcmk.attrd.table import Table
from pcmk.kernel.cib_replica import CibReplica
from pcmk.kernel.core import (
    CallResult,
    CancelTimer,
    Client,
    CommonEffect,
    CommonEvent,
    Exit,
    Instant,
    LinkDown,
    LinkUp,
    Log,
    Notice,
    PeerDown,
    PeerMessage,
    PeerUp,
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
from pcmk.kernel.messages.attrd_peer import (
    AdoptTable,
    AttributeForward,
    AttributeKind,
    AttributeRow,
    AttributeTable,
    CollectTables,
    ForwardDone,
    NeedTable,
    NodeDropped,
    Order,
    OrderApplied,
    Ordered,
    TableCollected,
)
from pcmk.kernel.messages.attributes import (
    AttributeChange,
    AttributeClearFailures,
    AttributePattern,
    AttributePurge,
    AttributeQuery,
    AttributeRefresh,
    AttributeUpdate,
    AttributeValue,
    AttributeValues,
)
from pcmk.kernel.messages.based_peer import RequestId
from pcmk.kernel.messages.common import Done, Failure, SetPrimary, View

COLLECT_TIMER = "collect"
_REQUEST_TIMER = "request:"


class AttrdSettings(Struct, frozen=True):
    """Times in seconds: how long a new primary waits for members that are being respawned, a client for its answer."""

    collect_wait: float = 4.0
    request_timeout: float = 25.0


class _Outstanding(Struct):
    """A change that a client of this node (or with `request` None, this manager itself) asked for."""

    request: int | None
    forward: AttributeForward
    sent: bool = False
    answer: ForwardDone | None = None


class _Waiter(Struct, frozen=True):
    """An answer that waits until enough members have applied `order`."""

    order: Order
    request: RequestId
    everywhere: bool


class _Primary(Struct):
    """What only the primary of a term has."""

    term: int
    writer: CibWriter
    leading: bool = False
    patience_over: bool = False
    collected: dict[str, AttributeTable] = field(default_factory=dict[str, AttributeTable])
    # Members that hold the table, and how far they have applied the order.
    applied: dict[str, Order] = field(default_factory=dict[str, Order])
    waiters: list[_Waiter] = field(default_factory=list[_Waiter])
    queue: list[AttributeForward] = field(default_factory=list[AttributeForward])
    seeded: bool = True


class AttrdCore:
    """The attribute manager of one node."""

    def __init__(self, node: str, incarnation: str, settings: AttrdSettings | None = None) -> None:
        self._node = node
        self._incarnation = incarnation
        self._settings = settings or AttrdSettings()
        self._table = Table()
        self._replica = CibReplica()
        self._view: View | None = None
        self._members: dict[str, int] = {}
        self._absent: tuple[str, ...] = ()
        self._up: set[str] = set()
        self._term = 0
        self._leader = ""
        # The order up to which the table follows that leader; None until its table was adopted.
        self._at: Order | None = None
        self._primary: _Primary | None = None
        self._wanted = False
        self._outstanding: dict[int, _Outstanding] = {}
        self._last_number = 0
        self._last_call = 0
        self._out: list[CommonEffect] = []
        self._now = Instant(0.0, 0.0)

    @property
    def table(self) -> Table:
        """The table, for tests and invariants; nobody else changes it."""
        return self._table

    def handle(self, event: CommonEvent, now: Instant) -> list[CommonEffect]:
        """Take one event; see `pcmk.kernel.core`."""
        self._now = now
        update = self._replica.handle(event, self._next_call_id)
        if update is not None:
            self._out += update.effects
            if self._primary is not None:
                self._primary.writer.cib_changed(update, now)
        self._dispatch(event)
        self._progress()
        effects, self._out = self._out, []
        return effects

    def _next_call_id(self) -> int:
        self._last_call += 1
        return self._last_call

    def _send(self, node: str, body: Message) -> None:
        self._out.append(Send(node, self._term, body))

    def _dispatch(self, event: CommonEvent) -> None:
        match event:
            case Request():
                self._request(event)
            case RequestGone(id=id):
                for number, outstanding in list(self._outstanding.items()):
                    if outstanding.request == id:
                        self._forget(number)
            case CallResult(id=id, body=body):
                if self._primary is not None:
                    self._out += self._primary.writer.result(id, body, self._now)
            case ViewChanged(view=view):
                self._view_changed(view)
            case PeerUp(node=node):
                self._up.add(node)
                if self._primary is not None:
                    self._send(node, CollectTables(self._term))
                elif node == self._leader:
                    self._pass_on_all()
            case PeerDown(node=node):
                self._up.discard(node)
                if self._primary is not None:
                    self._primary.applied.pop(node, None)
            case PeerMessage(node=node, term=term, body=body):
                self._peer_message(node, term, body)
            case TimerFired(key=key):
                self._timer(key)
            case Terminate():
                self._out.append(Exit(ExitCode.OK, "asked to stop"))
            case Started() | LinkUp() | LinkDown() | Notice():
                pass
            case _:
                assert_never(event)

    def _timer(self, key: str) -> None:
        if key == COLLECT_TIMER and self._primary is not None:
            self._primary.patience_over = True
        elif key.startswith(_REQUEST_TIMER):
            self._late(int(key.removeprefix(_REQUEST_TIMER)))

    def _progress(self) -> None:
        primary = self._primary
        if primary is None:
            return
        if not primary.leading:
            self._try_to_lead(primary)
        if primary.leading:
            self._seed(primary)
            self._settle(primary)
            self._out += primary.writer.write(self._members, self._now)

    # ---- clients ----------------------------------------------------------------------------------

    def _request(self, event: Request) -> None:
        match event.body:
            case AttributeQuery() as query:
                self._out.append(Reply(event.id, self._query(query, event.client)))
            case SetPrimary() as told:
                self._out.append(Reply(event.id, self._set_primary(told)))
            case AttributeUpdate() as update:
                changes = tuple(replace(change, node=self._host(change.node)) for change in update.changes)
                self._change(event, AttributeForward(self._new_id(), update=replace(update, changes=changes)))
            case AttributePattern() as pattern:
                changed = replace(pattern, node=self._host(pattern.node))
                self._change(event, AttributeForward(self._new_id(), pattern=changed))
            case AttributePurge() as purge:
                self._change(event, AttributeForward(self._new_id(), purge=purge))
            case AttributeClearFailures() as clear:
                self._change(event, AttributeForward(self._new_id(), clear=clear))
            case AttributeRefresh():
                self._change(event, AttributeForward(self._new_id()))
            case other:
                failure = Failure(ExitCode.PROTOCOL, f"{type(other).__name__} is no request to the attribute manager")
                self._out.append(Reply(event.id, failure))

    def _change(self, event: Request, forward: AttributeForward) -> None:
        """Ask for what a client of this node wants changed, if it may."""
        refusal = permissions.may_not_change(
            self._table, forward, self._replica.cib, self._members, event.client, self._now.wall
        )
        if refusal is not None:
            self._out.append(Reply(event.id, refusal))
            return
        waits = forward.update is None or forward.update.wait != "no"
        if not waits:
            self._out.append(Reply(event.id, Done()))
        self._ask(event.id if waits else None, forward)

    def _host(self, node: str) -> str:
        return self._node if node in ("", "localhost") else node

    def _query(self, query: AttributeQuery, client: Client) -> AttributeValues:
        all_rows = self._table.rows_of(query.name)
        rows = permissions.readable(self._table, all_rows, self._replica.cib, self._members, client, self._now.wall)
        # What nobody may know of is not known.
        known = query.name in self._table.kinds and (rows == all_rows or bool(rows))
        values = {row.node: row.value for row in rows}
        if query.node:
            node = self._host(query.node)
            return AttributeValues(known, (AttributeValue(query.name, node, values.get(node)),))
        return AttributeValues(known, tuple(AttributeValue(query.name, node, value) for node, value in values.items()))

    def _new_id(self) -> RequestId:
        self._last_number += 1
        done_below = next(iter(self._outstanding), self._last_number)
        return RequestId(self._node, self._incarnation, self._last_number, done_below)

    def _ask(self, request: int | None, forward: AttributeForward) -> None:
        number = forward.request.number
        self._outstanding[number] = _Outstanding(request, forward)
        if request is not None:
            self._out.append(SetTimer(f"{_REQUEST_TIMER}{number}", self._settings.request_timeout))
        self._pass_on(number)

    def _pass_on(self, number: int) -> None:
        outstanding = self._outstanding[number]
        if outstanding.answer is not None:
            return
        if self._primary is not None:
            outstanding.sent |= self._primary.leading
            self._forwarded(self._primary, outstanding.forward)
        elif self._leader in self._up and self._at is not None:
            outstanding.sent = True
            self._send(self._leader, outstanding.forward)

    def _pass_on_all(self) -> None:
        for number in list(self._outstanding):
            self._pass_on(number)

    def _answered(self, answer: ForwardDone) -> None:
        outstanding = self._outstanding.get(answer.number)
        if outstanding is not None and answer.incarnation == self._incarnation:
            outstanding.answer = answer
            self._settle_own()

    def _settle_own(self) -> None:
        """Answer clients whose change can be read from this node too."""
        for number, outstanding in list(self._outstanding.items()):
            answer = outstanding.answer
            if answer is None or (answer.failure is None and (self._at is None or answer.order > self._at)):
                continue
            if outstanding.request is not None:
                self._out.append(Reply(outstanding.request, answer.failure or Done()))
            self._forget(number)

    def _forget(self, number: int) -> None:
        outstanding = self._outstanding.pop(number)
        if outstanding.request is not None:
            self._out.append(CancelTimer(f"{_REQUEST_TIMER}{number}"))

    def _late(self, number: int) -> None:
        outstanding = self._outstanding.get(number)
        if outstanding is None or outstanding.request is None:
            return
        if outstanding.sent:
            failure = Failure(ExitCode.INDETERMINATE, "the change was not confirmed in time; it may still take effect")
        else:
            failure = Failure(ExitCode.TIMEOUT, "no primary took the change in time; nothing was changed")
        self._out.append(Reply(outstanding.request, failure))
        if self._primary is not None:
            self._primary.queue = [other for other in self._primary.queue if other != outstanding.forward]
        self._forget(number)

    # ---- roles ------------------------------------------------------------------------------------

    def _set_primary(self, told: SetPrimary) -> Done | Failure:
        if told.term < self._term:
            return Failure(ExitCode.OLD, f"term {told.term} is over: term {self._term} is known")
        members = self._view.names if self._view is not None else ()
        self._absent = tuple(name for name in told.absent if name in members)
        if told.node == self._node:
            if self._primary is None or self._primary.term != told.term:
                self._follow(told.term, self._node)
                self._wanted = True
                self._step_up()
        elif told.term > self._term or self._primary is not None:
            self._follow(told.term, told.node)
        return Done()

    def _follow(self, term: int, leader: str) -> None:
        """From now on only this leader's order counts; the table is kept until its table comes."""
        self._term, self._leader = term, leader
        self._at = None
        self._wanted = False
        if self._primary is not None:
            self._primary = None
            self._out += [CancelTimer(COLLECT_TIMER), CancelTimer(WRITE_TIMER)]

    def _step_up(self) -> None:
        if not self._wanted or self._view is None:
            return
        self._wanted = False
        cib_writer = CibWriter(self._table, self._replica, self._next_call_id, self._term)
        self._primary = _Primary(self._term, cib_writer)
        self._out.append(SetTimer(COLLECT_TIMER, self._settings.collect_wait))
        for node in self._view.names:
            if node in self._up:
                self._send(node, CollectTables(self._term))

    def _view_changed(self, view: View) -> None:
        self._view = view
        self._absent = tuple(name for name in self._absent if name in view.names)
        self._members |= {member.name: member.id for member in view.members}
        self._up &= set(view.names)
        self._step_up()
        primary = self._primary
        if primary is not None:
            primary.applied = {node: order for node, order in primary.applied.items() if node in view.names}
            primary.collected = {node: table for node, table in primary.collected.items() if node in view.names}
            if primary.leading:
                self._drop_lost(primary)
                # Ids of nodes may be known now that were not before.
                primary.writer.all_changed(self._now, at_once=False)

    def _try_to_lead(self, primary: _Primary) -> None:
        assert self._view is not None
        waited_for = {name for name in self._view.names if name not in self._absent} - {self._node}
        if not primary.patience_over and not waited_for <= set(primary.collected):
            return
        self._out.append(CancelTimer(COLLECT_TIMER))
        mine, kinds = self._own_rows(), dict(self._table.kinds)
        for _, table in sorted(primary.collected.items()):
            self._table.merge(table)
        primary.leading = True
        primary.seeded = not self._table.empty
        self._at = Order(self._term, 0)
        for node in sorted(primary.collected):
            if node in self._up:
                self._hand_table(primary, node)
        primary.collected = {}
        self._drop_lost(primary)
        primary.writer.all_changed(self._now, at_once=False)
        queue, primary.queue = primary.queue, []
        for forward in queue:
            self._forwarded(primary, forward)
        self._pass_on_all()
        self._claim(mine, kinds)

    def _own_rows(self) -> list[AttributeRow]:
        return [row for row in self._table.rows.values() if row.node == self._node and row.value is not None]

    def _hand_table(self, primary: _Primary, node: str) -> None:
        assert self._at is not None
        primary.applied[node] = Order()
        self._send(node, AdoptTable(self._at, self._table.message()))

    def _drop_lost(self, primary: _Primary) -> None:
        """Forget what nodes had that are members no more; what runs on them, if anything, has no such attributes."""
        assert self._view is not None
        rows = self._table.rows.values()
        lost = sorted({row.node for row in rows if not row.remote and row.node not in self._view.names})
        if lost:
            at = self._next_order()
            self._broadcast(primary, Ordered(at, dropped=tuple(NodeDropped(node, at) for node in lost)))

    def _seed(self, primary: _Primary) -> None:
        """When no attribute manager knew anything, for all of them died, what the CIB has is better than nothing."""
        cib = self._replica.cib
        if primary.seeded or cib is None or not self._replica.current:
            return
        primary.seeded = True
        at = self._next_order()
        assert self._view is not None
        found = [
            (replace(kind, order=at), replace(row, order=at))
            for kind, row in writer.values_in(cib)
            if (row.name, row.node) not in self._table.rows and (row.remote or row.node in self._view.names)
        ]
        kinds = {kind.name: kind for kind, _ in found if kind.name not in self._table.kinds}
        if found:
            self._broadcast(primary, Ordered(at, tuple(kinds.values()), tuple(row for _, row in found)))

    # ---- order ------------------------------------------------------------------------------------

    def _next_order(self) -> Order:
        assert self._at is not None
        return Order(self._term, self._at.seq + 1)

    def _forwarded(self, primary: _Primary, forward: AttributeForward) -> None:
        if not primary.leading:
            if all(other.request != forward.request for other in primary.queue):
                primary.queue.append(forward)
            return
        everywhere = forward.update is not None and forward.update.wait == "cluster"
        if self._table.was_done(forward.request):
            assert self._at is not None
            primary.waiters.append(_Waiter(self._at, forward.request, everywhere))
            return
        cib = self._replica.cib if forward.clear is not None else None
        in_cib = writer.values_in(cib) if cib is not None else []
        ordered = ordering.order(self._table, forward, self._next_order(), in_cib)
        if isinstance(ordered, Failure):
            self._answer(forward.request, Order(), ordered)
            return
        delays = [kind for kind in ordered.kinds if kind.name in self._table.kinds]
        changed_delay = {kind.name for kind in delays if self._table.kinds[kind.name].dampening_ms != kind.dampening_ms}
        self._broadcast(primary, ordered, at_once=changed_delay)
        if forward.update is None and forward.pattern is None and forward.purge is None and forward.clear is None:
            primary.writer.refresh(self._now)
        primary.waiters.append(_Waiter(ordered.order, forward.request, everywhere))

    def _broadcast(self, primary: _Primary, ordered: Ordered, at_once: set[str] | None = None) -> None:
        self._apply(ordered)
        for node in sorted(primary.applied):
            self._send(node, ordered)
        now = at_once or set[str]()
        for name in sorted({row.name for row in ordered.rows} | {kind.name for kind in ordered.kinds}):
            primary.writer.changed(name, self._now, at_once=name in now)
        for dropped in ordered.dropped:
            primary.writer.dropped(dropped.node)

    def _apply(self, ordered: Ordered) -> None:
        self._table.apply(ordered)
        self._at = ordered.order
        self._settle_own()

    def _settle(self, primary: _Primary) -> None:
        """Answer what enough members have: all that are there where asked for, else one beside this one, if there is
        one, so that what was answered outlives this node."""
        waiting, primary.waiters = primary.waiters, []
        for waiter in waiting:
            have = [order >= waiter.order for order in primary.applied.values()]
            if all(have) if waiter.everywhere else (any(have) or not have):
                self._answer(waiter.request, waiter.order, None)
            else:
                primary.waiters.append(waiter)

    def _answer(self, request: RequestId, order: Order, failure: Failure | None) -> None:
        answer = ForwardDone(request.number, request.incarnation, order, failure)
        if request.node == self._node:
            self._answered(answer)
        else:
            self._send(request.node, answer)

    # ---- peers ------------------------------------------------------------------------------------

    def _peer_message(self, node: str, term: int, body: Message) -> None:
        if term < self._term:
            return
        if isinstance(body, CollectTables):
            self._collect(node, body.term)
            return
        primary = self._primary
        match body:
            case AdoptTable() if node == self._leader and body.order.term == self._term:
                self._adopt(body)
            case Ordered() if node == self._leader and self._at is not None:
                if body.order == self._next_order():
                    self._apply(body)
                    self._send(node, OrderApplied(body.order))
                elif body.order > self._at:
                    self._at = None
                    self._send(node, NeedTable(self._term))
            case ForwardDone():
                self._answered(body)
            case _ if primary is None or term != self._term:
                return
            case TableCollected():
                self._collected(primary, node, body.table)
            case OrderApplied(order=order) if node in primary.applied:
                primary.applied[node] = order
            case NeedTable() if primary.leading:
                self._hand_table(primary, node)
            case AttributeForward():
                self._forwarded(primary, body)
            case _:
                return

    def _collect(self, node: str, term: int) -> None:
        if term == self._term and self._leader not in ("", node):
            return
        self._follow(term, node)
        self._send(node, TableCollected(term, self._table.message()))

    def _collected(self, primary: _Primary, node: str, table: AttributeTable) -> None:
        if not primary.leading:
            primary.collected[node] = table
            return
        self._take_newer(primary, table)
        self._hand_table(primary, node)

    def _take_newer(self, primary: _Primary, table: AttributeTable) -> None:
        """What a member that comes late knows better is ordered anew, for the others' sake."""
        merged = Table()
        merged.merge(self._table.message())
        merged.merge(table)
        assert self._view is not None
        at = self._next_order()
        kinds = [
            replace(kind, order=at) for name, kind in sorted(merged.kinds.items()) if name not in self._table.kinds
        ]
        rows = [
            replace(row, order=at)
            for key, row in sorted(merged.rows.items())
            if self._table.rows.get(key) != row and (row.remote or row.node in self._view.names)
        ]
        if kinds or rows:
            self._broadcast(primary, Ordered(at, tuple(kinds), tuple(rows)))

    def _adopt(self, message: AdoptTable) -> None:
        mine, kinds = self._own_rows(), dict(self._table.kinds)
        adopted = Table()
        adopted.merge(message.table)
        self._table = adopted
        self._at = message.order
        self._send(self._leader, OrderApplied(message.order))
        self._settle_own()
        self._pass_on_all()
        self._claim(mine, kinds)

    def _claim(self, mine: list[AttributeRow], kinds: dict[str, AttributeKind]) -> None:
        """Members that took this node for lost forgot its values. It was not: it asks for them again."""
        changes: list[AttributeChange] = []
        for row in sorted(mine, key=lambda row: row.name):
            known = self._table.rows.get((row.name, row.node))
            if known is not None and known.order >= row.order:
                continue
            kind = kinds[row.name]
            changes.append(
                AttributeChange(
                    row.name, row.value, row.node, kind.set_type, kind.set_id, kind.dampening_ms, kind.private
                )
            )
        if changes:
            names = ", ".join(change.name for change in changes)
            self._out.append(Log("notice", f"Attributes that others forgot when this node was lost to them: {names}"))
            self._ask(None, AttributeForward(self._new_id(), update=AttributeUpdate(tuple(changes))))
