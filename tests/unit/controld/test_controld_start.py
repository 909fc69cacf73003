"""Controllers that start: who is DC, who is waited for, and how long."""

from world import World, settled

from pcmk.controld.events import Settings


def test_a_cluster_starts_without_waiting():
    world = World("n1", "n2", "n3")
    world.start()
    world.run(0.1)
    assert settled(world) == ["n1"]
    for name in world.nodes:
        state = world.node_state("n2", name)
        assert (state["join"], state["expected"], int(state["in_ccm"]) > 0) == ("member", "member", True)
    root = world.nodes["n3"].cib.root
    assert (root.get("dc-uuid"), root.get("have-quorum")) == ("1", "1")


def test_a_member_whose_controller_never_speaks_is_waited_for_a_short_time_only():
    world = World("n1", "n2", "n3")
    world.nodes["n2"].start()
    world.nodes["n3"].start()
    world.partition(("n1", "n2", "n3"))
    world.run(1)
    assert world.dcs() == []
    world.run(5)
    assert settled(world) == ["n2"]


def test_a_node_that_comes_later_joins_the_dc_that_is_there(world: World):
    late = World("n1", "n2", "n3")
    late.start("n2", "n3")
    late.run(1)
    assert settled(late) == ["n2"]
    late.power_on("n1", "n1", "n2", "n3")
    late.run(1)
    assert settled(late) == ["n2"]
    assert late.node_state("n3", "n1")["join"] == "member"


def test_nodes_that_are_to_start_in_standby_are_given_nothing_to_run():
    world = World("n1", "n2", settings=Settings(start_state="standby"))
    world.resources = ("r",)
    world.start()
    world.run(3)
    cib = world.nodes["n1"].cib
    found = cib.find("/cib/configuration/nodes/node/instance_attributes/nvpair")
    assert {(pair.get("id"), pair.get("name"), pair.get("value")) for pair in found} == {
        ("nodes-1-standby", "standby", "on"),
        ("nodes-2-standby", "standby", "on"),
    }
    # Before the first plan of the scheduler.
    planned = [len(cib.find("//nvpair[@name='standby'][@value='on']")) for cib in world.inputs]
    assert planned and set(planned) == {2}


def test_what_a_node_starts_as_is_written_where_it_stands_and_once():
    world = World("n1", "n2", settings=Settings(start_state="online"))
    attribute = '<nvpair id="mine" name="standby" value="on"/>'
    block = f'<node id="1" uname="n1"><instance_attributes id="own">{attribute}</instance_attributes></node>'
    for node in world.nodes.values():
        node.cib, _ = node.cib.apply("modify", "nodes", input_xml=block, allow_create=True)
    world.start()
    world.run(2)
    node = world.nodes["n1"]
    [own] = node.cib.find("//node[@id='1']/instance_attributes")
    assert [(pair.get("id"), pair.get("value")) for pair in own.children] == [("mine", "off")]
    # Somebody changes it; a controller that is respawned is no node that starts.
    for each in world.nodes.values():
        each.cib, _ = each.cib.apply("modify", "nodes", input_xml=block)
    node.stop()
    world.run(0.1)
    node.start()
    world.partition(("n1", "n2"))
    world.run(3)
    assert [pair.get("value") for pair in node.cib.find("//nvpair[@id='mine']")] == ["on"]


def test_a_limit_of_the_node_counts_more_than_the_option():
    limited = World("n1", settings=Settings(jobs=8, job_limit=3))
    limited.start()
    limited.run(1)
    core = limited.nodes["n1"].core
    assert core is not None
    heard = core._shared.roster.me.heard  # pyright: ignore[reportPrivateUsage]
    assert heard is not None and heard.jobs == 3


def test_a_node_that_starts_first_leaves_the_others_time_to_start():
    """Corosync runs everywhere, and gives quorum; of the daemons those of one node were faster."""
    world = World("n1", "n2", "n3")
    world.expected_votes = 3
    world.resources = ("r",)
    world.start("n2")
    world.run(10)
    assert world.dcs() == []
    world.nodes["n1"].start()
    world.partition(("n1", "n2"))
    world.run(5)
    assert world.dcs() == []
    # All are there: nobody is waited for.
    world.nodes["n3"].start()
    world.partition(("n1", "n2", "n3"))
    world.run(1)
    assert len(settled(world)) == 1
    # Who has joined does not wait when a DC is lost.
    dc = world.dcs()[0]
    world.power_off(dc)
    world.run(2)
    assert len(world.dcs()) == 1 and dc not in world.dcs()


def test_a_member_has_the_time_to_start_its_controller():
    world = World("n1", "n2", "n3")
    world.start("n1", "n2")
    world.run(2)
    # Its membership engine is there, and its controller takes its time.
    world.partition(("n1", "n2", "n3"))
    world.run(15)
    assert world.fenced == []
    world.nodes["n3"].start()
    world.partition(("n1", "n2", "n3"))
    world.run(2)
    assert settled(world) and world.fenced == []
    # One that was heard has less.
    world.nodes["n3"].stop()
    world.run(15)
    assert world.fenced == ["n3"]


def test_a_node_that_stays_alone_is_dc_after_a_while():
    world = World("n1", "n2", "n3")
    world.expected_votes = 3
    world.start("n2")
    world.run(19)
    assert world.dcs() == []
    world.run(3)
    assert world.dcs() == ["n2"]
