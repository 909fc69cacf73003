from dataclasses import dataclass, field
from signal import SIGKILL, SIGTERM

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmk.kernel.core import (
    Call,
    CallResult,
    CancelTimer,
    Client,
    Exit,
    Instant,
    Reply,
    Request,
    SetTimer,
    Started,
    Terminate,
    TimerFired,
)
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Done
from pcmk.kernel.messages.controller import WatchdogAnswer, WatchdogQuery
from pcmk.kernel.messages.pacemakerd import ShutdownRequest, SupervisorQuery, SupervisorStatus
from pcmk.pacemakerd.core import (
    ORDER,
    Adopt,
    ChildExited,
    ChildStarted,
    Event,
    Mark,
    Panic,
    Probe,
    Probed,
    Signal,
    StartChild,
    StartFailed,
    Supervisor,
    SupervisorSettings,
    TellManager,
)
from pcmk.pacemakerd.keeper import Disarm, JoinedSeen, LookJoined, Pet
from pcmk.pacemakerd.respawn import DELAYS, LIMIT, Exits


@dataclass
class Machine:
    """A machine on which daemons start, answer, hang and end, under a clock of its own."""

    settings: SupervisorSettings = field(default_factory=lambda: SupervisorSettings("node1"))
    started_before: bool = False
    now: float = 1000.0
    running: dict[Daemon, int] = field(default_factory=dict[Daemon, int])
    deaf: set[Daemon] = field(default_factory=set[Daemon])
    """Daemons that neither answer nor heed SIGTERM."""
    slow_to_stop: set[Daemon] = field(default_factory=set[Daemon])
    timers: dict[str, float] = field(default_factory=dict[str, float])
    starts: list[tuple[Daemon, bool]] = field(default_factory=list[tuple[Daemon, bool]])
    signals: list[tuple[Daemon, int]] = field(default_factory=list[tuple[Daemon, int]])
    told: list[str] = field(default_factory=list[str])
    adopted: list[Daemon] = field(default_factory=list[Daemon])
    replies: list[object] = field(default_factory=list[object])
    unforkable: bool = False
    panic: str = ""
    exit: Exit | None = None
    mark: bool = False
    next_pid: int = 100
    joined: bool = False
    answer: Message = field(default_factory=lambda: WatchdogAnswer(True, True))
    pets: int = 0
    disarmed: Disarm | None = None

    def __post_init__(self) -> None:
        self.core = Supervisor(self.settings, self.started_before)
        self.queue: list[Event] = []

    def post(self, *events: Event) -> None:
        self.queue += events
        while self.queue and self.exit is None and not self.panic:
            event = self.queue.pop(0)
            for effect in self.core.handle(event, Instant(self.now, self.now)):
                self.carry_out(effect)

    def carry_out(self, effect: object) -> None:
        match effect:
            case Probe(daemon):
                pid = self.running.get(daemon)
                self.queue.append(Probed(daemon, pid, pid is not None and daemon not in self.deaf))
            case StartChild(daemon, respawned):
                self.starts.append((daemon, respawned))
                if self.unforkable:
                    self.queue.append(StartFailed(daemon, "no memory"))
                    return
                assert daemon not in self.running, "started twice"
                self.next_pid += 1
                self.running[daemon] = self.next_pid
                self.queue.append(ChildStarted(daemon, self.next_pid))
            case Adopt(daemon, pid):
                assert self.running[daemon] == pid
                self.adopted.append(daemon)
            case Signal(daemon, pid, number):
                assert self.running.get(daemon) == pid
                self.signals.append((daemon, number))
                if number == SIGKILL:
                    self.end(daemon, signal=SIGKILL)
                elif daemon not in self.deaf and daemon not in self.slow_to_stop:
                    self.end(daemon, code=0)
            case TellManager(state):
                self.told.append(state)
            case Mark(started):
                self.mark = started
            case Panic(reason):
                self.panic = reason
            case SetTimer(key, delay):
                self.timers[key] = self.now + delay
            case CancelTimer(key):
                self.timers.pop(key, None)
            case LookJoined():
                self.queue.append(JoinedSeen(self.joined))
            case Call(id=id, body=WatchdogQuery()):
                self.queue.append(CallResult(id, self.answer))
            case Pet():
                self.pets += 1
            case Disarm():
                self.disarmed = effect
            case Reply(_, body):
                self.replies.append(body)
            case Exit():
                self.exit = effect
            case _:
                pass

    def end(self, daemon: Daemon, code: int | None = None, signal: int | None = None) -> None:
        self.deaf.discard(daemon)
        self.queue.append(ChildExited(daemon, self.running.pop(daemon), code, signal))

    def die(self, daemon: Daemon, code: int | None = None, signal: int | None = None) -> None:
        self.end(daemon, code, signal)
        self.post()

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while self.timers and (first := min(self.timers, key=lambda key: self.timers[key])) is not None:
            if self.timers[first] > end:
                break
            self.now = max(self.now, self.timers.pop(first))
            self.post(TimerFired(first))
        self.now = end

    def status(self) -> SupervisorStatus:
        self.post(Request(1, Client("test"), SupervisorQuery()))
        reply = self.replies[-1]
        assert isinstance(reply, SupervisorStatus)
        return reply


