import pytest
from fenced_world import METADATA, World, cib, device, level

from pcmk.kernel.core import Client, Request
from pcmk.kernel.messages.common import Done, Failure
from pcmk.kernel.messages.fencer import (
    ConfirmFenced,
    DeviceAnswer,
    DeviceCommand,
    Devices,
    DevicesQuery,
    Fence,
    FenceHistory,
    FenceHistoryClean,
    FenceHistoryQuery,
    FenceResult,
)

ALL = "a b c"


def one_device(**params: str) -> str:
    return device("d", mark="d", pcmk_host_list=ALL, **params)


def fence(world: World, at: str, target: str, action: str = "off", **more: float) -> FenceResult | None:
    request = world.ask(at, Fence(target, action, more.pop("timeout", 10.0), **more))
    reply = world.nodes[at].replies.get(request)
    assert reply is None or isinstance(reply, FenceResult), reply
    return reply


def ban(device: str, node: str) -> str:
    return f'<rsc_location id="ban-{device}-{node}" rsc="{device}" node="{node}" score="-INFINITY"/>'


def test_confirmed_by_the_device_told_to_all_and_kept_by_all() -> None:
    world = World(cib(one_device()))
    result = fence(world, "a", "c")
    assert result is not None
    assert (result.outcome, result.target, result.action, result.origin) == ("confirmed", "c", "off", "a")
    assert result.client == "test.7" and result.completed > 1_700_000_000
    assert world.fencings() == [(result.delegate, "d", "off")]
    for node in world.nodes.values():
        assert node.notices == [result]
    history = world.answer("b", FenceHistoryQuery())
    assert isinstance(history, FenceHistory)
    assert [(event.id, event.state) for event in history.events] == [(result.id, "success")]


def test_failed_device_leaves_the_outcome_unknown() -> None:
    world = World(cib(one_device(), ban("d", "b") + ban("d", "c")))
    world.outcomes["a", "d"] = (1, "")
    assert fence(world, "a", "c") is None
    world.advance(1.5)
    (result,) = world.nodes["a"].notices
    assert (result.outcome, result.no_device) == ("unknown", False)
    assert "no luck" in result.reason
    assert world.fencings() == [("a", "d", "off")] * 2


def test_nobody_can_is_refused_at_once() -> None:
    world = World(cib(device("d", mark="d", pcmk_host_list="x")))
    result = fence(world, "a", "c")
    assert result is not None
    assert (result.outcome, result.no_device) == ("refused", True)


def test_missing_agent_is_refused() -> None:
    world = World(cib(device("d", "fence_gone", pcmk_host_list=ALL)), metadata={"fence_gone": ""})
    result = fence(world, "a", "c")
    assert result is not None and result.outcome == "refused"
    world.metadata.clear()
    world.advance(2)
    result = fence(world, "a", "c")
    assert result is not None and result.outcome == "confirmed"


def test_next_node_takes_over_when_a_device_fails() -> None:
    world = World(cib(one_device(pcmk_off_retries="1")))
    world.outcomes["a", "d"] = (1, "")
    result = fence(world, "a", "c")
    assert result is not None and (result.outcome, result.delegate) == ("confirmed", "b")
    assert world.fencings() == [("a", "d", "off"), ("b", "d", "off")]


def test_node_with_a_verified_device_is_asked_first() -> None:
    world = World(cib(one_device()))
    assert isinstance(world.answer("b", DeviceCommand("d", "monitor")), DeviceAnswer)
    result = fence(world, "a", "c")
    assert result is not None and result.delegate == "b"


def test_target_does_not_fence_itself_unless_that_is_allowed() -> None:
    world = World(cib(one_device(), ban("d", "a") + ban("d", "b")))
    result = fence(world, "a", "c")
    assert result is not None and result.outcome == "refused"
    result = fence(world, "a", "c", allow_self=True)
    assert result is not None and (result.outcome, result.delegate) == ("confirmed", "c")


def test_own_fencing_is_carried_through_by_a_peer() -> None:
    world = World(cib(one_device()))
    result = fence(world, "c", "c")
    assert result is not None
    assert (result.outcome, result.delegate, result.origin) == ("confirmed", "a", "c")


def test_alone_a_node_fences_itself_only_if_allowed() -> None:
    world = World(cib(one_device()), "a")
    result = fence(world, "a", "a")
    assert result is not None and result.outcome == "refused"
    result = fence(world, "a", "a", allow_self=True)
    assert result is not None and result.outcome == "confirmed"


def test_death_of_the_executing_peer_is_noticed_at_once() -> None:
    world = World(cib(one_device(), ban("d", "a")), "abcd")
    world.hanging.add(("b", "d"))
    assert fence(world, "a", "c") is None
    assert world.fencings() == [("b", "d", "off")]
    world.kill("b")
    (result,) = world.nodes["a"].notices
    assert (result.outcome, result.delegate) == ("confirmed", "d")


