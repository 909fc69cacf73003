"""Upgrades to the newest schema: which steps are made, and what is refused."""

import pytest

from pcmk._core import Cib
from pcmk.schema.check import problems_of
from pcmk.schema.upgrade import UnknownSchemaError, UpgradeError, upgraded
from pcmk.schema.versions import NEWEST, VERSIONS, name_of

PRIMITIVE = '<primitive id="r" class="ocf" provider="p" type="t"/>'


def cib(schema: str, *, resources: str = PRIMITIVE, options: str = "", constraints: str = "", more: str = "") -> Cib:
    return Cib.parse(
        f'<cib admin_epoch="0" epoch="1" num_updates="3" {schema}><configuration><crm_config>{options}</crm_config>'
        f"<nodes/><resources>{resources}</resources><constraints>{constraints}</constraints>{more}</configuration>"
        "<status><whatever/></status></cib>"
    )


def option(name: str, value: str) -> str:
    return f'<cluster_property_set id="o"><nvpair id="o-1" name="{name}" value="{value}"/></cluster_property_set>'


@pytest.mark.parametrize("version", VERSIONS, ids=name_of)
def test_what_every_schema_knows_only_changes_its_schema(version: tuple[int, int]) -> None:
    old = cib(f'validate-with="{name_of(version)}"')
    result = upgraded(old)
    assert result.cib == old.with_attrs({"validate-with": name_of(NEWEST)})
    assert result.notes == []


def test_an_old_language_becomes_the_newest_step_by_step() -> None:
    rights = '<acls><acl_user id="u"><read id="u-r" xpath="/cib"/></acl_user></acls>'
    master = f'<master id="m">{PRIMITIVE}</master>'
    old = cib('validate-with="pacemaker-1.2"', resources=master, options=option("stonith_enabled", "0"), more=rights)
    new = upgraded(old).cib
    assert problems_of(new) == []
    assert new.find("//acl_target")
    assert new.find("//clone[@id='m']")
    assert new.find("//nvpair[@name='stonith-enabled']")
    assert new.find("/cib/status/whatever")


def test_what_gets_lost_is_told() -> None:
    old = cib('validate-with="pacemaker-3.10"', options=option("remove-after-stop", "true"))
    result = upgraded(old)
    assert result.notes == ["remove-after-stop o-1 is dropped: it is not supported any more"]
    assert not result.cib.find("//nvpair")


def test_what_conforms_to_a_later_schema_only_is_upgraded_all_the_same() -> None:
    tags = '<tags><tag id="t"><obj_ref id="r"/></tag></tags>'
    assert problems_of(upgraded(cib('validate-with="pacemaker-1.2"', more=tags)).cib) == []


@pytest.mark.parametrize("schema", ["none", name_of(NEWEST)])
def test_the_newest_and_what_is_not_to_be_checked_stays_as_it_is(schema: str) -> None:
    old = cib(f'validate-with="{schema}"', resources="<nonsense/>")
    assert upgraded(old).cib == old


@pytest.mark.parametrize("schema", ["", 'validate-with="pacemaker-9.9"', 'validate-with="transitional-0.6"'])
def test_a_schema_that_is_not_known_is_no_place_to_begin(schema: str) -> None:
    with pytest.raises(UnknownSchemaError, match="schema"):
        upgraded(cib(schema))


def test_what_conforms_to_no_schema_is_refused_with_what_is_wrong() -> None:
    with pytest.raises(UpgradeError, match=r"does not validate with any schema from pacemaker-2\.0 to") as info:
        upgraded(cib('validate-with="pacemaker-2.0"', resources="<nonsense/>"))
    assert info.value.reached is None
    assert (6, "nonsense") in [(problem.line, problem.element) for problem in info.value.problems]


def test_what_has_no_words_in_the_newest_schema_is_refused_with_where_it_ends() -> None:
    # Nothing but resources can be dropped with those that are not supported any more.
    nagios = '<primitive id="n" class="nagios" type="t"/>'
    refers = '<rsc_location id="l" rsc="r-rule" node="a" score="1"/>'

    def condition(id: str) -> str:
        return f'<rule id="{id}" score="1"><expression id="{id}-x" attribute="a" operation="defined"/></rule>'

    rule = f'<rsc_location id="k" rsc="r">{condition("r-rule")}{condition("s")}</rsc_location>'
    old = cib('validate-with="pacemaker-3.10"', resources=PRIMITIVE + nagios, constraints=rule + refers)
    assert problems_of(upgraded(old).cib) == []
    wrong = cib(
        'validate-with="pacemaker-3.10"', constraints=rule + '<rsc_location id="l" rsc="k" node="a" score="1"/>'
    )
    assert problems_of(wrong) == []
    with pytest.raises(UpgradeError, match=r"would not upgrade past pacemaker-3\.10") as info:
        upgraded(wrong)
    assert info.value.reached == (3, 10)
    assert [problem.element for problem in info.value.problems] == ["rsc_location l"]
