"""Clients to whom ACLs apply: they get at attributes as they would in the CIB."""

import pytest
from attrd_world import World

from pcmk.kernel.core import Client
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.attributes import (
    AttributeChange,
    AttributeClearFailures,
    AttributePattern,
    AttributePurge,
    AttributeQuery,
    AttributeRefresh,
    AttributeUpdate,
    AttributeValue,
    AttributeValues,
)
from pcmk.kernel.messages.common import Done, Failure

ALICE = Client("attrd_updater", 1, 1000, "alice", privileged=False, groups=("crew",))
MALLORY = Client("attrd_updater", 1, 1001, "mallory", privileged=False)
SETTINGS = """
<configuration>
  <crm_config><cluster_property_set id="o"><nvpair id="o-e" name="enable-acl" value="true"/></cluster_property_set>
  </crm_config>
  <acls>
    <acl_group id="crew"><role id="operator"/></acl_group>
    <acl_role id="operator">
      <acl_permission id="p1" kind="read" xpath="/cib/status"/>
      <acl_permission id="p2" kind="deny" xpath="//nvpair[@name='secret']"/>
      <acl_permission id="p3" kind="write" xpath="//nvpair[starts-with(@name, 'mine')]"/>
    </acl_role>
  </acls>
</configuration>
"""


@pytest.fixture
def world() -> World:
    world = World()
    states = "".join(f'<node_state id="{n}" uname="n{n}"/>' for n in (1, 2, 3))
    for section, xml in (("configuration", SETTINGS), ("status", f"<status>{states}</status>")):
        world.change_cib(*world.cib.apply("modify", section, input_xml=xml, allow_create=True))
    for name in ("mine", "secret", "other"):
        world.update("n1", name, "1")
    world.settle()
    return world


def answer(world: World, client: Client, body: Message, at: str = "n2") -> Message:
    request = world.ask(at, body, client)
    world.settle()
    return world.replies[request]


def change(name: str, value: str | None = "2", node: str = "n1", private: bool = False) -> AttributeUpdate:
    return AttributeUpdate((AttributeChange(name, value, node, private=private),))


def denied(body: Message) -> bool:
    return isinstance(body, Failure) and body.code == ExitCode.INSUFFICIENT_PRIV


@pytest.mark.parametrize("at", ["n1", "n2"])
def test_only_what_may_be_written_is_changed(world: World, at: str) -> None:
    assert answer(world, ALICE, change("mine"), at) == Done()
    assert world.in_cib("mine", "n1") == world.value("n3", "mine", "n1") == "2"
    for name in ("other", "secret", "new"):
        for value in ("2", None) if name != "new" else ("2",):
            assert denied(answer(world, ALICE, change(name, value), at))
    assert answer(world, ALICE, change("mine-too", node="n3"), at) == Done()
    assert world.in_cib("mine-too", "n3") == "2"
    assert (world.in_cib("other", "n1"), world.value("n1", "secret", "n1")) == ("1", "1")
    assert world.value("n1", "new", "n1") is None


def test_a_change_is_made_as_a_whole_or_not(world: World) -> None:
    both = AttributeUpdate(change("mine").changes + change("other").changes)
    assert denied(answer(world, ALICE, both))
    assert world.value("n1", "mine", "n1") == "1"


@pytest.mark.parametrize(
    "body",
    [
        AttributePattern("^other", "2", "n1"),
        AttributePattern(".", None, "n1"),
        AttributePurge("n1"),
        AttributeClearFailures(),
        change("mine", "2", "a-node-that-nobody-knows"),
    ],
)
def test_there_is_no_way_around(world: World, body: Message) -> None:
    world.update("n1", "fail-count-r#monitor_10000", "3")
    world.settle()
    before = world.tables()
    assert denied(answer(world, ALICE, body))
    assert world.tables() == before


def test_what_changes_nothing_is_fine(world: World) -> None:
    assert answer(world, ALICE, AttributeClearFailures("n2", "no-such")) == Done()
    assert answer(world, MALLORY, AttributeRefresh()) == Done()
    assert answer(world, ALICE, AttributePattern("^mine", "3", "n1")) == Done()
    assert world.in_cib("mine", "n1") == "3"


def test_without_waiting_a_refusal_is_told_too(world: World) -> None:
    update = AttributeUpdate(change("other").changes, wait="no")
    assert denied(answer(world, ALICE, update))
    assert world.value("n1", "other", "n1") == "1"


def test_only_what_may_be_read_is_told(world: World) -> None:
    other = AttributeValues(True, (AttributeValue("other", "n1", "1"),))
    assert answer(world, ALICE, AttributeQuery("other")) == other
    assert answer(world, ALICE, AttributeQuery("other", "n1")) == other
    assert answer(world, ALICE, AttributeQuery("secret")) == AttributeValues(False, ())
    hidden = AttributeValues(False, (AttributeValue("secret", "n1", None),))
    assert answer(world, ALICE, AttributeQuery("secret", "n1")) == hidden
    assert answer(world, MALLORY, AttributeQuery("other")) == AttributeValues(False, ())
    assert answer(world, Client("test"), AttributeQuery("secret", "n1")) == AttributeValues(
        True, (AttributeValue("secret", "n1", "1"),)
    )


def test_a_value_that_is_not_in_the_cib_yet_is_told_as_it_will_be(world: World) -> None:
    for name in ("other", "secret"):
        world.ask("n1", AttributeUpdate((AttributeChange(name, "late", "n1", dampening_ms=60000),)))
    world.settle(world.clock + 1)
    request = world.ask("n2", AttributeQuery("other", "n1"), ALICE)
    assert world.replies[request] == AttributeValues(True, (AttributeValue("other", "n1", "late"),))
    request = world.ask("n2", AttributeQuery("secret"), ALICE)
    assert world.replies[request] == AttributeValues(False, ())


def test_of_private_attributes_acls_say_nothing(world: World) -> None:
    assert answer(world, MALLORY, change("hidden", private=True)) == Done()
    assert answer(world, MALLORY, AttributeQuery("hidden", "n1")) == AttributeValues(
        True, (AttributeValue("hidden", "n1", "2"),)
    )


def test_without_acls_everybody_may_do_everything(world: World) -> None:
    off = '<nvpair id="o-e" value="false"/>'
    world.change_cib(*world.cib.apply("modify", "crm_config", input_xml=off))
    world.settle()
    assert answer(world, MALLORY, change("other")) == Done()
    assert answer(world, MALLORY, AttributeQuery("secret", "n1")) == AttributeValues(
        True, (AttributeValue("secret", "n1", "1"),)
    )


def test_as_long_as_the_cib_is_not_known_nobody_may_do_anything() -> None:
    world = World()
    node = world.nodes["n2"]
    world.start("n2")
    node.inbox.clear()
    body = world.replies[world.ask("n2", change("mine"), ALICE)]
    assert isinstance(body, Failure) and body.code == ExitCode.TEMPFAIL
