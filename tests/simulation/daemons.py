"""Every daemon's core with the hands that its shell has on a real node."""

from collections.abc import Callable
from typing import Any

from pcmk._core import schedule
from pcmk.attrd.core import AttrdCore
from pcmk.based.core import BasedCore
from pcmk.based.disk import ConflictKept, KeepConflict, MarkCommitted, Persist
from pcmk.controld.core import ControldCore
from pcmk.controld.events import MarkJoined, Settings
from pcmk.execd.core import ExecdCore
from pcmk.execd.events import (
    AgentsListed,
    EndLeftover,
    ListAgents,
    MetadataRead,
    ReadMetadata,
    Remember,
    RunAgent,
    StopAgent,
)
from pcmk.fenced import events as fencing
from pcmk.fenced.core import FencedCore
from pcmk.kernel.daemons import Daemon
from pcmk.pacemakerd.core import (
    Adopt,
    ChildExited,
    ChildStarted,
    Mark,
    Panic,
    Probe,
    Probed,
    Signal,
    StartChild,
    Supervisor,
    SupervisorSettings,
    TellManager,
)
from pcmk.pacemakerd.keeper import Disarm, JoinedSeen, LookJoined, Pet
from pcmk.schedulerd.core import KeepInput, MakePlan, PlanMade, SchedulerdCore
from tests.simulation.agents import FENCE_METADATA, metadata_of
from tests.simulation.process import Body, Process, Traits

TRAITS = {
    Daemon.PACEMAKERD: Traits(),
    Daemon.BASED: Traits(peers=True, views=True),
    Daemon.FENCED: Traits(links=(Daemon.BASED,), peers=True, views=True),
    Daemon.EXECD: Traits(links=(Daemon.FENCED,)),
    Daemon.ATTRD: Traits(links=(Daemon.BASED,), peers=True, views=True),
    Daemon.SCHEDULERD: Traits(links=(Daemon.BASED,)),
    Daemon.CONTROLD: Traits(
        links=(Daemon.BASED, Daemon.FENCED, Daemon.EXECD, Daemon.ATTRD, Daemon.SCHEDULERD), peers=True, views=True
    ),
}
PROBE_PATIENCE = 2.0


def traits(daemon: Daemon, watchdog: float) -> Traits:
    """How a daemon is connected, on a node whose watchdog device has this timeout (0: that has none)."""
    return Traits(links=(Daemon.CONTROLD,)) if daemon is Daemon.PACEMAKERD and watchdog else TRAITS[daemon]


class _Hands:
    """A core, its process, and what it may touch."""

    def __init__(self, process: Process, core: Any) -> None:
        self.process = process
        self.node = process.node
        self.core = core

    def killed(self) -> None:
        """Agents and writes that were begun go on without it."""

    def tell(self, event: Any, delay: float = 0.001) -> None:
        """Post an event some time later."""
        self.process.world.queue.after(delay, self.process.deliver, event)


class _Pacemakerd(_Hands):
    def __init__(self, process: Process) -> None:
        marked = bool(process.node.run_state.get("started"))
        super().__init__(
            process, Supervisor(SupervisorSettings(process.node.name, watchdog=process.world.watchdog), marked)
        )

    def carry_out(self, effect: Any) -> None:
        match effect:
            case Probe(daemon=daemon):
                self._probe(daemon)
            case StartChild(daemon=daemon, respawned=respawned):
                child = self.node.start_process(daemon, respawned)
                self.tell(ChildStarted(daemon, child.pid))
            case Signal(daemon=daemon, pid=pid, number=number):
                child = self.node.processes.get(daemon)
                if child is not None and child.alive and child.pid == pid:
                    if number == 9:
                        self.node.process_exited(child, None, 9)
                    else:
                        child.run(child.terminate)
            case Mark(started=started):
                self.node.run_state["started"] = started
            case Panic(reason=reason):
                self.node.after(0.0, self.node.panic, reason)
            case Adopt(daemon=daemon, pid=pid):
                child = self.node.processes.get(daemon)
                if child is None or not child.alive or child.pid != pid:
                    self.tell(ChildExited(daemon, pid))
            case LookJoined():
                self.tell(JoinedSeen(bool(self.node.run_state.get("joined"))))
            case Pet():
                self.node.watchdog.pet()
            case Disarm(anyway=anyway):
                if anyway or not self.node.run_state.get("joined"):
                    self.node.watchdog.disarm()
                else:
                    self.node.after(0.0, self.node.panic, "it stops, and may run something")
            case TellManager():
                pass
            case _:
                raise TypeError(f"unknown effect {effect!r}")

    def _probe(self, daemon: Daemon) -> None:
        child = self.node.processes.get(daemon)
        if child is None or not child.alive:
            self.tell(Probed(daemon, None, False))
        elif child.frozen:
            self.tell(Probed(daemon, child.pid, False), PROBE_PATIENCE)
        else:
            self.tell(Probed(daemon, child.pid, child.body is not None))


