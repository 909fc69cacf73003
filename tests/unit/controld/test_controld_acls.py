"""Clients to whom ACLs apply: the controller does for them what they could do in the CIB themselves."""

import pytest
from world import World

from pcmk.kernel.core import Client
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import Done, Failure
from pcmk.kernel.messages.controller import CleanupResource, FailResource, RefreshResource, RemoveNode

ACLS = """
<configuration>
  <crm_config><cluster_property_set id="o"><nvpair id="o-e" name="enable-acl" value="true"/></cluster_property_set>
  </crm_config>
  <acls>
    <acl_target id="operator"><role id="operator"/></acl_target>
    <acl_target id="observer"><role id="observer"/></acl_target>
    <acl_role id="operator">
      <acl_permission id="p1" kind="write" xpath="//lrm_resource[@id='r']"/>
      <acl_permission id="p2" kind="write" object-type="transient_attributes"/>
    </acl_role>
    <acl_role id="observer"><acl_permission id="p3" kind="read" xpath="/cib"/></acl_role>
  </acls>
</configuration>
"""


def person(name: str) -> Client:
    return Client("crm_resource", 1, 1000, name, privileged=False)


@pytest.fixture
def world() -> World:
    world = World("n1", "n2", "n3")
    world.resources = ("r",)
    world.start()
    world.run(1)
    world.nodes["n3"].ask(FailResource("r", "n1"))
    world.run(1)
    world.change(world.nodes["n1"], "modify", section="configuration", input_xml=ACLS)
    world.run(1)
    return world


def failures(world: World) -> int:
    return len(world.nodes["n2"].cib.find("//lrm_rsc_op[@id='r_last_failure_0']"))


@pytest.mark.parametrize("body", [CleanupResource("r"), RefreshResource("r"), RefreshResource(), CleanupResource()])
@pytest.mark.parametrize("name", ["observer", "stranger"])
def test_who_may_not_write_the_history_does_not_have_it_forgotten(world: World, name, body):
    before = failures(world)
    node = world.nodes["n2"]
    id = node.ask(body, person(name))
    world.run(1)
    assert node.replies[id] == Failure(ExitCode.INSUFFICIENT_PRIV, "Permission denied")
    assert failures(world) == before == 1


def test_who_may_write_the_history_has_it_forgotten(world: World):
    node = world.nodes["n2"]
    id = node.ask(CleanupResource("r"), person("operator"))
    world.run(1)
    assert node.replies[id] == Done()
    assert failures(world) == 0


def test_who_may_not_write_a_node_does_not_have_it_removed(world: World):
    world.terminate("n3")
    world.run(2)
    world.partition(("n1", "n2"))
    world.run(1)
    node = world.nodes["n2"]
    id = node.ask(RemoveNode("n3"), person("operator"))
    world.run(1)
    assert node.replies[id] == Failure(ExitCode.INSUFFICIENT_PRIV, "Permission denied")
    assert world.nodes["n1"].cib.find("//node[@uname='n3']")
    id = node.ask(RemoveNode("n3"), Client("crm_node"))
    world.run(1)
    assert node.replies[id] == Done()
