import pytest
from attrd_world import World

from pcmk.kernel.messages.attributes import (
    AttributeClearFailures,
    AttributePattern,
    AttributePurge,
    AttributeQuery,
    AttributeRefresh,
    AttributeValues,
)
from pcmk.kernel.messages.common import Done, Failure


@pytest.fixture
def world() -> World:
    return World()


def test_a_value_is_on_all_members_and_in_the_cib(world: World) -> None:
    request = world.update("n2", "ping", "100")
    world.settle()
    assert world.replies[request] == Done()
    assert [world.value(at, "ping", "n2") for at in world.nodes] == ["100"] * 3
    assert world.in_cib("ping", "n2") == "100"
    (pair,) = world.cib.find("//nvpair")
    assert pair.get("id") == "status-2-ping"
    world.update("n3", "ping", None, node="n2")
    world.settle()
    assert world.in_cib("ping", "n2") is None and world.value("n1", "ping", "n2") is None


def test_local_values_can_be_read_when_the_update_is_answered(world: World) -> None:
    request = world.update("n3", "a", "1")
    while request not in world.replies:
        assert world.step()
    assert world.value("n3", "a", "n3") == "1"


def test_cluster_updates_are_answered_when_all_members_have_them(world: World) -> None:
    request = world.update("n3", "a", "1", wait="cluster")
    while request not in world.replies:
        assert world.step()
    assert [world.value(at, "a", "n3") for at in world.nodes] == ["1"] * 3


def test_counting_up_loses_nothing_when_nodes_count_at_once(world: World) -> None:
    for name in [*world.nodes] * 5:
        world.update(name, "fail-count-r#monitor_10000", "value++", node="n1")
    world.update("n2", "fail-count-r#monitor_10000", "value+=10", node="n1")
    world.settle()
    assert world.value("n3", "fail-count-r#monitor_10000", "n1") == "25"
    assert world.in_cib("fail-count-r#monitor_10000", "n1") == "25"
    assert world.cib.find("//nvpair[@id='status-1-fail-count-r.monitor_10000']")


def test_dampening_gathers_changes_but_does_not_put_them_off_for_ever(world: World) -> None:
    world.update("n1", "load", "0", dampening_ms=5000)
    world.settle(world.clock + 6)
    assert world.in_cib("load", "n1") == "0"
    start = world.clock
    count = len(world.modifications)
    for value in range(1, 9):
        world.update("n1", "load", str(value))
        world.update("n2", "load", str(value))
        world.settle(start + value)
    assert world.in_cib("load", "n1") == "5" and world.in_cib("load", "n2") == "5"
    assert len(world.modifications) == count + 1
    world.settle()
    assert world.in_cib("load", "n2") == "8"


def test_a_refresh_writes_in_spite_of_dampening(world: World) -> None:
    world.update("n2", "load", "7", dampening_ms=60000)
    world.settle(world.clock + 1)
    assert world.in_cib("load", "n2") is None
    world.ask("n3", AttributeRefresh())
    world.settle(world.clock + 1)
    assert world.in_cib("load", "n2") == "7"


def test_private_attributes_are_answered_but_never_written(world: World) -> None:
    world.update("n2", "secret", "x", private=True)
    world.settle()
    assert world.value("n1", "secret", "n2") == "x" and world.in_cib("secret", "n2") is None


def test_sets_of_other_types_and_ids(world: World) -> None:
    world.update("n1", "cpu", "4", set_type="utilization", set_id="mine")
    world.settle()
    (pair,) = world.cib.find("//transient_attributes/utilization[@id='mine']/nvpair")
    assert pair.get("id") == "mine-cpu"
    request = world.update("n1", "b", "4", set_type="nonsense")
    world.settle()
    assert isinstance(world.replies[request], Failure)


def test_changes_are_batched_into_one_modification(world: World) -> None:
    world.update("n1", "first", "1")
    count = len(world.modifications)
    for number in range(20):
        world.update("n1", f"a{number}", "1")
    world.settle()
    assert len(world.modifications) <= count + 2
    assert world.in_cib("a19", "n1") == "1"


