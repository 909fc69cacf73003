"""The controller's core: events in, effects out; what is decided is decided in the parts."""

from typing import assert_never

from pcmk._core import Element, GraphAction
from pcmk.controld import aborts, history, node_state
from pcmk.controld.attributes import Attributes, failure_changes
from pcmk.controld.departure import Departure
from pcmk.controld.election import Election, Hooks
from pcmk.controld.events import CorosyncConfWritten, Effect, Event, Settings, State
from pcmk.controld.fencing import Fencing
from pcmk.controld.join import DcJoin
from pcmk.controld.lrm import Lrm
from pcmk.controld.member import Member
from pcmk.controld.membership import Membership
from pcmk.controld.options import options_of
from pcmk.controld.outsiders import disturbs
from pcmk.controld.planner import Planner
from pcmk.controld.port import Port
from pcmk.controld.primacy import Primacy
from pcmk.controld.roster import Peer, Roster
from pcmk.controld.shared import INFINITY, Completion, Shared
from pcmk.controld.tally import may_fire
from pcmk.controld.tools import Tools
from pcmk.controld.transition import Transition, Work
from pcmk.controld.watchdog import Watchdog
from pcmk.controld.writer import Writer, delete
from pcmk.kernel.cib_replica import CibReplica, ReplicaUpdate
from pcmk.kernel.core import (
    CallResult,
    Exit,
    Instant,
    LinkDown,
    LinkUp,
    MembershipProven,
    Notice,
    PeerDown,
    PeerMessage,
    PeerUp,
    Request,
    RequestGone,
    Started,
    Terminate,
    TimerFired,
    ViewChanged,
)
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.markup import quoted
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.attributes import AttributeClearFailures, AttributeUpdate
from pcmk.kernel.messages.cib import CibDisk, CibReady, CibStatus, CibStatusQuery, CibTermRefused
from pcmk.kernel.messages.common import View
from pcmk.kernel.messages.controld_peer import (
    Accept,
    ActionDone,
    AskState,
    Confirmed,
    ControllerHello,
    ForgetHistory,
    InjectFailure,
    Joined,
    KeepSecretsHere,
    LeavePermitted,
    LeaveRequest,
    NodeForgotten,
    Offer,
    PerformAction,
    Refuse,
    RelayDone,
    StateAnswer,
    StoreCorosyncConf,
    Welcome,
)
from pcmk.kernel.messages.controller import WatchdogQuery
from pcmk.kernel.messages.executor import OpResult
from pcmk.kernel.messages.fencer import FenceResult
from pcmk.kernel.messages.scheduler import Scheduled


