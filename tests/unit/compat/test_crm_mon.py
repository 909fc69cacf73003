import json

import pytest

from pcmk._core import Element
from pcmk.compat.crm_mon import OPTIONS, chosen_sections
from pcmk.compat.options import parse
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.sections import ALL, DEFAULT, Sections


def sections(line: str) -> set[str]:
    return set(chosen_sections(parse(OPTIONS, line.split()), Sections()).shown)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("", DEFAULT),
        ("-A", DEFAULT | {"attributes"}),
        (
            "-1rAfotD",
            (DEFAULT | {"attributes", "failcounts", "operations"}) - {"stack", "dc", "times", "counts", "maint-mode"},
        ),
        ("--include all", ALL),
        ("--include none,Nodes", {"nodes"}),
        ("--exclude all --include default", DEFAULT),
        ("--exclude all -A", {"attributes"}),
        ("-A --exclude all", set()),
        ("--exclude none", ALL),
        ("-Q", DEFAULT - {"times"}),
        ("-m 0", DEFAULT - {"fencing-failed", "fencing-pending"}),
        ("-m", DEFAULT | {"fencing-succeeded"}),
        ("--include bans:cli-", DEFAULT | {"bans"}),
    ],
)
def test_options_choose_sections(line: str, shown: set[str]):
    assert sections(line) == shown


@pytest.mark.parametrize(("line", "code"), [("--include nosuch", ExitCode.USAGE), ("-m 7", ExitCode.INVALID_PARAM)])
def test_unknown_sections_and_levels_are_refused(line: str, code: ExitCode):
    with pytest.raises(PcmkError) as error:
        sections(line)
    assert error.value.code == code


def test_the_status_names_nodes_resources_and_failures(shell):
    shown = shell.run("crm_mon -1").stdout
    assert "  * Online: [ alpha beta ]" in shown
    assert "  * ip\t(ocf:pacemaker:Dummy):\t FAILED alpha" in shown
    assert "Failed Resource Actions:\n  * ip 10s-interval monitor on alpha returned 'Error occurred'" in shown


def test_inactive_resources_are_shown_when_asked_for(shell):
    assert "httpd" not in shell.run("crm_mon -1").stdout
    assert "    * httpd\t(ocf:pacemaker:Dummy):\t Stopped" in shell.run("crm_mon -1r").stdout


def test_formats_that_are_not_there_are_refused(shell):
    assert shell.run("crm_mon -1 --output-as nosuch").code != ExitCode.OK


def test_sections_are_shown_when_asked_for(shell):
    shell.run("crm_resource -B -r ip -N beta -Q")
    assert "Negative Location Constraints:\n  * cli-ban-ip-on-beta\tprevents ip from running on beta\n" in (
        shell.run("crm_mon -1 -L").stdout
    )
    assert shell.run("crm_mon -1 --exclude all --include bans:loc-").stdout == ""
    shown = shell.run("crm_mon -1 -o --exclude summary").stdout
    assert "    * ip: migration-threshold=1000000 fail-count=3:\n      * (5) start\n" in shown
    assert shell.run("crm_mon -1 --exclude all --include stack").stdout == "Cluster Summary:\n  * Stack: unknown\n"


def test_a_cluster_that_manages_nothing_says_so(shell):
    shell.run("crm_attribute -n maintenance-mode -v true")
    assert "*** Resource management is DISABLED ***" in shell.run("crm_mon -1").stdout
    assert "DISABLED ***" not in shell.run("crm_mon -1 -D").stdout


def test_resources_can_be_counted_instead_of_named(shell):
    shown = shell.run("crm_mon -1 -rb --exclude summary").stdout
    assert "  * 1/1\t(ocf:pacemaker:Dummy):\tActive alpha\n" in shown
    assert "  * Resource Group: web:\n    * 0/2\t(ocf:pacemaker:Dummy):\tActive\n" in shown


def test_one_node_can_be_looked_at(shell):
    shown = shell.run("crm_mon -1 --node beta").stdout
    assert "  * Online: [ beta ]\n" in shown and "ip\t" not in shown
    assert "  * Online: [ alpha ]\n" in shell.run("crm_mon -1 --node alpha").stdout


def test_one_resource_can_be_looked_at(shell):
    shown = shell.run("crm_mon -1r --resource fs").stdout
    assert "  * Resource Group: web:\n    * fs\t" in shown and "httpd" not in shown and "ip\t" not in shown


def document(shell, options: str) -> Element:
    result = shell.run(f"crm_mon -1 --output-as=xml {options}")
    assert result.code == ExitCode.OK
    return Element.parse(result.stdout)


def test_programs_are_shown_everything(shell):
    shell.run("crm_resource --ban -r ip -N beta")
    shown = document(shell, "")
    names = [child.name for child in shown.children]
    assert names == ["summary", "nodes", "resources", "node_attributes", "node_history", "failures", "bans", "status"]
    [alpha, beta] = shown.find("/pacemaker-result/nodes/node")
    assert (alpha.get("is_dc"), alpha.get("resources_running"), beta.get("type")) == ("true", "1", "member")
    [ip] = shown.find("//resource[@id='ip']")
    told = {name: ip.get(name) for name in ("resource_agent", "role", "active", "failed", "nodes_running_on")}
    assert told == {
        "resource_agent": "ocf:pacemaker:Dummy",
        "role": "Started",
        "active": "true",
        "failed": "true",
        "nodes_running_on": "1",
    }
    assert [(node.get("name"), node.get("cached")) for node in ip.children] == [("alpha", "true")]
    assert [group.get("number_resources") for group in shown.find("//group[@id='web']")] == ["2"]
    assert [clone.get("multi_state") for clone in shown.find("//clone[@id='ping']")] == ["false"]
    [failure] = shown.find("//failure")
    assert (failure.get("op_key"), failure.get("exitcode"), failure.get("interval")) == (
        "ip_monitor_10000",
        "1",
        "10000",
    )
    [history] = shown.find("//resource_history")
    assert (history.get("fail-count"), [child.get("task") for child in history.children]) == ("3", ["start", "monitor"])
    [ban] = shown.find("//ban")
    assert (ban.get("resource"), ban.get("node"), ban.get("weight")) == ("ip", "beta", "-1000000")


def test_programs_can_ask_for_less(shell):
    names = [child.name for child in document(shell, "--exclude all --include nodes").children]
    assert names == ["nodes", "status"]
    shown = document(shell, "--group-by-node --node alpha")
    assert [resource.get("id") for resource in shown.find("//node/resource")] == ["ip"]
    assert not shown.find("//resources")
    assert [group.get("number_resources") for group in document(shell, "--resource fs").find("//group")] == ["1"]
    assert json.loads(shell.run("crm_mon -1 --output-as=json").stdout)["children"][0]["element"] == "summary"


def test_status_is_a_page_for_browsers(shell):
    page = shell.run("crm_mon -1 --output-as=html --html-title A&B --html-stylesheet own.css").stdout
    assert page.startswith("<!DOCTYPE html>\n")
    assert "<title>A&amp;B</title>" in page
    assert '<link rel="stylesheet" href="own.css">' in page
    assert "<h2>Node List</h2>\n<ul><li>\n" in page
    assert page.count("<ul>") == page.count("</ul>") > 1
    assert page.count("<li>") == page.count("</li>")