def test_no_peer_left_after_one_died_while_fencing_is_unknown() -> None:
    world = World(cib(one_device(), ban("d", "a")))
    world.hanging.add(("b", "d"))
    fence(world, "a", "c")
    world.kill("b")
    (result,) = world.nodes["a"].notices
    assert result.outcome == "unknown"


def test_dead_owner_leaves_no_pending_operation_and_waiting_requests_begin_anew() -> None:
    world = World(cib(one_device(), ban("d", "a") + ban("d", "c")), "abcd")
    world.hanging.add(("b", "d"))
    fence(world, "a", "c")
    request = world.ask("d", Fence("c", "off", 10.0))
    world.kill("a")
    assert request not in world.nodes["d"].replies
    world.view()
    (lost,) = world.nodes["d"].notices
    assert (lost.outcome, lost.origin) == ("unknown", "a")
    world.finish("b")
    assert world.fencings() == [("b", "d", "off")]
    reply = world.nodes["d"].replies[request]
    assert isinstance(reply, FenceResult) and (reply.outcome, reply.origin) == ("confirmed", "d")
    for name in "bcd":
        events = world.answer(name, FenceHistoryQuery())
        assert isinstance(events, FenceHistory)
        assert [event.state for event in events.events] == ["success", "success"]


def test_executor_tells_when_the_owner_died_meanwhile() -> None:
    world = World(cib(one_device(), ban("d", "a")))
    world.hanging.add(("b", "d"))
    fence(world, "a", "c")
    world.kill("a")
    world.view()
    world.finish("b")
    assert [result.outcome for result in world.nodes["b"].notices] == ["unknown", "confirmed"]
    assert [result.outcome for result in world.nodes["c"].notices] == ["unknown", "confirmed"]


def test_respawned_owner_has_lost_its_operations_and_learns_the_history() -> None:
    world = World(cib(one_device(), ban("d", "a")))
    done = fence(world, "b", "c")
    world.hanging.add(("b", "d"))
    fence(world, "a", "c", action="reboot")
    world.respawn("a")
    assert [result.outcome for result in world.nodes["b"].notices] == ["confirmed", "unknown"]
    history = world.answer("a", FenceHistoryQuery())
    assert isinstance(history, FenceHistory) and done is not None
    assert done.id in [event.id for event in history.events]


def test_same_request_twice_runs_once_wherever_it_is_asked() -> None:
    world = World(cib(one_device(), ban("d", "a")))
    world.hanging.add(("b", "d"))
    requests = [(name, world.ask(name, Fence("c", "off", 10.0))) for name in ("a", "a", "b")]
    assert world.fencings() == [("b", "d", "off")]
    world.finish("b")
    for name, request in requests:
        assert isinstance(world.nodes[name].replies[request], FenceResult)
    assert len(world.nodes["a"].notices) == 1


def test_a_reboot_waits_for_an_off_that_is_under_way_but_an_off_for_no_reboot() -> None:
    world = World(cib(one_device(), ban("d", "a")))
    world.hanging.add(("b", "d"))
    off = world.ask("a", Fence("c", "off", 10.0))
    reboot = world.ask("b", Fence("c", "reboot", 10.0))
    assert world.fencings() == [("b", "d", "off")]
    world.finish("b")
    for name, request in (("a", off), ("b", reboot)):
        reply = world.nodes[name].replies[request]
        assert isinstance(reply, FenceResult) and (reply.action, reply.outcome) == ("off", "confirmed")
    world.ask("a", Fence("c", "reboot", 10.0))
    world.ask("b", Fence("c", "off", 10.0))
    world.finish("b")
    world.finish("b")
    assert [action for _, _, action in world.fencings()] == ["off", "reboot", "off"]


def test_two_owners_at_once_agree_on_one() -> None:
    world = World(cib(one_device()))
    for name in ("b", "a"):
        node = world.nodes[name]
        node.last_request += 1
        node.events.append(Request(node.last_request, Client("x"), Fence("c", "off", 10.0)))
    world.run()
    assert len(world.fencings()) == 1
    for name in ("a", "b"):
        reply = world.nodes[name].replies[1]
        assert isinstance(reply, FenceResult) and reply.outcome == "confirmed"


def test_reboot_falls_back_to_off() -> None:
    metadata = {"fence_off": METADATA.replace('<action name="reboot"/>', "")}
    world = World(cib(device("d", "fence_off", mark="d", pcmk_host_list=ALL)), metadata=metadata)
    result = fence(world, "a", "c", action="reboot")
    assert result is not None and (result.action, result.outcome) == ("reboot", "confirmed")
    assert world.fencings() == [("a", "d", "off")]


