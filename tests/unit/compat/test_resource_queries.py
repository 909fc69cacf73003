"""What `crm_resource` tells of constraints, digests and reasons; as text and as XML."""

import pytest

from pcmk._core import Element

COLOCATIONS = """
<constraints>
  <rsc_colocation id="ip-with-web" rsc="ip" with-rsc="web" score="INFINITY"/>
  <rsc_colocation id="web-with-ping" rsc="web" with-rsc="ping" score="50" with-rsc-role="Promoted"/>
  <rsc_colocation id="ping-with-ip" rsc="ping" with-rsc="ip" score="-5"/>
  <rsc_location id="not-beta" rsc="web"><rule id="not-beta-rule" score="-INFINITY">
    <expression id="not-beta-expr" attribute="site" operation="eq" value="b"/></rule></rsc_location>
</constraints>
"""


@pytest.fixture
def colocated(shell):
    assert shell.run("cibadmin -M -o constraints -X", COLOCATIONS).code == 0
    return shell


def document(shell, line: str, *more: str) -> Element:
    return Element.parse(shell.run(f"{line} --output-as xml", *more).stdout)


def test_constraints_are_listed_with_the_locations_of_what_a_resource_is_colocated_with(colocated):
    assert colocated.run("crm_resource -a -r web").stdout.splitlines() == [
        "Locations:",
        "  * Node beta (score=-INFINITY, id=not-beta-rule, rsc=web)",
        "Resources colocated with web:",
        "  * ip (score=INFINITY, id=ip-with-web)",
        "    * Locations:",
        "      * Node alpha (score=50, id=loc-ip, rsc=ip)",
        "Resources web is colocated with:",
        "  * ping (score=50, with role=Promoted, id=web-with-ping)",
    ]


def test_a_stack_ends_where_it_comes_back_to_what_it_began_with(colocated):
    lines = colocated.run("crm_resource --stack -r ip").stdout.splitlines()
    assert lines[lines.index("Resources ip is colocated with:") :] == [
        "Resources ip is colocated with:",
        "  * web (score=INFINITY, id=ip-with-web)",
        "    * Locations:",
        "      * Node beta (score=-INFINITY, id=not-beta-rule, rsc=web)",
        "    * Resources web is colocated with:",
        "      * ping (score=50, with role=Promoted, id=web-with-ping)",
        "        * Resources ping is colocated with:",
        "          * ip (id=ping-with-ip - loop)",
    ]


def test_members_share_the_constraints_of_their_group_unless_forced(colocated):
    of_group = colocated.run("crm_resource -a -r web").stdout
    assert colocated.run("crm_resource -a -r httpd").stdout == of_group
    assert colocated.run("crm_resource -a -r httpd --force").stdout == ""


def test_programs_get_constraints_as_elements(colocated):
    constraints = document(colocated, "crm_resource -a -r web").children[0]
    assert constraints.children[0].attrib == {
        "node": "beta",
        "rsc": "web",
        "id": "not-beta-rule",
        "score": "-INFINITY",
    }
    assert constraints.find("//rsc_colocation[@id='web-with-ping']")[0].attrib == {
        "id": "web-with-ping",
        "rsc": "web",
        "with-rsc": "ping",
        "score": "50",
        "node-attribute": "#uname",
        "with-rsc-role": "Promoted",
    }


def test_health_is_no_constraint(colocated):
    before = colocated.run("crm_resource -a -r web").stdout
    colocated.run("crm_attribute -n node-health-strategy -v only-green")
    colocated.run("crm_attribute -t nodes -N alpha -n #health-disk -v red")
    assert colocated.run("crm_resource -a -r web").stdout == before


def test_a_setting_goes_to_all_that_is_colocated(colocated):
    told = colocated.run("crm_resource -r web --meta -p target-role -v Stopped --recursive").stdout
    assert [line.split("'")[1] for line in told.splitlines()] == ["web", "ip", "ping"]
    assert len(colocated.cib.find("//nvpair[@name='target-role'][@value='Stopped']")) == 3


