"""Requests of tools."""

from collections.abc import Callable
from functools import partial

from pcmk._core import Element
from pcmk.controld.attributes import Attributes
from pcmk.controld.events import CorosyncConfWritten, WriteCorosyncConf
from pcmk.controld.lrm import Lrm
from pcmk.controld.roster import Peer
from pcmk.controld.shared import Shared
from pcmk.controld.writer import delete, modify
from pcmk.kernel.acl import refusal
from pcmk.kernel.core import Client, Request
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.markup import quoted, tag
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.attributes import AttributeClearFailures, AttributePurge
from pcmk.kernel.messages.cib import CibModified, CibOperation
from pcmk.kernel.messages.common import Done, Failure
from pcmk.kernel.messages.controld_peer import (
    AskState,
    ForgetHistory,
    InjectFailure,
    KeepSecretsHere,
    NodeForgotten,
    RelayDone,
    StateAnswer,
    StoreCorosyncConf,
)
from pcmk.kernel.messages.controller import (
    CleanupResource,
    ConfigureCorosync,
    ControllerQuery,
    ControllerStatus,
    FailResource,
    KnownNode,
    KnownNodes,
    NodesQuery,
    RefreshResource,
    RemoveNode,
    SecretsShared,
    SharedWith,
    ShareSecrets,
)
from pcmk.kernel.messages.executor import KeepSecrets

_RELAY_SECONDS = 25.0
_KEEP_SECONDS = 20.0


