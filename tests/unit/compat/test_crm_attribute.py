import pytest

from pcmk.based.operations import query
from pcmk.compat import node_attributes, nodes
from pcmk.compat.cib_access import LiveCib
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibAnswer, CibQuery
from pcmk.kernel.messages.common import Failure

PAIR = "//nvpair[@name='{}']"


@pytest.mark.parametrize(
    ("options", "pair"),
    [
        ("-t crm_config", {"id": "cib-bootstrap-options-x", "name": "x", "value": "1"}),
        ("", {"id": "cib-bootstrap-options-x", "name": "x", "value": "1"}),
        ("-N beta", {"id": "nodes-2-x", "name": "x", "value": "1"}),
        ("-N BETA -l forever", {"id": "nodes-2-x", "name": "x", "value": "1"}),
        ("-N beta -z", {"id": "nodes-2-utilization-x", "name": "x", "value": "1"}),
        ("-N beta -l reboot", {"id": "status-2-x", "name": "x", "value": "1"}),
        ("-t rsc_defaults", {"id": "rsc_defaults-options-x", "name": "x", "value": "1"}),
        ("-N beta -s mine", {"id": "mine-x", "name": "x", "value": "1"}),
    ],
)
def test_a_new_attribute_gets_its_set_and_id(shell, options, pair):
    assert shell.run(f"crm_attribute {options} -n x -v 1").code == ExitCode.OK
    assert shell.attributes(PAIR.format("x")) == [pair]
    assert shell.run(f"crm_attribute {options} -n x -G -q").stdout == "1\n"


def test_an_attribute_is_changed_where_it_is(shell):
    shell.run("crm_attribute -n stonith-enabled -v true")
    assert shell.attributes(PAIR.format("stonith-enabled")) == [
        {"id": "opts-se", "name": "stonith-enabled", "value": "true"}
    ]


def test_values_can_be_counted_up(shell):
    shell.run("crm_attribute -N beta -n rack -v value++")
    assert shell.run("crm_attribute -N beta -n rack -G").stdout == "scope=nodes name=rack value=5\n"


def test_deleting_twice_is_no_failure(shell):
    line = "crm_attribute -N beta -n site -D"
    assert shell.run(line).stdout == "Deleted nodes attribute: id=nodes-2-site name=site\n"
    again = shell.run(line)
    assert (again.code, again.stdout) == (ExitCode.OK, "")


def test_patterns_select_several(shell):
    assert shell.run("crm_attribute -N beta -t nodes -P ^(site|rack)$ -G -q").stdout == "b\n4\n"
    shell.run("crm_attribute -N beta -t nodes -P ^s -D")
    assert shell.run("crm_attribute -N beta -t nodes -P . -G -q").stdout == "4\n"


def test_what_is_ambiguous_is_not_changed(shell):
    shell.run("crm_attribute -N beta -n site -s other -v c")
    result = shell.run("crm_attribute -N beta -n site -v d")
    assert result.code == ExitCode.MULTIPLE
    assert "id=nodes-2-site" in result.stderr and "id=other-site" in result.stderr
    assert shell.run("crm_attribute -N beta -n site -i other-site -v d").code == ExitCode.OK


def test_promotion_scores_are_of_the_calling_agents_resource(shell, monkeypatch):
    assert shell.run("crm_attribute --promotion -v 5").code == ExitCode.USAGE
    monkeypatch.setenv("OCF_RESOURCE_INSTANCE", "ip")
    assert shell.run("crm_attribute --promotion -v 5 -N beta").code == ExitCode.OK
    assert shell.attributes(PAIR.format("master-ip")) == [
        {"id": "status-2-master-ip", "name": "master-ip", "value": "5"}
    ]
    assert shell.run("crm_attribute -p -G -q -N beta").stdout == "5\n"
    shell.run("crm_attribute -p -D -N beta")
    assert shell.attributes(PAIR.format("master-ip")) == []


def test_agents_get_the_attribute_of_the_node_they_act_for(shell, monkeypatch):
    monkeypatch.setenv("OCF_RESKEY_CRM_meta_on_node", "beta")
    shell.run("crm_attribute -l reboot -n x -v 1")
    assert shell.attributes(PAIR.format("x"))[0]["id"] == "status-2-x"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("crm_attribute -n nosuch -G", ExitCode.NOSUCH),
        ("crm_attribute -N nosuch -n site -G", ExitCode.NOSUCH),
        ("crm_attribute -t nosuch -n x -G", ExitCode.USAGE),
        ("crm_attribute -v 1", ExitCode.USAGE),
        ("crm_attribute -P [ -N beta -G", ExitCode.USAGE),
        ("crm_attribute -n a -P b -G", ExitCode.USAGE),
    ],
)
def test_what_can_not_be_done_is_told(shell, line, code):
    result = shell.run(line)
    assert result.code == code
    assert result.stderr.startswith("crm_attribute: ")


def test_standby_is_asked_for_good_then_until_reboot_then_is_off(shell):
    assert shell.run("crm_standby -N beta -G").stdout == "scope=status name=standby value=off\n"
    shell.run("crm_standby -N beta -v on -l reboot")
    assert shell.run("crm_standby -N beta -G").stdout == "scope=status name=standby value=on\n"
    shell.run("crm_standby -N beta -v on")
    assert shell.run("crm_standby -N beta -G").stdout == "scope=nodes name=standby value=on\n"
    shell.run("crm_standby -N beta -D")
    assert shell.attributes(PAIR.format("standby")) == []


def test_crm_master_sets_scores_for_good_by_default(shell):
    shell.run("crm_master -r ip -v 3 -N beta")
    shell.run("crm_master -r ip -v 4 -l reboot -N beta")
    assert [each["id"] for each in shell.attributes(PAIR.format("master-ip"))] == [
        "nodes-2-master-ip",
        "status-2-master-ip",
    ]
    assert shell.run("crm_master -v 3").code == ExitCode.USAGE


def test_a_cluster_is_asked_for_no_more_than_is_needed(shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of a large CIB is resources and their history, which have no part in attributes of nodes."""
    cib = shell.cib
    asked: list[str] = []

    class Connection:
        def __init__(self, *_: object) -> None:
            pass

        def ask(self, _daemon: object, request: CibQuery, *_: object) -> CibAnswer:
            asked.append(request.xpath)
            answer = query(cib, request, 1, 0.0)
            if isinstance(answer, Failure):
                raise PcmkError(answer.code, answer.message)
            return answer

    monkeypatch.setattr("pcmk.client.Connection", Connection)
    access = LiveCib("crm_attribute", "", 1.0)
    node = nodes.find(access.select, "alpha")
    assert node.id == "1"
    assert node_attributes.find(access, node_attributes.Place("nodes", node), name="none") == []
    found = node_attributes.find(access, node_attributes.Place("crm_config"), name="stonith-enabled")
    assert [pair.get("value") for pair in found] == ["false"]
    assert [xpath.split("/")[3] for xpath in asked] == ["nodes", "nodes", "crm_config"]
