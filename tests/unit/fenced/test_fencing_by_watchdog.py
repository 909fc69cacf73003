"""A node counts as fenced when it was not seen for so long that its watchdog has reset it."""

import pytest
from fenced_world import World, cib, device, level

from pcmk._core import Element
from pcmk.fenced.cib_devices import WatchdogConfig, devices_for, watchdog_of
from pcmk.kernel.core import PeerDown, PeerUp, ViewChanged
from pcmk.kernel.messages.common import Failure, Member, View
from pcmk.kernel.messages.fencer import (
    Device,
    DeviceAnswer,
    DeviceCommand,
    Devices,
    DevicesQuery,
    Fence,
    FenceResult,
    RegisterDevice,
)

ALL = {"a": 5.0, "b": 5.0, "c": 5.0}
WAIT = 20.0
RESOURCE = device("watchdog", "fence_watchdog")


def document(
    resources: str = "", topology: str = "", wait: str = "20s", option: str = "fencing-watchdog-timeout"
) -> str:
    pair = f'<nvpair id="w" name="{option}" value="{wait}"/>' if wait else ""
    options = f'<crm_config><cluster_property_set id="o">{pair}</cluster_property_set></crm_config>'
    return cib(resources, topology=topology).replace("<crm_config/>", options)


class Cluster(World):
    """Nodes that see each other, but for those in `gone`."""

    def __init__(self, text: str = "", names: str = "abc", watchdogs: dict[str, float] | None = None) -> None:
        self.gone: set[str] = set()
        self.view_id = 0
        self.votes = len(names)
        super().__init__(text or document(), names, watchdogs=ALL if watchdogs is None else watchdogs)

    def appeared(self, name: str) -> None:
        self.views()

    def views(self, *, quorum: bool | None = None) -> None:
        members = set(self.nodes) - self.gone
        for name, node in self.nodes.items():
            group = {name} if name in self.gone else members
            self.view_id += 1
            quorate = (2 * len(group) > self.votes or self.votes == 2) if quorum is None else quorum
            view = View(self.view_id, tuple(Member(n, ord(n), "", 0) for n in sorted(group)), quorate, self.votes)
            node.events.append(ViewChanged(view))

    def lose(self, name: str) -> None:
        """A node dies."""
        self.kill(name)
        self.views()
        self.run()

    def part(self, name: str) -> None:
        """A node is cut off, and goes on."""
        self.gone.add(name)
        for other in self.nodes.values():
            if other.name != name:
                self.cut.add(frozenset((name, other.name)))
                other.events.append(PeerDown(name))
                self.nodes[name].events.append(PeerDown(other.name))
        self.views()
        self.run()

    def heal(self, name: str) -> None:
        self.gone.discard(name)
        self.views()
        for other in self.nodes.values():
            if other.name != name:
                self.cut.discard(frozenset((name, other.name)))
                other.events.append(PeerUp(name, f"{name}1"))
                self.nodes[name].events.append(PeerUp(other.name, f"{other.name}1"))
        self.run()

    def fence(self, target: str, at: str = "a", action: str = "reboot") -> None:
        self.ask(at, Fence(target, action, 10.0))

    def no_luck(self) -> None:
        """The device `d` fails on all nodes."""
        for name in self.nodes:
            self.outcomes[name, "d"] = (1, "")

    @property
    def results(self) -> list[FenceResult]:
        return self.nodes["a"].notices

    @property
    def told(self) -> list[str]:
        return [result.outcome for result in self.results]


def test_a_lost_node_is_fenced_when_the_time_has_passed() -> None:
    world = Cluster()
    world.lose("c")
    world.fence("c")
    world.advance(WAIT - 0.1)
    assert world.told == []
    world.advance(0.2)
    (result,) = world.results
    assert (result.outcome, result.delegate) == ("confirmed", "watchdog")
    assert world.nodes["b"].notices == [result]


def test_the_time_begins_with_the_request_however_long_it_is_gone() -> None:
    world = Cluster()
    world.lose("c")
    world.advance(100.0)
    world.fence("c")
    world.advance(WAIT - 0.1)
    assert world.told == []


@pytest.mark.parametrize("action, outcomes", [("off", ["confirmed"]), ("reboot", ["confirmed"]), ("on", ["refused"])])
def test_a_watchdog_switches_nothing_on(action: str, outcomes: list[str]) -> None:
    world = Cluster()
    world.lose("c")
    world.fence("c", action=action)
    world.advance(WAIT + 15.0)
    assert world.told == outcomes


@pytest.mark.parametrize("wait, last", [("6s", 7.5), ("-1", 10.0)])
def test_it_is_waited_long_enough_for_the_device(wait: str, last: float) -> None:
    world = Cluster(document(wait=wait))
    world.lose("c")
    world.fence("c")
    world.advance(last - 0.1)
    assert world.told == []
    world.advance(0.2)
    assert world.told == ["confirmed"]