def up(machine: Machine | None = None) -> Machine:
    machine = machine or Machine()
    machine.post(Started())
    machine.wait(1)
    assert machine.status().state == "running"
    return machine


def test_daemons_start_in_order_and_the_controller_when_all_others_answer() -> None:
    machine = Machine(deaf={Daemon.ATTRD})
    machine.post(Started())
    machine.wait(1)
    assert [daemon for daemon, _ in machine.starts] == list(ORDER[:-1])
    assert machine.status().state == "starting_daemons"
    machine.deaf.clear()
    machine.wait(1)
    assert machine.starts == [(daemon, False) for daemon in ORDER]
    assert machine.told == ["starting_daemons", "running"]
    assert machine.mark


def test_what_exits_is_started_again_at_once_and_knows_it() -> None:
    machine = up()
    for daemon in ORDER:
        for code in (0, 1, ExitCode.SOFTWARE):
            machine.starts.clear()
            machine.die(daemon, code=code)
            machine.wait(DELAYS[-1])
            assert machine.starts == [(daemon, True)]
    assert machine.status().state == "running"
    assert {state.state for state in machine.status().daemons} == {"up"}


def test_the_first_restart_is_immediate_and_further_ones_back_off() -> None:
    machine = up()
    machine.starts.clear()
    machine.die(Daemon.EXECD, signal=SIGKILL)
    assert len(machine.starts) == 1
    machine.die(Daemon.EXECD, signal=SIGKILL)
    assert len(machine.starts) == 1
    machine.wait(DELAYS[1])
    assert len(machine.starts) == 2
    machine.wait(60)
    machine.die(Daemon.EXECD, signal=SIGKILL)
    assert len(machine.starts) == 3


def test_a_daemon_that_exits_too_often_is_given_up_and_the_others_go_on() -> None:
    machine = up()
    for _ in range(LIMIT + 1):
        machine.die(Daemon.FENCED, code=1)
        machine.wait(DELAYS[-1])
    states = {state.name: state.state for state in machine.status().daemons}
    assert states.pop("pacemaker-fenced") == "given_up"
    assert set(states.values()) == {"up"}
    machine.post(Terminate())
    assert machine.exit is not None and machine.exit.code == ExitCode.OK


def test_rare_exits_are_never_too_many() -> None:
    exits = Exits()
    assert all(exits.add(1000.0 * number) == 0 for number in range(10 * LIMIT))


def test_a_fatal_exit_shuts_down_in_order_and_stays_down() -> None:
    machine = up()
    machine.die(Daemon.SCHEDULERD, code=ExitCode.FATAL)
    assert machine.exit is not None and machine.exit.code == ExitCode.FATAL
    assert not machine.running
    assert len(machine.starts) == len(ORDER)
    assert machine.signals[0] == (Daemon.CONTROLD, SIGTERM)
    assert machine.signals[-1] == (Daemon.BASED, SIGTERM)


def test_panic_takes_the_node_down() -> None:
    machine = up()
    machine.die(Daemon.CONTROLD, code=ExitCode.PANIC)
    assert "pacemaker-controld" in machine.panic


def test_fail_fast_panics_on_any_failure() -> None:
    machine = up(Machine(SupervisorSettings("node1", fail_fast=True)))
    machine.die(Daemon.EXECD, signal=SIGKILL)
    assert "PCMK_fail_fast" in machine.panic


def test_lost_membership_is_waited_out_and_is_no_failure_of_the_daemon() -> None:
    machine = up()
    for _ in range(3 * LIMIT):
        machine.die(Daemon.ATTRD, code=ExitCode.DISCONNECT)
        machine.wait(1)
    assert Daemon.ATTRD in machine.running
    assert machine.status().daemons[ORDER.index(Daemon.ATTRD)].respawns == 0


