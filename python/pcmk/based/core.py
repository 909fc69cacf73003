"""The CIB manager's core: clients in, roles, disk; see README.md for the protocol."""

from typing import TypeAlias, assert_never

from msgspec import Struct

from pcmk.based import operations
from pcmk.based.access import of_client
from pcmk.based.changes import Followers
from pcmk.based.disk import (
    ConflictDropped,
    ConflictKept,
    ConflictsRead,
    DropConflict,
    HistoryRead,
    Image,
    Persisted,
    PersistFailed,
    ReadConflicts,
    ReadHistory,
)
from pcmk.based.follower import Follower
from pcmk.based.language import complaint
from pcmk.based.primary import CHECK_TIMER, TAKEOVER_TIMER, Primary
from pcmk.based.state import BasedSettings, Effect, LocalAnswer, State
from pcmk.kernel.core import (
    CallResult,
    CancelTimer,
    CommonEvent,
    Exit,
    Instant,
    LinkDown,
    LinkUp,
    Notice,
    PeerDown,
    PeerMessage,
    PeerUp,
    Publish,
    Reply,
    Request,
    RequestGone,
    SetTimer,
    Started,
    Terminate,
    TimerFired,
    ViewChanged,
)
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.based_peer import (
    Answer,
    Ballot,
    Check,
    Collect,
    Committed,
    Copy,
    Fetch,
    Forward,
    KeepsConflicts,
    NeedCopy,
    NotStored,
    Refused,
    Replicate,
    RequestId,
    Stamp,
    Stored,
)
from pcmk.kernel.messages.cib import (
    CibAtQuery,
    CibChangesQuery,
    CibConflictsQuery,
    CibDisk,
    CibHistoryQuery,
    CibModify,
    CibQuery,
    CibReady,
    CibStatus,
    CibStatusQuery,
    CibVersion,
    DropCibConflict,
)
from pcmk.kernel.messages.common import Done, Failure, SetPrimary, View
from pcmk.kernel.users import acting, subject

Event: TypeAlias = (
    CommonEvent | Persisted | PersistFailed | ConflictKept | ConflictsRead | ConflictDropped | HistoryRead
)

DISK_TIMER = "disk"
_REQUEST_TIMER = "request:"


class _Outstanding(Struct):
    """A change that a client of this node asked for. `sent` when the primary of another node may have ordered it."""

    request: int
    modify: CibModify
    sent: bool = False
    answer: LocalAnswer | None = None


