import io
import json
import subprocess
import sys

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
    assert not shown.find("//resources/resource[@id='ip']")
    assert [group.get("number_resources") for group in document(shell, "--resource fs").find("//group")] == ["1"]
    assert json.loads(shell.run("crm_mon -1 --output-as=json").stdout)["children"][0]["element"] == "summary"


def test_status_is_a_page_for_browsers(shell):
    page = shell.run("crm_mon -1 --output-as=html --html-title A&B --html-stylesheet own.css").stdout
    assert page.startswith("<!DOCTYPE html>\n")
    assert "<title>A&amp;B</title>" in page
    assert '<link rel="stylesheet" href="own.css">' in page
    assert '<h2>Node List</h2>\n<ul>\n<li>\n<span class="bold">alpha:</span><span class="online"> online</span>' in page
    assert '<span class="rsc-failed">ip\t(ocf:pacemaker:Dummy):\t FAILED alpha</span>' in page
    assert "<h2>Failed Resource Actions</h2>\n<ul><li>ip 10s-interval monitor on alpha returned " in page


def test_a_page_shows_more_when_asked_for(shell):
    page = shell.run("crm_mon -1rnARo --output-as html --include options --exclude times").stdout
    assert "Last updated" not in page
    for part in (
        "<span>alpha (1) (version unknown) -</span>",
        "<h2>Config Options</h2>\n<ul>\n<li>Fencing of failed nodes disabled</li>\n",
        '<h3>alpha (1):</h3>\n<ul><li>\n<span>Status:</span><span class="online"> online</span>',
        "<li>\n<h3>Resources</h3>\n<ul><li>"
        '<span class="rsc-failed">ip\t(ocf:pacemaker:Dummy):\t FAILED</span></li></ul>\n</li>',
        "<h2>Inactive Resources</h2>\n<ul>\n<li>\n<h3>Resource Group: web</h3>\n",
        '<li><span class="rsc-failed">fs\t(ocf:pacemaker:Dummy):\t Stopped</span></li>',
        "<h2>Node Attributes</h2>\n<ul><li>\n<h3>beta (2):</h3>\n<ul>\n<li>rack: 4</li>\n<li>site: b</li>\n</ul>",
        "<h2>Operations</h2>\n<ul><li>\n<h3>alpha (1):</h3>\n<ul><li>\n<h3>ip: migration-threshold=",
    ):
        assert part in page
    assert "DISABLED" not in page and "<h2>Tickets" not in page


def test_a_page_shows_nothing_that_was_excluded(shell):
    page = shell.run("crm_mon -1 --output-as html --include none,nodes --node beta").stdout
    assert page.partition("<body>\n")[2] == (
        "<h2>Node List</h2>\n"
        '<ul><li>\n<span class="bold">beta:</span><span class="online"> online</span>\n</li></ul>\n</body>\n</html>\n'
    )


def test_all_sections_of_a_page_are_more_than_those_of_a_text(shell):
    assert "Cluster is symmetric" not in shell.run("crm_mon -1 --include all").stdout
    assert "Cluster is symmetric" in shell.run("crm_mon -1 --include all --output-as html").stdout


def test_management_of_all_resources_is_no_note_below_the_summary_of_a_page(shell):
    shell.run("crm_attribute -n maintenance-mode -v true")
    assert "Resource management is DISABLED" in shell.run("crm_mon -1").stdout
    page = shell.run("crm_mon -1 --output-as html --include options").stdout
    assert "Resource management is DISABLED" not in page and '<span class="bold">DISABLED</span>' in page
    assert '<span class="rsc-managed">ip\t(ocf:pacemaker:Dummy):\t FAILED alpha (maintenance)</span>' in page


def test_what_goes_wrong_is_on_the_page(shell):
    shell.file.write_text("no CIB")
    result = shell.run("crm_mon -1 --output-as html")
    assert result.code != ExitCode.OK and result.stderr == ""
    assert "<body>\n<h2>Errors</h2>\n<ul><li>crm_mon: " in result.stdout


def test_a_page_in_a_file_is_loaded_anew(shell, tmp_path):
    file = tmp_path / "page.html"
    for options, refresh in (("", 5), ("-i 2min ", 120)):
        assert shell.run(f"crm_mon -1 {options}--output-as html --output-to {file}").code == ExitCode.OK
        assert f'<meta http-equiv="refresh" content="{refresh}">\n<style>' in file.read_text()
    assert "refresh" not in shell.run("crm_mon -1 --output-as html --output-to -").stdout


