import pytest

from pcmk._core import Cib
from pcmk.based import operations
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibAnswer, CibModified, CibModify, CibOperation, CibOptions, CibQuery
from pcmk.kernel.messages.common import Failure

START = Cib.parse("""
<cib validate-with="pacemaker-4.0" crm_feature_set="3.20.5" admin_epoch="0" epoch="7" num_updates="3">
  <configuration>
    <crm_config/>
    <nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes>
    <resources/>
    <constraints/>
  </configuration>
  <status/>
</cib>""")
DUMMY = '<primitive id="{}" class="ocf" provider="heartbeat" type="Dummy"/>'


def create(id: str, **options: bool) -> CibOperation:
    return CibOperation("create", "resources", input_xml=DUMMY.format(id), options=CibOptions(**options))


def modify(*operations_: CibOperation) -> operations.Outcome:
    return operations.modify(START, CibModify(operations_, "test", "alice"), "n1", 1e9)


def test_several_operations_are_one_change_with_its_author() -> None:
    outcome = modify(
        create("a"), create("b"), CibOperation("delete", xpath="//node", options=CibOptions(multiple=True))
    )
    assert isinstance(outcome.answer, CibModified) and outcome.cib.version == (0, 8, 0)
    assert START.apply_patchset(outcome.patchset) == outcome.cib
    root = outcome.cib.root.attrib
    assert (root["update-origin"], root["update-client"], root["update-user"]) == ("n1", "test", "alice")
    assert root["cib-last-written"] == "Sun Sep  9 01:46:40 2001"
    assert len(outcome.cib.find("//primitive")) == 2 and not outcome.cib.find("//node")


@pytest.mark.parametrize(
    ("failing", "code"),
    [
        (create("a"), ExitCode.EXISTS),
        (CibOperation("modify", "resources", input_xml='<primitive id="no"/>'), ExitCode.NOSUCH),
        (CibOperation("replace", xpath="//nothing", input_xml="<nothing/>"), ExitCode.NOSUCH),
        (CibOperation("delete", xpath="/cib"), ExitCode.SOFTWARE),
        (CibOperation("apply_diff", input_xml="<diff/>"), ExitCode.SOFTWARE),
        (CibOperation("create", "resources", input_xml="<broken"), ExitCode.CONFIG),
        (CibOperation("replace", input_xml="<cib/>"), ExitCode.OLD),
        (CibOperation("no-such"), ExitCode.USAGE),
    ],
)
def test_when_one_operation_fails_none_is_carried_out(failing: CibOperation, code: int) -> None:
    outcome = modify(create("a"), failing, create("b"))
    assert outcome.cib is START and not outcome.patchset
    assert isinstance(outcome.answer, Failure) and outcome.answer.code == code


def test_a_dry_run_tells_what_would_be_and_changes_nothing() -> None:
    outcome = modify(create("a", dry_run=True))
    assert outcome.cib is START and not outcome.patchset and isinstance(outcome.answer, CibModified)
    assert isinstance(modify(create("a", dry_run=True), create("a")).answer, Failure)


def test_without_author_when_so_wanted() -> None:
    outcome = modify(create("a", keep_mtime=True))
    assert outcome.cib.version == (0, 8, 0) and "update-client" not in outcome.cib.root.attrib


def test_where_something_is_can_be_asked_for() -> None:
    one = operations.query(START, CibQuery(xpath="//node[@uname='n2']", path_only=True), 3, 0.0)
    assert isinstance(one, CibAnswer) and one.term == 3
    assert one.xml == """<xpath-query-path id="/cib/configuration/nodes/node[@id='2']"/>"""
    both = operations.query(START, CibQuery(xpath="//node", path_only=True), 3, 0.0)
    assert isinstance(both, CibAnswer) and both.xml.startswith("<xpath-query><xpath-query-path id=")
    none = operations.query(START, CibQuery(xpath="//clone", path_only=True), 3, 0.0)
    assert isinstance(none, Failure) and none.code == ExitCode.NOSUCH