class BasedCore:
    """The CIB manager of one node. `image` is what was found on disk; `fresh` tells that the node has just started,
    so that nothing runs of what the status section says."""

    def __init__(
        self,
        node: str,
        incarnation: str,
        settings: BasedSettings | None = None,
        image: Image | None = None,
        *,
        fresh: bool = True,
    ) -> None:
        self._state = State(node, incarnation, settings or BasedSettings(), image or Image(), fresh)
        self._primary: Primary | None = None
        self._follower = Follower(self._state)
        self._wanted: int | None = None
        self._followers = Followers()
        self._outstanding: dict[int, _Outstanding] = {}
        self._last_number = 0
        self._checking = False
        self._disk_works = True
        # How many changes that lost the others keep, and how many of this node they know of.
        self._conflicts_on: dict[str, int] = {}
        self._told_conflicts = len(self._state.conflicts)
        # The own ballot in which all outstanding requests were handed to the own primary.
        self._asked = Ballot()

    @property
    def state(self) -> State:
        """The inner state, for tests and invariants; nobody else changes it."""
        return self._state

    def handle(self, event: Event, now: Instant) -> list[Effect]:
        """Take one event; see `pcmk.kernel.core`."""
        state = self._state
        state.now = now
        self._dispatch(event)
        if self._primary is not None:
            if self._primary.ballot != self._asked:
                self._asked = self._primary.ballot
                self._pass_on_all()
            self._primary.progress()
        else:
            self._follower.progress()
        self._settle_answers()
        for id, answer in self._followers.progress(state.chain, now.wall):
            self._reply(id, answer)
        self._tend_disk()
        self._tend_check()
        self._tell_disk()
        self._tell_conflicts()
        effects, state.out = state.out, []
        return effects

    def _dispatch(self, event: Event) -> None:
        state = self._state
        match event:
            case Started():
                for report in state.reports:
                    state.log("error", f"The CIB on disk: {report}")
                wrong = complaint(state.chain.head)
                if wrong:
                    state.log("error", f"The CIB on disk: {wrong}")
                if state.renew_disk:
                    state.rewrite_disk()
            case Request():
                self._request(event)
            case RequestGone(id=id):
                self._followers.forget(id)
                for number, outstanding in list(self._outstanding.items()):
                    if outstanding.request == id:
                        self._forget(number)
            case ViewChanged(view=view):
                self._view_changed(view)
            case PeerUp(node=node, incarnation=incarnation):
                state.up[node] = incarnation
                if state.conflicts:
                    state.send(node, KeepsConflicts(len(state.conflicts)))
                if self._primary is not None:
                    self._primary.peer_up(node)
            case PeerDown(node=node):
                state.up.pop(node, None)
                self._conflicts_on.pop(node, None)
                if self._primary is not None:
                    self._primary.peer_down(node)
            case PeerMessage():
                self._peer_message(event)
            case Persisted(id=id):
                state.disk.persisted(id)
            case PersistFailed():
                self._disk_failed(event)
            case ConflictKept(name=name, kept=kept):
                if kept:
                    state.conflict_kept(name)
            case ConflictDropped():
                self._conflict_dropped(event)
            case HistoryRead(request=request, answer=answer) | ConflictsRead(request=request, answer=answer):
                self._reply(request, answer)
            case TimerFired(key=key):
                self._timer(key)
            case Terminate():
                state.out.append(Exit(ExitCode.OK, "asked to stop"))
            case CallResult() | LinkUp() | LinkDown() | Notice():
                pass
            case _:
                assert_never(event)

    # ---- clients ----------------------------------------------------------------------------------

    def _request(self, event: Request) -> None:
        match event.body:
            case CibQuery() as query:
                state, asked = self._state, of_client(query, event.client)
                self._reply(event.id, operations.query(state.chain.committed, asked, state.term, state.now.wall))
            case CibModify() as modify:
                self._modify(event.id, of_client(modify, event.client))
            case CibChangesQuery() as query:
                state, asked = self._state, of_client(query, event.client)
                answer = self._followers.ask(event.id, asked, state.chain, state.now.wall)
                if answer is not None:
                    self._reply(event.id, answer)
            case CibHistoryQuery() | CibAtQuery() as query:
                self._read_history(event, query)
            case CibConflictsQuery() | DropCibConflict() as query:
                self._conflicts(event, query)
            case CibStatusQuery():
                self._reply(event.id, self._status())
            case SetPrimary() as told:
                self._reply(event.id, self._set_primary(told))
            case other:
                self._reply(event.id, Failure(ExitCode.PROTOCOL, f"{type(other).__name__} is no request to the CIB"))

    def _reply(self, id: int, body: Message) -> None:
        self._state.out.append(Reply(id, body))

    def _status(self) -> CibStatus:
        state, primary = self._state, self._primary
        leader = state.node if primary is not None else self._follower.primary
        return CibStatus(
            node=state.node,
            role="primary" if primary is not None else "follower" if leader else "alone",
            term=state.term,
            primary=leader,
            version=CibVersion(*state.chain.committed.version),
            digest=state.chain.committed.digest(),
            in_step=primary.ready if primary is not None else self._follower.in_step,
            conflicts=tuple(state.conflicts),
            disk_failure=state.disk.failure,
            conflicts_on=tuple(sorted(node for node in state.up if self._conflicts_on.get(node))),
        )

    def _read_history(self, event: Request, query: CibHistoryQuery | CibAtQuery) -> None:
        if not self._is_restricted(event, query.user, "the history shows"):
            chain = self._state.chain
            course = tuple(chain.lineage), chain.committed_position
            self._state.out.append(ReadHistory(event.id, query, *course))

    def _conflicts(self, event: Request, query: CibConflictsQuery | DropCibConflict) -> None:
        """Only names that are known lead to files."""
        state = self._state
        if self._is_restricted(event, query.user, "changes that lost show"):
            return
        if query.name and query.name not in state.conflicts:
            self._reply(event.id, Failure(ExitCode.NOSUCH, f"no change that lost is called {query.name} on this node"))
        elif isinstance(query, DropCibConflict):
            state.out.append(DropConflict(event.id, query.name))
        else:
            state.out.append(ReadConflicts(event.id, (query.name,) if query.name else tuple(state.conflicts)))

    def _conflict_dropped(self, event: ConflictDropped) -> None:
        state = self._state
        if event.failure:
            self._reply(event.request, Failure(ExitCode.IOERR, event.failure))
            return
        state.conflicts = [name for name in state.conflicts if name != event.name]
        state.log("notice", f"{event.name}, a change that lost at a merge, is not kept any more")
        self._reply(event.request, Done())

    def _is_restricted(self, event: Request, named: str, what: str) -> bool:
        """Whether ACLs apply to who asks for what has no part that they may read; then it is told."""
        user = subject(*acting(event.client, named, ()), self._state.now.wall)
        if user is None or not user.is_restricted(self._state.chain.committed):
            return False
        text = f"{what} all of the configuration, and access control lists are in force"
        self._reply(event.id, Failure(ExitCode.INSUFFICIENT_PRIV, text))
        return True

    def _modify(self, id: int, modify: CibModify) -> None:
        self._last_number += 1
        number = self._last_number
        self._outstanding[number] = _Outstanding(id, modify)
        self._state.out.append(SetTimer(f"{_REQUEST_TIMER}{number}", self._state.settings.request_timeout))
        self._pass_on(number)

    def _request_id(self, number: int) -> RequestId:
        return RequestId(self._state.node, self._state.incarnation, number, next(iter(self._outstanding), number))

    def _pass_on(self, number: int) -> None:
        """Hand a request to the primary, if there is one that can be reached."""
        outstanding = self._outstanding[number]
        if outstanding.answer is not None:
            return
        request = self._request_id(number)
        leader = self._follower.primary
        if self._primary is not None:
            again = outstanding.sent or number in self._state.ordered
            self._primary.request(request, outstanding.modify, again=again)
        elif leader in self._state.up:
            again = outstanding.sent or number in self._state.ordered
            self._state.send(leader, Forward(request, outstanding.modify, again))
            outstanding.sent = True

    def _pass_on_all(self) -> None:
        for number in list(self._outstanding):
            self._pass_on(number)

    def _settle_answers(self) -> None:
        """Answer clients, once their change can be read from this node as well."""
        state = self._state
        for answer in state.answers:
            outstanding = self._outstanding.get(answer.number)
            if outstanding is not None:
                outstanding.answer = answer
        state.answers = []
        for number, outstanding in list(self._outstanding.items()):
            answer = outstanding.answer
            if answer is not None and state.chain.has_committed(answer.position):
                self._reply(outstanding.request, answer.body)
                self._forget(number)

    def _forget(self, number: int) -> None:
        self._state.out.append(CancelTimer(f"{_REQUEST_TIMER}{number}"))
        if self._primary is not None:
            self._primary.forget(self._request_id(number))
        self._state.ordered.discard(number)
        del self._outstanding[number]

    def _request_late(self, number: int) -> None:
        outstanding = self._outstanding.get(number)
        if outstanding is None:
            return
        if outstanding.answer is not None:
            body = outstanding.answer.body
        elif not outstanding.sent and number not in self._state.ordered:
            body = Failure(ExitCode.TIMEOUT, "no primary took the change in time; nothing was changed")
        else:
            obstacle = self._primary.obstacle() if self._primary is not None else ""
            reason = f" ({obstacle})" if obstacle else ""
            text = f"the change was not confirmed in time{reason}; it may still take effect"
            body = Failure(ExitCode.INDETERMINATE, text)
        self._reply(outstanding.request, body)
        self._forget(number)

    # ---- roles ------------------------------------------------------------------------------------

    def _set_primary(self, told: SetPrimary) -> Done | Failure:
        state, term, node = self._state, told.term, told.node
        if term < state.term:
            return Failure(ExitCode.OLD, f"term {term} is over: term {state.term} is known")
        # The DC's controller may see a view earlier than this process does.
        members = state.view.names if state.view is not None else ()
        state.absent = tuple(name for name in told.absent if name in members)
        if node != state.node:
            self._wanted = None
            self._step_down()
            # Whom this node has promised to follow in this term it follows whatever its controller knows of.
            if state.promised.term != term:
                state.term = term
                self._follower.leave()
            return Done()
        if term == state.promised.term and state.promised.primary not in ("", node):
            return Failure(ExitCode.OLD, f"{state.promised.primary} is the primary of term {term}")
        if self._primary is not None and self._primary.term == term:
            if self._primary.ready:
                state.out.append(Publish(CibReady(term)))
            return Done()
        state.term = term
        self._wanted = term
        self._step_up()
        return Done()

    def _step_up(self) -> None:
        if self._wanted is None or self._state.view is None:
            return
        self._follower.leave()
        self._primary = Primary(self._state, self._wanted)
        self._wanted = None

    def _step_down(self) -> None:
        if self._primary is not None:
            self._primary = None
            self._state.out += [CancelTimer(TAKEOVER_TIMER), CancelTimer(CHECK_TIMER)]
            self._checking = False

    def _view_changed(self, view: View) -> None:
        state = self._state
        # Of who comes (back) into the view the DC has said nothing yet.
        state.absent = tuple(name for name in state.absent if name in view.names)
        state.view = view
        for node in [node for node in state.up if node not in view.names]:
            del state.up[node]
        if self._follower.primary and self._follower.primary not in view.names:
            self._follower.leave()
        if self._primary is not None:
            self._primary.view_changed()
        self._step_up()

    def _peer_message(self, event: PeerMessage) -> None:
        if isinstance(event.body, Collect):
            self._collect(event.node, event.body)
            return
        if isinstance(event.body, Refused):
            if self._primary is not None:
                self._primary.refused(event.node, event.body.ballot)
            return
        if isinstance(event.body, KeepsConflicts):
            self._conflicts_on[event.node] = event.body.number
            return
        if event.term < self._state.term:
            return
        self._message_of_term(event.node, event.body)

    def _message_of_term(self, node: str, body: Message) -> None:
        primary = self._primary
        match body:
            case Replicate() | Committed() | Check() | Copy() | Fetch() if primary is None:
                self._follower.message(node, body)
            case Answer() as answer:
                self._answered(answer)
            case _ if primary is None:
                return
            case Stamp() as stamp:
                primary.stamp(node, stamp)
            case Copy() as copy:
                primary.copy(node, copy)
            case Stored(ballot=ballot, head=head):
                primary.stored(node, ballot, head)
            case NotStored(ballot=ballot, reason=reason):
                primary.not_stored(node, ballot, reason)
            case NeedCopy(ballot=ballot, reason=reason):
                primary.need_copy(node, ballot, reason)
            case Forward(request=request, modify=modify, again=again):
                primary.request(request, modify, again=again)
            case _:
                return

    def _collect(self, node: str, message: Collect) -> None:
        if self._follower.collect(node, message):
            self._step_down()
            self._wanted = None
            self._pass_on_all()

    def _answered(self, answer: Answer) -> None:
        body = answer.modified or answer.failure
        if answer.incarnation == self._state.incarnation and body is not None:
            self._state.answers.append(LocalAnswer(answer.number, answer.position, body))

    # ---- time and disk ----------------------------------------------------------------------------

    def _timer(self, key: str) -> None:
        if key == TAKEOVER_TIMER and self._primary is not None:
            self._primary.patience_over()
        elif key == CHECK_TIMER and self._primary is not None:
            self._checking = False
            self._primary.check()
        elif key == DISK_TIMER:
            if self._state.disk.needs_base:
                self._state.rewrite_disk()
            self._state.disk.retry()
        elif key.startswith(_REQUEST_TIMER):
            self._request_late(int(key.removeprefix(_REQUEST_TIMER)))

    def _disk_failed(self, event: PersistFailed) -> None:
        state = self._state
        if not state.disk.failure:
            state.log("error", f"The CIB can't be written to the disk: {event.reason}")
        state.disk.failed(event)
        state.out.append(SetTimer(DISK_TIMER, state.settings.disk_retry))
        if self._primary is None:
            self._follower.disk_failed()

    def _tend_disk(self) -> None:
        state = self._state
        if state.disk.idle and state.disk.weight > state.settings.compact_weight:
            state.rewrite_disk()
        state.flush()

    def _tend_check(self) -> None:
        """Compare copies some time after a change, but not later because of more changes."""
        if self._primary is None or not self._primary.ready or self._checking:
            return
        if any(isinstance(effect, Publish) for effect in self._state.out):
            self._checking = True
            self._state.out.append(SetTimer(CHECK_TIMER, self._state.settings.check_interval))

    def _tell_conflicts(self) -> None:
        """Tell the other members how many changes that lost are kept here, so that each of them can say where."""
        state = self._state
        if len(state.conflicts) != self._told_conflicts:
            self._told_conflicts = len(state.conflicts)
            for node in state.up:
                state.send(node, KeepsConflicts(self._told_conflicts))

    def _tell_disk(self) -> None:
        """Tell the controller when the disk fails and when it works again: it decides who is DC."""
        failure = self._state.disk.failure
        if self._disk_works is bool(failure):
            self._disk_works = not failure
            self._state.out.append(Publish(CibDisk(failure)))
