"""Controllers of a whole cluster: they are replaced, split, merged, respawned, and leave."""

import pytest
from world import World, settled

from pcmk.kernel.core import Notice, PeerMessage
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibReplaced, CibTermRefused, CibVersion
from pcmk.kernel.messages.common import Done, Failure
from pcmk.kernel.messages.controld_peer import PerformAction
from pcmk.kernel.messages.controller import (
    CleanupResource,
    ConfigureCorosync,
    ControllerQuery,
    ControllerStatus,
    FailResource,
    KnownNodes,
    NodesQuery,
    RefreshResource,
    RemoveNode,
    SecretsShared,
    SharedWith,
    ShareSecrets,
)
from pcmk.kernel.messages.executor import KeepSecrets, Secret
from pcmk.kernel.versions import FEATURE_SET


def test_a_respawned_controller_costs_nothing(world: World):
    world.nodes["n2"].stop()
    world.run(2)
    world.nodes["n2"].start()
    world.run(15)
    assert (settled(world), world.fenced, world.where("r")) == (["n1"], [], ["n1"])
    assert len(world.executions) == 2


def test_a_controller_that_stays_away_gets_its_node_fenced_after_the_grace(world: World):
    world.nodes["n2"].stop()
    world.run(9)
    assert world.fenced == []
    world.run(3)
    assert world.fenced == ["n2"]
    assert world.node_state("n1", "n2")["expected"] == "down"
    assert settled(world) == ["n1"]


def test_a_killed_controller_of_the_dc_is_replaced_at_once_and_joins_again(world: World):
    world.nodes["n1"].stop()
    world.run(0.1)
    assert settled(world) == ["n2"]
    world.run(1)
    world.nodes["n1"].start()
    world.run(15)
    assert (settled(world), world.fenced, world.where("r")) == (["n2"], [], ["n1"])
    assert [entry[2] for entry in world.executions] == ["start", "monitor"]


def test_results_of_a_controller_that_was_away_are_recorded(world: World):
    node = world.nodes["n1"]
    monitor = next(op for op in node.running.values() if op.action == "monitor")
    node.stop()
    world.run(0.5)
    node.report(9, monitor, 7)
    world.run(0.5)
    node.start()
    world.run(1)
    entry = world.nodes["n3"].cib.find("//lrm_rsc_op[@id='r_last_failure_0']")[0]
    assert (entry.get("rc-code"), entry.get("call-id")) == ("7", "9")
    assert node.results == {}
    assert ("n1", "fail-count-r#monitor_10000", "value++") in world.attributes


def test_a_dc_takes_a_higher_term_when_its_own_is_refused(world: World):
    world.nodes["n1"].feed(Notice(Daemon.BASED, CibTermRefused(7)))
    world.run(1)
    assert settled(world) == ["n1"]
    assert world.nodes["n3"].term > 7


def test_a_dc_gives_its_term_up_if_another_partition_had_the_same_one():
    world = World("n1", "n2", "n3")
    world.start("n1")
    world.run(5)
    assert world.dcs() == ["n1"]
    term = world.nodes["n1"].term
    world.partition(("n1", "n2", "n3"))
    world.nodes["n1"].feed(Notice(Daemon.BASED, CibTermRefused(term)))
    world.nodes["n2"].start()
    world.nodes["n3"].start()
    world.partition(("n1", "n2", "n3"))
    world.run(5)
    assert settled(world)
    assert all(node.term > term for node in world.nodes.values())


def test_partitions_have_a_dc_each_and_one_after_they_merged(world: World):
    world.fencing = "refused"
    world.partition(("n1", "n2"), ("n3",))
    world.run(2)
    assert sorted(world.dcs()) == ["n1", "n3"]
    world.partition(("n1", "n2", "n3"))
    world.run(2)
    assert settled(world) == ["n1"]
    terms = {node.core._shared.standing.term for node in world.nodes.values() if node.core}  # pyright: ignore
    assert len(terms) == 1 and terms.pop() > 2
    assert world.node_state("n3", "n3")["in_ccm"] != "0"


