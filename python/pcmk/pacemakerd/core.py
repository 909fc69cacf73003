"""The supervisor's decisions. Pure; `pcmk.pacemakerd.shell` is its shell."""

from enum import StrEnum
from signal import SIGKILL, SIGTERM
from typing import TypeAlias

from msgspec import Struct, field

from pcmk.kernel.core import (
    CallResult,
    CancelTimer,
    CommonEvent,
    Exit,
    Instant,
    Log,
    Publish,
    Reply,
    Request,
    SetTimer,
    Started,
    Terminate,
    TimerFired,
)
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import Done, Failure
from pcmk.kernel.messages.pacemakerd import DaemonState, ShutdownRequest, SupervisorQuery, SupervisorStatus
from pcmk.pacemakerd import keeper
from pcmk.pacemakerd.keeper import JoinedSeen, Keeper, KeeperEffect
from pcmk.pacemakerd.respawn import Exits

ORDER = (Daemon.BASED, Daemon.FENCED, Daemon.EXECD, Daemon.ATTRD, Daemon.SCHEDULERD, Daemon.CONTROLD)
NEEDS: dict[Daemon, tuple[Daemon, ...]] = {Daemon.CONTROLD: ORDER[:-1]}
"""Who must answer before a daemon is started for the first time: the controller talks to all others at once."""
STOP_STAGES = (
    (Daemon.CONTROLD,),
    (Daemon.SCHEDULERD, Daemon.ATTRD, Daemon.EXECD, Daemon.FENCED),
    (Daemon.BASED,),
)
"""The controller moves the node's resources away and needs all others for it; the CIB manager serves to the last. Until
the controller has ended the others are therefore watched and respawned as ever: without its attribute manager or its
executor it would wait for the end of its patience, with the node's resources active, and the node had to be fenced."""
START_PROBE = 0.05
CHECK_INTERVAL = 1.0
STOP_LIMIT = 180.0
WAITING_INTERVAL = 30.0
LOST_MEMBERSHIP_DELAY = 1.0


class SupervisorSettings(Struct, frozen=True):
    """`hung_after`: seconds without an answer until a daemon is killed. `watchdog`: seconds without a sign of life
    until the node's watchdog device resets it; 0 without one."""

    node: str
    hung_after: float = 20.0
    fail_fast: bool = False
    watchdog: float = 0.0


# ---- events ---------------------------------------------------------------------------------------


class ChildStarted(Struct, frozen=True):
    """A daemon was forked."""

    daemon: Daemon
    pid: int


class StartFailed(Struct, frozen=True):
    """A daemon could not be forked."""

    daemon: Daemon
    reason: str


class ChildExited(Struct, frozen=True):
    """A daemon ended; `code` None when killed by `signal`, or when it was adopted and its end is not known."""

    daemon: Daemon
    pid: int
    code: int | None = None
    signal: int | None = None


class Probed(Struct, frozen=True):
    """What is at a daemon's socket: the process that listens (None: nobody) and whether it answered."""

    daemon: Daemon
    pid: int | None
    answers: bool


Event: TypeAlias = CommonEvent | ChildStarted | StartFailed | ChildExited | Probed | JoinedSeen

# ---- effects --------------------------------------------------------------------------------------


class Probe(Struct, frozen=True):
    """Look at a daemon's socket; one `Probed` follows."""

    daemon: Daemon


class StartChild(Struct, frozen=True):
    """Fork a daemon; `ChildStarted` or `StartFailed` follows, and `ChildExited` after the former."""

    daemon: Daemon
    respawned: bool


class Adopt(Struct, frozen=True):
    """Watch a daemon of a former pacemakerd; `ChildExited` follows when it ends."""

    daemon: Daemon
    pid: int


class Signal(Struct, frozen=True):
    """Send a signal to a daemon."""

    daemon: Daemon
    pid: int
    number: int


class TellManager(Struct, frozen=True):
    """Tell the service manager the supervisor's state."""

    state: str


class Mark(Struct, frozen=True):
    """Remember until the machine starts anew, or forget, that the node's daemons were started."""

    started: bool


class Panic(Struct, frozen=True):
    """This node cannot be trusted any more: take it down the hard way, at once."""

    reason: str


Effect: TypeAlias = KeeperEffect | Probe | StartChild | Adopt | Signal | TellManager | Mark | Panic


class Phase(StrEnum):
    """The supervisor's states, as `SupervisorStatus` names them."""

    INIT = "init"
    STARTING = "starting_daemons"
    RUNNING = "running"
    SHUTTING_DOWN = "shutting_down"
    COMPLETE = "shutdown_complete"