def test_tolerance_takes_a_recent_success() -> None:
    world = World(cib(one_device()))
    first = fence(world, "a", "c")
    world.advance(5)
    assert fence(world, "b", "c", tolerance=10.0) == first
    assert len(world.fencings()) == 1
    world.advance(60)
    again = fence(world, "b", "c", tolerance=10.0)
    assert again is not None and again != first


def test_what_ended_the_life_that_the_asker_saw_end_is_the_answer() -> None:
    world = World(cib(one_device()))
    world.advance(5)
    first = fence(world, "a", "c")
    world.advance(3)
    assert fence(world, "b", "c", "reboot", life=4.0) == first
    assert fence(world, "a", "c", "off", life=4.0) == first
    # It appeared anew after that began: its new life is another one.
    again = fence(world, "b", "c", "reboot", life=2.0)
    assert again is not None and again != first
    # What was rebooted may be on.
    assert fence(world, "b", "c", "off", life=1.0) not in (first, again)


def test_a_fencer_that_came_later_does_not_know_when_it_began() -> None:
    world = World(cib(one_device()))
    first = fence(world, "a", "c")
    world.respawn("b")
    world.run()
    again = fence(world, "b", "c", life=100.0)
    assert first is not None and again is not None and again != first


def test_delays_add_up_and_the_random_part_is_drawn() -> None:
    world = World(cib(one_device(pcmk_delay_base="2", pcmk_delay_max="6")))
    assert fence(world, "a", "c", delay=1.0) is None
    world.advance(4.9)
    assert not world.fencings()
    world.advance(0.2)
    assert len(world.fencings()) == 1
    assert fence(world, "a", "c", delay=-1.0) is not None


def test_delay_can_differ_by_target() -> None:
    world = World(cib(one_device(pcmk_delay_base="b:3;c:7")))
    fence(world, "a", "c")
    world.advance(6.9)
    assert not world.fencings()
    assert fence(world, "a", "b", action="on") is not None


def test_agent_that_hangs_is_timed_out_and_the_next_node_tries() -> None:
    world = World(cib(one_device()))
    world.hanging.add(("a", "d"))
    assert fence(world, "a", "c", timeout=10.0) is None
    world.advance(14)
    (result,) = world.nodes["a"].notices
    assert (result.outcome, result.delegate) == ("confirmed", "b")


def two_levels() -> str:
    devices = "".join(device(name, mark=name, pcmk_host_list=ALL, pcmk_off_retries="1") for name in ("p", "q", "r"))
    return cib(devices, topology=level("c", 1, "p,q") + level("c", 2, "r"))


def test_topology_needs_all_devices_of_a_level() -> None:
    world = World(two_levels())
    result = fence(world, "a", "c")
    assert result is not None and result.outcome == "confirmed"
    assert [mark for _, mark, _ in world.fencings()] == ["p", "q"]


def test_topology_goes_to_the_next_level_when_a_device_fails_everywhere() -> None:
    world = World(two_levels())
    world.outcomes["a", "q"] = world.outcomes["b", "q"] = (1, "")
    result = fence(world, "a", "c")
    assert result is not None and result.outcome == "confirmed"
    assert [mark for _, mark, _ in world.fencings()] == ["p", "q", "q", "r"]


def test_reboot_with_several_devices_is_all_off_then_all_on() -> None:
    world = World(two_levels())
    result = fence(world, "a", "c", action="reboot")
    assert result is not None and (result.outcome, result.action) == ("confirmed", "reboot")
    assert [(mark, action) for _, mark, action in world.fencings()] == [
        ("p", "off"), ("q", "off"), ("p", "on"), ("q", "on"),
    ]  # fmt: skip


def test_failure_to_switch_on_again_does_not_undo_the_off() -> None:
    world = World(two_levels())
    world.hanging |= {("a", "p"), ("b", "p")}
    fence(world, "a", "c", action="reboot")
    world.finish("a", 0)
    for _ in range(2):
        for name in ("a", "b"):
            if world.nodes[name].runs:
                world.finish(name, 1)
                world.advance(1.1)
    world.advance(100)
    (result,) = world.nodes["a"].notices
    assert result.outcome == "confirmed"


def test_unfencing_needs_every_required_device() -> None:
    metadata = {"fence_auto": METADATA.replace('<action name="on"/>', '<action name="on" automatic="1"/>')}
    devices = "".join(device(name, "fence_auto", mark=name, pcmk_host_list=ALL) for name in ("m", "n"))
    world = World(cib(devices), metadata=metadata)
    result = fence(world, "a", "c", action="on")
    assert result is not None and result.outcome == "confirmed"
    assert [mark for _, mark, _ in world.fencings()] == ["m", "n"]


