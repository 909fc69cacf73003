from pathlib import Path

import pytest
from based_world import World
from stored_world import StoredWorld

from pcmk.kernel.core import ViewChanged
from pcmk.kernel.messages.cib import CibModified
from pcmk.kernel.messages.common import Failure, View


def test_a_change_is_on_all_copies_once_acknowledged() -> None:
    world = World(3, 1)
    world.settle()
    writes = [world.client_writes(name) for name in world.nodes]
    world.settle()
    assert all(isinstance(write.answer, CibModified) for write in writes)
    world.check_healed()


@pytest.mark.parametrize("seed", range(5))
def test_without_primary_changes_wait_and_then_fail_with_timeout(seed: int) -> None:
    world = World(3, seed)
    world.settle()
    dc = world.dc["n1"][1]
    other = next(name for name in world.nodes if name != dc)
    world.crash(dc)
    write = world.client_writes(other)
    world.settle()
    assert isinstance(write.answer, Failure) and write.answer.code == 124
    world.heal()
    world.check_healed()


def test_a_change_that_waits_is_carried_out_by_the_next_primary() -> None:
    world = World(3, 3)
    world.settle()
    dc = world.dc["n1"][1]
    other = next(name for name in world.nodes if name != dc)
    world.power_off(dc)
    write = world.client_writes(other)
    world.dc = {}
    world.elect([name for name in world.nodes if name != dc])
    world.settle()
    assert isinstance(write.answer, CibModified)
    world.heal()
    world.check_healed()


def test_a_full_disk_on_the_primary_refuses_changes_until_there_is_space() -> None:
    world = World(3, 4)
    world.settle()
    dc = world.dc["n1"][1]
    node = world.nodes[dc]
    node.disk_full = True
    first = world.client_writes(dc)
    while node.core is not None and not node.core.state.disk.failure:
        assert world.step()
    second = world.client_writes(dc)
    assert first.answer is None
    assert isinstance(second.answer, Failure) and second.answer.code == 74 and "no space left" in second.answer.message
    # What was ordered before is on the disks of the others.
    while first.answer is None:
        assert world.step()
    assert isinstance(first.answer, CibModified) and node.disk_full
    world.crash(dc)
    node.disk_full = False
    world.settle()
    world.heal()
    world.check_healed()


def test_full_disks_on_too_many_followers_refuse_changes() -> None:
    world = World(3, 5)
    world.settle()
    dc = world.dc["n1"][1]
    for node in world.nodes.values():
        node.disk_full = node.name != dc
    first = world.client_writes(dc)
    while len({line for line in world.logs if line.startswith(f"{dc}:") and "can't write" in line}) < 2:
        assert world.step()
    second = world.client_writes(dc)
    assert isinstance(second.answer, Failure) and second.answer.code == 74
    assert first.answer is None
    for node in world.nodes.values():
        node.disk_full = False
    world.settle()
    assert isinstance(first.answer, CibModified)


def test_the_controller_is_told_when_the_disk_fails_and_when_it_works_again() -> None:
    world = World(3, 5)
    world.settle()
    dc = world.dc["n1"][1]
    node = next(node for node in world.nodes.values() if node.name != dc)
    assert node.core is not None
    node.disk_full = True
    world.client_writes(dc)
    while not node.disk_failure:
        assert world.step()
    assert node.disk_failure == node.core.state.disk.failure == "no space left"
    node.disk_full = False
    world.settle()
    assert node.disk_failure == ""


def test_one_full_disk_on_a_follower_holds_up_nothing() -> None:
    world = World(3, 6)
    world.settle()
    dc = world.dc["n1"][1]
    follower = next(name for name in world.nodes if name != dc)
    world.nodes[follower].disk_full = True
    write = world.client_writes(follower)
    for _ in range(400):
        world.step()
    assert isinstance(write.answer, CibModified)


def test_the_losing_side_of_a_partition_keeps_its_configuration_change_as_a_conflict() -> None:
    world = World(3, 7)
    world.settle()
    world.partition(["n1"], ["n2", "n3"])
    world.settle()
    lost = world.client_writes("n1")
    kept = world.client_writes("n2")
    world.settle()
    assert isinstance(lost.answer, CibModified) and isinstance(kept.answer, CibModified)
    world.heal()
    world.check_healed()
    assert any(f'"{lost.id}"' in text for text in world.conflicts)
    assert not any(f'"{kept.id}"' in text for text in world.conflicts)


def test_a_copy_that_was_damaged_in_memory_is_repaired() -> None:
    world = World(3, 8)
    world.settle()
    dc = world.dc["n1"][1]
    victim = world.nodes[next(name for name in world.nodes if name != dc)]
    assert victim.core is not None
    chain = victim.core.state.chain
    chain.base = chain.committed = chain.head.with_attrs({"have-quorum": "damaged"})
    chain.links.clear()
    chain.base_position = chain.committed_position
    victim.replica = chain.committed
    write = world.client_writes(dc)
    world.settle()
    assert isinstance(write.answer, CibModified)
    world.check_healed()


def test_status_is_dropped_when_all_nodes_start_anew_but_not_when_daemons_are_respawned() -> None:
    world = World(3, 9)
    world.settle()
    world.client_writes("n1")
    world.settle()
    for name in world.nodes:
        world.crash(name)
        world.respawn(name)
    world.heal()
    assert world.committed()["n1"].find("//primitive")
    for name in world.nodes:
        world.power_off(name)
    for name in world.nodes:
        world.power_on(name)
    world.heal()
    world.check_healed()


