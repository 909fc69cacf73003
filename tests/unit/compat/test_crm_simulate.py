"""`crm_simulate --explain`."""

import io
import json
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("spec", ["nope", "db@nope"])
def test_names_that_are_not_there(source: list[str], spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert crm_simulate.main([*source, "--explain", spec]) == ExitCode.NOSUCH
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "No such" in printed.err and "nope" in printed.err


@pytest.mark.parametrize("options", [["--output-as", "json"], ["--explain", "db", "--output-as", "xml"]])
def test_formats_that_are_not_there(source: list[str], options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert crm_simulate.main([*source, *options]) == ExitCode.UNIMPLEMENT_FEATURE
    assert "output as" in capsys.readouterr().err


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
