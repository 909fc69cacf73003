"""What the controller says of its node's watchdog device, and what it does where the options don't fit it."""

import pytest
from world import World

from pcmk.controld.events import Settings
from pcmk.kernel.core import LinkDown, LinkUp
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.messages.controller import WatchdogAnswer, WatchdogQuery

DEVICE = Settings(watchdog=5.0)
BOUND_AND_SAFE = WatchdogAnswer(bound=True, safe=True)
BOUND = WatchdogAnswer(bound=True, safe=False)
FREE = WatchdogAnswer(bound=False, safe=True)


def options(**values: str) -> str:
    pairs = "".join(
        f'<nvpair id="o-{name}" name="{name.replace("_", "-")}" value="{value}"/>' for name, value in values.items()
    )
    block = f'<cluster_property_set id="cib-bootstrap-options">{pairs}</cluster_property_set>'
    return f"<crm_config>{block}</crm_config>"


def configured(settings: Settings = DEVICE, **values: str) -> World:
    """Three nodes that run a resource, on n1, which is DC."""
    world = World("n1", "n2", "n3", settings=settings)
    world.resources = ("r",)
    for node in world.nodes.values():
        node.cib, _ = node.cib.apply("modify", "crm_config", input_xml=options(**values), allow_create=True)
    world.start()
    world.run(2)
    return world


def have_watchdog(world: World, viewer: str) -> str:
    (pair,) = world.nodes[viewer].cib.find("//nvpair[@name='have-watchdog']")
    return pair.get("value", "")


def answer(world: World, name: str, *, bound: bool = True) -> Message:
    """What pacemakerd is told."""
    id = world.nodes[name].ask(WatchdogQuery(bound))
    world.run(0.1)
    return world.nodes[name].replies[id]


@pytest.fixture
def world() -> World:
    return configured(fencing_watchdog_timeout="10s")


@pytest.mark.parametrize("settings, value", [(DEVICE, "true"), (Settings(), "false")])
def test_the_cib_says_whether_there_are_devices(settings: Settings, value: str) -> None:
    world = configured(settings)
    assert have_watchdog(world, "n2") == value


def test_a_dc_without_a_device_says_so_too() -> None:
    world = configured()
    world.power_off("n1")
    world.run(2)
    world.power_off("n2")
    world.power_off("n3")
    world.settings = Settings()
    for name in ("n2", "n3"):
        world.power_on(name, "n2", "n3")
    world.run(2)
    assert have_watchdog(world, "n3") == "false"


def test_a_member_is_safe_while_it_has_quorum(world: World) -> None:
    assert [answer(world, name) for name in world.nodes] == [BOUND_AND_SAFE] * 3
    world.partition(("n1", "n2"), ("n3",))
    assert answer(world, "n3") == BOUND
    assert answer(world, "n1") == BOUND_AND_SAFE


def test_nobody_knows_while_the_membership_engine_does_not_answer(world: World) -> None:
    world.unproven.add("n2")
    assert answer(world, "n2") == Failure(ExitCode.TIMEOUT, "the membership engine does not show that it works")
    assert answer(world, "n1") == BOUND_AND_SAFE


def test_nor_while_the_cib_manager_is_away() -> None:
    """Others may know a newer configuration, by which the node is bound."""
    world = configured()
    world.nodes["n2"].feed(LinkDown(Daemon.BASED))
    assert answer(world, "n2", bound=False) == Failure(ExitCode.UNAVAILABLE, "the CIB manager can't be reached")
    world.nodes["n2"].feed(LinkUp(Daemon.BASED))
    world.run(0.1)
    assert answer(world, "n2", bound=False) == FREE


@pytest.mark.parametrize("policy, told", [("stop", FREE), ("fence", BOUND_AND_SAFE), ("suicide", BOUND_AND_SAFE)])
def test_without_the_option_the_policy_decides(policy: str, told: WatchdogAnswer) -> None:
    world = configured(no_quorum_policy=policy)
    assert answer(world, "n2") == told


def test_who_is_not_bound_needs_no_proof() -> None:
    world = configured()
    world.unproven.add("n2")
    world.partition(("n1", "n3"), ("n2",))
    assert answer(world, "n2", bound=False) == FREE


def test_a_node_that_did_not_join_is_not_bound(world: World) -> None:
    world.power_off("n3")
    world.run(5)
    world.power_on("n3", "n3")
    world.run(5)
    assert answer(world, "n3") == FREE
    world.partition(("n1", "n2", "n3"))
    world.run(5)
    assert world.node_state("n1", "n3")["join"] == "member"
    assert answer(world, "n3") == BOUND_AND_SAFE