def test_nodes_that_start_anew_show_no_version_that_a_node_which_did_not_knows() -> None:
    world = World(3, 11)
    world.settle()
    for _ in range(4):
        world.client_reports("n1")
    world.settle()
    known = world.committed()["n1"]
    assert known.find("/cib/status/*")
    world.power_off("n2")
    world.power_off("n3")
    world.partition(["n1"], ["n2", "n3"])
    world.power_on("n2")
    world.power_on("n3")
    world.settle()
    anew = world.committed()["n2"]
    assert not anew.find("/cib/status/*")
    assert anew.version > known.version
    world.heal()
    world.check_healed()


def two_nodes_one_declared_failed() -> tuple[World, str, str, View, View]:
    world = World(2, 10)
    world.settle()
    dc = world.dc["n1"][1]
    other = "n2" if dc == "n1" else "n1"
    both = world.nodes[dc].view
    assert both is not None
    alone = View(both.id + 1, tuple(member for member in both.members if member.name == dc), True, 2)
    world.crash(other)
    return world, dc, other, both, alone


def answered(world: World, dc: str) -> bool:
    write = world.client_writes(dc)
    while world.nodes[dc].disk or any(world.links.values()):
        world.step()
    return isinstance(write.answer, CibModified)


def test_a_member_that_was_declared_failed_is_not_needed() -> None:
    world, dc, other, _, _ = two_nodes_one_declared_failed()
    assert not answered(world, dc)
    world.tell_dc(dc, absent=(other,))
    assert answered(world, dc)


def test_a_member_that_was_declared_failed_counts_again_when_it_comes_back() -> None:
    world, dc, other, both, alone = two_nodes_one_declared_failed()
    world.tell_dc(dc, absent=(other,))
    world.give(dc, ViewChanged(alone))
    assert answered(world, dc)
    world.give(dc, ViewChanged(both))
    assert not answered(world, dc)


def test_a_node_can_not_be_declared_failed_before_it_is_a_member() -> None:
    world, dc, other, both, alone = two_nodes_one_declared_failed()
    world.give(dc, ViewChanged(alone))
    world.tell_dc(dc, absent=(other,))
    world.give(dc, ViewChanged(both))
    assert not answered(world, dc)


def test_members_of_a_view_that_declared_each_other_failed_are_two_partitions() -> None:
    world = World(5, 13)
    world.settle()
    world.partition(["n1", "n2"], ["n3", "n4", "n5"])
    world.settle()
    world.disconnect("n1", "n2")
    term = world.dc["n1"][0]
    for name, other in (("n1", "n2"), ("n2", "n1")):
        term += 1
        world.dc[name] = (term, name)
        world.tell_dc(name)
        world.tell_dc(name, absent=(other,))
    writes = [world.client_writes(name) for name in ("n1", "n2", "n3")]
    world.settle()
    assert all(isinstance(write.answer, CibModified) for write in writes)
    assert [write.answered_with_quorum for write in writes] == [False, False, True]
    world.heal()
    world.check_healed()
    for write in writes[:2]:
        assert any(f'"{write.id}"' in text for text in world.conflicts)


SIZES = (3, 5, 2, 3, 4)
FAULTS = (
    *("write",) * 4,
    *("report", "respawn", "on", "lose", "run") * 2,
    *("crash", "off", "split", "merge", "elect", "disk", "link", "absent"),
)


@pytest.mark.parametrize("seed", range(150))
def test_whatever_happens_acknowledged_changes_survive(seed: int) -> None:
    suffer(World(SIZES[seed % 5], seed))


@pytest.mark.parametrize("seed", range(50))
def test_so_they_do_in_files_on_disks_that_lose_power(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suffer(StoredWorld(SIZES[seed % 5], seed, tmp_path, monkeypatch))


def suffer(world: World) -> None:
    """Faults at random; then all is mended and has to be well."""
    size, random = world.size, world.random
    for _ in range(70):
        world.run(random.randrange(25))
        name = random.choice(list(world.nodes))
        node = world.nodes[name]
        match random.choice(FAULTS):
            case "write" if node.core is not None:
                world.client_writes(name)
            case "report" if node.core is not None:
                world.client_reports(name)
            case "crash" if node.core is not None:
                world.crash(name)
            case "respawn" if node.core is None and node.powered:
                world.respawn(name)
            case "off" if node.powered:
                world.power_off(name)
            case "on" if not node.powered:
                world.power_on(name)
            case "split":
                names = random.sample(list(world.nodes), size)
                cut = random.randrange(1, size)
                world.partition(sorted(names[:cut]), sorted(names[cut:]))
            case "merge":
                world.partition(list(world.nodes))
            case "elect":
                world.elect([n for n in next(s for s in world.sides if name in s) if world.nodes[n].powered])
            case "lose" if world.links:
                world.disconnect(*random.choice(list(world.links)))
            case "link":
                world.connect_all()
            case "absent":
                world.declare_failed(name)
            case "disk":
                node.disk_full = not node.disk_full and random.random() < 0.5
            case _:
                world.run(100)
    world.heal()
    world.check_healed()
