"""Devices and levels that clients register, beside those of the CIB."""

import pytest
from fenced_world import World, cib, device, level

from pcmk.fenced.core import FencedCore
from pcmk.kernel.core import Client, Instant, Reply, Request, Started
from pcmk.kernel.messages.common import Done, Failure
from pcmk.kernel.messages.fencer import (
    DeregisterDevice,
    DeregisterLevel,
    Device,
    DeviceAnswer,
    DeviceCommand,
    Devices,
    DevicesQuery,
    Fence,
    FenceResult,
    FencingLevel,
    RegisterDevice,
    RegisterLevel,
)

ALL = "a b c"


def register(world: World, node: str, name: str, mark: str = "", **params: str) -> None:
    wanted = RegisterDevice(name, "fence_x", {"pcmk_host_list": ALL, "mark": mark or name, **params})
    assert world.answer(node, wanted) == Done()


def put(world: World, node: str, target: str, index: int, *devices: str, kind: str = "target", value: str = "") -> None:
    assert world.answer(node, RegisterLevel(FencingLevel(kind, target, value, index, devices))) == Done()


def names(world: World, node: str) -> list[str]:
    answer = world.answer(node, DevicesQuery())
    assert isinstance(answer, Devices)
    return [device.id for device in answer.devices]


def fence(world: World, node: str, target: str) -> list[tuple[str, str, str]]:
    """Fence a target; what devices did."""
    world.done.clear()
    assert isinstance(world.answer(node, Fence(target, "off", 10.0)), FenceResult)
    return world.fencings()


def test_a_registered_device_is_used_like_any_other() -> None:
    world = World(cib(""))
    register(world, "b", "d")
    assert (names(world, "a"), names(world, "b")) == ([], ["d"])
    assert fence(world, "a", "c") == [("b", "d", "off")]
    answer = world.answer("b", DeviceCommand("d", "monitor"))
    assert isinstance(answer, DeviceAnswer) and answer.rc == 0
    assert world.answer("b", DeregisterDevice("d")) == Done()
    assert names(world, "b") == []
    assert world.answer("b", DeregisterDevice("d")) == Done()


def test_it_is_there_before_any_cib_is_known() -> None:
    core, now = FencedCore("a", "a1"), Instant(1.0, 1.0)
    core.handle(Started(), now)
    changes = RegisterDevice("d", "fence_x"), RegisterLevel(FencingLevel("attribute", "rack", "7", 1, ("d",)))
    for number, change in enumerate(changes):
        assert Reply(number, Done()) in core.handle(Request(number, Client("test"), change), now)
    found = core.handle(Request(9, Client("test"), DevicesQuery()), now)
    assert found == [Reply(9, Devices((Device("d", "fence_x", "a"),)))]


def test_a_monitor_that_came_first_waits_for_the_registration() -> None:
    world = World(cib(""))
    request = world.ask("a", DeviceCommand("d", "monitor"))
    assert request not in world.nodes["a"].replies
    register(world, "a", "d")
    assert isinstance(world.nodes["a"].replies[request], DeviceAnswer)


def test_of_two_definitions_the_newer_one_holds_and_the_cib_stays() -> None:
    of_cib = cib(device("d", mark="cib", pcmk_host_list=ALL))
    world = World(of_cib)
    register(world, "a", "d", mark="client")
    # Some other change of the CIB.
    world.new_cib(of_cib.replace("<crm_config/>", '<crm_config><cluster_property_set id="x"/></crm_config>'))
    assert fence(world, "a", "c") == [("a", "client", "off")]
    world.new_cib(cib(device("d", mark="changed", pcmk_host_list=ALL)))
    assert fence(world, "a", "c") == [("a", "changed", "off")]
    # It was registered, so it stays when the CIB has it no more.
    world.new_cib(cib(""))
    assert (names(world, "a"), names(world, "b")) == (["d"], [])
    world.new_cib(of_cib)
    assert world.answer("a", DeregisterDevice("d")) == Done()
    assert names(world, "a") == ["d"]
    assert fence(world, "a", "c") == [("a", "cib", "off")]


def devices(*marks: str) -> str:
    return "".join(device(mark, mark=mark, pcmk_host_list=ALL) for mark in marks)


def test_levels_of_clients_and_of_the_cib_make_one_topology() -> None:
    world = World(cib(devices("p", "q", "r"), topology=level("c", 2, "p")))
    put(world, "a", "c", 1, "q")
    put(world, "a", "c", 2, "r")
    assert [mark for _, mark, _ in fence(world, "a", "c")] == ["q"]
    assert world.answer("a", DeregisterLevel(FencingLevel("target", "c", "", 1))) == Done()
    assert [mark for _, mark, _ in fence(world, "a", "c")] == ["p", "r"]
    # Another node has its own.
    assert [mark for _, mark, _ in fence(world, "b", "c")] == ["p"]
    assert world.answer("a", DeregisterLevel(FencingLevel("target", "c", "", 2))) == Done()
    assert [mark for _, mark, _ in fence(world, "a", "c")] == ["p"]


def test_devices_join_a_level_once() -> None:
    world = World(cib(devices("p", "q")))
    for name in ("q", "p", "q"):
        put(world, "a", "c", 1, name)
    assert [mark for _, mark, _ in fence(world, "a", "c")] == ["q", "p"]


def test_levels_can_be_for_patterns_and_attributes() -> None:
    attributed = cib(devices("p", "q", "r")).replace(
        '<node id="2" uname="b"/>',
        '<node id="2" uname="b"><instance_attributes id="b-a"><nvpair id="b-rack" name="rack" value="7"/>'
        "</instance_attributes></node>",
    )
    world = World(attributed)
    put(world, "a", "[bc]$", 1, "q", kind="pattern")
    put(world, "a", "rack", 1, "r", kind="attribute", value="7")
    assert [mark for _, mark, _ in fence(world, "a", "c")] == ["q"]
    assert world.answer("a", DeregisterLevel(FencingLevel("pattern", "[bc]$", "", 1))) == Done()
    assert [mark for _, mark, _ in fence(world, "a", "b")] == ["r"]


@pytest.mark.parametrize(
    "change",
    [
        RegisterDevice("", "fence_x"),
        RegisterDevice("d", ""),
        RegisterLevel(FencingLevel("target", "c", "", 0, ("d",))),
        RegisterLevel(FencingLevel("target", "c", "", 10, ("d",))),
        RegisterLevel(FencingLevel("target", "c", "", 1)),
        RegisterLevel(FencingLevel("target", "", "", 1, ("d",))),
        RegisterLevel(FencingLevel("planet", "c", "", 1, ("d",))),
    ],
)
def test_what_makes_no_sense_is_refused(change: RegisterDevice | RegisterLevel) -> None:
    world = World(cib(devices("p")))
    assert isinstance(world.answer("a", change), Failure)
    assert names(world, "a") == ["p"]
    assert [mark for _, mark, _ in fence(world, "a", "c")] == ["p"]


def test_they_end_with_the_process() -> None:
    world = World(cib(""))
    register(world, "a", "d")
    world.respawn("a")
    assert names(world, "a") == []
