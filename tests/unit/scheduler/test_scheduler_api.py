"""Scheduling for programs that embed it: answers to "why?", and many threads at once."""

import doctest
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.scheduler import INFINITY, Choice, Cib, Trace, schedule, total

NOW = 1767787200
PAGE = Path(__file__).resolve().parents[3] / "docs" / "scheduler-api.md"


def cluster(
    resources: str,
    constraints: str = "",
    options: str = "",
    attributes: str = "",
    history: str = "",
    status: str = "",
    quorum: str = "1",
) -> Cib:
    """Two nodes; `attributes` are those of node1, `history` what is recorded there, `status` further states."""
    member = 'in_ccm="true" crmd="online" join="member" expected="member"'
    return Cib.parse(f"""
<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" admin_epoch="0" epoch="1" num_updates="0"
     have-quorum="{quorum}" dc-uuid="1"><configuration>
  <crm_config><cluster_property_set id="options">{options}</cluster_property_set></crm_config>
  <nodes><node id="1" uname="node1"/><node id="2" uname="node2"/></nodes>
  <resources>{resources}</resources><constraints>{constraints}</constraints>
</configuration><status>
  <node_state id="1" uname="node1" {member}>
    <transient_attributes id="1"><instance_attributes id="s1">{attributes}</instance_attributes></transient_attributes>
    <lrm id="1"><lrm_resources>{history}</lrm_resources></lrm>
  </node_state>
  {status or f'<node_state id="2" uname="node2" {member}/>'}
</status></cib>""")


def pair(name: str, value: str) -> str:
    return f'<nvpair id="pair-{name}" name="{name}" value="{value}"/>'


NO_FENCING = pair("stonith-enabled", "false")


def dummy(id: str, meta: str = "") -> str:
    attributes = f'<meta_attributes id="{id}-meta">{meta}</meta_attributes>' if meta else ""
    return f'<primitive id="{id}" class="ocf" provider="pacemaker" type="Dummy">{attributes}</primitive>'


def running(id: str, failed_monitor: bool = False) -> str:
    record = (
        f'<lrm_rsc_op id="{id}_last_0" operation_key="{id}_start_0" operation="start" interval="0" call-id="5" '
        f'rc-code="0" op-status="0" transition-key="1:1:0:u" transition-magic="0:0;1:1:0:u"/>'
    )
    if failed_monitor:
        record += (
            f'<lrm_rsc_op id="{id}_last_failure_0" operation_key="{id}_monitor_10000" operation="monitor" '
            f'interval="10000" call-id="9" rc-code="7" op-status="0" last-rc-change="{NOW - 60}" '
            f'transition-key="2:1:0:u" transition-magic="0:7;2:1:0:u"/>'
        )
    return f'<lrm_resource id="{id}" class="ocf" provider="pacemaker" type="Dummy">{record}</lrm_resource>'


def traced(cib: Cib) -> Trace:
    return schedule(cib, now=NOW, trace=True).trace


def choice(trace: Trace, resource: str, node: str) -> Choice:
    [answer] = trace.explain(resource, node)
    return answer.choices[0]


def parts(found: Choice) -> list[tuple[str, int | None]]:
    return [(part.kind, part.score) for part in found.parts if part.withdrawn is None]


def kinds(causes: Iterable[object]) -> list[str]:
    return [getattr(cause, "kind", "") for cause in causes]


def test_the_page_says_what_is_true() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert tried > 10
    assert failed == 0


def test_stickiness_and_constraints_in_the_order_applied() -> None:
    locations = (
        '<rsc_location id="first" rsc="a" node="node1" score="30"/>'
        '<rsc_location id="second" rsc="a" node="node1" score="-5"/>'
    )
    trace = traced(cluster(dummy("a", pair("resource-stickiness", "7")), locations, NO_FENCING, history=running("a")))
    here = choice(trace, "a", "node1")
    assert parts(here) == [("symmetric", 0), ("location", -5), ("location", 30), ("stickiness", 7)]
    assert (here.score, here.chosen) == (32, True)


def test_preferences_come_along_paths_of_colocations() -> None:
    constraints = (
        '<rsc_colocation id="b-a" rsc="b" with-rsc="a" score="500000"/>'
        '<rsc_colocation id="c-b" rsc="c" with-rsc="b" score="500000"/>'
        '<rsc_location id="likes" rsc="c" node="node2" score="1000"/>'
    )
    trace = traced(cluster("".join(map(dummy, "abc")), constraints, NO_FENCING))
    [wish] = [part for part in choice(trace, "a", "node2").parts if part.resource == "c"]
    assert (wish.kind, wish.score, wish.best) == ("preference", 250, 1000)
    assert [(hop.constraint, hop.resource, hop.factor) for hop in wish.path] == [("b-a", "b", 0.5), ("c-b", "c", 0.25)]
    assert choice(trace, "a", "node2").score == 250


