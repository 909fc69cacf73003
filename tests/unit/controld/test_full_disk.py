"""What runs is written as soon as there is room again, however long the disk of the DC was full."""

from world import World

from pcmk.controld.port import Port
from pcmk.controld.writer import Writer, modify
from pcmk.kernel.core import Call, Instant, SetTimer
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibModified, CibVersion
from pcmk.kernel.messages.common import Failure


def test_a_result_is_kept_until_the_disk_has_room():
    port = Port("n1")
    port.now = Instant(0.0, 0.0)
    writer = Writer(port, 0.5)
    written: list[CibModified | None] = []
    writer.submit((modify("status", "<node_state id='1'/>"),), written.append)
    call = next(effect for effect in port.take() if isinstance(effect, Call))
    port.answered(call.id, Failure(ExitCode.IOERR, "no space left on device"))
    timer = next(effect for effect in port.take() if isinstance(effect, SetTimer))
    assert written == [] and not writer.idle

    port.fired(timer.key)
    again = next(effect for effect in port.take() if isinstance(effect, Call))
    assert again.body == call.body
    port.answered(again.id, CibModified(CibVersion(0, 1, 2)))
    assert written == [CibModified(CibVersion(0, 1, 2))] and writer.idle


def test_a_dc_whose_disk_is_full_hands_over_and_recovery_goes_on(world: World):
    world.fill_disk("n1")
    world.run(1)
    assert world.dcs() == ["n2"]
    assert world.states() == {"n1": "S_NOT_DC", "n2": "S_IDLE", "n3": "S_NOT_DC"}
    # Nothing was moved for it, and what is lost from now on is recovered.
    assert world.where("r") == ["n1"] and len([1 for _, _, action, _ in world.executions if action == "start"]) == 1
    world.power_off("n1")
    world.run(5)
    assert world.fenced == ["n1"] and world.where("r") == ["n2"]


def test_a_disk_that_has_room_again_changes_nothing(world: World):
    world.fill_disk("n1")
    world.run(1)
    term = world.nodes["n2"].term
    world.fill_disk("n1", False)
    world.run(5)
    assert world.dcs() == ["n2"] and world.nodes["n2"].term == term


def test_with_all_disks_full_the_dc_stays_and_the_first_that_has_room_takes_over(world: World):
    term = world.nodes["n1"].term
    for name in ("n3", "n2", "n1"):
        world.fill_disk(name)
        world.run(0.1)
    world.run(30)
    assert world.dcs() == ["n1"] and world.nodes["n1"].term == term
    world.fill_disk("n3", False)
    world.run(1)
    assert world.dcs() == ["n3"] and world.nodes["n3"].term == term + 1


def test_disks_that_are_full_at_the_same_time_make_no_loop(world: World):
    for name in world.nodes:
        world.fill_disk(name)
    world.run(5)
    leader, term = world.dcs(), world.nodes["n1"].term
    assert len(leader) == 1
    world.run(60)
    assert (world.dcs(), world.nodes["n1"].term) == (leader, term)


def test_a_node_whose_disk_is_full_is_no_candidate_while_another_one_can_write(world: World):
    world.fill_disk("n2")
    world.power_off("n1")
    world.run(5)
    assert world.dcs() == ["n3"] and world.fenced == ["n1"]


def test_a_controller_that_is_respawned_learns_that_the_disk_is_full(world: World):
    world.fill_disk("n1")
    world.run(1)
    world.nodes["n1"].stop()
    world.nodes["n2"].stop()
    world.nodes["n1"].start()
    world.run(1)
    assert world.dcs() == ["n3"]
