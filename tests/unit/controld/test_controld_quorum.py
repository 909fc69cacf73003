"""Controllers of partitions with and without quorum, and what `no-quorum-policy` makes of it."""

import pytest
from world import World, settled


def test_quorum_is_written_and_plans_are_made_when_it_changes(world: World):
    world.fencing = "refused"
    planned = len(world.inputs)
    world.partition(("n1",), ("n2", "n3"))
    world.run(0.4)
    assert world.nodes["n1"].cib.root.get("have-quorum") == "0"
    assert len(world.inputs) > planned


def policy_xml(policy: str) -> str:
    pair = f'<nvpair id="o-p" name="no-quorum-policy" value="{policy}"/>'
    return f'<cluster_property_set id="o">{pair}</cluster_property_set>'


def without_quorum(world: World, policy: str) -> None:
    world.change(world.nodes["n1"], "modify", section="crm_config", input_xml=policy_xml(policy))


def frozen_world(*names: str) -> World:
    """Nodes that are down, and have `no-quorum-policy=freeze` on their disks."""
    world = World(*names)
    for node in world.nodes.values():
        node.cib, _ = node.cib.apply("modify", "crm_config", input_xml=policy_xml("freeze"), allow_create=True)
    return world


@pytest.mark.parametrize("policy", ["freeze", "stop"])
def test_a_node_that_starts_anew_joins_a_frozen_partition_when_that_has_quorum(policy: str):
    world = World("n1", "n2", "n3", "n4", "n5")
    world.start()
    world.run(2)
    without_quorum(world, policy)
    world.power_off("n5")
    world.run(2)
    world.fencing = "refused"
    world.partition(("n1",), ("n2", "n3", "n4"))
    world.run(2)
    world.power_on("n5", "n1", "n5")
    world.run(20)
    assert world.node_state("n1", "n5")["join"] == ("down" if policy == "freeze" else "member")
    assert world.states()["n1"] == "S_IDLE"
    world.partition(("n1", "n2", "n3", "n4", "n5"))
    world.run(20)
    assert world.node_state("n1", "n5")["join"] == "member"
    assert settled(world)


def test_a_cluster_that_would_freeze_has_a_dc_without_quorum_and_joins_with_it():
    world = frozen_world("n1", "n2", "n3", "n4", "n5")
    world.start("n1", "n2")
    world.run(20)
    assert [world.node_state("n1", name).get("join") for name in ("n1", "n2")] == [None, None]
    assert (world.dcs(), world.states()["n1"]) == (["n1"], "S_IDLE")
    root = world.nodes["n2"].cib.root
    assert (root.get("dc-uuid"), root.get("have-quorum")) == ("1", "0")
    world.power_on("n3", "n1", "n2", "n3")
    world.run(2)
    assert settled(world) == ["n1"]
    assert [world.node_state("n3", name)["join"] for name in ("n1", "n2", "n3")] == ["member"] * 3


def test_a_cluster_that_would_freeze_joins_when_it_is_told_to_ignore_quorum():
    world = frozen_world("n1", "n2", "n3", "n4", "n5")
    world.start("n1", "n2")
    world.run(20)
    without_quorum(world, "ignore")
    world.run(2)
    assert settled(world) == ["n1"]
    assert [world.node_state("n1", name)["join"] for name in ("n1", "n2")] == ["member", "member"]


def test_a_node_that_started_alone_waits_for_quorum_in_a_frozen_partition_too():
    world = World("n1", "n2", "n3", "n4", "n5")
    world.start()
    world.run(2)
    without_quorum(world, "freeze")
    world.power_off("n5")
    world.run(2)
    world.fencing = "refused"
    world.partition(("n1",), ("n2", "n3", "n4"))
    world.run(2)
    world.power_on("n5", "n5")
    world.run(20)
    world.partition(("n1", "n5"), ("n2", "n3", "n4"))
    world.run(20)
    assert world.dcs() == ["n1", "n2"]
    assert world.node_state("n1", "n5")["join"] == "down"
    world.partition(("n1", "n2", "n3", "n4", "n5"))
    world.run(20)
    assert world.node_state("n1", "n5")["join"] == "member"
    assert settled(world)


@pytest.mark.parametrize("moment", ["prepared", "answered", "confirmed"])
def test_a_node_whose_partition_loses_quorum_while_it_joins_waits(moment: str):
    world = frozen_world("n1", "n2", "n3", "n4", "n5")
    world.start("n1", "n2", "n3")
    world.run(5)
    world.power_on("n4", "n1", "n2", "n3", "n4")
    node = world.nodes["n4"]
    reached = {
        "prepared": lambda: world.node_state("n1", "n4").get("join") == "down",
        "answered": lambda: node.state() == "S_NOT_DC",
        "confirmed": lambda: any("Joined: n4" in line for line in world.nodes["n1"].log),
    }
    while not reached[moment]():
        world.step()
    world.partition(("n1", "n4"), ("n2", "n3"))
    world.run(20)
    assert (world.node_state("n1", "n4")["join"], world.states()["n1"]) == ("down", "S_IDLE")
    assert not node.joined
    # Another DC holds it, too.
    world.nodes["n1"].stop()
    world.run(2)
    world.nodes["n1"].start()
    world.run(20)
    assert (world.node_state("n1", "n4")["join"], world.dcs()) == ("down", ["n2", "n4"])
    world.partition(("n1", "n2", "n3", "n4"))
    world.run(20)
    assert world.nodes["n4"].joined
    assert settled(world) == ["n2"]


def test_a_node_whose_join_was_committed_without_quorum_waits():
    """The CIB manager hears of the loss of quorum before the DC does."""
    world = frozen_world("n1", "n2", "n3", "n4", "n5")
    world.start("n1", "n2", "n3")
    world.run(5)
    world.power_on("n4", "n1", "n2", "n3", "n4")
    while not any("Joined: n4" in line for line in world.nodes["n1"].log):
        world.step()
    world.cib_lost_quorum = True
    planned = len(world.inputs)
    while world.node_state("n1", "n4")["join"] != "member":
        world.step()
    while world.node_state("n1", "n4")["join"] != "down":
        world.step()
    assert len(world.inputs) == planned
    world.partition(("n1", "n4"), ("n2", "n3"))
    world.run(20)
    assert (world.node_state("n1", "n4")["join"], world.states()["n1"]) == ("down", "S_IDLE")
    assert not world.nodes["n4"].joined