def test_a_wish_that_leaves_no_node_is_told_and_does_not_count() -> None:
    constraints = (
        '<rsc_location id="only" rsc="b" node="node1" score="-INFINITY"/>'
        '<rsc_colocation id="apart" rsc="b" with-rsc="a" score="-100"/>'
    )
    resources = dummy("a", pair("priority", "5")) + dummy("b")
    locations = constraints + '<rsc_location id="a-2" rsc="a" node="node2" score="INFINITY"/>'
    trace = traced(cluster(resources, locations, NO_FENCING))
    found = choice(trace, "b", "node2")
    [told] = [part for part in found.parts if part.kind == "colocation"]
    assert (told.constraint, told.resource, told.score, told.withdrawn) == ("apart", "a", -100, "leaves-no-node")
    assert (found.score, found.chosen) == (0, True)


def test_rules_say_what_they_were_evaluated_by() -> None:
    rule = (
        '<rsc_location id="where" rsc="a"><rule id="where-rule" score="50" boolean-op="or">'
        '<expression id="e1" attribute="disk" operation="eq" value="ssd"/>'
        '<rule id="inner"><date_expression id="d1" operation="gt" start="2020-01-01"/>'
        '<expression id="e2" attribute="cores" operation="gte" value="8"/></rule></rule></rsc_location>'
    )
    trace = traced(cluster(dummy("a"), rule, NO_FENCING, attributes=pair("cores", "4")))
    [found] = choice(trace, "a", "node1").rules
    assert (found.constraint, found.rule, found.passes) == ("where", "where-rule", False)
    seen = [(test.id, test.level, test.passes, test.actual) for test in found.tests]
    assert [entry for entry in seen if entry[0] != "d1"] == [
        ("e1", 0, False, None),
        ("inner", 0, False, None),
        ("e2", 1, False, "4"),
    ]
    [date] = [test for test in found.tests if test.id == "d1"]
    assert date.passes and (date.actual or "").startswith("2026-01-07")
    assert date.says == {"operation": "gt", "start": "2020-01-01"}


def test_failures_have_a_threshold_and_an_end() -> None:
    meta = pair("migration-threshold", "2") + pair("failure-timeout", "600")
    failed = pair("fail-count-a#monitor_10000", "2") + pair("last-failure-a#monitor_10000", str(NOW - 60))
    cib = cluster(dummy("a", meta), "", NO_FENCING, failed, running("a", failed_monitor=True))
    trace = traced(cib)
    here = choice(trace, "a", "node1")
    assert here.failures is not None
    assert (here.failures.recorded, here.failures.count, here.failures.threshold) == (2, 2, 2)
    assert here.failures.expire_at == NOW - 60 + 600
    assert ("failures", -INFINITY) in parts(here)
    assert here.score == -INFINITY
    later = schedule(cib, now=NOW + 3600, trace=True).trace
    there = choice(later, "a", "node1")
    assert there.failures is not None
    assert (there.failures.recorded, there.failures.count) == (2, 0)
    assert "failures" not in dict(parts(there))


@pytest.mark.parametrize(
    ("cib", "kind"),
    [
        (cluster(dummy("a"), '<rsc_location id="x" rsc="a" node="node1" score="-INFINITY"/>', NO_FENCING), "location"),
        (
            cluster(
                dummy("a"),
                '<rsc_location id="x" rsc="a" node="node2" score="0" resource-discovery="exclusive"/>',
                NO_FENCING,
            ),
            "exclusive-discovery",
        ),
        (cluster(dummy("a"), '<rsc_ticket id="t" rsc="a" ticket="east"/>', NO_FENCING), "ticket"),
        (
            cluster(
                dummy("a"), "", NO_FENCING + pair("node-health-strategy", "migrate-on-red"), pair("#health", "red")
            ),
            "health",
        ),
    ],
    ids=["location", "exclusive", "ticket", "health"],
)
def test_bans_say_who_imposed_them(cib: Cib, kind: str) -> None:
    found = choice(traced(cib), "a", "node1")
    assert [part.kind for part in found.parts if part.score == -INFINITY] == [kind]
    assert found.score == -INFINITY