def test_a_respawned_daemon_gets_the_values_back(world: World) -> None:
    world.update("n2", "a", "1")
    world.update("n2", "secret", "x", private=True)
    world.settle()
    for name in ("n2", "n1"):
        world.crash(name)
        world.start(name)
        if name == "n1":
            world.elect("n3")
        world.settle()
        assert world.value("n2", "a", "n2") == "1" and world.value("n2", "secret", "n2") == "x"
    assert world.in_cib("a", "n2") == "1"


def test_values_survive_the_loss_of_the_dc_and_its_own_are_erased(world: World) -> None:
    world.update("n1", "a", "dc")
    world.update("n2", "a", "other")
    world.settle()
    world.crash("n1")
    world.set_members(["n2", "n3"])
    world.elect("n3")
    world.settle()
    assert world.value("n3", "a", "n2") == "other" and world.value("n3", "a", "n1") is None
    assert world.in_cib("a", "n2") == "other" and world.in_cib("a", "n1") is None


def test_a_rebooted_node_starts_with_nothing(world: World) -> None:
    world.update("n3", "shutdown", "1")
    world.settle()
    world.crash("n3")
    world.set_members(["n1", "n2"])
    world.settle()
    world.nodes["n3"].view = None
    world.start("n3")
    world.set_members(["n1", "n2", "n3"])
    world.settle()
    assert world.value("n3", "shutdown", "n3") is None and world.in_cib("shutdown", "n3") is None


def test_a_node_that_was_only_cut_off_keeps_its_values(world: World) -> None:
    world.update("n3", "ping", "1")
    world.settle()
    world.set_members(["n1", "n2"])
    world.settle()
    assert world.in_cib("ping", "n3") is None
    world.set_members(["n1", "n2", "n3"])
    world.settle()
    assert world.value("n1", "ping", "n3") == "1" and world.in_cib("ping", "n3") == "1"


def test_when_all_daemons_died_the_values_in_the_cib_are_used(world: World) -> None:
    world.update("n2", "a", "1", set_id="mine")
    world.settle()
    for name in world.nodes:
        world.crash(name)
    for name in world.nodes:
        world.start(name)
    world.settle()
    assert [world.value(at, "a", "n2") for at in world.nodes] == ["1"] * 3
    world.update("n1", "a", None, node="n2")
    world.settle()
    assert world.in_cib("a", "n2") is None


def test_values_that_others_delete_from_the_cib_are_written_again(world: World) -> None:
    world.update("n2", "a", "1")
    world.settle()
    world.change_cib(*world.cib.apply("delete", xpath="//transient_attributes"))
    assert world.in_cib("a", "n2") is None
    world.settle()
    assert world.in_cib("a", "n2") == "1"


def test_writes_are_tried_again_with_growing_pauses(world: World) -> None:
    world.refusal = Failure(124, "no primary")
    world.update("n2", "a", "1")
    world.settle(world.clock + 60)
    tries = len(world.modifications)
    assert 5 <= tries <= 10
    world.refusal = None
    world.settle(world.clock + 40)
    assert world.in_cib("a", "n2") == "1"


def test_what_the_cib_refuses_for_good_is_reported_and_holds_up_nothing_else(world: World) -> None:
    world.refusal, world.refused_text = Failure(4, "permission denied"), "bad"
    world.update("n2", "first", "1")
    world.update("n2", "bad", "1")
    world.update("n2", "good", "1")
    world.settle()
    assert world.in_cib("good", "n2") == "1" and world.in_cib("bad", "n2") is None
    assert any("permission denied" in line and "bad" in line for line in world.logs)
    tries = len(world.modifications)
    world.update("n2", "good", "2")
    world.settle()
    assert len(world.modifications) == tries + 1
    world.refusal = None
    world.update("n2", "bad", "2")
    world.settle()
    assert world.in_cib("bad", "n2") == "2"


