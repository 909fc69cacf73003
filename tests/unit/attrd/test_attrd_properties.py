from attrd_world import World
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmk.attrd.ordering import INFINITY, expand
from pcmk.attrd.table import Table
from pcmk.kernel.messages.attrd_peer import AttributeKind, AttributeRow, AttributeTable, NodeDropped, Order
from pcmk.kernel.messages.based_peer import RequestId
from pcmk.kernel.messages.common import Done

orders = st.builds(Order, st.integers(0, 3), st.integers(0, 3))
names = st.sampled_from(["a", "b"])
nodes = st.sampled_from(["n1", "n2"])
requests = st.builds(
    lambda life, number, open_requests: RequestId("n1", life, number, max(1, number - open_requests)),
    st.sampled_from("xy"),
    st.integers(1, 9),
    st.integers(0, 3),
)
tables = st.builds(
    AttributeTable,
    st.lists(st.builds(AttributeKind, names, orders, dampening_ms=st.integers(0, 1)), max_size=3).map(tuple),
    st.lists(st.builds(AttributeRow, names, nodes, st.none() | st.sampled_from("xy"), orders), max_size=4).map(tuple),
    st.lists(st.builds(NodeDropped, nodes, orders), max_size=2).map(tuple),
    st.lists(requests, max_size=3).map(tuple),
)


@given(st.lists(tables, max_size=4), st.randoms())
def test_merged_tables_are_the_same_in_any_order_and_any_number_of_times(
    parts: list[AttributeTable], rng: object
) -> None:
    one, other = Table(), Table()
    for part in parts:
        one.merge(part)
    shuffled = parts * 2
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    for part in shuffled:
        other.merge(part)
    assert one.message() == other.message()


@given(st.text(), st.none() | st.text())
def test_only_counters_are_expanded(value: str, old: str | None) -> None:
    if not value.startswith("value+"):
        assert expand(value, old) == value
    counted = expand("value++", old)
    assert counted is not None and -INFINITY <= int(counted) <= INFINITY
    assert expand("notes++", old) == "notes++"


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 2**32),
    st.lists(st.sampled_from(["set", "count", "delete", "crash", "elect", "lose", "run"]), max_size=40),
)
def test_members_agree_and_acknowledged_values_survive_single_deaths(seed: int, plan: list[str]) -> None:
    world = World(3, seed)
    rng = world.random
    counts: dict[int, str] = {}
    requests: dict[int, str] = {}
    names = list(world.nodes)
    for step in plan:
        name = rng.choice(world.members)
        match step:
            case "set":
                requests[world.update(name, f"s{len(requests)}", "1", node="n1")] = f"s{len(requests)}"
            case "count":
                counts[world.update(name, "count", "value++", node="n1")] = "count"
            case "delete":
                world.update(name, "gone", None, node="n1")
            case "crash":
                # One at a time, for the values live in the other two.
                world.settle()
                world.crash(name)
                for _ in range(rng.randrange(20)):
                    world.step()
                world.start(name)
                if name == world.dc[1]:
                    world.elect(rng.choice(world.members))
            case "lose":
                world.settle()
                lost = rng.choice(["n2", "n3"])
                world.crash(lost)
                world.set_members([n for n in names if n != lost])
                if world.dc[1] == lost:
                    world.elect("n1")
                world.settle()
                world.nodes[lost].view = None
                world.start(lost)
                world.set_members(names)
                world.tell_dc(lost)
            case "elect":
                world.elect(name)
            case _:
                for _ in range(rng.randrange(30)):
                    world.step()
    world.elect(rng.choice(world.members))
    world.settle()
    assert all(table == world.tables()[0] for table in world.tables())
    for request, name in requests.items():
        if world.replies.get(request) == Done():
            assert world.value("n2", name, "n1") == "1" and world.in_cib(name, "n1") == "1"
    done = sum(world.replies.get(request) == Done() for request in counts)
    count = int(world.value("n3", "count", "n1") or "0")
    assert done <= count <= len(counts)
    assert (world.in_cib("count", "n1") or "0") == str(count)