def test_a_cluster_that_is_not_symmetric_opens_no_node() -> None:
    options = NO_FENCING + pair("symmetric-cluster", "false")
    found = traced(cluster(dummy("a"), "", options))
    assert choice(found, "a", "node1").score is None
    assert choice(found, "a", "node1").parts == ()
    assert [kinds(answer.obstacles) for answer in found.idle] == [["no-node"]]


def test_nodes_that_cannot_be_used_say_why() -> None:
    found = choice(traced(cluster(dummy("a"), "", NO_FENCING, pair("standby", "on"))), "a", "node1")
    assert (found.unusable, found.score, found.chosen) == (("standby",), 0, False)


def test_a_promotion_score_is_made_of_the_clones_table_and_the_instances_own() -> None:
    resources = (
        f'<clone id="cl">{dummy("a")}<meta_attributes id="m">{pair("promotable", "true")}</meta_attributes></clone>'
    )
    constraints = (
        '<rsc_location id="leads" rsc="cl"><rule id="leads-rule" score="40" role="Promoted">'
        '<expression id="e" attribute="#uname" operation="eq" value="node1"/></rule></rsc_location>'
        '<rsc_location id="likes" rsc="cl" node="node1" score="3"/>'
    )
    trace = traced(cluster(resources.replace("Dummy", "Stateful"), constraints, NO_FENCING, pair("master-a", "10")))
    [line] = [line for line in trace.scores if line.step == "promotion" and line.node == "node1"]
    [table] = line.parts
    assert (table.kind, table.resource, table.node) == ("table-of", "cl", "node1")
    assert [(part.kind, part.score) for part in table.parts] == [("symmetric", 0), ("location", 3), ("instance", 50)]
    assert [(part.kind, part.score) for part in table.parts[-1].parts] == [("promotion-score", 10), ("location", 40)]
    assert total(table.parts) == line.score == 53


def test_a_group_that_is_not_managed_stays_promoted_where_it_cannot_be_with_its_first_member() -> None:
    promotable = f'<meta_attributes id="m">{pair("promotable", "true")}</meta_attributes>'
    unmanaged = f'<meta_attributes id="g-m">{pair("maintenance", "true")}</meta_attributes>'
    found = (
        '<lrm_rsc_op id="a_last_failure_0" operation_key="a_monitor_0" operation="monitor" interval="0" call-id="5" '
        'rc-code="8" op-status="0" transition-key="1:1:7:u"/>'
        '<lrm_rsc_op id="a_last_0" operation_key="a_migrate_from_0" operation="migrate_from" interval="0" call-id="4" '
        'rc-code="5" op-status="0" transition-key="2:1:7:u"/>'
    )
    history = f'<lrm_resource id="a" class="ocf" provider="pacemaker" type="Stateful">{found}</lrm_resource>'

    def promotion(inside: str) -> list[tuple[str, int]]:
        clone = f'<clone id="cl">{promotable}{inside}</clone>'.replace("Dummy", "Stateful")
        trace = traced(cluster(clone, history=history))
        return [(line.resource, line.score) for line in trace.scores if line.step == "promotion" and line.node]

    assert promotion(f'<group id="g">{unmanaged}{dummy("a")}{dummy("b")}</group>') == [("g:0", INFINITY)]
    assert promotion(f'<group id="g">{unmanaged}{dummy("b")}{dummy("a")}</group>') == [("g:0", -INFINITY)]


def test_a_clone_of_groups_draws_with_the_scores_that_their_members_were_placed_with() -> None:
    """An instance that is not managed is where it is whatever its score, so it brings none."""
    cloned = (
        f'<clone id="cl"><meta_attributes id="m">{pair("promotable", "true")}{pair("promoted-max", "0")}META'
        f'</meta_attributes><group id="g">{dummy("a")}</group></clone>'
    ).replace("Dummy", "Stateful")
    follows = '<rsc_colocation id="near" rsc="b" with-rsc="cl" with-rsc-role="Unpromoted" score="INFINITY"/>'
    promotion, history = pair("master-a", "5"), running("a").replace("Dummy", "Stateful")

    def brought(meta: str) -> int | None:
        resources = cloned.replace("META", meta) + dummy("b")
        trace = traced(cluster(resources, follows, NO_FENCING, promotion, history))
        return dict(parts(choice(trace, "b", "node1")))["colocation"]

    assert brought(pair("is-managed", "false")) == 0
    assert brought("") == 1