def test_purge(world: World) -> None:
    world.update("n2", "a", "1")
    world.update("n1", "a", "1")
    world.settle()
    world.ask("n1", AttributePurge("n2"))
    world.settle()
    assert world.value("n3", "a", "n2") is None and world.in_cib("a", "n2") is None
    assert world.in_cib("a", "n1") == "1"


def test_patterns_change_known_attributes_that_match(world: World) -> None:
    for name in ("ping-a", "ping-b", "pong"):
        world.update("n1", name, "1")
    world.settle()
    world.ask("n2", AttributePattern("^pi.*", "5", "n1"))
    wrong = world.ask("n2", AttributePattern("(", "5", "n1"))
    world.settle()
    assert [world.value("n3", name, "n1") for name in ("ping-a", "ping-b", "pong")] == ["5", "5", "1"]
    assert isinstance(world.replies[wrong], Failure)


@pytest.mark.parametrize(
    ("clear", "left"),
    [
        (AttributeClearFailures(), set[str]()),
        (AttributeClearFailures(resource="a.b"), {"fail-count-axb#start_0"}),
        (
            AttributeClearFailures(resource="a.b", operation="monitor", interval_ms=10000),
            {"fail-count-a.b#start_0", "fail-count-axb#start_0"},
        ),
        (
            AttributeClearFailures(node="n2"),
            {"fail-count-a.b#start_0", "fail-count-a.b#monitor_10000", "last-failure-a.b#monitor_10000"}
            | {"fail-count-axb#start_0"},
        ),
    ],
)
def test_clear_failures(clear: AttributeClearFailures, left: set[str]) -> None:
    world = World()
    names = ("fail-count-a.b#start_0", "fail-count-a.b#monitor_10000", "last-failure-a.b#monitor_10000")
    for name in (*names, "fail-count-axb#start_0", "other"):
        world.update("n1", name, "1")
    world.settle()
    world.ask("n3", clear)
    world.settle()
    assert {name for name in (*names, "fail-count-axb#start_0") if world.value("n2", name, "n1")} == left
    assert world.value("n2", "other", "n1") == "1"


def test_failures_are_cleared_where_only_the_cib_knows_them(world: World) -> None:
    world.update("n1", "a", "1")
    world.settle()
    pair = '<nvpair id="status-1-fail-count-r.start_0" name="fail-count-r#start_0" value="1"/>'
    block = f'<transient_attributes id="1"><instance_attributes id="status-1">{pair}</instance_attributes>'
    state = f'<node_state id="1">{block}</transient_attributes></node_state>'
    world.change_cib(*world.cib.apply("modify", "status", input_xml=state, allow_create=True))
    world.settle()
    assert world.in_cib("fail-count-r#start_0", "n1") == "1"
    world.ask("n3", AttributeClearFailures(resource="r"))
    world.settle()
    assert world.in_cib("fail-count-r#start_0", "n1") is None
    assert world.in_cib("a", "n1") == "1"


def test_queries(world: World) -> None:
    world.update("n1", "a", "1")
    world.update("n2", "a", None)
    world.settle()
    answer = world.replies[world.ask("n3", AttributeQuery("a"))]
    assert isinstance(answer, AttributeValues) and answer.known
    assert [(value.node, value.value) for value in answer.values] == [("n1", "1"), ("n2", None)]
    unknown = world.replies[world.ask("n3", AttributeQuery("b"))]
    assert isinstance(unknown, AttributeValues) and not unknown.known
    assert world.value("n1", "a", "localhost") == "1"


def test_remote_nodes_are_known_by_their_name_and_outlive_views(world: World) -> None:
    world.update("n1", "a", "1", node="remote1", remote=True)
    world.settle()
    world.set_members(["n1", "n2"])
    world.settle()
    (pair,) = world.cib.find("/cib/status/node_state[@id='remote1']/transient_attributes/*/nvpair")
    assert pair.get("id") == "status-remote1-a"


def test_without_primary_updates_fail_with_timeout() -> None:
    world = World()
    world.crash("n1")
    request = world.update("n2", "a", "1")
    world.settle()
    answer = world.replies[request]
    assert isinstance(answer, Failure) and answer.code == 124
