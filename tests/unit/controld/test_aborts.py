"""What changes of the CIB mean."""

import pytest

from pcmk._core import Cib
from pcmk.controld.aborts import Finding, Forgotten, Reason, Recorded, Removed, examine, forgotten_failures
from pcmk.kernel.cib_replica import patch_changes

BASE = Cib.parse(
    '<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" admin_epoch="0" epoch="1" num_updates="0">'
    '<configuration><crm_config/><nodes/><resources><primitive id="r"/><primitive id="s"/></resources><constraints/>'
    '</configuration><status><node_state id="1" uname="n1" in_ccm="1"><transient_attributes id="1">'
    '<instance_attributes id="a"><nvpair id="b" name="x" value="1"/></instance_attributes></transient_attributes>'
    '<lrm id="1"><lrm_resources><lrm_resource id="r" shutdown-lock="9">'
    '<lrm_rsc_op id="r_last_0" call-id="1" op-status="-1" transition-key="k"/>'
    '<lrm_rsc_op id="r_monitor_5" call-id="2"/></lrm_resource></lrm_resources></lrm></node_state></status></cib>'
)
RESOURCE = "/cib/status/node_state[@id='1']/lrm/lrm_resources/lrm_resource[@id='r']"
MANY = (
    '<node_state id="1"><lrm id="1"><lrm_resources><lrm_resource id="p"><lrm_rsc_op id="p_last_0"/></lrm_resource>'
    '<lrm_resource id="q"><lrm_rsc_op id="q_last_0"/></lrm_resource></lrm_resources></lrm></node_state>'
)


def findings(operation: str, section: str = "", *, xpath: str = "", input_xml: str = "", busy: bool = True):
    new, patch = BASE.apply(
        operation,  # pyright: ignore[reportArgumentType]
        section,
        xpath=xpath,
        input_xml=input_xml,
        allow_create=True,
        multiple=True,
    )
    return examine(patch_changes(patch), new, busy=busy)


@pytest.mark.parametrize(
    ("operation", "section", "xpath", "input_xml", "expected"),
    [
        ("modify", "resources", "", '<primitive id="r" class="ocf"/>', Reason("Configuration change")),
        ("create", "constraints", "", '<rsc_location id="l"/>', Reason("Configuration change")),
        ("delete", "", "//primitive[@id='s']", "", Reason("Configuration change")),
        ("modify", "status", "", '<tickets><ticket_state id="t"/></tickets>', Reason("Ticket attribute change")),
        ("modify", "", "//nvpair[@id='b']", '<nvpair id="b" value="2"/>', Reason("Transient attribute change")),
        ("delete", "", "//transient_attributes", "", Reason("Transient attribute change", "1")),
        ("delete", "", "//lrm", "", Reason("Resource state removal", "1")),
        ("delete", "", "//node_state", "", Reason("Node state removal", "1")),
        ("delete", "", "//lrm_rsc_op[@id='r_monitor_5']", "", Removed("1", "r_monitor_5")),
        ("delete", "", "//lrm_resource", "", Forgotten("1", "r")),
        ("modify", "", RESOURCE, '<lrm_resource id="r" shutdown-lock="0"/>', Reason("Shutdown lock cleared")),
    ],
)
def test_changes_that_end_a_transition(operation: str, section: str, xpath: str, input_xml: str, expected: Finding):
    assert findings(operation, section, xpath=xpath, input_xml=input_xml) == [expected]


@pytest.mark.parametrize(
    ("operation", "xpath", "input_xml"),
    [
        ("modify", "//node_state", '<node_state id="1" in_ccm="0" crmd="0" join="down" expected="down"/>'),
        ("modify", "/cib", '<cib have-quorum="1" dc-uuid="1"/>'),
        ("modify", "//lrm_rsc_op[@id='r_monitor_5']", '<lrm_rsc_op id="r_monitor_5" crm-debug-origin="x"/>'),
    ],
)
def test_changes_that_mean_nothing(operation: str, xpath: str, input_xml: str):
    assert findings(operation, xpath=xpath, input_xml=input_xml) == []


def test_results_are_found_whole_though_only_a_part_has_changed():
    path = f"{RESOURCE}/lrm_rsc_op[@id='r_last_0']"
    (found,) = findings("modify", xpath=path, input_xml='<lrm_rsc_op id="r_last_0" op-status="0"/>')
    assert isinstance(found, Recorded)
    assert (found.node, found.entry.get("op-status"), found.entry.get("transition-key")) == ("1", "0", "k")


def test_many_results_at_once_are_a_refresh_unless_some_are_waited_for():
    assert findings("modify", "status", input_xml=MANY, busy=True) and all(
        isinstance(found, Recorded) for found in findings("modify", "status", input_xml=MANY, busy=True)
    )


def test_a_history_that_is_made_anew_is_a_refresh():
    new = MANY.replace('id="1"', 'id="2"')
    assert findings("modify", "status", input_xml=new, busy=False) == [Reason("History refresh")]
    assert [type(found) for found in findings("modify", "status", input_xml=new)] == [Recorded, Recorded]


def test_after_a_configuration_change_no_other_reason_counts():
    text = BASE.to_xml().replace('value="1"', 'value="3"').replace('<primitive id="s"/>', "")
    assert examine(patch_changes(BASE.diff(Cib.parse(text))), BASE, busy=True) == [Reason("Configuration change")]


def test_a_result_that_comes_with_a_configuration_change_is_not_overlooked():
    new = Cib.parse(BASE.to_xml().replace('<primitive id="s"/>', "").replace('op-status="-1"', 'op-status="0"'))
    first, second = examine(patch_changes(BASE.diff(new)), new, busy=True)
    assert first == Reason("Configuration change")
    assert isinstance(second, Recorded)
    assert (second.node, second.entry.get("id"), second.entry.get("op-status")) == ("1", "r_last_0", "0")


@pytest.mark.parametrize(
    ("xpath", "node", "forgotten"),
    [
        ("//lrm_rsc_op[@id='r_last_failure_0']", "1", ["r"]),
        ("//lrm_rsc_op[@id='r_last_failure_0']", "2", []),
        ("//lrm_rsc_op[@id='r_monitor_5']", "1", []),
        ("//lrm_resource[@id='r']", "1", []),
    ],
)
def test_the_record_of_a_failure_was_removed_alone(xpath: str, node: str, forgotten: list[str]):
    failure = '<lrm_rsc_op id="r_last_failure_0" call-id="2"/>'
    inner = f'<lrm id="1"><lrm_resources><lrm_resource id="r">{failure}</lrm_resource></lrm_resources></lrm>'
    base, _ = BASE.apply("modify", "status", input_xml=f'<node_state id="1">{inner}</node_state>', allow_create=True)
    _, patch = base.apply("delete", xpath=xpath)
    assert forgotten_failures(patch_changes(patch), node) == forgotten