class ControldCore:
    """One controller. `fresh` says that its node did not yet join in this life (see `MarkJoined`)."""

    def __init__(self, node: str, incarnation: str, fresh: bool, settings: Settings) -> None:
        port = Port(node)
        writer = Writer(port, settings.write_retry)
        self._shared = Shared(port, settings, Roster(node), CibReplica(), writer, incarnation, fresh)
        self._primacy = Primacy(port, self._ask_term)
        self._attributes = Attributes(port)
        hooks = Hooks(self._elected, self._released, self._offered, self._following, self._incompatible)
        self._election = Election(self._shared, self._primacy, hooks)
        self._membership = Membership(self._shared, self._primacy, self._node_failed)
        self._member = Member(self._shared, self._member_joined, lambda key: self._lrm.owns(key))
        self._lrm = Lrm(self._shared, self._member, self._executor_known)
        self._departure = Departure(self._shared, self._attributes, self._election.announce, self._election.step_down)
        self._fencing = Fencing(self._shared, self._attributes, lambda: self._transition, self._abort)
        self._transition = Transition(
            self._shared,
            Work(
                fence=self._fencing.fence,
                shut_down=lambda action: self._departure.let_go(action, self._transition),
                clear_failures=self._clear_failures,
                erase_history=self._erase_history,
                count_failure=self._count_failure,
                record_lost=self._record_lost,
                abort=self._abort,
                completed=self._completed,
                may_fire=lambda: may_fire(self._shared),
            ),
        )
        self._join = DcJoin(self._shared, self._nodes_joined, self._join_complete, self._fencing.remembered)
        self._planner = Planner(self._shared, self._may_plan, self._load)
        self._watchdog = Watchdog(self._shared, self._departure.requested)
        self._tools = Tools(self._shared, self._lrm, self._attributes, self._forget_node)
        self._term_known = False

    def handle(self, event: Event, now: Instant) -> list[Effect]:
        """Take one event at time `now`; return the effects in the order they must be carried out."""
        port = self._shared.port
        port.now = now
        update = self._shared.replica.handle(event, port.next_id)
        if update is not None:
            for effect in update.effects:
                port.emit(effect)
        self._take(event)
        if update is not None and update.changed:
            self._cib_changed(update)
        while (message := port.looped()) is not None:
            self._peer_message(message)
        self._advance()
        while (message := port.looped()) is not None:
            self._peer_message(message)
        return port.take()

    def _take(self, event: Event) -> None:
        shared, port = self._shared, self._shared.port
        match event:
            case Started():
                shared.started_ms = int(port.now.wall * 1000)
            case ViewChanged(view=view):
                self._view_changed(view)
            case PeerUp(node=node):
                shared.roster.connected(node, port.now)
                self._election.announce(node)
                self._election.consider()
            case PeerDown(node=node):
                self._peer_down(node)
            case PeerMessage():
                self._peer_message(event)
            case LinkUp(daemon=daemon):
                self._link_up(daemon)
            case LinkDown(daemon=daemon):
                self._primacy.unlinked(daemon)
                if daemon is Daemon.EXECD:
                    self._lrm.unlinked()
            case Notice(daemon=daemon, body=body):
                self._notice(daemon, body)
            case CallResult(id=id, body=body):
                port.answered(id, body)
            case TimerFired(key=key):
                port.fired(key)
            case Request(id=id, body=WatchdogQuery(bound=bound)):
                self._watchdog.asked(id, bound)
            case Request():
                self._tools.request(event)
            case Terminate():
                self._departure.requested()
            case CorosyncConfWritten():
                self._tools.configuration_written(event)
            case MembershipProven(id=id, holds=holds):
                self._watchdog.proven(id, holds)
            case RequestGone():
                pass
            case _:
                assert_never(event)

    def _advance(self) -> None:
        """What waits for a condition is looked at after every event."""
        if self._shared.leading:
            self._join.advance()
            self._planner.advance()
        self._watchdog.advance()
        self._member.advance()
        self._departure.advance()

    # ---- daemons of this node ---------------------------------------------------------------------

    def _link_up(self, daemon: Daemon) -> None:
        shared = self._shared
        self._primacy.linked(daemon)
        match daemon:
            case Daemon.BASED:
                shared.writer.linked()
                shared.port.call(Daemon.BASED, CibStatusQuery(), self._cib_status_told)
            case Daemon.ATTRD:
                self._attributes.linked()
            case Daemon.EXECD:
                self._lrm.linked()
            case Daemon.SCHEDULERD:
                self._planner.linked()
            case _:
                pass

    def _ask_term(self) -> None:
        """The CIB manager knows of a later term than the one it was told."""

        def told(body: Message) -> None:
            if isinstance(body, CibStatus):
                self._election.term_refused(body.term)
                self._election.learned(body.term)

        self._shared.port.call(Daemon.BASED, CibStatusQuery(), told)

    def _cib_status_told(self, body: Message) -> None:
        """The CIB manager knows which term this node has promised itself to, also from before a respawn."""
        standing = self._shared.standing
        if not isinstance(body, CibStatus):
            self._shared.port.after("cib-status-retry", 1.0, lambda: self._link_up(Daemon.BASED))
            return
        if not self._term_known:
            self._term_known = True
            if body.term >= standing.seen:
                standing.seen = standing.term = body.term
                standing.promised = body.primary
            self._start_if_ready()
        self._election.disk_told(body.disk_failure)

    def _start_if_ready(self) -> None:
        shared = self._shared
        if shared.state is State.STARTING and self._term_known and shared.roster.me.member:
            shared.become(State.PENDING)
            self._election.announce()
            self._election.consider()

    def _notice(self, daemon: Daemon, body: Message) -> None:
        match body:
            case CibReady(term=term) if daemon is Daemon.BASED:
                self._join.cib_ready(term)
            case CibTermRefused(term=term) if daemon is Daemon.BASED:
                self._election.term_refused(term)
            case CibDisk(failure=failure) if daemon is Daemon.BASED:
                self._election.disk_told(failure)
            case OpResult():
                self._lrm.result(body)
            case FenceResult():
                self._fencing.noticed(body)
            case _:
                pass

    def _executor_known(self) -> None:
        self._member.executor_known = True

    # ---- membership -------------------------------------------------------------------------------

    def _view_changed(self, view: View) -> None:
        shared = self._shared
        was_quorate = shared.roster.quorate
        came, went = shared.roster.take_view(view, shared.port.now)
        if was_quorate and not view.quorate:
            self._watchdog.quorum_lost()
        for peer in came:
            self._fencing.appeared(peer.name)
            self._membership.came(peer)
        for peer in went:
            self._peer_gone(peer)
            self._fencing.went(peer)
            self._membership.went(peer)
            self._election.lost(peer)
        if not shared.roster.me.member:
            self._election.step_down("this node is no member")
            return
        self._lrm.take_state()
        if was_quorate is not view.quorate and shared.leading:
            self._quorum_changed(view.quorate)
        self._membership.tell_absent()
        self._start_if_ready()
        self._election.consider()
        self._transition.drive()

    def _quorum_changed(self, quorate: bool) -> None:
        shared = self._shared
        shared.port.log("notice", f"Quorum {'gained' if quorate else 'lost'}")
        operation = node_state.root(shared.roster, shared.roster.me.id, shared.settings.feature_set)
        shared.writer.submit((operation,), term=shared.standing.term)
        if quorate:
            grace = shared.settings.quorum_grace
            shared.port.after("quorum", grace, lambda: self._abort(INFINITY, "restart", "Quorum gained"))
        else:
            shared.port.stop_timer("quorum")
            self._abort(INFINITY, "restart", "Quorum lost")

    def _peer_down(self, node: str) -> None:
        peer = self._shared.roster.disconnected(node, self._shared.port.now)
        if peer is not None:
            self._peer_gone(peer)
            if peer.member:
                self._membership.disconnected(peer)
            self._election.lost(peer)

    def _peer_gone(self, peer: Peer) -> None:
        self._tools.peer_lost(peer)

    def _node_failed(self, peer: Peer) -> None:
        self._transition.node_failed(peer)
        self._abort(INFINITY, "restart", "Node failure")

    def _forget_node(self, name: str) -> None:
        self._shared.roster.forget(name)
        self._fencing.forgotten(name)

    # ---- other controllers ------------------------------------------------------------------------

    def _peer_message(self, message: PeerMessage) -> None:
        shared, standing = self._shared, self._shared.standing
        peer = shared.roster.get(message.node)
        if peer is None or not peer.up:
            return
        body, term = message.body, message.term
        from_dc = message.node == standing.dc and term == standing.term
        to_dc = shared.leading and term == standing.term
        match body:
            case ControllerHello():
                self._election.heard(peer, term, body)
                self._membership.connected(peer)
                self._transition.drive()
            case Offer():
                self._election.offered(peer, term, body)
            case Accept():
                self._election.accepted(peer, term, body)
            case Refuse():
                self._election.refused(peer, body)
            case Welcome() if from_dc:
                self._member.welcomed(peer.name, term, body)
            case Joined() if to_dc:
                self._join.joined(peer, body.version, mended=body.mended)
            case Confirmed() if from_dc:
                self._member.mark()
            case PerformAction() if from_dc:
                self._lrm.perform(body)
            case ActionDone() if to_dc:
                self._transition.done(body)
            case LeaveRequest() if to_dc:
                self._departure.asked_by(peer)
            case LeavePermitted() if from_dc:
                self._departure.permitted()
            case NodeForgotten(name=name):
                self._forget_node(name)
            case AskState():
                self._tools.asked_for_state(peer, body)
            case StateAnswer():
                self._tools.state_told(peer, body)
            case ForgetHistory() | InjectFailure() | KeepSecretsHere() | StoreCorosyncConf():
                self._tools.relayed(peer, body)
            case RelayDone():
                self._tools.relay_done(body)
            case _:
                # Said in a term that is over, or to a role that this node does not have.
                self._election.learned(term)

    # ---- roles ------------------------------------------------------------------------------------

    def _elected(self) -> None:
        self._transition.halt()
        self._join.begin()
        self._membership.begin()

    def _released(self) -> None:
        self._join.end()
        self._membership.end()
        self._planner.stop()
        self._transition.halt()
        self._shared.writer.stop_being_dc()
        self._shared.port.stop_timer("quorum")

    def _offered(self) -> None:
        self._join.watch()
        if not self._transition.running:
            self._shared.become(State.INTEGRATION)

    def _following(self, dc: str) -> None:
        self._shared.port.log("info", f"{dc} is DC, term {self._shared.standing.term}")

    def _incompatible(self, reason: str) -> None:
        self._shared.port.emit(Exit(ExitCode.FATAL, reason))

    def _member_joined(self) -> None:
        self._departure.ask()

    def _nodes_joined(self, peers: list[Peer]) -> None:
        for peer in peers:
            self._transition.resend(peer)

    def _join_complete(self, news: bool) -> None:
        if news or not self._transition.running:
            self._abort(INFINITY, "restart", "Node join")

    # ---- transitions ------------------------------------------------------------------------------

    def _abort(self, priority: int, completion: Completion, text: str) -> None:
        shared = self._shared
        if not shared.leading or not self._join.ready:
            return
        # A new plan sees the quorum that was gained.
        shared.port.stop_timer("quorum")
        if self._transition.running:
            self._transition.abort(priority, completion, text)
        elif completion == "restart":
            shared.port.log("debug", f"Scheduling: {text}")
            self._planner.want(shared.options.transition_delay)

    def _may_plan(self) -> bool:
        shared = self._shared
        stops = shared.state is State.STOPPING
        return shared.leading and self._join.settled and not self._transition.running and not stops

    def _load(self, scheduled: Scheduled) -> None:
        self._shared.become(State.TRANSITION_ENGINE)
        try:
            self._transition.load(scheduled.graph_xml, scheduled.transition_id)
        except ValueError as error:
            self._planner.again(f"The scheduler's graph can't be read: {error}")

    def _completed(self, completion: Completion, text: str) -> None:
        match completion:
            case "restart":
                self._planner.want(self._shared.options.transition_delay)
            case "shutdown":
                self._departure.permitted()
            case "done" | "wait":
                self._planner.rest(self._transition.attr("recheck-by"))

    def _cib_changed(self, update: ReplicaUpdate) -> None:
        shared = self._shared
        cib = shared.replica.cib
        assert cib is not None
        if update.everything or any("/crm_config" in change.path for change in update.changes):
            before, shared.options = shared.options, options_of(cib)
            if shared.options.node_action_limit != before.node_action_limit:
                self._election.announce()
            if shared.options.dc_deadtime != before.dc_deadtime:
                self._election.consider()
        disturbed = disturbs(update)
        self._member.cib_changed(update, disturbed=disturbed)
        for resource in aborts.forgotten_failures(update.changes, shared.roster.me.id):
            self._lrm.failure_forgotten(resource)
        if shared.leading and shared.replica.term > shared.standing.term:
            # The CIB managers have another primary: the members that this node does not hear have another DC.
            self._election.learned(shared.replica.term)
        if not shared.leading:
            return
        if disturbed:
            shared.port.log(
                "notice", f"Nodes or status were changed by {update.client}: all nodes are asked what holds"
            )
            self._membership.state_again()
        if update.everything or disturbed:
            self._transition.catch_up((found.node, found.entry) for found in aborts.recorded(cib))
            self._abort(INFINITY, "restart", "Non-status-only change")
            self._join.reopen()
            return
        seen: dict[tuple[str, str, str], None] = {}
        for finding in aborts.examine(update.changes, cib, busy=self._transition.busy):
            self._found(finding, seen)

    def _found(self, finding: aborts.Finding, seen: dict[tuple[str, str, str], None]) -> None:
        match finding:
            case aborts.Reason(text=text, unless_down=node):
                if not node or not self._transition.expects_down(node):
                    self._abort(INFINITY, "restart", text)
            case aborts.Recorded(node=node, entry=entry):
                # One result comes under two ids.
                identity = node, entry.get("transition-magic", ""), entry.get("call-id", "")
                if identity not in seen:
                    seen[identity] = None
                    self._transition.recorded(node, entry)
            case aborts.Removed(node=node, entry=entry):
                if not self._transition.is_cancelled(node, entry):
                    self._abort(INFINITY, "restart", "Resource operation removal")
            case aborts.Forgotten(node=node, resource=resource):
                # Not left to the time stamp that who refreshes a resource writes in the end: two within a second write
                # the same one.
                if not self._transition.is_erased(node, resource):
                    self._abort(INFINITY, "restart", "Resource history removal")
            case _:
                assert_never(finding)

    # ---- work of the graph that the DC does itself ------------------------------------------------

    def _count_failure(self, node_id: str, entry: Element, outside: bool, ignored: bool) -> None:
        peer = self._shared.roster.by_id(node_id)
        changes = failure_changes(
            entry,
            peer.name if peer is not None else entry.get("on_node", ""),
            self._shared.port.epoch,
            self._transition.attr("failed-start-offset"),
            self._transition.attr("failed-stop-offset"),
            outside=outside,
            ignored=ignored,
        )
        if changes:
            self._attributes.ask(AttributeUpdate(changes))

    def _clear_failures(self, action: GraphAction) -> None:
        operation = action.meta("clear_failure_op") or ""
        interval = action.meta("clear_failure_interval") or "0"
        number = self._transition.number
        request = AttributeClearFailures(
            action.on_node, action.resource_id, operation, int(interval) if interval.isdecimal() else 0
        )
        path = f"{_history_path(action)}/lrm_rsc_op[@id={quoted(f'{action.resource_id}_last_failure_0')}]"

        def cleared() -> None:
            self._shared.writer.submit(
                (delete(path),),
                lambda version: self._finish(action, number, version is not None),
                term=self._shared.standing.term,
            )

        self._attributes.ask(request, cleared)

    def _erase_history(self, action: GraphAction) -> None:
        number = self._transition.number
        self._shared.writer.submit(
            (delete(_history_path(action)),),
            lambda version: self._finish(action, number, version is not None),
            term=self._shared.standing.term,
        )

    def _finish(self, action: GraphAction, number: int, done: bool) -> None:
        if self._transition.is_current(number):
            self._transition.confirm(action.id, failed=not done)
            self._transition.drive()

    def _record_lost(self, action: GraphAction, key: str) -> None:
        now = self._shared.port.epoch
        interval = action.meta("interval") or "0"
        result = OpResult(
            sequence=0,
            call_id=-1,
            resource=action.resource_id,
            standard=action.resource_class,
            provider=action.resource_provider,
            type=action.resource_type,
            action=action.operation,
            interval_ms=int(interval) if interval.isdecimal() else 0,
            timeout_ms=0,
            rc=ExitCode.ERROR,
            status=history.TIMEOUT,
            exit_reason="The node did not return the result in time",
            output="",
            exec_time_ms=0,
            queue_time_ms=0,
            last_run=now,
            last_rc_change=now,
            params=action.attributes,
            user_data=key,
        )
        place = history.Place(
            action.on_node, action.on_node_id, self._shared.settings.feature_set, self._shared.options.shutdown_lock
        )
        operation = history.entries(result, place, None)
        self._shared.writer.submit((operation,), term=self._shared.standing.term)


def _history_path(action: GraphAction) -> str:
    state = f"/cib/status/node_state[@id={quoted(action.on_node_id)}]"
    return f"{state}/lrm/lrm_resources/lrm_resource[@id={quoted(action.resource_id)}]"