def test_a_node_brings_back_history_that_the_winning_cib_lacks():
    world = World("n1", "n2", "n3")
    world.fencing = "refused"
    world.ignore_quorum = True
    world.start()
    world.run(1)
    world.partition(("n1", "n2"), ("n3",))
    world.run(1)
    # n3 alone starts something that the others do not know of.
    world.resources = ("x",)
    world.change(world.nodes["n3"], "modify", "crm_config", input_xml="<crm_config/>")
    world.nodes["n3"].ask(RefreshResource())
    world.run(1)
    assert "n3" in world.where("x")
    for _ in range(3):
        world.change(world.nodes["n1"], "bump")
    world.resources = ()
    world.partition(("n1", "n2", "n3"))
    world.run(2)
    assert settled(world)
    entry = world.nodes["n1"].cib.find("//node_state[@uname='n3']//lrm_rsc_op[@id='x_last_0']")
    assert entry and entry[0].get("operation") == "start"


def test_a_node_brings_back_history_that_was_lost_within_a_term():
    """The DC remains DC when its CIB, made without quorum, is replaced by that of the others."""
    world = World("n1", "n2", "n3")
    world.resources = ("x",)
    world.start()
    world.run(1)
    assert settled(world) == ["n1"] and world.where("x") == ["n1"]
    world.resources = ()
    term, path = world.nodes["n1"].term, "//node_state[@uname='n1']//lrm_rsc_op[@id='x_last_0']"
    lacking, _ = world.nodes["n1"].cib.apply("delete", xpath="//node_state[@uname='n1']//lrm_resource[@id='x']")
    for node in world.nodes.values():
        node.cib = lacking
        node.feed(Notice(Daemon.BASED, CibReplaced(CibVersion(*lacking.version), term)))
    assert not world.nodes["n1"].cib.find(path)
    world.run(2)
    assert settled(world) == ["n1"] and world.nodes["n1"].term == term
    assert world.nodes["n1"].cib.find(path) and world.nodes["n2"].cib.find(path)


def test_a_controller_that_is_respawned_notices_that_the_winning_cib_lacks_what_its_node_did(world: World):
    """n1 stopped `r` without quorum; its controller was away when the CIB that says so lost."""
    world.fencing = "refused"
    assert world.where("r") == ["n1"]
    world.partition(("n1",), ("n2", "n3"))
    world.run(2)
    assert world.where("r") == []
    for _ in range(9):
        world.change(world.nodes["n2"], "bump")
    world.nodes["n1"].stop()
    world.partition(("n1", "n2", "n3"))
    world.nodes["n1"].cib = world.nodes["n2"].cib
    world.run(1)
    world.nodes["n1"].start()
    world.run(5)
    assert settled(world)
    assert len(world.where("r")) == 1


def test_a_node_takes_back_history_that_it_dropped_and_the_winning_cib_still_has():
    world = World("n1", "n2", "n3")
    world.fencing = "refused"
    world.resources = ("x",)
    world.start()
    world.run(1)
    assert settled(world) and world.where("x") == ["n1"]
    path = "//node_state[@uname='n1']//lrm_rsc_op[@id='x_last_0']"
    world.partition(("n1",), ("n2", "n3"))
    world.run(1)
    world.nodes["n1"].ask(RefreshResource("x"))
    world.run(1)
    assert not world.nodes["n1"].cib.find(path)
    assert world.nodes["n2"].cib.find(path)
    for _ in range(9):
        world.change(world.nodes["n2"], "bump")
    world.resources = ()
    world.partition(("n1", "n2", "n3"))
    world.run(3)
    assert settled(world)
    assert not world.nodes["n2"].cib.find(path), "n1 no longer vouches for it"


def test_a_cut_link_makes_no_second_dc(world: World):
    world.cut_link("n2", "n3")
    world.run(5)
    assert settled(world) == ["n1"]
    world.cut_link("n1", "n3")
    world.run(5)
    assert world.dcs()[:1] == ["n1"]
    world.mend_link("n1", "n3")
    world.run(3)
    assert len(world.dcs()) == 1
    assert world.fenced == []


def test_a_node_leaves_cleanly(world: World):
    world.terminate("n1")
    world.run(3)
    first = world.nodes["n1"].exit
    assert first is not None and first.code == 0
    assert settled(world) == ["n2"]
    assert (world.where("r"), world.fenced) == (["n2"], [])
    state = world.node_state("n2", "n1")
    assert (state["expected"], state["join"]) == ("down", "down")
    world.run(20)
    assert world.fenced == []
    world.partition(("n2", "n3"))
    world.run(20)
    assert world.fenced == []


