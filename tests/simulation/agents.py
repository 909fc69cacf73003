"""Simulated resource agents and fence agents: what really runs where, which no daemon decides.

Truth comes in two shades. `running` is what a monitor finds. `possible` is what must be reckoned with: from the begin
of a start to the end of a successful stop, to a monitor that finds nothing, or to the loss of the node.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from pcmk.execd.events import AgentDone, AgentStarted, RunAgent
from pcmk.fenced import events as fencing
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.attributes import AttributeChange, AttributeUpdate
from pcmk.kernel.messages.common import Done

if TYPE_CHECKING:
    from tests.simulation.node import Node
    from tests.simulation.process import Process
    from tests.simulation.world import World

STARTED, PROMOTED = "Started", "Promoted"
OK, ERROR, NOT_RUNNING, RUNNING_PROMOTED = 0, 1, 7, 8
SCORE_TRIES = 20
SCORE_PAUSE = 0.5
METADATA = """<resource-agent name="{name}"><version>1.1</version><parameters>
<parameter name="state" unique-group="state"><content type="string"/></parameter>
<parameter name="fake" reloadable="1"><content type="string"/></parameter>
</parameters><actions><action name="start" timeout="20s"/><action name="stop" timeout="20s"/>
<action name="monitor" timeout="20s" interval="10s"/><action name="promote" timeout="20s"/>
<action name="demote" timeout="20s"/><action name="meta-data" timeout="5s"/></actions></resource-agent>"""
FENCE_METADATA = """<resource-agent name="fence_sim"><parameters>
<parameter name="action"><content type="string" default="reboot"/></parameter>
<parameter name="plug" obsoletes="port"><content type="string"/></parameter>
</parameters><actions><action name="on" automatic="0"/><action name="off"/><action name="reboot"/>
<action name="status"/><action name="list"/><action name="monitor"/><action name="metadata"/></actions>
</resource-agent>"""


class Mood(Struct, frozen=True):
    """How an agent behaves: `slow` by a factor, `fail` with a code, or `hang`; a failing action may have worked."""

    kind: str
    value: float = 1.0


class _Run(Struct, eq=False):
    """One agent process."""

    resource: str
    action: str
    process: "Process"
    number: int
    ended: bool = False


class ResourceAgents:
    """The resource agents of one node in one life of it."""

    def __init__(self, node: "Node") -> None:
        self.node = node
        self.running: dict[str, str] = {}
        self.possible: dict[str, str] = {}
        self._runs: dict[int, _Run] = {}
        self._last_pgid = 0

    def power_lost(self) -> None:
        """Nothing runs here any more."""
        for run in self._runs.values():
            run.ended = True
        self._runs.clear()
        self.running.clear()
        self.possible.clear()

    def run(self, process: "Process", effect: RunAgent) -> None:
        """Start an agent for the executor."""
        world, node = self.node.world, self.node
        resource = effect.environment["OCF_RESOURCE_INSTANCE"]
        self._last_pgid += 1
        pgid = self._last_pgid
        run = _Run(resource, effect.action, process, effect.run)
        self._runs[pgid] = run
        node.after(0.001, self._started, run, pgid)
        world.observers.agent_begins(node, resource, effect.action)
        if effect.action in ("start", "promote"):
            self.possible[resource] = PROMOTED if effect.action == "promote" else self.possible.get(resource, STARTED)
        mood = self._mood(resource, effect.action)
        duration = world.random.uniform(0.01, 0.05 if effect.action == "monitor" else 0.4)
        if mood is not None and mood.kind == "slow":
            duration *= mood.value
        if effect.timeout_ms:
            node.after(effect.timeout_ms / 1000, self._end, pgid, "timeout", 0)
        if mood is not None and mood.kind == "hang":
            if world.random.random() < 0.3:
                node.after(duration, self._take_effect, run)
            return
        if mood is not None and mood.kind == "fail":
            if world.random.random() < 0.3:
                node.after(duration * 0.9, self._take_effect, run)
            node.after(duration, self._end, pgid, "exited", int(mood.value))
            return
        node.after(duration, self._finish, pgid, run, effect.type)

    def stop(self, process: "Process", number: int) -> None:
        """Kill an agent because its operation was cancelled."""
        for pgid, run in list(self._runs.items()):
            if run.process is process and run.number == number:
                self.node.after(0.002, self._end, pgid, "cancelled", 0)

    def end_leftover(self, process: "Process", number: int, pgid: int) -> None:
        """Kill what a former executor started, if it still runs."""
        run = self._runs.pop(pgid, None)
        if run is not None:
            run.ended = True
        self.node.after(0.005, process.deliver, AgentDone(number, "lost"))

    def fail(self, resource: str) -> bool:
        """A resource dies by itself; false if it did not run."""
        return self.running.pop(resource, None) is not None

    # ---- inside -----------------------------------------------------------------------------------

    def _started(self, run: _Run, pgid: int) -> None:
        if not run.ended:
            run.process.run(run.process.deliver, AgentStarted(run.number, pgid, pgid))

    def _finish(self, pgid: int, run: _Run, kind: str) -> None:
        """An agent that works comes to its end."""
        if run.ended:
            return
        code = self._result(run)
        self._take_effect(run)
        if kind == "Stateful" and code == OK and run.action in ("start", "promote", "demote"):
            score = "10" if run.action == "promote" else "5"
            self._score(run.resource, score, 0, lambda ok: self._end(pgid, "exited", OK if ok else ERROR))
        else:
            self._end(pgid, "exited", code)

    def _result(self, run: _Run) -> int:
        role = self.running.get(run.resource)
        match run.action:
            case "monitor":
                return NOT_RUNNING if role is None else RUNNING_PROMOTED if role == PROMOTED else OK
            case "promote" | "demote":
                return NOT_RUNNING if role is None else OK
            case _:
                return OK

    def _take_effect(self, run: _Run) -> None:
        if run.ended:
            return
        resource = run.resource
        role = self.running.get(resource)
        match run.action:
            case "start":
                self.running.setdefault(resource, STARTED)
            case "stop":
                self.running.pop(resource, None)
                self.possible.pop(resource, None)
            case "promote" if role is not None:
                self.running[resource] = PROMOTED
            case "demote" if role is not None:
                self.running[resource] = self.possible[resource] = STARTED
            case "monitor" if not self._busy(resource):
                # What a monitor tells is known.
                if role is None:
                    self.possible.pop(resource, None)
                else:
                    self.possible[resource] = role
            case _:
                pass

    def _mood(self, resource: str, action: str) -> Mood | None:
        world = self.node.world
        mood = world.moods.of(resource, self.node.name, action)
        if mood is not None and action == "monitor" and resource not in self.running:
            # No agent calls failed what does not run. A probe without an answer counts as a failed resource, and a
            # partition that is frozen for lack of quorum recovers what it has: neither can know better.
            return None if mood.kind == "fail" or world.plan.freezes else mood
        return mood

    def _busy(self, resource: str) -> bool:
        return any(run.resource == resource and run.action != "monitor" for run in self._runs.values())

    def _end(self, pgid: int, how: str, code: int) -> None:
        run = self._runs.pop(pgid, None)
        if run is None or run.ended:
            return
        run.ended = True
        run.process.run(run.process.deliver, AgentDone(run.number, how, code, standard="ocf"))

    def _score(self, resource: str, score: str, tries: int, then: Callable[[bool], None]) -> None:
        """Tell the cluster how well this node suits a promotion, as `crm_attribute --promotion` does."""
        change = AttributeChange(f"master-{resource.partition(':')[0]}", score, self.node.name)

        def answered(body: Message) -> None:
            if isinstance(body, Done):
                then(True)
            elif tries < SCORE_TRIES:
                self.node.after(SCORE_PAUSE, self._score, resource, score, tries + 1, then)
            else:
                then(False)

        self.node.ask(Daemon.ATTRD, "crm_attribute", AttributeUpdate((change,)), answered, 10.0)


class Moods(Struct):
    """Which agents misbehave now: by resource, node and action; an empty field matches all."""

    known: dict[tuple[str, str, str], Mood] = field(default_factory=dict[tuple[str, str, str], Mood])

    def of(self, resource: str, node: str, action: str) -> Mood | None:
        """The mood of an agent for an action."""
        if not self.known:
            return None
        base = resource.partition(":")[0]
        for key in ((base, node, action), (base, "", action), ("", node, action), (base, node, "")):
            if key in self.known:
                return self.known[key]
        return None


class FenceAgents:
    """The fence device, which is outside of the cluster: it works whatever the network does."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.moods: dict[str, str] = {}
        self.boot_delay = 10.0

    def run(self, process: "Process", effect: fencing.RunFenceAgent) -> None:
        """Run a fence agent for the fencer of a node."""
        options = dict(effect.options)
        action = options.get("action", "reboot")
        target = options.get("plug") or options.get("port") or options.get("nodename") or ""
        node, random = process.node, self.world.random
        mood = self.moods.get(target, "") if action in ("off", "reboot") else self.moods.get("monitor", "")
        duration = random.uniform(0.05, 0.5)
        if mood == "slow":
            duration = random.uniform(1.0, 15.0)
        works = mood in ("", "slow", "fail_but_kill") or (mood == "hang" and random.random() < 0.3)
        if works and action in ("off", "reboot"):
            # Once it has begun nothing but the end of its own machine stops it.
            node.after(duration * random.uniform(0.3, 1.0), self._kill, target, action)
        if mood == "hang" or duration >= effect.timeout:
            done = fencing.AgentDone(effect.run, "timeout")
            node.after(effect.timeout, process.deliver, done)
            return
        code, output = self._result(action, target) if mood in ("", "slow") else (ERROR, "")
        done = fencing.AgentDone(effect.run, "exited", code, output)
        node.after(duration, process.deliver, done)

    def _result(self, action: str, target: str) -> tuple[int, str]:
        match action:
            case "list":
                return OK, "".join(f"{name},\n" for name in self.world.nodes)
            case "status":
                return (OK if self.world.nodes[target].up else 2), ""
            case _:
                return OK, ""

    def _kill(self, target: str, action: str) -> None:
        node = self.world.nodes[target]
        was_up = node.up
        self.world.note(f"{target} is fenced ({action})")
        node.crash(f"fenced ({action})", fenced=True)
        self.world.observers.fenced(node)
        if was_up or action == "reboot":
            self.world.queue.after(self.boot_delay * self.world.random.uniform(0.5, 2.0), node.boot)


def metadata_of(name: str) -> str:
    """What an agent prints for `meta-data`."""
    return METADATA.format(name=name)


def describe(world: "World") -> dict[str, dict[str, Any]]:
    """What runs where, for traces and failures."""
    truth: dict[str, dict[str, Any]] = {}
    for name, node in sorted(world.nodes.items()):
        for resource, role in sorted(node.agents.running.items()):
            truth.setdefault(resource, {})[name] = role
    return truth