class _Based(_Hands):
    def __init__(self, process: Process, respawned: bool) -> None:
        node = process.node
        core = BasedCore(node.name, process.incarnation, None, node.disk.image(), fresh=not respawned)
        super().__init__(process, core)

    def carry_out(self, effect: Any) -> None:
        match effect:
            case Persist():
                self.node.disk.persist(self.process, effect)
            case MarkCommitted():
                self.node.disk.mark(effect)
                self.process.world.observers.committed(self.process, effect)
            case KeepConflict():
                self.process.world.observers.conflict_kept(self.node, effect)
                self.tell(ConflictKept(effect.name, True))
            case _:
                raise TypeError(f"unknown effect {effect!r}")


class _Execd(_Hands):
    def __init__(self, process: Process, respawned: bool) -> None:
        memory: dict[str, str] = process.node.run_state.setdefault("execd", {})
        if not respawned:
            memory.clear()
        self._memory = memory
        super().__init__(process, ExecdCore(process.incarnation, dict(memory)))

    def carry_out(self, effect: Any) -> None:
        match effect:
            case RunAgent():
                self.node.agents.run(self.process, effect)
            case StopAgent(run=run):
                self.node.agents.stop(self.process, run)
            case EndLeftover(run=run, pgid=pgid):
                self.node.agents.end_leftover(self.process, run, pgid)
            case Remember(records=records):
                for key, value in records:
                    if value is None:
                        self._memory.pop(key, None)
                    else:
                        self._memory[key] = value
            case ReadMetadata(request=request, type=type):
                self.tell(MetadataRead(request, metadata_of(type)), 0.02)
            case ListAgents(request=request):
                self.tell(AgentsListed(request, ("Dummy", "Stateful")))
            case _:
                raise TypeError(f"unknown effect {effect!r}")


class _Fenced(_Hands):
    def __init__(self, process: Process) -> None:
        super().__init__(process, FencedCore(process.node.name, process.incarnation, process.world.watchdog))

    def carry_out(self, effect: Any) -> None:
        match effect:
            case fencing.RunFenceAgent():
                self.process.world.fence_agents.run(self.process, effect)
            case fencing.ReadAgentMetadata(agent=agent):
                self.tell(fencing.MetadataRead(agent, FENCE_METADATA), 0.02)
            case fencing.Draw(key=key):
                self.tell(fencing.Drawn(key, self.process.world.random.random()))
            case _:
                raise TypeError(f"unknown effect {effect!r}")


class _Attrd(_Hands):
    def __init__(self, process: Process) -> None:
        super().__init__(process, AttrdCore(process.node.name, process.incarnation))

    def carry_out(self, effect: Any) -> None:
        raise TypeError(f"unknown effect {effect!r}")


class _Schedulerd(_Hands):
    def __init__(self, process: Process) -> None:
        super().__init__(process, SchedulerdCore({}))

    def carry_out(self, effect: Any) -> None:
        match effect:
            case MakePlan(request=request, cib=cib, now=now, transition_id=transition_id):
                plan = schedule(cib.real, now, transition_id)
                made = PlanMade(request, plan.graph_xml, tuple(plan.errors), tuple(plan.warnings))
                self.tell(made, self.process.world.random.uniform(0.005, 0.05))
            case KeepInput():
                pass
            case _:
                raise TypeError(f"unknown effect {effect!r}")


class _Controld(_Hands):
    def __init__(self, process: Process, respawned: bool) -> None:
        node = process.node
        if not respawned:
            node.run_state["joined"] = False
        fresh = not node.run_state.get("joined")
        settings = Settings(watchdog=process.world.watchdog)
        super().__init__(process, ControldCore(node.name, process.incarnation, fresh, settings))

    def carry_out(self, effect: Any) -> None:
        match effect:
            case MarkJoined(joined=joined):
                self.node.run_state["joined"] = joined
            case _:
                raise TypeError(f"unknown effect {effect!r}")


_BODIES: dict[Daemon, Callable[[Process, bool], Body]] = {
    Daemon.PACEMAKERD: lambda process, _respawned: _Pacemakerd(process),
    Daemon.BASED: _Based,
    Daemon.FENCED: lambda process, _respawned: _Fenced(process),
    Daemon.EXECD: _Execd,
    Daemon.ATTRD: lambda process, _respawned: _Attrd(process),
    Daemon.SCHEDULERD: lambda process, _respawned: _Schedulerd(process),
    Daemon.CONTROLD: _Controld,
}


def build(process: Process, respawned: bool) -> Body:
    """A new core of the process's daemon, from what the former one left behind."""
    return _BODIES[process.daemon](process, respawned)