def test_digests_are_of_the_operation_that_says_most(shell):
    digests = document(shell, "crm_resource --digests -r ip -N alpha").children[0]
    assert digests.attrib == {"resource": "ip", "node": "alpha", "task": "start", "interval": "0ms"}
    assert [(each.get("type"), each.children[0].attrib) for each in digests.children] == [
        ("all", {"fake": "1"}),
        ("nonprivate", {"fake": "1"}),
    ]
    text = shell.run("crm_resource --digests -r ip -N alpha").stdout.splitlines()
    assert text == [f"{digests.children[0].get('hash')} ({kind} parameters)" for kind in ("all", "non-private")]


def test_given_parameters_go_before_those_that_are_configured(shell):
    given = ("fake=2", "passwd=x", "CRM_meta_interval=10000", "CRM_meta_timeout=9")
    digests = document(shell, "crm_resource --digests -r fs -N beta", *given).children[0]
    assert digests.get("interval") == "10000ms"
    assert digests.children[0].children[0].attrib == {"fake": "2", "passwd": "x", "CRM_meta_timeout": "9"}
    assert digests.children[1].children[0].attrib == {"fake": "2"}


def test_reasons_name_what_the_configuration_says(shell):
    assert shell.run("crm_resource -Y -r ip").stdout == "Resource ip is running\n"
    shell.run("crm_resource -r web --meta -p target-role -v Stopped")
    shell.run("crm_resource -r web --meta -p is-managed -v false")
    told = shell.run("crm_resource -Y -r httpd -N beta").stdout.splitlines()
    assert told == [
        "Resource httpd is not running on host beta",
        "Configuration specifies 'web' should remain stopped",
        "Configuration prevents cluster from stopping or starting unmanaged 'web'",
    ]
    check = {"id": "web", "remain_stopped": "true", "unmanaged": "true"}
    reason = document(shell, "crm_resource -Y -r httpd").children[0]
    assert (reason.get("running"), reason.children[0].attrib) == ("false", check)


def test_health_is_a_reason(shell):
    shell.run("crm_attribute -n node-health-strategy -v migrate-on-red")
    shell.run("crm_attribute -t nodes -N beta -n #health-disk -v red")
    told = shell.run("crm_resource -Y -r fs -N beta").stdout
    assert "'web' cannot run on unhealthy nodes due to node-health-strategy='migrate-on-red'\n" in told
    assert "unhealthy" not in shell.run("crm_resource -Y -r fs -N alpha").stdout


def test_expired_constraints_are_cleared_alone(shell):
    shell.run("crm_resource -B -r ip -N alpha -u PT1H -Q")
    shell.run("crm_resource -B -r fs -N alpha -Q")
    assert shell.run("crm_resource --clear --expired").stdout == ""
    over = shell.cib.find("//date_expression")[0].get("id")
    shell.run("cibadmin -M -X", f'<date_expression id="{over}" operation="lt" end="2001-01-01"/>')
    assert shell.run("crm_resource --clear --expired").stdout == "Removing constraint: cli-ban-ip-on-alpha\n"
    assert [each["id"] for each in shell.attributes("//rsc_location[starts-with(@id,'cli-')]")] == [
        "cli-ban-fs-on-alpha"
    ]


def test_test_programs_get_flags_as_numbers(shell):
    lines = shell.run("crm_resource -c").stdout.splitlines()
    assert lines[1:3] == [
        "Resource: group web web NA NA (null) (null) NA 1 268468514 0x0000000010008122",
        "Resource: primitive fs fs web pacemaker ocf Dummy NA 1 268468514 0x0000000010008122",
    ]


def test_locations_lists_and_operations_are_elements_too(shell):
    nodes = document(shell, "crm_resource -W -r ip").children[0]
    assert (nodes.attrib, [node.text for node in nodes.children]) == ({"resource": "ip"}, ["alpha"])
    listed = document(shell, "crm_resource -l").children[0]
    assert listed.name == "list" and [item.text for item in listed.children][:2] == ["ip", "fs"]
    operation = document(shell, "crm_resource -O").find("//operation")[0].attrib
    assert (operation["op"], operation["agent"], operation["status"]) == ("ip_start_0", "ocf:pacemaker:Dummy", "Done")
    config = document(shell, "crm_resource -q -r ip").children[0]
    assert [each.name for each in config.children] == ["resource", "xml"]
    assert config.children[1].text.startswith('<primitive id="ip"')
