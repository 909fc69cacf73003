"""Changes are held against the schema before they are ordered."""

import pytest
from msgspec.structs import replace

from pcmk._core import Cib
from pcmk.based.operations import Outcome, modify
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibModified, CibModify, CibOperation
from pcmk.kernel.messages.common import Failure

PRIMITIVE = '<primitive id="p" class="ocf" provider="pacemaker" type="Dummy"/>'
WRONG = '<primitive id="q" class="ocf" type="Dummy"/>'


def cib(schema: str = 'validate-with="pacemaker-4.0"', resources: str = PRIMITIVE) -> Cib:
    return Cib.parse(
        f'<cib {schema} admin_epoch="1" epoch="5" num_updates="7"><configuration><crm_config/><nodes/><resources>'
        f"{resources}</resources><constraints/></configuration><status/></cib>"
    )


def changed(before: Cib, *operations: CibOperation) -> Outcome:
    return modify(before, CibModify(operations, client="test"), "n1", 1_700_000_000.0)


def create(section: str, text: str) -> CibOperation:
    return CibOperation("create", section, input_xml=text)


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (create("resources", WRONG), "element primitive q: it lacks the attribute provider"),
        (create("constraints", '<rsc_order id="o" first="p" then="x"/>'), "element rsc_order o: then: there is no x"),
        (
            CibOperation("delete", "configuration", input_xml="<constraints/>"),
            "element configuration: it lacks constraints",
        ),
        (CibOperation("modify", input_xml='<cib have-quorum="maybe"/>'), "element cib: have-quorum is 'maybe', not"),
        (CibOperation("modify", input_xml='<cib validate-with="pacemaker-9.9"/>'), "there is no schema pacemaker-9.9"),
        (CibOperation("replace", input_xml=cib("").with_attrs({"epoch": "6"}).to_xml()), "it names no schema"),
    ],
)
def test_what_would_not_conform_is_refused_and_changes_nothing(operation: CibOperation, reason: str) -> None:
    before = cib()
    outcome = changed(before, operation)
    assert outcome.cib == before
    assert outcome.patchset == ""
    assert isinstance(outcome.answer, Failure)
    assert outcome.answer.code == ExitCode.CONFIG
    assert outcome.answer.message.startswith("Update does not conform to the configured schema")
    assert reason in outcome.answer.message


def test_anything_may_be_in_the_status() -> None:
    assert isinstance(changed(cib(), create("status", "<nonsense/>")).answer, CibModified)


def test_several_operations_are_held_against_the_schema_together() -> None:
    order = create("constraints", '<rsc_order id="o" first="p" then="q"/>')
    other = create("resources", PRIMITIVE.replace('"p"', '"q"'))
    assert isinstance(changed(cib(), order, other).answer, CibModified)


def test_without_a_check_anything_may_be_in_the_configuration() -> None:
    unchecked = changed(cib(), CibOperation("modify", input_xml='<cib validate-with="none"/>')).cib
    assert isinstance(changed(unchecked, create("resources", WRONG)).answer, CibModified)


def test_a_cib_that_does_not_conform_can_be_mended_step_by_step() -> None:
    before = cib(resources=WRONG + WRONG.replace('"q"', '"r"'))
    outcome = changed(before, CibOperation("delete", "resources", input_xml='<primitive id="r"/>'))
    assert isinstance(outcome.answer, CibModified)
    mended = changed(outcome.cib, CibOperation("modify", "resources", input_xml='<primitive id="q" provider="x"/>'))
    assert isinstance(mended.answer, CibModified)
    assert isinstance(changed(mended.cib, create("resources", WRONG.replace('"q"', '"r"'))).answer, Failure)


def test_an_upgrade_is_made_of_the_cib_that_is_there() -> None:
    before = cib('validate-with="pacemaker-3.2"', f'<master id="m">{PRIMITIVE}</master>')
    outcome = changed(before, CibOperation("upgrade"))
    assert isinstance(outcome.answer, CibModified)
    assert outcome.cib.root.get("validate-with") == "pacemaker-4.0"
    assert outcome.cib.version == (2, 2, 0)
    assert outcome.cib.find("//clone[@id='m']")
    assert before.apply_patchset(outcome.patchset) == outcome.cib


@pytest.mark.parametrize(
    ("before", "more", "code"),
    [
        (cib('validate-with="pacemaker-3.2"', WRONG), (), ExitCode.CONFIG),
        (cib('validate-with="pacemaker-9.9"'), (), ExitCode.CONFIG),
        (cib('validate-with="pacemaker-3.2"'), (create("status", "<x/>"),), ExitCode.USAGE),
    ],
)
def test_an_upgrade_that_can_not_be_made_is_refused(before: Cib, more: tuple[CibOperation, ...], code: int) -> None:
    outcome = changed(before, CibOperation("upgrade"), *more)
    assert isinstance(outcome.answer, Failure)
    assert outcome.answer.code == code
    assert outcome.cib == before


def test_who_may_not_read_all_is_not_told_what_does_not_conform() -> None:
    rights = (
        '<acls><acl_role id="w"><acl_permission id="w-1" kind="write" xpath="//resources"/></acl_role>'
        '<acl_target id="ann"><role id="w"/></acl_target></acls>'
    )
    enabled = '<cluster_property_set id="o"><nvpair id="o-1" name="enable-acl" value="true"/></cluster_property_set>'
    secret = '<rsc_location id="secret" rsc="p" node="n" score="1"/>'
    text = cib().to_xml().replace("<constraints/>", f"<constraints>{secret}</constraints>{rights}")
    before = Cib.parse(text.replace("<crm_config/>", f"<crm_config>{enabled}</crm_config>"))
    delete = CibModify((CibOperation("delete", "resources", input_xml='<primitive id="p"/>'),), user="ann")
    refused = modify(before, delete, "n1", 0.0).answer
    assert refused == Failure(ExitCode.CONFIG, "Update does not conform to the configured schema")
    told = modify(before, replace(delete, user="root"), "n1", 0.0).answer
    assert isinstance(told, Failure)
    assert "rsc_location secret: rsc: there is no p" in told.message
