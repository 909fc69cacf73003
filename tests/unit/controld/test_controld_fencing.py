"""Controllers of a cluster whose nodes are lost: they are fenced, by the cluster or by hand, and come back."""

import pytest
from world import World, settled

from pcmk.kernel.core import Notice
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages.fencer import FenceResult


def test_a_dead_dc_is_fenced_before_its_resource_is_started_elsewhere(world: World):
    world.fencing = "unknown"
    world.power_off("n1")
    world.run(5)
    assert world.dcs() == ["n2"]
    assert world.where("r") == []
    world.fencing = "confirmed"
    world.run(5)
    assert settled(world) == ["n2"]
    assert (world.fenced[:1], world.where("r")) == (["n1"], ["n2"])
    assert world.nodes["n2"].cib.find("//node_state[@uname='n1']/lrm") == []


def test_fencing_that_never_succeeds_stops_being_tried_at_once(world: World):
    world.fencing = "unknown"
    world.power_off("n3")
    world.run(60)
    assert world.states()["n1"] == "S_IDLE"
    refused = [line for line in world.nodes["n1"].log if "did not succeed" in line]
    assert len(refused) == 10


def test_a_fenced_node_comes_back_as_a_fresh_one(world: World):
    world.power_off("n1")
    world.run(5)
    assert world.fenced == ["n1"]
    world.power_on("n1", "n1", "n2", "n3")
    world.run(2)
    assert settled(world) == ["n2"]
    assert world.node_state("n3", "n1")["expected"] == "member"
    assert world.where("r") == ["n2"]


def test_fencing_confirmed_while_there_was_no_dc_is_recorded_by_the_next(world: World):
    world.action_seconds = 0.1
    world.power_off("n3")
    world.run(0.3)
    # The DC has asked for fencing; it dies before it hears of the result, which the others hear.
    world.nodes["n1"].stop()
    result = FenceResult("f", "n3", "reboot", "confirmed", "n1", "n1", "pacemaker-controld", "", 1.0)
    world.nodes["n2"].feed(Notice(Daemon.FENCED, result))
    world.run(40)
    assert settled(world) == ["n2"]
    assert world.node_state("n2", "n3")["expected"] == "down"
    assert "n3" not in world.fenced[1:]


def fenced_by_hand(world: World, name: str, power_off: bool = True) -> None:
    """An admin fences a node, and the fencers tell of it before the membership notices."""
    result = FenceResult("f", name, "off", "confirmed", "n2", "n2", "stonith_admin.7", "", world.now().wall)
    for node in world.nodes.values():
        if node.name != name:
            node.feed(Notice(Daemon.FENCED, result))
    if power_off:
        world.power_off(name)


@pytest.mark.parametrize("late", [False, True])
def test_a_node_that_was_fenced_by_hand_is_not_fenced_again(world: World, late: bool):
    if late:
        world.resources = ()
        world.power_off("n3")
        fenced_by_hand(world, "n3")
    else:
        fenced_by_hand(world, "n3")
    world.run(5)
    assert settled(world) == ["n1"]
    state = world.node_state("n1", "n3")
    assert (state["join"], state["expected"], state["in_ccm"], state["crmd"]) == ("down", "down", "0", "0")
    assert world.fenced == ([] if not late else world.fenced[:1])


def test_the_fencer_is_told_how_long_ago_the_lost_node_appeared(world: World):
    world.run(20)
    world.power_off("n3")
    world.run(5)
    (request,) = world.fence_requests
    assert request.target == "n3" and request.life >= 20
    # Its new life is a short one.
    world.power_on("n3", "n1", "n2", "n3")
    world.run(10)
    world.power_off("n3")
    world.run(5)
    assert 10 <= world.fence_requests[-1].life < 15


def test_of_a_member_that_does_not_speak_no_life_has_ended(world: World):
    world.run(20)
    world.nodes["n3"].stop()
    world.run(30)
    assert [(request.target, request.life) for request in world.fence_requests] == [("n3", 0.0)]


def test_what_ran_on_a_node_that_was_fenced_by_hand_is_recovered(world: World):
    world.nodes["n1"].stop()
    world.run(1)
    world.nodes["n1"].start()
    world.run(2)
    assert settled(world) == ["n2"] and world.where("r") == ["n1"]
    fenced_by_hand(world, "n1")
    world.run(5)
    assert (world.fenced, world.where("r")) == ([], ["n2"])
    world.power_on("n1", "n1", "n2", "n3")
    world.run(2)
    assert world.node_state("n2", "n1")["expected"] == "member"


def test_news_of_fencing_that_come_late_do_no_harm_to_a_node_in_its_new_life(world: World):
    fenced_by_hand(world, "n3", power_off=False)
    world.run(60)
    assert settled(world) == ["n1"]
    assert (world.node_state("n1", "n3")["join"], world.fenced) == ("member", [])
    # A loss after that is one that nobody wanted.
    world.power_off("n3")
    world.run(5)
    assert world.fenced == ["n3"]
