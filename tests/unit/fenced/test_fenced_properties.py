"""Whatever fails and whoever dies: every request is answered once, and no confirmation without a device that did it."""

from fenced_world import World, cib, device, level
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmk.kernel.messages.fencer import Fence, FenceResult

NODES = "abcd"
TARGET = "d"
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("fence"), st.sampled_from("abc"), st.sampled_from(["off", "reboot"])),
        st.tuples(st.just("code"), st.sampled_from("abc"), st.sampled_from("pq"), st.sampled_from([0, 1])),
        st.tuples(st.just("hang"), st.sampled_from(["a", "b", "c", "abc", ""])),
        st.tuples(st.just("respawn"), st.sampled_from("bc")),
        st.tuples(st.just("kill"), st.sampled_from("bcd")),
        st.tuples(st.just("wait"), st.floats(0.1, 8)),
    ),
    max_size=14,
)
TOPOLOGIES = st.sampled_from(["", level(TARGET, 1, "p,q"), level(TARGET, 1, "p") + level(TARGET, 2, "q")])


class Checked(World):
    """Notes every success of a device on the target."""

    def __init__(self, document: str) -> None:
        self.successes: list[tuple[str, str, float]] = []
        super().__init__(document, NODES)

    def run_agent(self, node, effect) -> None:  # type: ignore[no-untyped-def]
        super().run_agent(node, effect)
        options = dict(effect.options)
        if effect.run not in node.runs and options.get("nodename") == TARGET:
            code, _ = self.outcomes.get((node.name, options["mark"])) or (0, "")
            if code == 0:
                self.successes.append((options["mark"], options["action"], self.now))


def play(world: Checked, steps: list[tuple]) -> list[tuple[str, int, int]]:
    asked: list[tuple[str, int, int]] = []
    for step in steps:
        match step:
            case ("fence", at, action):
                if at in world.nodes:
                    life = world.nodes[at].life
                    asked.append((at, life, world.ask(at, Fence(TARGET, action, 5.0))))
            case ("code", at, mark, code):
                world.outcomes[at, mark] = (code, "")
            case ("hang", nodes):
                world.hanging = {(at, mark) for at in nodes for mark in "pq"}
            case ("respawn", at):
                if at in world.nodes:
                    world.respawn(at)
            case ("kill", at):
                if at in world.nodes:
                    world.kill(at)
                    world.view()
            case ("wait", seconds):
                world.advance(seconds)
    world.advance(200)
    return asked


@settings(max_examples=150, deadline=None)
@given(STEPS, TOPOLOGIES)
def test_answers_and_confirmations(steps: list[tuple], topology: str) -> None:
    devices = "".join(
        device(name, mark=name, pcmk_host_list="a b c d", pcmk_off_retries="1", pcmk_reboot_retries="1")
        for name in "pq"
    )
    world = Checked(cib(devices, topology=topology, nodes=NODES))
    asked = play(world, steps)
    for at, life, request in asked:
        if at in world.nodes and world.nodes[at].life == life:
            assert isinstance(world.nodes[at].replies.get(request), FenceResult), (at, request)
    needed = 2 if "p,q" in topology else 1
    for node in world.nodes.values():
        ids = [result.id for result in node.notices if result.outcome == "confirmed"]
        assert len(ids) == len(set(ids))
        for result in node.notices:
            if result.outcome == "confirmed":
                before = [mark for mark, _, at in world.successes if 1_700_000_000 + at <= result.completed]
                assert len(set(before)) >= needed, result
    states = {}
    for name, node in world.nodes.items():
        states[name] = node.core._history.pending()  # type: ignore[reportPrivateUsage]
    assert not any(states.values()), states
