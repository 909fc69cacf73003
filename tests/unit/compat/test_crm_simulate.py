"""`crm_simulate`: what it tells, explanations and documents among it."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pcmk._core import Element
from pcmk.compat import crm_simulate
from pcmk.kernel.exitcodes import ExitCode
from pcmk.scheduler import INFINITY, Cib, schedule

CIB = """
<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" admin_epoch="0" epoch="1" num_updates="0" have-quorum="1"
     execution-date="1767787200"><configuration><crm_config><cluster_property_set id="o">
  <nvpair id="o-fencing" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>
  <nodes><node id="1" uname="node1"/><node id="2" uname="node2"/></nodes>
  <resources><primitive id="db" class="ocf" provider="pacemaker" type="Dummy"/></resources>
  <constraints><rsc_location id="home" rsc="db" node="node1" score="INFINITY"/></constraints>
</configuration><status>
  <node_state id="1" uname="node1" in_ccm="true" crmd="online" join="member" expected="member"/>
  <node_state id="2" uname="node2" in_ccm="true" crmd="online" join="member" expected="member"/>
</status></cib>
"""


@pytest.fixture
def source(tmp_path: Path) -> list[str]:
    path = tmp_path / "cib.xml"
    path.write_text(CIB)
    return ["-x", str(path)]


def test_changed_private_parameters_are_told_before_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An action that was recorded with other parameters, of which those that are not private are as they were."""
    # md5sum of ` <parameters/>` and a line end.
    secure = "f2317cad3d54cec5d7d7aa7d0bf35cf8"
    record = (
        '<lrm id="1"><lrm_resources><lrm_resource id="db" class="ocf" provider="pacemaker" type="Dummy"><lrm_rsc_op'
        ' id="db_last_0" operation_key="db_start_0" operation="start" interval="0" call-id="3" rc-code="0"'
        ' op-status="0"'
        ' transition-key="1:1:0:u" transition-magic="0:0;1:1:0:u" op-digest="0" op-secure-params=" passwd "'
        f' op-secure-digest="{secure}"/></lrm_resource></lrm_resources></lrm></node_state>'
    )
    path = tmp_path / "cib.xml"
    path.write_text(CIB.replace('expected="member"/>', f'expected="member">{record}', 1))
    # Digests count without private parameters where those can't be read.
    assert crm_simulate.main(["-x", str(path), "-s"]) == ExitCode.OK
    said = "Only 'private' parameters to 0s-interval start for db on node1 changed: 0:0;1:1:0:u"
    told = capsys.readouterr().out
    assert told.splitlines().count(said) == 1
    assert told.index("Assignment Scores:") < told.index(said) < told.index("  * pcmk__")


