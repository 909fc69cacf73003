"""Stopping this node's part in the cluster, and letting others go."""

from collections.abc import Callable

from pcmk._core import GraphAction
from pcmk.controld import node_state
from pcmk.controld.attributes import Attributes
from pcmk.controld.events import MarkJoined, State
from pcmk.controld.roster import Peer
from pcmk.controld.shared import INFINITY, Shared
from pcmk.controld.transition import Transition
from pcmk.kernel.core import Exit
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.controld_peer import LeavePermitted, LeaveRequest

_ESCALATION = "shutdown-escalation"
_LAST_WRITES = "last-writes"
_PATIENCE = 5.0


class Departure:
    """Asks the DC for leave, or gives it as DC; then stops."""

    def __init__(
        self,
        shared: Shared,
        attributes: Attributes,
        announce: Callable[[], None],
        resign: Callable[[str], None],
    ) -> None:
        self._shared = shared
        self._attributes = attributes
        self._announce = announce
        self._resign = resign
        self._code: int = ExitCode.OK
        self._wanted: int = ExitCode.OK
        self._clean = False

    # ---- the own departure ------------------------------------------------------------------------

    def requested(self, code: int = ExitCode.OK) -> None:
        """This controller was told to stop, or must; `code` is how it exits when it has leave."""
        shared = self._shared
        if shared.leaving:
            if shared.state is not State.STOPPING:
                self.stop("told to stop a second time", ExitCode.ERROR)
            return
        shared.leaving = True
        self._wanted = code
        if shared.fresh or shared.must_wait(known=shared.known):
            # It never joined, so the cluster runs nothing here.
            self.stop("asked to stop before it joined", code)
            return
        shared.port.after(_ESCALATION, shared.options.shutdown_escalation, self._escalate)
        self._announce()
        self.ask()

    def ask(self) -> None:
        """Ask the DC, whoever that is by now, for leave."""
        shared = self._shared
        if shared.leaving and shared.standing.dc and shared.state is not State.STOPPING:
            shared.port.send(shared.standing.dc, shared.standing.term, LeaveRequest())

    def permitted(self) -> None:
        """The DC says that nothing runs here any more."""
        asked = self._shared.leaving
        self._clean = True
        self.stop("the DC permits it", self._wanted if asked else ExitCode.FATAL)

    def _escalate(self) -> None:
        self._shared.port.log("error", "The DC did not give leave in time: stopping with resources active")
        self.stop("no leave in time", self._wanted)

    def stop(self, reason: str, code: int) -> None:
        """Write what has to be written, and exit."""
        shared = self._shared
        if shared.state in (State.STOPPING, State.TERMINATE):
            return
        shared.leaving = True
        self._code = code
        shared.port.stop_timer(_ESCALATION)
        shared.port.log("notice", f"Stopping: {reason}")
        if shared.leading:
            # The next DC must find this one gone as announced.
            me = shared.roster.me
            shared.writer.submit((node_state.without_controller(me, clean=True),), term=shared.standing.term)
        shared.become(State.STOPPING)
        shared.port.after(_LAST_WRITES, _PATIENCE, self._end)
        self.advance()

    def advance(self) -> None:
        """Exit once all is written."""
        if self._shared.state is State.STOPPING and self._shared.writer.idle:
            self._end()

    def _end(self) -> None:
        shared = self._shared
        if shared.state is State.STOPPING:
            shared.port.stop_timer(_LAST_WRITES)
            self._resign("this controller stops")
            shared.become(State.TERMINATE)
            if self._clean:
                shared.port.emit(MarkJoined(False))
            shared.port.emit(Exit(self._code, "stopped" if self._code == ExitCode.OK else "stopped without leave"))

    # ---- as DC ------------------------------------------------------------------------------------

    def asked_by(self, peer: Peer) -> None:
        """A node wants to leave: the scheduler sees it by an attribute, moves its resources, and lets it go."""
        if self._shared.leading:
            self._shared.port.log("info", f"Node {peer.name} wants to leave")
            self._attributes.set(peer.name, "shutdown", str(self._shared.port.epoch))

    def let_go(self, action: GraphAction, transition: Transition) -> None:
        """The graph lets a node go."""
        shared = self._shared
        peer = shared.roster.get(action.on_node)
        transition.confirm(action.id)
        if peer is None:
            return
        if peer.name == shared.node:
            transition.abort(INFINITY, "shutdown", "Stopping this node")
            return
        peer.permitted = True
        shared.port.log("notice", f"Node {peer.name} may leave")
        shared.port.send(peer.name, shared.standing.term, LeavePermitted())