class Tools:
    """Answers tools; what concerns another node is relayed to its controller."""

    def __init__(self, shared: Shared, lrm: Lrm, attributes: Attributes, forget_node: Callable[[str], None]) -> None:
        self._shared = shared
        self._lrm = lrm
        self._attributes = attributes
        self._forget_node = forget_node
        self._relayed: dict[int, tuple[str, Callable[[Message], None]]] = {}
        self._writing: dict[int, Callable[[str], None]] = {}
        self._last = 0

    def request(self, request: Request) -> None:
        """Take a request; it is answered now or later."""

        def reply(body: Message) -> None:
            self._shared.port.reply(request.id, body)

        match request.body:
            case ControllerQuery(node=node):
                self._state_of(node, reply)
            case NodesQuery():
                reply(self._nodes())
            case RemoveNode(name=name):
                self._remove(name, request.client, reply)
            case ConfigureCorosync(node=node, configuration=text, replaces=replaces):
                self._relay(node, lambda number: StoreCorosyncConf(number, text, replaces), reply)
            case RefreshResource() as refresh:
                self._refresh(refresh, request.client, reply)
            case CleanupResource() as cleanup:
                self._clean_up(cleanup, request.client, reply)
            case FailResource() as fail:
                self._fail(fail, reply)
            case ShareSecrets(keep=keep):
                self._share(keep, reply)
            case other:
                reply(Failure(ExitCode.PROTOCOL, f"the controller does not know the request {type(other).__name__}"))

    # ---- what is ----------------------------------------------------------------------------------

    def status(self) -> ControllerStatus:
        """How this controller is."""
        shared = self._shared
        standing = shared.standing
        dc = standing.dc if standing.leading or standing.dc != shared.node else ""
        return ControllerStatus(
            shared.node, shared.state.value, dc, standing.term, shared.settings.feature_set, shared.roster.quorate
        )

    def _state_of(self, node: str, reply: Callable[[Message], None]) -> None:
        if node in ("", self._shared.node):
            reply(self.status())
        else:
            self._relay(node, AskState, reply)

    def asked_for_state(self, peer: Peer, ask: AskState) -> None:
        """A tool on another node wants to know."""
        status = self.status()
        answer = StateAnswer(ask.number, status.state, status.dc, status.term, status.feature_set, status.quorate)
        self._shared.port.send(peer.name, self._shared.standing.seen, answer)

    def state_told(self, peer: Peer, answer: StateAnswer) -> None:
        """Another controller told how it is."""
        status = ControllerStatus(
            peer.name, answer.state, answer.dc, answer.dc_term, answer.feature_set, answer.quorate
        )
        self._answered(answer.number, status)

    def _nodes(self) -> KnownNodes:
        nodes = {
            peer.name: KnownNode(peer.name, int(peer.id or 0), "member" if peer.member else "lost")
            for peer in self._shared.roster
            if peer.id
        }
        cib = self._shared.replica.cib
        for node in [] if cib is None else cib.find("/cib/configuration/nodes/node"):
            name, id = node.get("uname", ""), node.get("id", "")
            if node.get("type", "member") in ("member", "normal") and id.isdecimal():
                nodes.setdefault(name, KnownNode(name, int(id), "lost"))
        return KnownNodes(tuple(sorted(nodes.values(), key=lambda node: (node.id, node.name))))

    # ---- relaying ---------------------------------------------------------------------------------

    def _relay(self, node: str, make: Callable[[int], Message], reply: Callable[[Message], None]) -> None:
        shared = self._shared
        peer = shared.roster.get(node)
        if peer is None or not peer.up:
            reply(Failure(ExitCode.NOHOST, f"the controller of {node} can't be reached"))
            return
        self._last += 1
        number = self._last
        self._relayed[number] = (node, reply)
        failure = Failure(ExitCode.TIMEOUT, f"the controller of {node} does not answer")
        shared.port.after(f"relay/{number}", _RELAY_SECONDS, lambda: self._answered(number, failure))
        shared.port.send(node, shared.standing.seen, make(number))

    def _answered(self, number: int, body: Message) -> None:
        self._shared.port.stop_timer(f"relay/{number}")
        relayed = self._relayed.pop(number, None)
        if relayed is not None:
            relayed[1](body)

    def relay_done(self, done: RelayDone) -> None:
        """Another controller has carried out a request."""
        self._answered(done.number, Failure(done.code, done.message) if done.code else Done())

    def peer_lost(self, peer: Peer) -> None:
        """Nothing comes from a controller any more."""
        for number in [number for number, (node, _) in self._relayed.items() if node == peer.name]:
            self._answered(number, Failure(ExitCode.NOHOST, f"the controller of {peer.name} was lost"))

    def relayed(self, peer: Peer, body: ForgetHistory | InjectFailure | KeepSecretsHere | StoreCorosyncConf) -> None:
        """Another controller passes on what a tool wants of this node."""
        shared = self._shared

        def ended(code: int, problem: str) -> None:
            shared.port.send(peer.name, shared.standing.seen, RelayDone(body.number, code, problem))

        def done(problem: str = "", failed: ExitCode = ExitCode.NOSUCH) -> None:
            ended(failed if problem else ExitCode.OK, problem)

        match body:
            case ForgetHistory():
                self._lrm.forget(body.resource, done)
            case InjectFailure():
                problem = self._lrm.inject_failure(body.resource, done)
                if problem:
                    done(problem)
            case KeepSecretsHere():
                shared.port.call(Daemon.EXECD, body.keep, lambda answer: ended(*_problem(answer)), _KEEP_SECONDS)
            case StoreCorosyncConf():
                id = shared.port.next_id()
                self._writing[id] = lambda failure: done(failure, ExitCode.CANTCREAT)
                shared.port.log("notice", f"{peer.name} gives this node another corosync.conf")
                shared.port.emit(WriteCorosyncConf(id, body.configuration, body.replaces))

    def configuration_written(self, written: CorosyncConfWritten) -> None:
        """What another controller passed on is on disk, or could not be."""
        self._writing.pop(written.id)(written.failure)

    # ---- changes ----------------------------------------------------------------------------------

    def _is_refused(
        self, client: Client, operations: tuple[CibOperation, ...], reply: Callable[[Message], None]
    ) -> bool:
        """Whether ACLs don't let a client make such changes; then it is told."""
        problem = refusal(self._shared.replica.cib, client, operations, self._shared.port.now.wall)
        if problem is not None:
            reply(problem)
        return problem is not None

    def _remove(self, name: str, client: Client, reply: Callable[[Message], None]) -> None:
        shared = self._shared
        peer = shared.roster.get(name)
        if peer is not None and peer.member:
            reply(Failure(ExitCode.UNSAFE, f"{name} is a member of the cluster; stop it first"))
            return
        uname = quoted(name)
        operations = (
            delete(f"/cib/configuration/nodes/node[@uname={uname}]"),
            delete(f"/cib/status/node_state[@uname={uname}]"),
        )
        if self._is_refused(client, operations, reply):
            return

        def written(done: CibModified | None) -> None:
            if done is None:
                reply(Failure(ExitCode.ERROR, f"{name} could not be removed from the CIB"))
                return
            self._forget_node(name)
            for other in shared.roster:
                if other.up and other.name != shared.node:
                    shared.port.send(other.name, shared.standing.seen, NodeForgotten(name))
            self._attributes.ask(AttributePurge(name), lambda: reply(Done()))

        shared.writer.submit(operations, written)

    def _fail(self, fail: FailResource, reply: Callable[[Message], None]) -> None:
        self._relay(fail.node, lambda number: InjectFailure(number, fail.resource), reply)

    def _share(self, keep: KeepSecrets, reply: Callable[[Message], None]) -> None:
        """Have all other nodes keep secrets, and tell what came of it."""
        awaited = [node.name for node in self._nodes().nodes if node.name != self._shared.node]
        told: dict[str, SharedWith] = {}

        def one(node: str, body: Message) -> None:
            told[node] = SharedWith(node, *_problem(body))
            tell()

        def tell() -> None:
            if len(told) == len(awaited):
                reply(SecretsShared(tuple(told[node] for node in sorted(told))))

        for node in awaited:
            self._relay(node, lambda number: KeepSecretsHere(number, keep), partial(one, node))
        if not awaited:
            tell()

    def _refresh(self, refresh: RefreshResource, client: Client, reply: Callable[[Message], None]) -> None:
        nodes = [refresh.node] if refresh.node else self._nodes_with_history()
        pairs = [(node, refresh.resource) for node in nodes]
        clear = [AttributeClearFailures(refresh.node, refresh.resource)]
        self._forget(pairs, clear, client, reply)

    def _clean_up(self, cleanup: CleanupResource, client: Client, reply: Callable[[Message], None]) -> None:
        pairs = self._failed(cleanup)
        clear = [AttributeClearFailures(cleanup.node, cleanup.resource, cleanup.operation, cleanup.interval_ms)]
        self._forget(pairs, clear, client, reply)

    def _nodes_with_history(self) -> list[str]:
        cib = self._shared.replica.cib
        states: list[Element] = [] if cib is None else cib.find("/cib/status/node_state")
        return [state.get("uname", "") for state in states if state.child("lrm") is not None]

    def _failed(self, cleanup: CleanupResource) -> list[tuple[str, str]]:
        """Nodes and resources with a recorded failure that is to be cleaned up."""
        cib = self._shared.replica.cib
        found: list[tuple[str, str]] = []
        for state in [] if cib is None else cib.find("/cib/status/node_state"):
            node = state.get("uname", "")
            if cleanup.node not in ("", node):
                continue
            for resource in state.find("//lrm_resource"):
                name = resource.get("id", "")
                wanted = cleanup.resource in ("", name, name.partition(":")[0])
                if wanted and any(_matches(entry, name, cleanup) for entry in resource.children):
                    found.append((node, name))
        return found

    def _forget(
        self,
        pairs: list[tuple[str, str]],
        clear: list[AttributeClearFailures],
        client: Client,
        reply: Callable[[Message], None],
    ) -> None:
        """Forget histories one after the other, then fail counts, then have everything looked at anew."""
        shared = self._shared
        operations = (*(_without_history(*pair) for pair in pairs), *map(_without_failures, clear))
        if self._is_refused(client, operations, reply):
            return
        failures: list[Failure] = []

        def finish() -> None:
            stamp = tag("nvpair", _nvpair("last-lrm-refresh", str(shared.port.epoch)))
            operation = modify("crm_config", tag("cluster_property_set", {"id": "cib-bootstrap-options"}, stamp))
            shared.writer.submit((operation,), lambda _: reply(failures[0] if failures else Done()))

        def one(body: Message) -> None:
            if isinstance(body, Failure):
                failures.append(body)
            step()

        def step() -> None:
            if pairs:
                node, resource = pairs.pop(0)
                self._forget_on(node, resource, one)
            elif clear:
                self._attributes.ask(clear.pop(), step)
            else:
                finish()

        step()

    def _forget_on(self, node: str, resource: str, then: Callable[[Message], None]) -> None:
        shared = self._shared
        peer = shared.roster.get(node)
        if peer is not None and peer.up:
            self._relay(node, lambda number: ForgetHistory(number, resource), then)
            return
        if peer is not None and peer.member:
            then(Failure(ExitCode.NOHOST, f"the controller of {node} can't be reached"))
            return
        shared.writer.submit((_without_history(node, resource),), lambda _: then(Done()))