def test_a_hung_daemon_is_killed_and_started_again() -> None:
    machine = up()
    pid = machine.running[Daemon.BASED]
    machine.deaf.add(Daemon.BASED)
    machine.wait(machine.settings.hung_after)
    assert machine.running[Daemon.BASED] == pid
    machine.wait(10)
    assert machine.signals == [(Daemon.BASED, SIGKILL)]
    assert machine.running[Daemon.BASED] != pid
    assert machine.status().daemons[0].state == "up"


def test_a_slow_answer_is_forgiven() -> None:
    machine = up()
    for _ in range(5):
        machine.deaf.add(Daemon.BASED)
        machine.wait(machine.settings.hung_after * 0.9)
        machine.deaf.clear()
        machine.wait(7)
    assert machine.signals == []


def test_daemons_that_still_run_are_taken_over() -> None:
    machine = Machine(started_before=True, running={Daemon.BASED: 7, Daemon.CONTROLD: 8}, deaf={Daemon.BASED})
    machine.post(Started())
    assert machine.adopted == [Daemon.BASED, Daemon.CONTROLD]
    assert machine.starts == [(daemon, True) for daemon in ORDER[1:-1]]
    machine.deaf.clear()
    machine.wait(2)
    assert machine.status().state == "running"
    assert machine.running[Daemon.BASED] == 7
    machine.die(Daemon.CONTROLD)
    assert machine.starts[-1] == (Daemon.CONTROLD, True)


def test_the_controller_is_waited_for_without_limit_and_others_are_not() -> None:
    machine = up()
    machine.slow_to_stop = {Daemon.CONTROLD, Daemon.ATTRD}
    machine.post(Terminate())
    machine.wait(10_000)
    assert machine.signals == [(Daemon.CONTROLD, SIGTERM)]
    machine.die(Daemon.CONTROLD, code=0)
    assert (Daemon.BASED, SIGTERM) not in machine.signals
    assert machine.exit is None
    machine.wait(181)
    assert machine.exit is not None and machine.exit.code == ExitCode.OK
    assert machine.signals[-2:] == [(Daemon.ATTRD, SIGKILL), (Daemon.BASED, SIGTERM)]
    assert machine.told[-2:] == ["shutting_down", "shutdown_complete"]
    assert not machine.mark


def test_a_shutdown_during_start_stops_what_was_started() -> None:
    machine = Machine(deaf=set(ORDER))
    machine.post(Started())
    machine.deaf.clear()
    machine.post(Terminate())
    assert machine.exit is not None and not machine.running


@pytest.mark.parametrize("daemon", ORDER[:-1])
def test_what_the_controller_needs_is_respawned_until_it_has_stopped(daemon: Daemon) -> None:
    machine = up()
    machine.slow_to_stop = {Daemon.CONTROLD}
    # It died a moment before, and comes back though the shutdown has begun meanwhile.
    machine.die(daemon, signal=SIGKILL)
    machine.die(daemon, signal=SIGKILL)
    machine.post(Terminate())
    machine.wait(5)
    assert daemon in machine.running
    machine.deaf.add(daemon)
    machine.wait(machine.settings.hung_after + 10)
    assert daemon in machine.running and daemon not in machine.deaf, "one that hangs is no help either"
    assert machine.exit is None
    machine.die(Daemon.CONTROLD, code=0)
    assert machine.exit is not None and machine.exit.code == ExitCode.OK and not machine.running


def test_nothing_is_respawned_once_the_controller_has_stopped() -> None:
    machine = up()
    machine.slow_to_stop = {Daemon.CONTROLD, Daemon.ATTRD, Daemon.EXECD}
    machine.post(Terminate())
    machine.die(Daemon.CONTROLD, code=0)
    machine.starts.clear()
    machine.die(Daemon.EXECD, signal=SIGKILL)
    machine.wait(100)
    assert machine.starts == []
    assert set(machine.running) == {Daemon.BASED, Daemon.ATTRD}


def test_what_waits_for_its_respawn_is_not_started_once_the_controller_has_stopped() -> None:
    machine = up()
    machine.slow_to_stop = {Daemon.CONTROLD}
    machine.post(Terminate())
    machine.starts.clear()
    machine.die(Daemon.EXECD, code=ExitCode.DISCONNECT)
    machine.die(Daemon.CONTROLD, code=0)
    assert machine.exit is not None and machine.starts == []