def test_pages_are_not_read_where_none_is_asked_for(shell):
    program = "import sys; from pcmk.compat.entry import outcome; from pcmk.compat.crm_mon import ABOUT, command; "
    program += "outcome(ABOUT, command, ['-1']); print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "pcmk.output.report" in loaded
    assert not loaded & {
        "pcmk.output.html",
        "pcmk.output.outline",
        "pcmk.output.status_page",
        "pcmk.compat.status_page",
    }


BUNDLE = """
<bundle id="box"><podman image="box:1" replicas="2"/><network ip-range-start="10.0.0.5"/>
  <primitive id="app" class="ocf" provider="pacemaker" type="Dummy" description="the application"/></bundle>
"""


@pytest.fixture
def bundled(shell):
    assert shell.run("cibadmin -C -o resources -X", BUNDLE).code == ExitCode.OK
    return shell


def test_who_asks_for_a_part_of_a_bundle_is_shown_that_part(bundled):
    shown = bundled.run("crm_mon -1r --resource box-ip-10.0.0.6").stdout
    assert "  * Container bundle set: box [box:1]:\n    * Replica[1]\n      * box-ip-10.0.0.6\t" in shown
    assert "Replica[0]" not in shown and "app" not in shown
    assert "    * box-0 (10.0.0.5)\t" in bundled.run("crm_mon -1r --resource box").stdout


def test_what_is_only_implied_is_counted(bundled):
    bundled.run("crm_resource -r ip --meta -p remote-node -v guest")
    assert "  * 0/1\t(ocf:pacemaker:remote):\tActive\n" in bundled.run("crm_mon -1rb").stdout


def test_descriptions_are_shown_when_asked_for(bundled):
    assert "(the application)" not in bundled.run("crm_mon -1r").stdout
    for option in ("--show-description", "--show-detail"):
        assert "(the application)" in bundled.run(f"crm_mon -1r {option}").stdout
    plain, described = (
        Element.parse(bundled.run(f"crm_mon --output-as xml{option}").stdout) for option in ("", " --show-description")
    )
    assert not plain.find("//resource[@description]")
    assert described.find("//resource[@id='app'][@description='the application']")


def test_tags_name_nodes_by_their_ids(shell):
    tags = '<tags><tag id="second"><obj_ref id="2"/></tag></tags>'
    assert shell.run("cibadmin -M -o configuration -X", f"<configuration>{tags}</configuration>").code == ExitCode.OK
    shown = shell.run("crm_mon -1 --include none,nodes --node second").stdout
    assert "beta" in shown and "alpha" not in shown


def test_only_failures_of_what_was_named_are_shown(shell):
    assert "Failed Resource Actions" in shell.run("crm_mon -1 --resource ip").stdout
    assert "Failed Resource Actions" not in shell.run("crm_mon -1 --resource web").stdout


def test_bans_hold_whatever_node_is_looked_at(shell):
    shell.run("crm_resource -B -r ip -N alpha -Q")
    assert "cli-ban-ip-on-alpha" in shell.run("crm_mon -1L --node beta").stdout


def test_resources_below_their_nodes_are_listed_once(shell):
    document = Element.parse(shell.run("crm_mon -n --output-as xml").stdout)
    assert document.find("/pacemaker-result/nodes/node[@name='alpha']/resource[@id='ip']")
    assert not document.find("/pacemaker-result/resources/resource[@id='ip']")
    assert document.find("/pacemaker-result/resources/group[@id='web']")
    brief = shell.run("crm_mon -1nb").stdout
    assert "  * Node alpha: online:\n    * Resources:\n      * 1\t(ocf:pacemaker:Dummy):\tActive \n" in brief
    assert "beta" not in brief


def test_a_network_that_answers_less_than_it_should_is_told(shell):
    ping = '<primitive id="pinger" class="ocf" provider="pacemaker" type="ping"><instance_attributes id="pinger-i">'
    ping += '<nvpair id="pinger-n" name="name" value="reach"/><nvpair id="pinger-h" name="host_list" value="a b"/>'
    ping += '<nvpair id="pinger-m" name="multiplier" value="100"/></instance_attributes></primitive>'
    assert shell.run("cibadmin -R -o resources -X", f'<clone id="ping">{ping}</clone>').code == ExitCode.OK
    shell.run("crm_simulate -L -X")
    for value, told in (
        ("200", ""),
        ("100", "\t: Connectivity is degraded (Expected=200)"),
        ("0", "\t: Connectivity is lost"),
    ):
        shell.run(f"crm_attribute -t status -N alpha -n reach -v {value}")
        shown = shell.run("crm_mon -1A --node alpha").stdout
        assert f"    * {'reach':<32}\t: {value:<10}{told}\n" in shown