def test_all_nodes_leave_one_after_the_other_and_together():
    for together in (True, False):
        world = World("n1", "n2", "n3")
        world.resources = ("r",)
        world.start()
        world.run(1)
        for name in ("n2", "n1", "n3"):
            world.terminate(name)
            world.run(0 if together else 3)
        world.run(10)
        codes = [node.exit.code if node.exit else None for node in world.nodes.values()]
        assert (codes, world.where("r"), world.fenced) == ([0, 0, 0], [], [])


def test_a_dc_that_may_leave_does_so_though_a_node_is_lost_in_that_moment(world: World):
    world.action_seconds = 3.0
    world.terminate("n1")
    world.run(4)
    world.power_off("n2")
    world.run(20)
    exit = world.nodes["n1"].exit
    assert exit is not None and exit.code == 0
    assert (world.dcs(), world.fenced, world.where("r")) == (["n3"], ["n2"], ["n3"])


def test_a_node_that_gets_no_leave_stops_by_itself_in_the_end(world: World):
    world.fencing = "refused"
    world.cut_link("n1", "n3")
    world.cut_link("n2", "n3")
    world.terminate("n3")
    world.run(1190)
    assert world.nodes["n3"].exit is None
    world.run(20)
    exit = world.nodes["n3"].exit
    assert exit is not None and exit.code == 0


def test_a_failed_start_counts_and_makes_a_new_plan():
    world = World("n1", "n2")
    world.failures["n1", "start"] = 1
    world.resources = ("r",)
    world.start()
    world.run(0.3)
    assert ("n1", "fail-count-r#start_0", "INFINITY") in world.attributes
    assert len([change for change in world.attributes if change[1].startswith("fail-count")]) == 1
    ids = [entry.get("id") for entry in world.nodes["n2"].cib.find("//lrm_rsc_op")]
    assert sorted(id for id in ids if id) == ["r_last_0", "r_last_failure_0"]
    assert len(world.inputs) > 1


def test_an_action_that_never_reports_is_lost_in_time(world: World):
    world.action_seconds = 10_000
    world.power_off("n1")
    world.run(5)
    assert world.where("r") == []
    world.resources = ()
    world.run(90)
    entry = world.nodes["n2"].cib.find("//lrm_rsc_op[@id='r_last_failure_0']")[0]
    assert (entry.get("op-status"), entry.get("rc-code"), entry.get("call-id")) == ("2", "1", "-1")


def test_an_action_under_way_survives_the_respawn_of_its_controller():
    world = World("n1", "n2")
    world.action_seconds = 3.0
    world.start()
    world.run(1)
    world.terminate("n1")
    world.run(2)
    assert settled(world) == ["n2"]
    world.partition(("n2",))
    world.power_on("n1", "n1", "n2")
    world.run(3)
    world.resources = ("r",)
    world.nodes["n2"].ask(RefreshResource())
    world.run(1)
    assert world.nodes["n1"].executed == ["r_start_0"]
    world.nodes["n1"].stop()
    world.run(1)
    world.nodes["n1"].start()
    world.run(10)
    assert world.nodes["n1"].executed == ["r_start_0", "r_monitor_10000"]
    assert settled(world) == ["n2"]


@pytest.mark.parametrize("copy", ["before it ran", "nothing"])
def test_a_copy_of_the_cib_that_is_put_back_does_not_start_a_service_twice(copy: str):
    """Status in it is that of the time when the copy was made; the nodes tell what holds."""
    world = World("n1", "n2", "n3")
    world.start()
    world.run(2)
    old = world.nodes["n1"].cib.find("/cib/status")[0].to_xml() if copy == "before it ran" else "<status/>"
    world.resources = ("r",)
    world.nodes["n2"].ask(RefreshResource())
    world.run(3)
    (place,) = world.where("r")
    executed = list(world.executions)
    before = world.history(place)
    world.change(world.nodes["n2"], "replace", section="status", input_xml=old)
    world.run(20)
    assert settled(world)
    assert (world.where("r"), world.executions) == ([place], executed)
    assert world.history(place) == before
    assert [world.node_state("n1", name)["join"] for name in world.nodes] == ["member"] * 3


