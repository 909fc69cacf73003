"""The graph runner from Python."""

import os
from pathlib import Path

import pytest

from pcmk._core import GraphRunner

SHARED = Path(os.environ.get("PCMK_SHARED", Path(__file__).parents[4] / "shared"))
GRAPHS = sorted((SHARED / "conformance").glob("**/*.exp"))

GRAPH = """
<transition_graph cluster-delay="60s" transition_id="7" batch-limit="5">
  <synapse id="0" priority="1000000">
    <action_set>
      <rsc_op id="3" operation="start" operation_key="r_start_0" on_node="n1" on_node_uuid="1">
        <primitive id="r" class="ocf" provider="pcmk" type="Dummy"/>
        <attributes CRM_meta_timeout="20000" state="x"><param name="1st" value="y"/></attributes>
        <downed><node id="2"/></downed>
      </rsc_op>
    </action_set>
    <inputs><trigger><pseudo_event id="2" operation="load" operation_key="load"/></trigger></inputs>
  </synapse>
  <synapse id="1">
    <action_set><pseudo_event id="2" operation="load" operation_key="load"/></action_set>
    <inputs/>
  </synapse>
</transition_graph>
"""


def test_an_action_shows_what_the_graph_says_of_it():
    runner = GraphRunner(GRAPH)
    action = runner.action(3)
    assert action is not None
    assert (action.kind, action.operation, action.key, action.priority) == ("resource", "start", "r_start_0", 1000000)
    assert (action.on_node, action.on_node_id, action.router_node) == ("n1", "1", "")
    assert (action.resource_id, action.resource_class, action.resource_provider) == ("r", "ocf", "pcmk")
    assert action.attributes == {"CRM_meta_timeout": "20000", "state": "x", "1st": "y"}
    assert action.meta("timeout") == "20000"
    assert action.downed == ["2"]
    assert (runner.attr("transition_id"), runner.attr("recheck-by"), runner.size) == ("7", None, 2)
    assert runner.action(9) is None


def test_a_pass_fires_in_order_and_waits_for_what_is_under_way():
    runner = GraphRunner(GRAPH)
    runner.begin_pass()
    fired = runner.next_actions()
    assert fired is not None and [action.id for action in fired] == [2]
    assert runner.next_actions() is None
    assert runner.end_pass() == "running"
    assert runner.confirm(2) and not runner.confirm(2)
    runner.begin_pass()
    fired = runner.next_actions()
    assert fired is not None and [action.id for action in fired] == [3]
    assert [action.id for action in runner.in_flight()] == [3]
    runner.abort(10, "restart", "changed")
    runner.confirm(3, failed=True)
    runner.begin_pass()
    assert runner.next_actions() is None
    assert (runner.end_pass(), runner.completion) == ("complete", ("restart", "changed"))


@pytest.mark.parametrize("text", ["<graph/>", "<transition_graph><synapse/></transition_graph>", "no xml"])
def test_what_is_no_graph_is_refused(text: str):
    with pytest.raises(ValueError):
        GraphRunner(text)


@pytest.mark.skipif(not GRAPHS, reason="no recorded graphs")
def test_every_recorded_graph_can_be_carried_out():
    for path in GRAPHS:
        runner = GraphRunner(path.read_bytes())
        seen: set[int] = set()
        outcome = "running"
        while outcome == "running":
            runner.begin_pass()
            while (fired := runner.next_actions(batch=3)) is not None:
                for action in fired:
                    assert action.id not in seen
                    seen.add(action.id)
            for action in runner.in_flight():
                assert runner.confirm(action.id)
            outcome = runner.end_pass()
        assert (path.name, outcome, len(seen)) == (path.name, "complete", runner.size)