def test_a_successor_that_is_told_to_stop_at_once_starts_what_the_controller_lacks() -> None:
    machine = Machine(started_before=True, running={Daemon.BASED: 7, Daemon.CONTROLD: 8})
    machine.slow_to_stop = {Daemon.CONTROLD}
    machine.post(Started(), Terminate())
    assert machine.signals == [(Daemon.CONTROLD, SIGTERM)]
    assert set(machine.running) == set(ORDER)
    machine.die(Daemon.CONTROLD, code=0)
    assert machine.exit is not None and not machine.running


def test_a_client_may_ask_for_a_shutdown() -> None:
    """The door lets only the privileged do so."""
    machine = up()
    machine.post(Request(3, Client("crm"), ShutdownRequest()))
    assert machine.replies[-1] == Done()
    assert machine.exit is not None


def test_a_fork_that_fails_is_tried_again() -> None:
    machine = Machine(unforkable=True)
    machine.post(Started())
    machine.wait(5)
    machine.unforkable = False
    machine.wait(5)
    assert machine.status().state == "running"


STEP = st.tuples(
    st.sampled_from(["exit", "kill", "hang", "wait", "lost"]), st.sampled_from(ORDER), st.floats(0.01, 5.0)
)


@settings(max_examples=100, deadline=None)
@given(st.lists(STEP, max_size=40), st.booleans())
def test_whatever_happens_all_daemons_run_again_and_a_shutdown_leaves_none(
    steps: list[tuple[str, Daemon, float]], finish_with_shutdown: bool
) -> None:
    machine = Machine()
    machine.post(Started())
    for what, daemon, seconds in steps:
        match what:
            case "exit" if daemon in machine.running:
                machine.die(daemon, code=1)
            case "kill" if daemon in machine.running:
                machine.die(daemon, signal=SIGKILL)
            case "lost" if daemon in machine.running:
                machine.die(daemon, code=ExitCode.DISCONNECT)
            case "hang" if daemon in machine.running:
                machine.deaf.add(daemon)
            case _:
                machine.wait(seconds)
    if finish_with_shutdown:
        # A controller is waited for without limit.
        machine.deaf.discard(Daemon.CONTROLD)
        machine.post(Terminate())
        machine.wait(1000)
        assert machine.exit is not None and not machine.running
        return
    machine.wait(100)
    assert machine.status().state == "running"
    assert {state.state for state in machine.status().daemons} == {"up"}
    assert len(machine.running) == len(ORDER)


@pytest.mark.parametrize("event", [ChildExited(Daemon.BASED, 1, 0), Probed(Daemon.BASED, 1, True)])
def test_news_of_a_process_that_is_not_ours_any_more_changes_nothing(event: Event) -> None:
    machine = up()
    before = machine.status().daemons
    machine.post(event)
    assert machine.status().daemons == before


# ---- a watchdog device -----------------------------------------------------------------------------


def watched(*, joined: bool = True) -> Machine:
    return up(Machine(SupervisorSettings("node1", watchdog=8.0), joined=joined))


def test_without_a_device_there_is_nothing_to_keep() -> None:
    machine = up(Machine(joined=True))
    machine.wait(60)
    assert machine.pets == 0 and machine.exit is None
    machine.post(Terminate())
    machine.wait(60)
    assert machine.exit is not None and machine.disarmed is None


def test_a_device_is_kept_from_the_beginning_to_the_end() -> None:
    machine = watched(joined=False)
    before = machine.pets
    assert before > 0
    machine.wait(8)
    assert machine.pets == before + 8
    machine.joined = True
    machine.wait(8)
    assert machine.pets == before + 16
    machine.answer = WatchdogAnswer(True, False)
    machine.wait(8)
    assert machine.pets == before + 16


def test_it_is_disarmed_when_all_daemons_have_ended() -> None:
    machine = watched()
    machine.slow_to_stop = {Daemon.CONTROLD}
    machine.post(Terminate())
    pets = machine.pets
    machine.wait(80)
    assert machine.pets == pets + 80 and machine.disarmed is None
    machine.end(Daemon.CONTROLD, code=0)
    machine.post()
    assert machine.exit is not None and machine.disarmed == Disarm(anyway=False)


def test_a_daemon_that_is_gone_for_good_costs_the_node() -> None:
    machine = watched()
    machine.deaf = {Daemon.SCHEDULERD}
    machine.unforkable = True
    machine.wait(30)
    pets = machine.pets
    machine.wait(90)
    last = machine.pets
    assert pets < last < pets + 90
    machine.wait(30)
    assert machine.pets == last