@pytest.mark.parametrize("first", ["the copy", "the loss"])
def test_a_copy_of_the_cib_does_not_keep_a_lost_node_from_being_fenced(world: World, first: str):
    """In the copy the node is down; it may run something, nevertheless."""
    world.fencing = "failed"
    down = '<status><node_state id="3" uname="n3" in_ccm="0" crmd="0" join="down" expected="down"/></status>'

    def put_back() -> None:
        world.change(world.nodes["n2"], "replace", section="status", input_xml=down)

    if first == "the copy":
        put_back()
        world.power_off("n3")
    else:
        world.power_off("n3")
        world.run(1)
        put_back()
    world.run(1)
    state = world.node_state("n1", "n3")
    assert (state["in_ccm"], state["crmd"], state["expected"]) == ("0", "0", "member")
    # Who was fenced is down, whatever a copy says.
    world.fencing = "confirmed"
    world.run(30)
    assert "n3" in world.fenced
    assert world.node_state("n1", "n3")["expected"] == "down"
    put_back()
    world.run(1)
    assert world.node_state("n1", "n3")["expected"] == "down"


def test_nodes_that_somebody_removes_from_the_configuration_come_back(world: World):
    world.change(world.nodes["n2"], "replace", section="nodes", input_xml="<nodes/>")
    world.run(5)
    assert settled(world)
    assert [node.get("uname") for node in world.nodes["n3"].cib.find("/cib/configuration/nodes/node")] == [
        "n1",
        "n2",
        "n3",
    ]


@pytest.mark.parametrize("daemon", [Daemon.BASED, Daemon.ATTRD, Daemon.EXECD, Daemon.FENCED, Daemon.SCHEDULERD])
def test_a_daemon_that_is_respawned_costs_no_node(world: World, daemon: Daemon):
    for name in world.nodes:
        world.relink(name, daemon)
    world.run(20)
    assert (settled(world), world.fenced, world.where("r")) == (["n1"], [], ["n1"])


def test_a_node_that_is_given_something_to_do_has_joined():
    """The action may overtake the CIB that says so."""
    world = World("n1", "n2", "n3")
    world.start("n1", "n2")
    world.run(2)
    world.power_on("n3", "n1", "n2", "n3")
    node = world.nodes["n3"]
    while node.state() != "S_NOT_DC":
        world.step()
    assert not node.joined
    probe = PerformAction("1:1:7:k", "monitor", "r_monitor_0", "n3", "r", "ocf", "pcmk", "Dummy")
    node.feed(PeerMessage("n1", node.term, probe))
    assert node.joined


def test_tools_are_answered(world: World):
    node = world.nodes["n2"]
    here, there, known = node.ask(ControllerQuery()), node.ask(ControllerQuery("n1")), node.ask(NodesQuery())
    member, stranger = node.ask(RemoveNode("n3")), node.ask(ControllerQuery("n9"))
    world.run(0.1)
    status = node.replies[here]
    assert isinstance(status, ControllerStatus)
    assert (status.node, status.state, status.dc, status.quorate) == ("n2", "S_NOT_DC", "n1", True)
    other = node.replies[there]
    assert isinstance(other, ControllerStatus) and (other.node, other.state) == ("n1", "S_IDLE")
    nodes = node.replies[known]
    assert isinstance(nodes, KnownNodes) and [n.name for n in nodes.nodes] == ["n1", "n2", "n3"]
    assert isinstance(node.replies[member], Failure) and isinstance(node.replies[stranger], Failure)


def test_a_node_that_left_can_be_removed(world: World):
    world.terminate("n3")
    world.run(2)
    world.partition(("n1", "n2"))
    world.run(1)
    id = world.nodes["n2"].ask(RemoveNode("n3"))
    world.run(1)
    assert world.nodes["n2"].replies[id] == Done()
    assert world.nodes["n1"].cib.find("//*[@uname='n3']") == []
    nodes = world.nodes["n1"].ask(NodesQuery())
    answer = world.nodes["n1"].replies[nodes]
    assert isinstance(answer, KnownNodes) and [n.name for n in answer.nodes] == ["n1", "n2"]


def test_a_node_is_given_another_configuration_of_corosync(world: World):
    node = world.nodes["n2"]
    id = node.ask(ConfigureCorosync("n3", "new", "old"))
    world.run(1)
    assert node.replies[id] == Done()
    assert {name: each.corosync for name, each in world.nodes.items()} == {"n1": "old", "n2": "old", "n3": "new"}
    # Somebody wrote another one there.
    id = node.ask(ConfigureCorosync("n3", "newer", "old"))
    world.run(1)
    assert node.replies[id] == Failure(ExitCode.CANTCREAT, "another one")
    id = node.ask(ConfigureCorosync("n9", "newer", "old"))
    refusal = node.replies[id]
    assert isinstance(refusal, Failure) and refusal.code == ExitCode.NOHOST