class Life(StrEnum):
    """The states of a daemon."""

    UNKNOWN = "unknown"
    """Its socket is looked at before it is started."""
    DOWN = "down"
    WAITING = "waiting"
    """It is started when its respawn delay is over."""
    STARTING = "starting"
    UP = "up"
    STOPPING = "stopping"
    GIVEN_UP = "given_up"


class _Child(Struct):
    daemon: Daemon
    life: Life = Life.DOWN
    pid: int = 0
    probing: bool = False
    silent_since: float | None = None
    exits: Exits = field(default_factory=Exits)

    @property
    def ended(self) -> bool:
        return self.life in (Life.DOWN, Life.GIVEN_UP)


class Supervisor:
    """The daemons of one node.

    `started_before` tells that an earlier pacemakerd started them since the machine did, and did not stop them: what
    they did may still be in force, so they are started as respawned ones.
    """

    def __init__(self, settings: SupervisorSettings, started_before: bool) -> None:
        self._settings = settings
        self._phase = Phase.INIT
        self._children = {daemon: _Child(daemon) for daemon in ORDER}
        self._was_running = started_before
        self._next_check = 0
        self._progress = 0
        self._exit_code = ExitCode.OK
        self._reason = ""
        self._keeper = Keeper(settings.watchdog) if settings.watchdog else None

    def handle(self, event: Event, now: Instant) -> list[Effect]:
        """Take one event; see `pcmk.kernel.core`."""
        match event:
            case Started():
                self._progress = int(now.wall)
                watch = self._keeper.start(now) if self._keeper is not None else []
                return [*watch, *self._look_all(), SetTimer("check", CHECK_INTERVAL)]
            case Probed():
                return self._probed(self._children[event.daemon], event, now)
            case ChildStarted():
                return self._started(self._children[event.daemon], event.pid, now)
            case StartFailed():
                return self._start_failed(self._children[event.daemon], event.reason, now)
            case ChildExited():
                return self._exited(self._children[event.daemon], event, now)
            case TimerFired(key=keeper.TIMER) if self._keeper is not None:
                return list(self._keeper.due(now, well=self._is_well()))
            case JoinedSeen() if self._keeper is not None:
                return list(self._keeper.seen(event, now))
            case CallResult(id=id, body=body) if self._keeper is not None:
                return list(self._keeper.answered(id, body, now))
            case TimerFired():
                return self._timer(event.key)
            case Request():
                return self._request(event, now)
            case Terminate():
                return self._shut_down("asked to by a signal", ExitCode.OK, now)
            case _:
                return []

    # ---- start --------------------------------------------------------------------------------

    def _look_all(self) -> list[Effect]:
        return [effect for child in self._children.values() for effect in self._look(child)]

    def _look(self, child: _Child) -> list[Effect]:
        """Before a start: does it run already?"""
        child.life = Life.UNKNOWN
        return self._probe(child)

    def _probe(self, child: _Child) -> list[Effect]:
        if child.probing:
            return []
        child.probing = True
        return [Probe(child.daemon)]

    def _probed(self, child: _Child, event: Probed, now: Instant) -> list[Effect]:
        child.probing = False
        match child.life:
            case Life.UNKNOWN:
                return self._found(child, event, now)
            case Life.STARTING | Life.UP if event.answers and event.pid == child.pid:
                return self._answered(child, now)
            case Life.STARTING | Life.UP if self._is_wanted(child):
                return self._silent(child, now)
            case _:
                return []

    def _found(self, child: _Child, event: Probed, now: Instant) -> list[Effect]:
        if event.pid is None:
            child.life = Life.DOWN
            return self._go_on(now)
        child.pid = event.pid
        child.life = Life.STARTING
        child.silent_since = now.mono
        effects: list[Effect] = [
            Log("notice", f"Taking over {child.daemon.value}, which runs already", (("pid", str(event.pid)),)),
            Adopt(child.daemon, event.pid),
        ]
        if event.answers:
            return [*effects, *self._answered(child, now)]
        return [*effects, SetTimer(_probe_key(child), START_PROBE), *self._go_on(now)]

    def _go_on(self, now: Instant) -> list[Effect]:
        """Whatever can be done next: daemons whose turn it is, or the next stage of a shutdown."""
        if any(child.life is Life.UNKNOWN for child in self._children.values()) and self._phase is Phase.INIT:
            return []
        effects = [Mark(True), *self._enter(Phase.STARTING, now)] if self._phase is Phase.INIT else []
        for child in self._children.values():
            needed = () if child.exits.total else NEEDS.get(child.daemon, ())
            if child.life is not Life.DOWN or not self._is_wanted(child):
                continue
            if all(self._children[other].life is Life.UP for other in needed):
                child.life = Life.STARTING
                child.silent_since = None
                effects.append(StartChild(child.daemon, self._was_running or child.exits.total > 0))
        if self._phase is Phase.STARTING and all(child.life is Life.UP for child in self._children.values()):
            self._was_running = True
            effects += self._enter(Phase.RUNNING, now)
        return [*effects, *self._stop_next(now)] if self._phase is Phase.SHUTTING_DOWN else effects

    def _is_wanted(self, child: _Child) -> bool:
        """Whether a daemon is to run: any, until a shutdown begins; then those that the controller needs to end."""
        if self._phase is not Phase.SHUTTING_DOWN:
            return True
        controller = self._children[Daemon.CONTROLD]
        return child is not controller and controller.life in (Life.STARTING, Life.UP, Life.STOPPING)

    def _started(self, child: _Child, pid: int, now: Instant) -> list[Effect]:
        child.pid = pid
        child.silent_since = now.mono
        effects: list[Effect] = [
            Log("info", f"Started {child.daemon.value}", (("pid", str(pid)),)),
            SetTimer(_probe_key(child), START_PROBE),
        ]
        return [*effects, *self._stop_next(now)] if self._phase is Phase.SHUTTING_DOWN else effects

    def _start_failed(self, child: _Child, reason: str, now: Instant) -> list[Effect]:
        child.pid = 0
        child.life = Life.DOWN
        log = Log("error", f"Cannot start {child.daemon.value}: {reason}")
        return [log, *(self._respawn(child, now) if self._is_wanted(child) else self._stop_next(now))]

    # ---- watch --------------------------------------------------------------------------------

    def _answered(self, child: _Child, now: Instant) -> list[Effect]:
        child.silent_since = None
        self._progress = int(now.wall)
        if child.life is Life.UP:
            return []
        child.life = Life.UP
        log = Log("info", f"{child.daemon.value} is up", (("pid", str(child.pid)),))
        return [log, *self._publish_if_running(now), *self._go_on(now)]

    def _silent(self, child: _Child, now: Instant) -> list[Effect]:
        if child.silent_since is None:
            child.silent_since = now.mono
        silence = now.mono - child.silent_since
        if silence < self._settings.hung_after:
            return [SetTimer(_probe_key(child), START_PROBE if child.life is Life.STARTING else CHECK_INTERVAL)]
        child.silent_since = now.mono
        return [
            Log("error", f"{child.daemon.value} has not answered for {silence:.0f} s and is killed"),
            Signal(child.daemon, child.pid, SIGKILL),
            SetTimer(_probe_key(child), CHECK_INTERVAL),
        ]

    def _is_well(self) -> bool:
        return all(child.life is Life.UP for child in self._children.values() if self._is_wanted(child))

    def _timer(self, key: str) -> list[Effect]:
        kind, _, name = key.partition(":")
        child = self._children[Daemon(name)] if name else None
        match kind, child:
            case "check", None:
                return [SetTimer("check", CHECK_INTERVAL), *self._check_next()]
            case "waiting", None:
                still = ", ".join(child.daemon.value for child in self._children.values() if not child.ended)
                return [Log("notice", f"Still waiting for {still} to stop"), SetTimer("waiting", WAITING_INTERVAL)]
            case "probe", _Child(life=Life.STARTING | Life.UP):
                return self._probe(child)
            case "respawn", _Child(life=Life.WAITING):
                return self._look(child)
            case "stop", _Child(life=Life.STOPPING):
                return [
                    Log("error", f"{child.daemon.value} does not stop and is killed"),
                    Signal(child.daemon, child.pid, SIGKILL),
                ]
            case _:
                return []

    def _check_next(self) -> list[Effect]:
        """One daemon a second is asked for a sign of life, in turn."""
        child = self._children[ORDER[self._next_check]]
        self._next_check = (self._next_check + 1) % len(ORDER)
        # A daemon that did not answer the last time has a timer of its own.
        due = child.life is Life.UP and child.silent_since is None and self._is_wanted(child)
        return self._probe(child) if due else []

    def _exited(self, child: _Child, event: ChildExited, now: Instant) -> list[Effect]:
        if event.pid != child.pid:
            return []
        child.pid = 0
        child.silent_since = None
        child.life = Life.DOWN
        stopping = self._phase is Phase.SHUTTING_DOWN
        effects: list[Effect] = [_exit_log(event, stopping), CancelTimer(_probe_key(child))]
        if event.code == ExitCode.PANIC:
            return [*effects, Panic(f"{child.daemon.value} found this node beyond help")]
        if event.code == ExitCode.FATAL:
            self._exit_code = ExitCode.FATAL
            child.life = Life.GIVEN_UP
            return [*effects, *self._shut_down(f"{child.daemon.value} can't go on", ExitCode.FATAL, now)]
        if not self._is_wanted(child):
            return [*effects, CancelTimer(f"stop:{child.daemon.value}"), *self._stop_next(now)]
        if self._settings.fail_fast and event.code != ExitCode.OK and not stopping:
            return [*effects, Panic(f"{child.daemon.value} failed and PCMK_fail_fast is set")]
        if event.code == ExitCode.DISCONNECT:
            child.life = Life.WAITING
            return [*effects, SetTimer(f"respawn:{child.daemon.value}", LOST_MEMBERSHIP_DELAY)]
        return [*effects, *self._respawn(child, now)]

    def _respawn(self, child: _Child, now: Instant) -> list[Effect]:
        delay = child.exits.add(now.mono)
        if delay is None:
            child.life = Life.GIVEN_UP
            return [
                Log("crit", f"{child.daemon.value} exited too often and is not started again"),
                *self._publish_if_running(now),
            ]
        if delay == 0:
            return [*self._look(child), *self._publish_if_running(now)]
        child.life = Life.WAITING
        return [SetTimer(f"respawn:{child.daemon.value}", delay), *self._publish_if_running(now)]

    # ---- stop ---------------------------------------------------------------------------------

    def _shut_down(self, reason: str, code: ExitCode, now: Instant) -> list[Effect]:
        if self._phase in (Phase.SHUTTING_DOWN, Phase.COMPLETE):
            return self._stop_next(now) if self._phase is Phase.SHUTTING_DOWN else []
        self._reason, self._exit_code = reason, code
        effects: list[Effect] = [Log("notice", f"Shutting down: {reason}"), *self._enter(Phase.SHUTTING_DOWN, now)]
        return [*effects, SetTimer("waiting", WAITING_INTERVAL), *self._stop_next(now)]

    def _stop_next(self, now: Instant) -> list[Effect]:
        """Stop the first stage that has daemons left; all of a stage at the same time."""
        effects: list[Effect] = []
        for stage in STOP_STAGES:
            children = [self._children[daemon] for daemon in stage]
            for child in children:
                if child.life is Life.WAITING:
                    child.life = Life.DOWN
                    effects.append(CancelTimer(f"respawn:{child.daemon.value}"))
            left = [child for child in children if not child.ended]
            if left:
                return [*effects, *(effect for child in left for effect in self._stop(child))]
        return [
            *effects,
            *self._enter(Phase.COMPLETE, now),
            CancelTimer("check"),
            CancelTimer("waiting"),
            *(self._keeper.end() if self._keeper is not None else ()),
            Mark(False),
            Exit(self._exit_code, self._reason),
        ]

    def _stop(self, child: _Child) -> list[Effect]:
        # Without a process number the fork or the look at its socket is under way, and will bring us here again.
        if child.life is Life.STOPPING or not child.pid:
            return []
        child.life = Life.STOPPING
        effects: list[Effect] = [
            Log("info", f"Stopping {child.daemon.value}", (("pid", str(child.pid)),)),
            Signal(child.daemon, child.pid, SIGTERM),
        ]
        # The controller stops resources, which takes as long as it takes; it escalates by itself.
        if child.daemon is not Daemon.CONTROLD:
            effects.append(SetTimer(f"stop:{child.daemon.value}", STOP_LIMIT))
        return effects

    # ---- tell ---------------------------------------------------------------------------------

    def _enter(self, phase: Phase, now: Instant) -> list[Effect]:
        self._phase = phase
        return [TellManager(phase.value), Publish(self._status(now))]

    def _publish_if_running(self, now: Instant) -> list[Effect]:
        return [Publish(self._status(now))] if self._phase is Phase.RUNNING else []

    def _status(self, now: Instant) -> SupervisorStatus:
        return SupervisorStatus(
            state=self._phase.value,
            last_progress=self._progress or int(now.wall),
            daemons=tuple(
                DaemonState(child.daemon.value, child.pid, child.life.value, child.exits.total)
                for child in self._children.values()
            ),
        )

    def _request(self, request: Request, now: Instant) -> list[Effect]:
        match request.body:
            case SupervisorQuery():
                return [Reply(request.id, self._status(now))]
            case ShutdownRequest():
                return [
                    Reply(request.id, Done()),
                    *self._shut_down(f"asked to by {request.client.name}", ExitCode.OK, now),
                ]
            case other:
                return [Reply(request.id, Failure(ExitCode.PROTOCOL, f"pacemakerd has no {type(other).__name__}"))]


def _probe_key(child: _Child) -> str:
    return f"probe:{child.daemon.value}"


def _exit_log(event: ChildExited, stopping: bool) -> Log:
    fields = (("pid", str(event.pid)),)
    name = event.daemon.value
    if event.signal is not None:
        return Log("warning", f"{name} was killed by signal {event.signal}", fields)
    if event.code is None:
        return Log("info" if stopping else "warning", f"{name} is gone", fields)
    ok = event.code == ExitCode.OK
    return Log("info" if stopping and ok else "warning", f"{name} exited with {event.code}", fields)
