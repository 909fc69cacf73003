"""CIBs against the schema that they name."""

import pytest

from pcmk._core import Cib
from pcmk.schema.check import conforms, problems
from pcmk.schema.versions import NAMES, VERSIONS, Version, name_of, version_of

PRIMITIVE = '<primitive id="r" class="ocf" provider="p" type="t"/>'
RESOURCES = PRIMITIVE + PRIMITIVE.replace('"r"', '"s"')
FIRST, LAST = VERSIONS[0], VERSIONS[-1]


def cib(
    version: Version, *, resources: str = RESOURCES, constraints: str = "", options: str = "", more: str = ""
) -> bytes:
    return (
        f'<cib admin_epoch="0" epoch="1" num_updates="0" validate-with="{name_of(version)}"><configuration>\n'
        f'<crm_config>{options}</crm_config>\n<nodes><node id="1" uname="n1" type="member"/></nodes>\n'
        f"<resources>{resources}</resources>\n<constraints>{constraints}</constraints>\n{more}</configuration>\n"
        '<status><anything at="all"><more/></anything></status></cib>'
    ).encode()


def primitive(inner: str = "", attributes: str = 'class="ocf" provider="p" type="t"') -> str:
    return f'<primitive id="r" {attributes}>{inner}</primitive>'


def operation(attributes: str) -> str:
    return primitive(f'<operations><op id="r-op" name="monitor" interval="10" {attributes}/></operations>')


def option(name: str, value: str) -> str:
    pair = f'<nvpair id="o-1" name="{name}" value="{value}"/>'
    return f'<cluster_property_set id="o">{pair}</cluster_property_set>'


def location(inner: str) -> str:
    return f'<rsc_location id="l" rsc="r">{inner}</rsc_location>'


RULE = '<rule id="l-rule" score="1"><{expression}/></rule>'
TEMPLATE = '<template id="t" class="ocf" provider="p" type="t"/>'
DEFINED = RULE.format(expression='expression id="l-x" attribute="a" operation="defined"')