def test_a_made_up_failure_is_recorded_and_cleaned_up(world: World):
    id = world.nodes["n3"].ask(FailResource("r", "n1"))
    world.run(1)
    assert world.nodes["n3"].replies[id] == Done()
    assert ("n1", "fail-count-r#asyncmon_0", "value++") in world.attributes
    assert world.nodes["n2"].cib.find("//lrm_rsc_op[@id='r_last_failure_0']")
    id = world.nodes["n2"].ask(CleanupResource("r"))
    world.run(1)
    assert world.nodes["n2"].replies[id] == Done()
    assert world.nodes["n2"].cib.find("//lrm_rsc_op[@id='r_last_failure_0']") == []
    assert world.nodes["n2"].cib.find("//nvpair[@name='last-lrm-refresh']")


def test_of_two_refreshes_within_a_second_both_are_followed_by_a_look(world: World):
    """Both write the same time stamp in the end, so the second changes nothing but the history."""
    node = world.nodes["n2"]
    for _ in range(2):
        id = node.ask(RefreshResource("r"))
        world.run(0.45)
        assert node.replies[id] == Done()
        assert settled(world) == ["n1"]
        assert world.where("r") == ["n1"]
        assert node.cib.find("//node_state[@uname='n1']//lrm_resource[@id='r']/lrm_rsc_op")


def test_of_two_nodes_the_other_takes_over_when_the_controller_of_the_dc_stays_away():
    world = World("n1", "n2")
    world.ignore_quorum = True
    world.resources = ("r",)
    world.start()
    world.run(1)
    world.nodes["n1"].stop()
    world.run(15)
    assert (world.dcs(), world.fenced) == ([], [])
    world.run(25)
    assert (settled(world), world.fenced, world.where("r")) == (["n2"], ["n1"], ["n2"])


def test_of_two_nodes_that_lost_only_each_others_links_one_survives():
    world = World("n1", "n2")
    world.ignore_quorum = True
    world.resources = ("r",)
    world.start()
    world.run(1)
    world.cut_link("n1", "n2")
    world.run(60)
    assert (settled(world), world.fenced, world.where("r")) == (["n1"], ["n2"], ["n1"])


def test_secrets_are_shared_with_all_other_nodes_and_what_came_of_it_is_told(world: World):
    keep = KeepSecrets((Secret("r", "passwd", b"x"),), only=True)
    world.nodes["n3"].secrets_failure = "no space"
    id = world.nodes["n1"].ask(ShareSecrets(keep))
    world.run(1)
    told = SharedWith("n2", 0, ""), SharedWith("n3", ExitCode.OSFILE, "no space")
    assert world.nodes["n1"].replies[id] == SecretsShared(told)
    assert {node.name: node.secrets for node in world.nodes.values()} == {"n1": [], "n2": [keep], "n3": [keep]}
    world.power_off("n3")
    world.run(1)
    id = world.nodes["n2"].ask(ShareSecrets(keep))
    world.run(1)
    answer = world.nodes["n2"].replies[id]
    assert isinstance(answer, SecretsShared)
    assert [(each.node, each.code) for each in answer.nodes] == [("n1", 0), ("n3", ExitCode.NOHOST)]


def test_nodes_get_newer_software_one_after_the_other(world: World):
    """The cluster speaks the older version as long as one node needs it, and a node that is left behind stays out."""
    for name in ("n2", "n3", "n1"):
        assert {node.cib.root.get("crm_feature_set") for node in world.nodes.values()} == {FEATURE_SET}
        world.terminate(name)
        world.run(3)
        world.power_off(name)
        world.nodes[name].feature_set = "3.99.0"
        world.power_on(name, *world.nodes)
        world.run(3)
        assert settled(world) and len(world.where("r")) == 1
    assert {node.cib.root.get("crm_feature_set") for node in world.nodes.values()} == {"3.99.0"}
    world.terminate("n2")
    world.run(3)
    world.power_off("n2")
    world.nodes["n2"].feature_set = FEATURE_SET
    world.power_on("n2", *world.nodes)
    world.run(3)
    left = world.nodes["n2"].exit
    assert left is not None and left.code == ExitCode.FATAL
    assert left.reason == f"the DC {world.dcs()[0]} has feature set 3.99.0, this node {FEATURE_SET}"
    assert len(world.where("r")) == 1