@pytest.mark.parametrize("respawned", [False, True])
def test_what_a_partition_without_quorum_decides_frees_none_of_it(world: World, respawned: bool) -> None:
    """Those with quorum don't know of it."""
    world.fencing = "unknown"
    world.partition(("n1", "n2"), ("n3",))
    world.run(2)
    assert answer(world, "n3") == BOUND
    off = options(fencing_watchdog_timeout="0")
    world.change(world.nodes["n3"], "modify", section="crm_config", input_xml=off)
    world.run(2)
    assert 'value="0"' in world.nodes["n3"].cib.to_xml()
    if respawned:
        world.nodes["n3"].stop()
        world.nodes["n3"].start()
        world.run(2)
    assert answer(world, "n3") == BOUND


def test_with_quorum_it_can_be_switched_off(world: World) -> None:
    off = options(fencing_watchdog_timeout="0")
    world.change(world.nodes["n3"], "modify", section="crm_config", input_xml=off)
    world.run(1)
    assert [answer(world, name) for name in world.nodes] == [FREE] * 3


@pytest.mark.parametrize("policy", ["fence", "suicide"])
def test_who_loses_quorum_takes_itself_down_where_the_policy_says_so(policy: str) -> None:
    world = configured(no_quorum_policy=policy)
    world.partition(("n1", "n2"), ("n3",))
    exit = world.nodes["n3"].exit
    assert exit is not None and exit.code == ExitCode.PANIC
    assert world.nodes["n1"].exit is None


@pytest.mark.parametrize(
    "settings, policy",
    [(Settings(), "fence"), (DEVICE, "stop"), (DEVICE, "ignore")],
    ids=["no device", "stop", "ignore"],
)
def test_otherwise_nobody_does(settings: Settings, policy: str) -> None:
    world = configured(settings, no_quorum_policy=policy)
    world.partition(("n1",), ("n2",), ("n3",))
    assert [node.exit for node in world.nodes.values()] == [None] * 3


def test_nor_does_who_never_had_quorum() -> None:
    world = World("n1", "n2", "n3", settings=DEVICE)
    for node in world.nodes.values():
        node.cib, _ = node.cib.apply(
            "modify", "crm_config", input_xml=options(no_quorum_policy="fence"), allow_create=True
        )
    world.start("n1")
    world.run(5)
    world.partition(("n1",))
    assert world.nodes["n1"].exit is None


@pytest.mark.parametrize("timeout", ["5s", "1s"])
def test_a_timeout_that_is_too_short_makes_all_leave(timeout: str) -> None:
    world = configured()
    too_short = options(fencing_watchdog_timeout=timeout)
    world.change(world.nodes["n2"], "modify", section="crm_config", input_xml=too_short)
    world.run(30)
    exits = [node.exit for node in world.nodes.values()]
    assert [exit.code for exit in exits if exit is not None] == [ExitCode.FATAL] * 3
    assert world.where("r") == []
    assert world.fenced == []
    assert any("must be more than the 5 s" in line for line in world.nodes["n1"].log)


def test_a_node_without_a_device_leaves_after_what_it_runs_was_moved(world: World) -> None:
    world.power_off("n3")
    world.run(2)
    fenced = list(world.fenced)
    world.settings = Settings()
    world.power_on("n3", "n1", "n2", "n3")
    world.run(5)
    exit = world.nodes["n3"].exit
    assert exit is not None and exit.code == ExitCode.FATAL and "no watchdog device" in exit.reason
    assert not world.nodes["n3"].joined
    assert world.fenced == fenced


def test_one_that_must_leave_goes_when_nothing_runs_there() -> None:
    world = configured(Settings())
    option = options(fencing_watchdog_timeout="10s")
    world.settings = DEVICE
    for name in ("n2", "n3"):
        world.nodes[name].stop()
        world.nodes[name].start()
    world.run(3)
    world.change(world.nodes["n2"], "modify", section="crm_config", input_xml=option)
    world.run(10)
    exit = world.nodes["n1"].exit
    assert exit is not None and exit.code == ExitCode.FATAL
    world.partition(("n2", "n3"))
    world.run(5)
    stops = [(name, resource) for _, name, action, resource in world.executions if action == "stop"]
    assert ("n1", "r") in stops
    assert world.where("r") in (["n2"], ["n3"])
    assert world.fenced == []