def test_a_cib_may_come_from_standard_input(shell, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(shell.file.read_bytes())))
    monkeypatch.setenv("CIB_file", "-")
    assert "ip\t(ocf:pacemaker:Dummy)" in shell.run("crm_mon -1").stdout


def test_a_cib_from_standard_input_is_not_changed(shell, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(shell.file.read_bytes())))
    monkeypatch.setenv("CIB_file", "-")
    assert shell.run("crm_resource -B -r ip -N alpha").code == ExitCode.UNIMPLEMENT_FEATURE


@pytest.mark.parametrize("option", ["-X", "--as-xml"])
def test_the_old_way_to_ask_for_xml_is_known(shell, option):
    assert Element.parse(shell.run(f"crm_mon -1 {option}").stdout).name == "pacemaker-result"


def test_a_web_server_is_told_what_it_gets(shell):
    page = shell.run("crm_mon -1 --output-as html").stdout
    assert shell.run("crm_mon -1 --output-as html --html-cgi").stdout.startswith(
        "Content-Type: text/html\n\n" + page[:15]
    )


def test_what_nobody_knows_of_the_last_change_is_empty(shell):
    change = Element.parse(shell.run("crm_mon --output-as xml").stdout).find("//last_change")[0]
    assert change.attrib == {"time": "", "user": "", "client": "", "origin": ""}


def test_in_the_background_there_must_be_something_to_do(shell):
    for line in ("crm_mon -d", "crm_mon --daemonize --output-to -"):
        result = shell.run(line)
        assert result.code == ExitCode.USAGE and "--external-agent" in result.stderr


def test_a_cib_in_a_file_is_shown_once_whatever_is_asked_for(shell, tmp_path):
    assert "Online: [ alpha beta ]" in shell.run("crm_mon -E /bin/false -W").stdout
    file = tmp_path / "page.html"
    assert shell.run(f"crm_mon -d --output-as html --output-to {file} -p {tmp_path}/pid").code == ExitCode.OK
    assert '<span class="bold">alpha:</span><span class="online"> online</span>' in file.read_text()
    assert not (tmp_path / "pid").exists()


@pytest.mark.parametrize(
    ("other", "told"), [("3.20.0", "MIXED-VERSION partition with quorum"), ("3.20.5", " - partition with quorum")]
)
def test_nodes_of_another_feature_set_than_the_dc_are_told(shell, other, told):
    for id, feature_set in (("1", "3.20.5"), ("2", other)):
        pair = f'<nvpair id="set-{id}" name="#feature-set" value="{feature_set}"/>'
        attributes = f'<instance_attributes id="sets-{id}">{pair}</instance_attributes>'
        state = (
            f'<node_state id="{id}"><transient_attributes id="{id}">{attributes}</transient_attributes></node_state>'
        )
        assert shell.run("cibadmin -M -o status -X", state).code == ExitCode.OK
    assert told in shell.run("crm_mon -1").stdout


def test_what_was_removed_counts_while_it_runs(shell):
    text = shell.file.read_text()
    assert "5 resource instances configured" in shell.run("crm_mon -1").stdout
    removed = text.replace('<primitive id="ip"', '<primitive id="other"').replace('rsc="ip"', 'rsc="other"')
    shell.file.write_text(removed)
    assert "6 resource instances configured" in shell.run("crm_mon -1").stdout


def test_that_there_is_no_dc_is_told_whatever_is_asked_for(shell):
    assert "Cluster Summary" not in shell.run("crm_mon -1 -D").stdout
    shell.file.write_text(shell.file.read_text().replace('dc-uuid="1"', ""))
    assert "Cluster Summary:\n  * Current DC: NONE\n" in shell.run("crm_mon -1 -D").stdout
    document = Element.parse(shell.run("crm_mon -1 --exclude=all --output-as=xml").stdout)
    assert [each.get("present") for each in document.find("//current_dc")] == ["false"]


def test_without_attributes_there_is_no_heading_for_them(shell):
    assert "Node Attributes:" in shell.run("crm_mon -1 -A").stdout
    for name in ("site", "rack"):
        assert shell.run(f"crm_attribute -N beta -n {name} -D").code == ExitCode.OK
    assert "Node Attributes:" not in shell.run("crm_mon -1 -A").stdout


def test_a_lost_ticket_freezes_where_tickets_are_shown_and_is_no_failure(shell):
    ticket = '<rsc_ticket id="t" rsc="ip" ticket="site" loss-policy="freeze"/></constraints>'
    shell.file.write_text(shell.file.read_text().replace("</constraints>", ticket))
    assert "(blocked)" not in shell.run("crm_mon -1").stdout
    shown = shell.run("crm_mon -1 -c").stdout
    assert "(blocked)" in shown
    assert "BLOCKED" not in shown