def test_a_peers_device_may_take_longer_than_the_own_one() -> None:
    world = Cluster(watchdogs=ALL | {"c": 18.0})
    world.lose("c")
    world.fence("c")
    world.advance(1.5 * 18.0 - 0.1)
    assert world.told == []
    world.advance(0.2)
    assert world.told == ["confirmed"]


@pytest.mark.parametrize("option", ["fencing-watchdog-timeout", "stonith-watchdog-timeout"])
@pytest.mark.parametrize("wait, watchdogs", [("", ALL), ("0", ALL), ("20s", dict[str, float]()), ("5s", ALL)])
def test_where_it_is_not_configured_or_can_not_be_nobody_is_fenced_so(
    wait: str, watchdogs: dict[str, float], option: str
) -> None:
    world = Cluster(document(wait=wait, option=option), watchdogs=watchdogs)
    world.lose("c")
    world.fence("c")
    assert world.told == ["refused"]


# ---- whom it can be counted on for ------------------------------------------------------------------


def test_a_node_without_a_device_is_not_fenced_so() -> None:
    world = Cluster(watchdogs={"a": 5.0, "b": 5.0})
    world.lose("c")
    world.fence("c")
    assert world.told == ["refused"]


def test_nor_is_one_that_nobody_has_heard() -> None:
    world = Cluster(names="ab")
    world.fence("c")
    assert world.told == ["refused"]


def test_unless_the_configuration_names_it() -> None:
    listed = device("watchdog", "fence_watchdog", pcmk_host_list="a b c")
    world = Cluster(document(listed), names="ab")
    world.votes = 3
    world.views()
    world.run()
    world.fence("c")
    world.advance(WAIT + 0.1)
    assert world.told == ["confirmed"]


def test_where_some_are_named_the_others_are_not_fenced_so() -> None:
    world = Cluster(document(device("watchdog", "fence_watchdog", pcmk_host_list="a b")))
    world.lose("c")
    world.fence("c")
    assert world.told == ["refused"]


def test_a_fencer_that_is_started_anew_hears_from_the_others_of_those_who_are_gone() -> None:
    world = Cluster()
    world.lose("c")
    world.respawn("a")
    world.fence("c")
    world.advance(WAIT + 0.1)
    assert world.told == ["confirmed"]


def test_what_a_node_said_in_a_former_life_does_not_count() -> None:
    world = Cluster()
    world.lose("c")
    world.watchdogs = {"a": 5.0, "b": 5.0}
    world.boot("c")
    world.lose("c")
    world.fence("c")
    assert world.told == ["refused"]
    world.respawn("a")
    world.fence("c")
    assert world.told == ["refused"]


def test_the_word_of_a_node_that_is_back_for_a_moment_only_holds() -> None:
    """Its fencer was not connected, but the node can have joined only with a device."""
    world = Cluster()
    world.lose("c")
    world.cut = {frozenset("ac"), frozenset("bc")}
    world.boot("c")
    world.lose("c")
    world.fence("c")
    world.advance(WAIT + 0.1)
    assert world.told == ["confirmed"]


def test_who_missed_that_it_was_off_for_a_while_does_not_count() -> None:
    world = Cluster()
    world.part("c")
    world.new_cib(document(wait=""))
    world.new_cib(document())
    world.fence("c")
    assert world.told == ["refused"]


def test_those_who_are_there_say_themselves_that_it_is_on_again() -> None:
    world = Cluster()
    world.new_cib(document(wait=""))
    world.fence("c")
    assert world.told == ["refused"]
    world.new_cib(document())
    world.lose("c")
    world.fence("c")
    world.advance(WAIT + 0.1)
    assert world.told == ["refused", "confirmed"]


# ---- while it is waited -----------------------------------------------------------------------------


def test_a_node_that_comes_back_was_not_fenced() -> None:
    """It may have had quorum meanwhile, and its device signs of life."""
    world = Cluster()
    world.part("c")
    world.fence("c")
    world.advance(WAIT - 1.0)
    world.heal("c")
    assert world.told == ["unknown"]
    assert "a member again" in world.results[0].reason
    world.part("c")
    world.advance(WAIT)
    assert world.told == ["unknown"]


def test_without_quorum_nothing_is_proven() -> None:
    world = Cluster()
    world.lose("c")
    world.fence("c")
    world.advance(WAIT - 1.0)
    world.views(quorum=False)
    world.run()
    assert world.told == ["unknown"]
    world.fence("c")
    assert world.told == ["unknown", "unknown"]


def test_of_two_nodes_each_may_have_quorum() -> None:
    world = Cluster(names="ab")
    world.lose("b")
    world.fence("b")
    world.advance(WAIT + 15.0)
    assert world.told == ["unknown"]


def test_a_view_that_may_be_old_proves_nothing() -> None:
    """This node may have stood still itself, and know nothing of the views since."""
    world = Cluster()
    world.lose("c")
    world.unproven.add("a")
    world.fence("c")
    world.advance(WAIT + 2.0)
    assert world.told == []
    world.unproven.clear()
    world.advance(1.1)
    assert world.told == ["confirmed"]