def test_dynamic_list_decides_and_is_cached() -> None:
    world = World(cib(device("d", mark="d")), "ab")
    world.outcomes["a", "d"] = world.outcomes["b", "d"] = (0, "b,plug b\nc,plug c\n")
    assert fence(world, "a", "c") is not None
    lists = [entry for entry in world.done if entry[2] == "list"]
    assert len(lists) == 2
    result = fence(world, "a", "x")
    assert result is not None and result.outcome == "refused"
    assert len([entry for entry in world.done if entry[2] == "list"]) == 2
    world.advance(61)
    fence(world, "a", "c")
    assert len([entry for entry in world.done if entry[2] == "list"]) == 4


@pytest.mark.parametrize(("code", "outcome"), [(0, "confirmed"), (2, "confirmed"), (1, "refused")])
def test_status_check(code: int, outcome: str) -> None:
    world = World(cib(device("d", mark="d", pcmk_host_check="status", pcmk_status_retries="1")), "a")
    world.outcomes["a", "d", "status"] = (code, "")
    result = fence(world, "a", "c")
    assert result is not None and result.outcome == outcome


def test_peer_that_does_not_answer_does_not_hold_up_fencing_for_long() -> None:
    world = World(cib(one_device()), "abcd")
    world.cut.add(frozenset(("a", "b")))
    assert fence(world, "a", "c") is None
    world.advance(2.1)
    assert [result.outcome for result in world.nodes["a"].notices] == ["confirmed"]


def test_human_confirmation_ends_what_is_under_way() -> None:
    world = World(cib(one_device(), ban("d", "b")))
    world.hanging.add(("a", "d"))
    request = world.ask("a", Fence("c", "off", 10.0))
    told = world.answer("b", ConfirmFenced("c"))
    assert isinstance(told, FenceResult)
    assert (told.outcome, told.delegate) == ("confirmed", "a human")
    reply = world.nodes["a"].replies[request]
    assert isinstance(reply, FenceResult) and (reply.outcome, reply.delegate) == ("confirmed", "a human")


def test_history_is_forgotten_everywhere_but_for_what_is_pending() -> None:
    world = World(cib(one_device(), ban("d", "a")))
    fence(world, "a", "c")
    world.hanging.add(("b", "d"))
    fence(world, "a", "c", action="reboot")
    assert world.answer("b", FenceHistoryClean()) == Done()
    for name in "abc":
        history = world.answer(name, FenceHistoryQuery())
        assert isinstance(history, FenceHistory)
        assert [event.state for event in history.events] == ["pending"]


def test_devices_of_a_node_and_of_a_target() -> None:
    world = World(cib(one_device() + device("e", pcmk_host_list="b"), ban("d", "b")))
    own = world.answer("b", DevicesQuery())
    assert isinstance(own, Devices) and [found.id for found in own.devices] == ["e"]
    capable = world.answer("a", DevicesQuery("c"))
    assert isinstance(capable, Devices)
    assert [(found.id, found.node) for found in capable.devices] == [("d", "a"), ("d", "c")]


def test_device_command() -> None:
    world = World(cib(one_device()), "a")
    assert world.answer("a", DeviceCommand("d", "monitor")) == DeviceAnswer(0, 0, "", "")
    answer = world.answer("a", DeviceCommand("d", "dance"))
    assert isinstance(answer, DeviceAnswer) and answer.status == 3
    world.outcomes["a", "d"] = (1, "")
    request = world.ask("a", DeviceCommand("d", "monitor"))
    world.advance(1.1)
    answer = world.nodes["a"].replies[request]
    assert isinstance(answer, DeviceAnswer) and (answer.rc, answer.status, answer.reason) == (1, 4, "no luck")


def test_command_waits_a_moment_for_a_device_that_is_on_its_way() -> None:
    world = World(cib(""), "a")
    request = world.ask("a", DeviceCommand("d", "monitor"))
    assert request not in world.nodes["a"].replies
    world.new_cib(cib(one_device()))
    assert world.nodes["a"].replies[request] == DeviceAnswer(0, 0, "", "")
    request = world.ask("a", DeviceCommand("x", "monitor"))
    world.advance(6)
    answer = world.nodes["a"].replies[request]
    assert isinstance(answer, DeviceAnswer) and answer.status == 10


def test_hung_monitor_does_not_go_before_fencing() -> None:
    world = World(cib(one_device()), "a")
    world.hanging.add(("a", "d"))
    world.ask("a", DeviceCommand("d", "monitor", "", 30.0))
    world.ask("a", DeviceCommand("d", "monitor", "", 30.0))
    fence(world, "a", "c")
    world.hanging.clear()
    world.finish("a")
    assert [action for _, _, action, _ in world.done] == ["monitor", "off", "monitor"]


def test_bad_requests_are_refused() -> None:
    world = World(cib(""), "a")
    for bad in (Fence("c", "dance", 1.0), Fence("", "off", 1.0), Fence("c", "off", 0.0), ConfirmFenced(""), Done()):
        assert isinstance(world.answer("a", bad), Failure)