def _problem(answer: Message) -> tuple[int, str]:
    return (answer.code, answer.message) if isinstance(answer, Failure) else (ExitCode.OK, "")


def _without_history(node: str, resource: str) -> CibOperation:
    path = f"/cib/status/node_state[@uname={quoted(node)}]/lrm/lrm_resources/lrm_resource"
    return delete(path + (f"[@id={quoted(resource)}]" if resource else ""))


def _without_failures(clear: AttributeClearFailures) -> CibOperation:
    """What is taken from the CIB when failures are cleared, or more: those of all operations of the resource."""
    node = f"[@uname={quoted(clear.node)}]" if clear.node else ""
    after = f"{clear.resource}#" if clear.resource else ""
    names = " or ".join(f"starts-with(@name, {quoted(prefix + after)})" for prefix in ("fail-count-", "last-failure-"))
    return delete(f"/cib/status/node_state{node}/transient_attributes/*/nvpair[{names}]")


def _matches(entry: Element, resource: str, cleanup: CleanupResource) -> bool:
    if entry.get("id") != f"{resource}_last_failure_0":
        return False
    same_operation = cleanup.operation in ("", entry.get("operation"))
    same_interval = (
        not cleanup.operation or not cleanup.interval_ms or entry.get("interval") == str(cleanup.interval_ms)
    )
    return same_operation and same_interval


def _nvpair(name: str, value: str) -> dict[str, str]:
    return {"id": f"cib-bootstrap-options-{name}", "name": name, "value": value}