@pytest.mark.parametrize(
    ("section", "text", "since", "until"),
    [
        ("resources", PRIMITIVE, FIRST, LAST),
        ("resources", primitive(attributes='template="t"') + TEMPLATE, (1, 2), LAST),
        ("resources", primitive(attributes='class="nagios" type="t"'), (1, 2), (3, 10)),
        ("resources", primitive(attributes='class="systemd" type="t"'), (1, 2), LAST),
        ("resources", f'<master id="m">{PRIMITIVE}</master>', FIRST, (3, 10)),
        ("resources", '<bundle id="b"><docker image="i"/></bundle>', (2, 8), LAST),
        ("resources", '<bundle id="b"><podman image="i"/></bundle>', (3, 2), LAST),
        ("resources", '<bundle id="b"><rkt image="i"/></bundle>', (2, 10), (3, 10)),
        ("resources", '<bundle id="b"><docker image="i" masters="1"/></bundle>', (2, 8), (3, 10)),
        ("resources", '<bundle id="b"><docker image="i" promoted-max="1"/></bundle>', (3, 0), LAST),
        ("resources", operation('on-fail="block"'), FIRST, LAST),
        ("resources", operation('on-fail="demote"'), (3, 4), LAST),
        ("resources", operation('requires="quorum"'), FIRST, (2, 10)),
        ("resources", operation('role="Promoted"'), (3, 7), LAST),
        ("resources", primitive('<utilization id="u"/>'), (1, 2), LAST),
        (
            "resources",
            primitive('<meta_attributes id="m"><nvpair id="m-1" name="a"/></meta_attributes>'),
            FIRST,
            (3, 10),
        ),
        ("constraints", '<rsc_ticket id="t" rsc="r" ticket="x" loss-policy="fence"/>', (1, 2), LAST),
        ("constraints", '<rsc_location id="l" rsc-pattern="x" node="n1" score="1"/>', (2, 6), LAST),
        ("constraints", location(DEFINED), FIRST, LAST),
        ("constraints", location(DEFINED + DEFINED.replace("l-", "k-")), FIRST, (3, 10)),
        ("constraints", location(DEFINED.replace(' score="1"', "")), (3, 9), LAST),
        ("constraints", location(RULE.format(expression='rsc_expression id="l-x" class="ocf"')), (3, 4), LAST),
        ("constraints", '<rsc_colocation id="c" rsc="r" with-rsc="s" score-attribute="a"/>', FIRST, (2, 10)),
        ("constraints", '<rsc_colocation id="c" rsc="r" with-rsc="s" influence="false"/>', (3, 6), LAST),
        ("constraints", '<rsc_order id="c" first="r" then="s" require-all="true"/>', (2, 3), LAST),
        ("options", option("stonith-action", "reboot"), FIRST, LAST),
        ("options", option("stonith-action", "poweroff"), FIRST, (3, 10)),
        ("options", option("remove-after-stop", "true"), FIRST, (3, 10)),
        ("more", '<tags><tag id="t"><obj_ref id="r"/></tag></tags>', (1, 3), LAST),
        ("more", '<alerts><alert id="a" path="/x"/></alerts>', (2, 5), LAST),
        ("more", '<alerts><alert id="a" path="/x"><select><select_nodes/></select></alert></alerts>', (2, 10), LAST),
        ("more", '<acls><acl_role id="x"/><acl_target id="u"><role id="x"/></acl_target></acls>', (2, 0), LAST),
        ("more", '<acls><acl_user id="u"><read id="u-r" xpath="/cib"/></acl_user></acls>', (1, 2), (1, 3)),
        (
            "more",
            '<fencing-topology><fencing-level id="f" target="n1" index="10" devices="a,b"/></fencing-topology>',
            (1, 2),
            (3, 10),
        ),
    ],
)
def test_what_belongs_to_the_language_from_one_version_to_another(
    section: str, text: str, since: Version, until: Version
) -> None:
    belongs = [version for version in VERSIONS if conforms(Cib.parse(cib(version, **{section: text})), version)]
    assert belongs == [version for version in VERSIONS if since <= version <= until]


@pytest.mark.parametrize(
    ("section", "text"),
    [
        ("options", option("stonith_enabled", "true")),
        (
            "resources",
            primitive('<meta_attributes id="m"><nvpair id="m-1" name="isolation" value="1"/></meta_attributes>'),
        ),
    ],
)
def test_names_that_the_versions_3_alone_refuse(section: str, text: str) -> None:
    refusing = [version for version in VERSIONS if not conforms(Cib.parse(cib(version, **{section: text})), version)]
    assert refusing == [version for version in VERSIONS if version[0] == 3]