def test_that_can_not_last() -> None:
    world = Cluster()
    world.lose("c")
    world.unproven.add("a")
    world.fence("c")
    world.advance(WAIT + 30.0)
    assert world.told == ["unknown"]


def test_a_node_that_is_there_takes_itself_down() -> None:
    world = Cluster()
    world.fence("c")
    assert world.panics == ["c"]
    world.advance(5.0)
    world.lose("c")
    world.advance(WAIT - 0.1)
    assert world.told == []
    world.advance(0.2)
    assert world.told == ["confirmed"]


def test_one_that_does_not_is_not_fenced() -> None:
    world = Cluster()
    world.fence("c")
    world.advance(WAIT + 30.0)
    assert world.told == ["unknown"]


def test_a_node_is_not_told_to_by_mistake() -> None:
    world = Cluster(document(device("watchdog", "fence_watchdog", pcmk_host_list="a b")))
    world.fence("c")
    assert world.panics == []


# ---- beside other devices ---------------------------------------------------------------------------


def test_other_devices_come_first() -> None:
    world = Cluster(document(device("d", mark="d", pcmk_host_list="a b c")))
    world.lose("c")
    world.fence("c")
    assert world.told == ["confirmed"]
    assert [mark for _, mark, _ in world.fencings()] == ["d"]


def test_when_they_fail_the_watchdog_is_left() -> None:
    world = Cluster(document(device("d", mark="d", pcmk_host_list="a b c", pcmk_reboot_retries="1")))
    world.no_luck()
    world.lose("c")
    world.fence("c")
    world.advance(WAIT + 0.1)
    assert world.told == ["confirmed"]


def test_a_level_may_be_the_watchdog() -> None:
    resources = device("d", mark="d", pcmk_host_list="a b c", pcmk_reboot_retries="1")
    world = Cluster(document(resources, level("c", 1, "d") + level("c", 2, "watchdog")))
    world.no_luck()
    world.lose("c")
    world.fence("c")
    world.advance(WAIT + 0.1)
    (result,) = world.results
    assert (result.outcome, result.delegate) == ("confirmed", "watchdog")


def test_a_level_without_it_is_not_helped_by_it() -> None:
    resources = device("d", mark="d", pcmk_host_list="a b c", pcmk_reboot_retries="1")
    world = Cluster(document(resources, level("c", 1, "d")))
    world.no_luck()
    world.lose("c")
    world.fence("c")
    world.advance(WAIT + 60.0)
    assert world.told == ["unknown"]


# ---- as a device ------------------------------------------------------------------------------------


def test_it_is_listed_where_it_can_fence() -> None:
    world = Cluster()
    assert world.answer("a", DevicesQuery("")) == Devices((Device("watchdog", "fence_watchdog", "a"),))
    assert world.answer("a", DevicesQuery("b")) == Devices((Device("watchdog", "fence_watchdog", "a"),))
    world.new_cib(document(wait=""))
    assert world.answer("a", DevicesQuery("")) == Devices(())
    assert world.answer("a", DevicesQuery("b")) == Devices(())


def test_as_a_resource_it_can_be_monitored() -> None:
    world = Cluster(document(device("watchdog", "fence_watchdog", pcmk_host_list="a b")))
    assert world.answer("a", DeviceCommand("watchdog", "monitor", 5.0)) == DeviceAnswer(0, 0, "a\nb", "")


def test_clients_can_not_register_another_one() -> None:
    world = Cluster()
    for id, agent in (("watchdog", "fence_x"), ("d", "fence_watchdog")):
        assert isinstance(world.answer("a", RegisterDevice(id, agent, {})), Failure)


def watchdog(resources: str) -> WatchdogConfig:
    return watchdog_of(Element.parse(document(resources)), "a")


def test_what_the_configuration_says_of_it() -> None:
    assert watchdog("") == WatchdogConfig("20s")
    assert watchdog(RESOURCE) == WatchdogConfig("20s")
    hosts = device("watchdog", "#watchdog", pcmk_host_list="A b")
    assert watchdog(hosts) == WatchdogConfig("20s", frozenset(("a", "b")))
    assert devices_for(Element.parse(document(hosts)), "a") == {}
    stopped = RESOURCE.replace(
        "<instance",
        '<meta_attributes id="m"><nvpair id="t" name="target-role" value="Stopped"/></meta_attributes><instance',
    )
    assert watchdog(stopped) == WatchdogConfig("20s", stopped=True)


@pytest.mark.parametrize("id, agent", [("watchdog", "fence_x"), ("d", "fence_watchdog")])
def test_another_name_or_agent_is_ignored_and_said(id: str, agent: str) -> None:
    config = watchdog(device(id, agent))
    assert config.timeout == "20s"
    assert len(config.ignored) == 1 and config.ignored[0].startswith(f"{id} is of the agent {agent}")