def test_what_cannot_start_says_what_is_in_the_way() -> None:
    order = '<rsc_order id="a-then-b" first="a" then="b"/>'
    resources = dummy("a", pair("target-role", "Stopped")) + dummy("b")
    [idle] = traced(cluster(resources, order, NO_FENCING)).idle
    [obstacle] = idle.obstacles
    assert (idle.resource, obstacle.kind) == ("b", "cannot-start")
    assert obstacle.action is not None
    [cause] = [cause for cause in obstacle.action.blocked_by if cause.kind == "order"]
    assert cause.action is not None
    assert (cause.action.key, cause.constraints) == ("a_start_0", ("a-then-b",))


def test_without_quorum_nothing_starts_and_the_policy_is_named() -> None:
    [idle] = traced(cluster(dummy("a"), "", NO_FENCING, quorum="0")).idle
    assert [(obstacle.kind, obstacle.policy) for obstacle in idle.obstacles if obstacle.policy] == [
        ("no-quorum", "stop")
    ]


def test_fencing_has_its_reasons_and_what_is_not_fenced_has_an_obstacle() -> None:
    lost = '<node_state id="2" uname="node2" in_ccm="false" crmd="offline" join="down" expected="member"/>'
    device = '<primitive id="f" class="stonith" type="fence_xvm"/>'
    [fencing] = traced(cluster(device, status=lost)).fencing
    assert (fencing.node, fencing.operation, fencing.obstacle) == ("node2", "reboot", None)
    assert fencing.reasons == ("peer is no longer part of the cluster",)
    assert fencing.action.carried_out
    [left] = traced(cluster(device, status=lost, quorum="0")).fencing
    assert (left.node, left.obstacle, left.action.carried_out) == ("node2", "no-quorum", False)


def test_a_move_requires_the_stop_and_the_start_waits_for_it() -> None:
    away = '<rsc_location id="away" rsc="a" node="node1" score="-INFINITY"/>'
    actions = traced(cluster(dummy("a"), away, NO_FENCING, history=running("a"))).actions
    by_key = {(answer.action.key, answer.action.node): answer for answer in actions}
    stop, start = by_key["a_stop_0", "node1"], by_key["a_start_0", "node2"]
    assert [(cause.kind, cause.nodes) for cause in stop.required_by] == [("moves", ("node1", "node2"))]
    assert stop.action in [wait.action for wait in start.waits_for]


def test_instances_go_by_the_name_in_the_configuration_too() -> None:
    trace = traced(cluster(f'<clone id="cl">{dummy("a")}</clone>', "", NO_FENCING))
    assert [answer.resource for answer in trace.explain("a")] == ["a:0", "a:1"]
    assert [answer.resource for answer in trace.explain("a:1")] == ["a:1"]
    assert trace.explain("cl")[0].children == ("a:0", "a:1")
    assert [answer.resource for answer in trace.explain_tree("cl")] == ["cl", "a:0", "a:1"]


@pytest.mark.parametrize("names", [("nope",), ("a", "nope")])
def test_unknown_names_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(PcmkError, match=r"No such .*nope") as refused:
        traced(cluster(dummy("a"))).explain(*names)
    assert refused.value.code == ExitCode.NOSUCH


def test_without_a_trace_there_is_nothing_to_ask() -> None:
    outcome = schedule(cluster(dummy("a"), "", NO_FENCING), now=datetime.fromtimestamp(NOW, UTC))
    with pytest.raises(ValueError, match="without a trace"):
        _ = outcome.trace
    assert [placement.next_role for placement in outcome.placements] == ["Started"]


def test_tracing_decides_the_same() -> None:
    cib = cluster("".join(map(dummy, "abc")), '<rsc_colocation id="x" rsc="b" with-rsc="a" score="9"/>', NO_FENCING)
    plain, traced_too = (schedule(cib, now=NOW, trace=trace) for trace in (False, True))
    assert plain.graph_xml == traced_too.graph_xml
    assert plain.placements == traced_too.placements


def test_many_threads_at_once() -> None:
    cibs = [cluster("".join(dummy(f"r{n}") for n in range(count)), "", NO_FENCING) for count in range(1, 9)]
    alone = [(outcome.graph_xml, outcome.trace.scores) for outcome in (schedule(c, now=NOW, trace=True) for c in cibs)]
    shared = [schedule(cib, now=NOW, trace=True) for cib in cibs]

    def ask(number: int) -> bool:
        which = number % len(cibs)
        own = schedule(cibs[which], now=NOW, trace=True)
        same = (own.graph_xml, own.trace.scores) == alone[which]
        return same and shared[which].trace.scores == alone[which][1]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(200)))