@pytest.mark.parametrize(
    ("section", "text", "line", "element"),
    [
        ("resources", primitive(attributes='class="ocf" type="t"'), 4, "primitive r"),
        ("resources", PRIMITIVE + PRIMITIVE, 4, "primitive r"),
        ("resources", operation('on-fail="explode"'), 4, "op r-op"),
        ("resources", '<group id="g"/>', 4, "group g"),
        ("constraints", '<rsc_location id="l" rsc="r" node="n1"/>', 5, "rsc_location l"),
        ("constraints", '<rsc_colocation id="c" rsc="r"/>', 5, "rsc_colocation c"),
        ("constraints", '<rsc_order id="o" first="r" then="nobody"/>', 5, "rsc_order o"),
        ("constraints", '<rsc_order id="o" first="r" then="s" kind="Sometimes"/>', 5, "rsc_order o"),
        ("options", option("stonith-action", "poweroff"), 2, "nvpair o-1"),
        ("options", option("remove-after-stop", "true"), 2, "nvpair o-1"),
        ("options", '<cluster_property_set id="o" score="high"/>', 2, "cluster_property_set o"),
        ("resources", '<primitive id="1r" class="lsb" type="t"/>', 4, "primitive 1r"),
        ("resources", '<primitive id="r" class="nagios" type="t"/>', 4, "primitive r"),
        ("resources", '<primitive id="r" class="lsb"/>', 4, "primitive r"),
        (
            "resources",
            primitive('<meta_attributes id="m"><nvpair id="m-1" name="a"/></meta_attributes>'),
            4,
            "nvpair m-1",
        ),
        ("resources", primitive('<operations><op id="r-op" name="monitor"/></operations>'), 4, "op r-op"),
        ("resources", operation('role="Boss"'), 4, "op r-op"),
        ("resources", operation('enabled="maybe"'), 4, "op r-op"),
        ("resources", operation('requires="quorum"'), 4, "op r-op"),
        ("resources", f'<master id="m">{PRIMITIVE}</master>', 4, "master m"),
        ("resources", f'<clone id="c"><clone id="d">{PRIMITIVE}</clone></clone>', 4, "clone d"),
        ("resources", '<clone id="c"/>', 4, "clone c"),
        ("resources", '<bundle id="b"><rkt image="i"/></bundle>', 4, "rkt"),
        ("resources", '<bundle id="b"><docker/></bundle>', 4, "docker"),
        ("constraints", '<rsc_location id="l" rsc="r" node="n1" score="much"/>', 5, "rsc_location l"),
        ("constraints", location(DEFINED + DEFINED.replace("l-", "k-")), 5, "rule k-rule"),
        ("constraints", location(DEFINED.replace("defined", "exists")), 5, "expression l-x"),
        ("constraints", location('<rule id="l-r" boolean-op="xor"/>'), 5, "rule l-r"),
        ("constraints", '<rsc_colocation id="c" rsc="r" with-rsc="s" rsc-role="Boss"/>', 5, "rsc_colocation c"),
        ("constraints", '<rsc_order id="o" first="r" then="s" first-action="break"/>', 5, "rsc_order o"),
        ("constraints", '<rsc_order id="o"><resource_set id="o-1"/></rsc_order>', 5, "resource_set o-1"),
        ("constraints", '<rsc_ticket id="t" rsc="r" ticket="x" loss-policy="cry"/>', 5, "rsc_ticket t"),
        ("constraints", '<rsc_ticket id="t" rsc="r"/>', 5, "rsc_ticket t"),
        ("more", '<tags><tag id="t"/></tags>', 6, "tag t"),
        ("more", '<alerts><alert id="a"/></alerts>', 6, "alert a"),
        (
            "more",
            '<acls><acl_role id="x"><acl_permission id="p" kind="own" xpath="/"/></acl_role></acls>',
            6,
            "acl_permission p",
        ),
        ("more", '<acls><acl_target id="u"><role id="none"/></acl_target></acls>', 6, "role none"),
        (
            "more",
            '<fencing-topology><fencing-level id="f" target="n" index="10" devices="a"/></fencing-topology>',
            6,
            "fencing-level f",
        ),
        (
            "more",
            '<fencing-topology><fencing-level id="f" target="n" index="1" devices="a b"/></fencing-topology>',
            6,
            "fencing-level f",
        ),
        ("more", "<unknown/>", 6, "unknown"),
    ],
)
def test_a_mistake_is_told_with_line_and_element(section: str, text: str, line: int, element: str) -> None:
    found = problems(cib(LAST, **{section: text}), name_of(LAST))
    assert (line, element) in [(problem.line, problem.element) for problem in found]
    assert all(problem.reason for problem in found)


def test_a_cib_that_is_not_to_be_checked_has_no_problems_and_an_unknown_schema_is_one() -> None:
    wrong = cib(LAST, resources="<nonsense/>")
    assert problems(wrong, "none") == []
    with pytest.raises(ValueError, match="names no schema"):
        problems(wrong, "")
    with pytest.raises(ValueError, match="no schema pacemaker-9"):
        problems(wrong, "pacemaker-9.9")
    with pytest.raises(ValueError, match="no CIB"):
        problems(b"<cib", name_of(LAST))


def test_names() -> None:
    assert [version_of(name) for name in NAMES] == list(VERSIONS)
    assert (NAMES[0], NAMES[-1], version_of("pacemaker-1.1")) == ("pacemaker-1.0", "pacemaker-4.0", None)