def test_a_plan_is_made_without_what_takes_longer_to_load_than_to_use(source: list[str]) -> None:
    program = "import sys; from pcmk.compat.crm_simulate import main; main(sys.argv[1:]); print(*sys.modules)"
    words = [sys.executable, "-c", program, *source, "-s", "-S"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "pcmk.output.report" in loaded
    assert not loaded & {"typing", "dataclasses", "msgspec", "grpc", "asyncio"}


def test_text(source: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert crm_simulate.main([*source, "--explain", "db"]) == ExitCode.OK
    assert capsys.readouterr().out.splitlines() == [
        "db: Stopped, will be Started on node1",
        "",
        "  node1: INFINITY <- chosen",
        "             0  every node is open to it (symmetric-cluster)",
        "     +INFINITY  location home",
        "",
        "  node2: 0",
        "             0  every node is open to it (symmetric-cluster)",
        "",
        "  Actions",
        "    db_monitor_0 on node1",
        "      required: nobody knows yet whether the resource is active there",
        "    db_monitor_0 on node2",
        "      required: nobody knows yet whether the resource is active there",
        "    db_start_0 on node1",
        "      required: it is Stopped and shall be Started",
        "      waits for db_monitor_0 on node1",
        "      waits for db_monitor_0 on node2",
    ]


def test_events_come_first_and_json_is_all_that_is_printed(
    source: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = crm_simulate.main([*source, "--node-down", "node1", "--explain", "db@node1", "--output-as", "json"])
    assert code == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    [db] = document["resources"]
    [node1] = db["choices"]
    assert (db["next_node"], node1["node"], node1["chosen"]) == ("node2", "node1", False)
    assert node1["unusable"][0] == "offline"
    assert [(part["kind"], part["score"]) for part in node1["parts"]] == [("symmetric", 0), ("location", 1_000_000)]


def test_an_instance_that_shall_fail_is_counted_by_the_name_it_was_told_by(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cib.xml"
    clone = CIB.replace("<primitive", '<clone id="dbs"><primitive').replace("</resources>", "</clone></resources>")
    path.write_text(clone.replace('rsc="db"', 'rsc="dbs"'))
    assert crm_simulate.main(["-x", str(path), "-F", "db_start_0@node1=1"]) == ExitCode.OK
    told = capsys.readouterr().out
    assert "Injecting attribute fail-count-db#start_0=INFINITY into /node_state '1'" in told
    assert crm_simulate.main(["-x", str(path), "-F", "db:0_start_0@node1=1"]) == ExitCode.OK
    assert "Injecting attribute fail-count-db:0#start_0=INFINITY into /node_state '1'" in capsys.readouterr().out


def test_what_is_found_inactive_is_no_failure(source: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert crm_simulate.main([*source, "-F", "db_start_0@node1=7"]) == ExitCode.OK
    told = capsys.readouterr().out
    assert "failed with rc=7" in told
    assert "Injecting attribute" not in told


def test_a_container_that_is_active_on_several_nodes_is_shown_with_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cib.xml"
    bundle = '<bundle id="web"><podman image="web"/><network control-port="3121"/></bundle></resources>'
    history = (
        '<lrm id="1"><lrm_resources><lrm_resource id="web-podman-0" class="ocf" provider="heartbeat" type="podman">'
        '<lrm_rsc_op id="web-podman-0_last_0" operation_key="web-podman-0_start_0" operation="start" interval="0"'
        ' call-id="3" rc-code="0" op-status="0" transition-key="1:1:0:u" transition-magic="0:0;1:1:0:u"/>'
        "</lrm_resource></lrm_resources></lrm></node_state>"
    )
    text = CIB.replace("</resources>", bundle).replace('expected="member"/>', f'expected="member">{history}')
    path.write_text(text)
    assert crm_simulate.main(["-x", str(path)]) == ExitCode.OK
    told = capsys.readouterr().out.splitlines()
    assert "      * web-podman-0\t(ocf:heartbeat:podman):\t Started [ node1 node2 ]" in told


def recorded(tmp_path: Path, text: str, *options: str) -> Element:
    """The root of the CIB after a simulation of a text."""
    path, result = tmp_path / "cib.xml", tmp_path / "result.xml"
    path.write_text(text)
    assert crm_simulate.main(["-x", str(path), "-S", "-O", str(result), *options]) == ExitCode.OK
    return Cib.parse(result.read_bytes()).root


def history_of(resource: str, record: str, *attributes: str) -> str:
    """A history of one record, in place of the end of an element."""
    more = " ".join(attributes)
    return (
        f'><lrm id="1"><lrm_resources><lrm_resource id="{resource}" class="ocf" provider="pacemaker" type="Dummy">'
        f'<lrm_rsc_op id="{resource}_last_0" operation="{record}" interval="0" call-id="3"'
        f' transition-key="1:1:0:u" {more}/></lrm_resource></lrm_resources></lrm></node_state>'
    )


def test_both_parts_of_notifications_about_each_task_are_recorded(tmp_path: Path) -> None:
    notified = '<meta_attributes id="m"><nvpair id="m-notify" name="notify" value="true"/></meta_attributes>'
    text = CIB.replace("<primitive", f'<clone id="dbs">{notified}<primitive').replace(
        "</resources>", "</clone></resources>"
    )
    root = recorded(tmp_path, text.replace('rsc="db"', 'rsc="dbs"'))
    records = [record.get("id") for record in root.find("//node_state[@uname='node1']//lrm_rsc_op")]
    assert records == ["db_last_0", "db_post_notify_start_0"]


def test_an_entry_under_an_instances_number_gets_records_under_the_resources_name(tmp_path: Path) -> None:
    clone = CIB.replace("<primitive", '<clone id="dbs"><primitive').replace("</resources>", "</clone></resources>")
    ran = history_of("db:0", "stop", 'rc-code="0"', 'op-status="0"')
    text = clone.replace('rsc="db"', 'rsc="dbs"').replace('expected="member"/>', f'expected="member"{ran}', 1)
    root = recorded(tmp_path, text)
    records = [record.get("id") for record in root.find("//lrm_resource[@id='db:0']/lrm_rsc_op")]
    assert records == ["db:0_last_0", "db_last_0"]


def test_an_id_that_would_begin_with_a_digit_begins_with_an_underscore(tmp_path: Path) -> None:
    root = recorded(tmp_path, CIB, "-i", "db_start_0@node1=1")
    pairs = [pair.get("id") for pair in root.find("//transient_attributes//nvpair")]
    assert pairs == ["_-fail-count-db.start_0", "_-last-failure-db.start_0"]


def test_parameters_that_are_no_names_count_for_digests(tmp_path: Path) -> None:
    numbered = '<instance_attributes id="i"><nvpair id="i-1" name="1" value="x"/></instance_attributes></primitive>'
    text = CIB.replace('type="Dummy"/>', f'type="Dummy">{numbered}')

    def digest(text: str) -> str | None:
        return recorded(tmp_path, text).find("//lrm_rsc_op[@operation='start']")[0].get("op-digest")

    # md5sum of ` <parameters 1="x"/>` and a line end.
    assert digest(CIB) == "f2317cad3d54cec5d7d7aa7d0bf35cf8"
    assert digest(text) == "6b163254b5f2e60866d635d8529c7c68"


def test_a_failed_probe_is_told_of_the_node_that_its_record_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cib.xml"

    def told(*attributes: str) -> bool:
        probe = history_of("db", "monitor", 'rc-code="5"', 'op-status="4"', *attributes).replace(
            "_last_0", "_monitor_0"
        )
        path.write_text(CIB.replace('expected="member"/>', f'expected="member"{probe}', 1))
        assert crm_simulate.main(["-x", str(path)]) == ExitCode.OK
        return "Stopped (Not installed)" in capsys.readouterr().out

    assert told('on_node="node1"')
    assert not told()


def test_instances_that_have_come_to_one_node_are_listed_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One was migrated, stopped where it was, and is told of by both nodes, under names of two instances."""
    path = tmp_path / "cib.xml"
    clone = CIB.replace("<primitive", '<clone id="dbs"><primitive').replace("</resources>", "</clone></resources>")
    nodes = 'migrate_source="node2" migrate_target="node1"'

    def lrm(node: int, *entries: str) -> str:
        return (
            f' expected="member"><lrm id="{node}"><lrm_resources>{"".join(entries)}</lrm_resources></lrm></node_state>'
        )

    def entry(instance: str, *records: str) -> str:
        content = "".join(records)
        return f'<lrm_resource id="{instance}" class="ocf" provider="pacemaker" type="Dummy">{content}</lrm_resource>'

    def record(id: str, task: str, call: int, rc: int = 0, more: str = "") -> str:
        told = f'call-id="{call}" rc-code="{rc}" op-status="0" interval="0" transition-key="{call}:1:{rc}:u" {more}'
        return f'<lrm_rsc_op id="{id}" operation_key="db_{task}_0" operation="{task}" {told}/>'

    here = lrm(
        1,
        entry("db:1", record("db:1_monitor_0", "monitor", 3, 7)),
        entry("db", record("db_migrate_from_0", "migrate_from", 1, 0, nodes)),
    )
    there = lrm(
        2,
        entry(
            "db:0",
            record("db:0_start_0", "start", 4),
            record("db_migrate_to_0", "migrate_to", 5, 0, nodes),
            record("db_last_0", "stop", 6),
        ),
    )
    text = clone.replace('rsc="db"', 'rsc="dbs"')
    for history in (here, there):
        text = text.replace(' expected="member"/>', history, 1)
    path.write_text(text)
    assert crm_simulate.main(["-x", str(path)]) == ExitCode.OK
    assert "      * Started: [ node1 node1 ]" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("result", "named"), [('rc-code="0" op-status="0"', True), ('rc-code="193" op-status="-1"', False)]
)
def test_a_cancel_tells_what_is_configured_if_the_operation_had_begun(tmp_path: Path, result: str, named: bool) -> None:
    path, graph = tmp_path / "cib.xml", tmp_path / "graph.xml"
    idle = '<instance_attributes id="n"><nvpair id="n-m" name="maintenance" value="true"/></instance_attributes></node>'
    operation = '<operations><op id="db-m" name="monitor" interval="10s"/></operations></primitive>'
    started, stays = history_of("db", "start", 'rc-code="0"', 'op-status="0"').split("</lrm_resource>")
    monitor = (
        '<lrm_rsc_op id="db_monitor_10000" operation_key="db_monitor_10000" operation="monitor" interval="10000"'
        f' call-id="4" transition-key="2:1:0:u" {result}/></lrm_resource>'
    )
    text = CIB.replace('uname="node1"/>', f'uname="node1">{idle}', 1).replace(
        'type="Dummy"/>', f'type="Dummy">{operation}'
    )
    path.write_text(text.replace('expected="member"/>', f'expected="member"{started}{monitor}{stays}', 1))
    assert crm_simulate.main(["-x", str(path), "-G", str(graph), "-S"]) == ExitCode.OK
    [cancel] = Element.parse(graph.read_bytes()).find("//action_set/rsc_op[@operation='cancel']/attributes")
    assert cancel.get("CRM_meta_name") == ("monitor" if named else None)


def test_of_guests_that_are_down_only_the_heading_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cib.xml"
    bundle = '<bundle id="web"><podman image="web"/><network control-port="3121"/>'
    inside = CIB.replace("<primitive", f"{bundle}<primitive").replace("</resources>", "</bundle></resources>")
    without = re.sub(r"<nodes>.*</nodes>", "<nodes/>", re.sub(r"<node_state .*/>", "", inside))
    path.write_text(re.sub("<rsc_location.*/>", "", without, count=1))
    assert crm_simulate.main(["-x", str(path)]) == ExitCode.OK
    told = capsys.readouterr().out.splitlines()
    assert told[1:5] == ["Current cluster status:", "  * Node List:", "", "  * Full List of Resources:"]


def test_with_a_node_that_comes_up_every_node_that_does_something_is_configured(tmp_path: Path) -> None:
    path, result = tmp_path / "cib.xml", tmp_path / "result.xml"
    remote = '<primitive id="far" class="ocf" provider="pacemaker" type="remote"/></resources>'
    home = '<rsc_location id="there" rsc="db" node="far" score="INFINITY"/>'
    text = CIB.replace("</resources>", remote).replace("<constraints>", f"<constraints>{home}")
    path.write_text(text.replace('node="node1" score="INFINITY"', 'node="node1" score="1"'))

    def configured(*options: str) -> list[str | None]:
        assert crm_simulate.main(["-x", str(path), "-S", "-O", str(result), *options]) == ExitCode.OK
        nodes = Cib.parse(result.read_bytes()).root.find("/cib/configuration/nodes/node")
        return [node.get("uname") for node in nodes]

    assert configured() == ["node1", "node2"]
    assert configured("-u", "node1") == ["node1", "node2", "far"]


@pytest.mark.parametrize("spec", ["nope", "db@nope"])
def test_names_that_are_not_there(source: list[str], spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert crm_simulate.main([*source, "--explain", spec]) == ExitCode.NOSUCH
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "No such" in printed.err and "nope" in printed.err


def test_there_is_no_xml_of_what_is_explained(source: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code = crm_simulate.main([*source, "--explain", "db", "--output-as", "xml"])
    assert code == ExitCode.UNIMPLEMENT_FEATURE
    assert "not supported" in capsys.readouterr().out


def test_what_is_explained_is_the_table_that_is_printed(source: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert crm_simulate.main([*source, "--show-scores", "--quiet"]) == ExitCode.OK
    printed = capsys.readouterr().out
    lines = schedule(Cib.parse(CIB), now=1767787200, trace=True).trace.scores
    assert lines
    for line in lines:
        score = "INFINITY" if line.score == INFINITY else line.score
        assert f"{line.resource} allocation score on {line.node}: {score}\n" in printed
    assert printed.count(" allocation score on ") == len(lines)


def test_a_dash_is_standard_input(
    source: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert crm_simulate.main([*source, "--run"]) == ExitCode.OK
    expected = capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(CIB.encode())))
    assert crm_simulate.main(["-x", "-", "--run"]) == ExitCode.OK
    assert capsys.readouterr().out == expected


def test_programs_get_all_that_happens_as_one_document(source: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    events = ["--node-up", "node3", "--quorum", "1", "-i", "db_monitor_10000@node1=7", "-F", "db_start_0@node1=1"]
    assert crm_simulate.main([*source, "-S", "-s", "-U", *events, "--output-as", "xml"]) == ExitCode.OK
    document = Element.parse(capsys.readouterr().out)
    names = [each.name for each in document.children]
    assert names == [
        "cluster_status",
        "modifications",
        "allocations_utilizations",
        "actions",
        "transition",
        "revised_cluster_status",
        "status",
    ]
    modifications, numbers, actions, transition = document.children[1:5]
    assert modifications.attrib == {"quorum": "1"}
    assert modifications.children[0].attrib == {"action": "Online", "node": "node3"}
    assert modifications.find("//inject_attr[@name='fail-count-db#monitor_10000']")[0].get("cib_node") == "1"
    assert [(each.name, each.get("comment")) for each in numbers.children][:3] == [("capacity", "Original")] * 3
    assert numbers.find("//utilization[@resource='db'][@node='node1']")
    assert actions.children[-1].attrib == {"action": "recover", "resource": "db", "node": "node1"}
    assert transition.find("//rsc_action[@op='start'][@node='node1']")
    assert document.children[5].find("//resource[@id='db'][@failed='true']")


def test_what_nodes_offer_and_resources_use_is_shown_in_the_order_of_decisions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    offered = '<utilization id="n1-u"><nvpair id="n1-cpu" name="cpu" value="4"/></utilization>'
    used = '<utilization id="db-u"><nvpair id="db-cpu" name="cpu" value="3"/></utilization>'
    file = tmp_path / "cib.xml"
    text = CIB.replace('<node id="1" uname="node1"/>', f'<node id="1" uname="node1">{offered}</node>')
    file.write_text(text.replace('type="Dummy"/>', f'type="Dummy">{used}</primitive>'))
    assert crm_simulate.main(["-x", str(file), "-U"]) == ExitCode.OK
    printed = capsys.readouterr().out
    assert printed[printed.index("Utilization Information:") : printed.index("\nTransition")].splitlines() == [
        "Utilization Information:",
        "  * Original: node1 capacity: cpu=4",
        "  * Original: node2 capacity:",
        "  * pcmk__assign_resource: db utilization on node1: cpu=3",
        "  * Remaining: node1 capacity: cpu=1",
        "  * Remaining: node2 capacity:",
    ]


@pytest.mark.parametrize(("named", "code"), [("pacemaker-9999.0", ExitCode.CONFIG), ("none", ExitCode.OK)])
def test_a_schema_that_is_not_known_is_refused(
    source: list[str], named: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    file = Path(source[1])
    file.write_text(CIB.replace("pacemaker-4.0", named))
    assert crm_simulate.main([*source, "-S"]) == code
    assert ("there is no schema" in capsys.readouterr().err) == (code != ExitCode.OK)


def test_the_file_that_stands_for_the_cluster_takes_the_result(shell) -> None:
    assert shell.run("crm_simulate -L -X -u gamma").code == ExitCode.OK
    assert [each["uname"] for each in shell.attributes("//node")] == ["alpha", "beta", "gamma"]
    assert shell.attributes("//lrm_resource[@id='fs']")


def test_a_folder_of_inputs_is_timed(source: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(Path(source[1]).parent)
    assert crm_simulate.main(["--profile", folder, "--repeat", "2"]) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Timings:" and lines[1].startswith(f"  * Testing {folder}/cib.xml ... ")
    assert crm_simulate.main(["--profile", folder, "--output-as", "json"]) == ExitCode.OK
    timings = json.loads(capsys.readouterr().out)["children"][0]
    assert timings["children"][0]["file"] == f"{folder}/cib.xml"
    assert crm_simulate.main(["--profile", f"{folder}/nosuch"]) == ExitCode.NOSUCH


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ("pacemaker-9999.0", "there is no schema pacemaker-9999.0"),
        ("", "the CIB names no schema"),
        ("pacemaker-4.0", "element op o: on-fail is 'explode', not"),
        ("pacemaker-1.2", "does not validate with any schema from pacemaker-1.2 to the latest"),
    ],
)
def test_what_does_not_conform_to_its_schema_is_not_simulated(
    schema: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = '<operations><op id="o" name="monitor" interval="1" on-fail="explode"/></operations>'
    text = CIB.replace('type="Dummy"/>', f'type="Dummy">{wrong}</primitive>').replace("pacemaker-4.0", schema)
    path = tmp_path / "cib.xml"
    path.write_text(text)
    assert crm_simulate.main(["-x", str(path), "-S"]) == ExitCode.CONFIG
    told = capsys.readouterr()
    assert told.out == ""
    assert reason in told.err


def test_without_a_check_anything_is_simulated_and_what_conforms_to_a_later_schema_is_upgraded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cib.xml"
    path.write_text(CIB.replace("pacemaker-4.0", "none").replace("<constraints>", "<nonsense/><constraints>"))
    assert crm_simulate.main(["-x", str(path), "-S"]) == ExitCode.OK
    assert "Schema validation of configuration is disabled" in capsys.readouterr().err
    path.write_text(
        CIB.replace("pacemaker-4.0", "pacemaker-1.2").replace("</configuration>", "<tags/></configuration>")
    )
    assert crm_simulate.main(["-x", str(path), "-S", "-O", str(tmp_path / "after.xml")]) == ExitCode.OK
    assert Cib.parse((tmp_path / "after.xml").read_bytes()).root.get("validate-with") == "pacemaker-4.0"


def test_what_planning_finds_wrong_is_told_in_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cib.xml"
    path.write_text(CIB.replace('value="false"', 'value="perhaps"'))
    assert crm_simulate.main(["-x", str(path), "-S", "-VV"]) == ExitCode.OK
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "error: Using the default of option fencing-enabled because 'perhaps' is not a valid value"
    assert told[-1] == "warning: The name 'stonith-enabled' of option fencing-enabled is deprecated"
