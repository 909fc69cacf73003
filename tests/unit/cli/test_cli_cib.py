import json
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from pcmk._core import Cib
from pcmk.cli.root import pcmk
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.based_peer import Ballot, Copy, Position
from pcmk.kernel.messages.cib import CibOperation
from pcmk.kernel.messages.common import Failure, SetPrimary

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "based"))
from stored_node import DUMMY, StoredNode

NODES = (
    '<nodes><node id="1" uname="alpha"/></nodes>',
    '<node_state id="1" uname="alpha" in_ccm="true" crmd="online" join="member" expected="member"/>',
)
CIB = f"""
<cib validate-with="pacemaker-4.0" crm_feature_set="3.20.5" admin_epoch="0" epoch="7" num_updates="3" have-quorum="1"
     dc-uuid="1">
  <configuration>
    <crm_config><cluster_property_set id="opts"><nvpair id="opts-f" name="fencing-enabled" value="false"/>
    </cluster_property_set></crm_config>
    {NODES[0]}
    <resources><primitive id="ip" class="ocf" provider="pacemaker" type="Dummy"/></resources>
    <constraints>
      <rsc_location id="old" rsc="ip"><rule id="old-rule" score="1">
        <date_expression id="old-date" operation="lt" end="2001-01-01"/></rule></rsc_location>
    </constraints>
  </configuration>
  <status>{NODES[1]}</status>
</cib>
"""


def run(*words: str, input: str | None = None) -> Result:
    result = CliRunner().invoke(pcmk, list(words), input=input, standalone_mode=False)
    if result.exception is not None and not isinstance(result.exception, PcmkError):
        raise result.exception
    return result


def code(result: Result) -> int:
    return result.exception.code if isinstance(result.exception, PcmkError) else result.return_value


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "cib.xml"
    path.write_text(CIB)
    monkeypatch.setenv("CIB_file", str(path))
    monkeypatch.delenv("CIB_shadow", raising=False)
    return path


class Manager:
    """Stands for the connection to a CIB manager."""

    node: StoredNode

    def __init__(self, *_arguments: object) -> None:
        pass

    def __enter__(self) -> "Manager":
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def ask(self, _daemon: object, body: Message, kind: type[Message], _timeout: float = 0.0) -> Message:
        answer = self.node.ask(body)
        if isinstance(answer, Failure):
            raise PcmkError(answer.code, answer.message)
        assert isinstance(answer, kind)
        return answer


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StoredNode:
    for variable in ("CIB_file", "CIB_shadow"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("pcmk.client.Connection", Manager)
    monkeypatch.setattr("pcmk.cli.versions.Connection", Manager)
    Manager.node = node = StoredNode(tmp_path)
    node.change(CibOperation("replace", "configuration", input_xml=Cib.parse(CIB).query("configuration")[0]))
    node.report(1)
    return node


def test_a_part_is_shown_as_xml_or_json(file: Path) -> None:
    assert run("cib", "show", "-o", "nodes").stdout == '<nodes>\n  <node id="1" uname="alpha"/>\n</nodes>\n'
    [node] = json.loads(run("cib", "show", "-A", "//node", "--json").stdout)
    assert node == {"name": "node", "attributes": {"id": "1", "uname": "alpha"}, "children": []}
    assert code(run("cib", "show", "-A", "//none")) == ExitCode.NOSUCH


def test_files_are_compared(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.xml"
    other.write_text(CIB.replace('epoch="7"', 'epoch="8"').replace('uname="alpha"/></nodes>', 'uname="beta"/></nodes>'))
    result = run("cib", "diff", "current", str(other))
    assert code(result) == ExitCode.ERROR
    assert "+  /cib/configuration/nodes/node[@id='1']:  @uname=beta\n" in result.stdout
    assert "\x1b" not in result.stdout
    assert [change["name"] for change in json.loads(run("cib", "diff", str(file), str(other), "--json").stdout)]
    assert code(run("cib", "diff", str(file))) == ExitCode.OK
    patch = run("cib", "diff", str(file), str(other), "--patch").stdout
    assert code(run("cib", "apply", "-", "--yes", input=patch)) == ExitCode.OK
    assert Cib.parse(file.read_bytes()).find("//node[@uname='beta']")


def test_colour_is_for_terminals_and_not_with_no_color(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def shown() -> str:
        return CliRunner().invoke(pcmk, ["cib", "verify"], standalone_mode=False, color=True).stdout

    assert shown().startswith("\x1b[") and "sound" in shown()
    monkeypatch.setenv("NO_COLOR", "1")
    assert shown() == "The configuration is sound.\n"


def test_a_change_is_planned_and_asked_for(file: Path) -> None:
    wanted = CIB.replace('value="false"', 'value="false"/><nvpair id="m" name="maintenance-mode" value="true"')
    before = file.read_bytes()
    shown = run("cib", "apply", "-", "--dry-run", input=wanted)
    assert code(shown) == ExitCode.OK and file.read_bytes() == before
    assert "++ /cib/configuration/crm_config" in shown.stdout and "  nothing\n" in shown.stdout
    assert any("Start" in each and "ip" in each for each in json.loads(_with_resource("--json").stdout)["plan"])
    document = file.with_name("wanted.xml")
    document.write_text(wanted)
    with pytest.raises(click.Abort):
        run("cib", "apply", str(document), input="n\n")
    with pytest.raises(click.UsageError):
        run("cib", "apply", "-", input=wanted)
    assert file.read_bytes() == before
    assert code(run("cib", "apply", str(document), input="y\n")) == ExitCode.OK
    cib = Cib.parse(file.read_bytes())
    assert cib.version == (0, 8, 0) and cib.find("//nvpair[@id='m']")
    again = run("cib", "apply", "-", "--yes", input=wanted)
    assert again.stdout == "The configuration is like that already.\n" and Cib.parse(file.read_bytes()) == cib


def _with_resource(*options: str) -> Result:
    more = '<primitive id="ip2" class="ocf" provider="pacemaker" type="Dummy"/></resources>'
    return run("cib", "apply", "-", *options, input=CIB.replace("</resources>", more))


def test_a_transaction_is_applied(file: Path) -> None:
    request = '<cib_command cib_op="cib_delete" cib_section="//*[@id=\'old\']" cib_callopt="2"/>'
    assert code(run("cib", "apply", "-", "-y", input=f"<cib_transaction>{request}</cib_transaction>")) == ExitCode.OK
    assert not Cib.parse(file.read_bytes()).find("//rsc_location")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("no XML", ExitCode.DATAERR),
        ("<primitive id='a'/>", ExitCode.DATAERR),
        ("<cib/>", ExitCode.DATAERR),
        (CIB.replace('type="Dummy"', 'tipe="Dummy"'), ExitCode.CONFIG),
        ('<diff format="2"><version><source epoch="3"/><target epoch="4"/></version></diff>', ExitCode.OLD),
        (
            '<diff format="2"><change operation="delete" path="/cib/configuration/resources/primitive[@id=\'no\']"/>'
            '<change operation="delete" path="/cib/status/node_state[@id=\'1\']"/></diff>',
            ExitCode.DATAERR,
        ),
    ],
)
def test_what_can_not_be_applied_changes_nothing(file: Path, document: str, expected: int) -> None:
    before = file.read_bytes()
    assert code(run("cib", "apply", "-", "--yes", input=document)) in (expected, ExitCode.ERROR)
    assert file.read_bytes() == before


def test_a_configuration_is_verified(file: Path) -> None:
    assert code(run("cib", "verify")) == ExitCode.OK
    broken = CIB.replace('type="Dummy"', 'tipe="Dummy"')
    result = run("cib", "verify", "-", "--json", input=broken)
    assert code(result) == ExitCode.CONFIG and "primitive" in json.loads(result.stdout)["errors"][0]
    assert code(run("cib", "verify", "/nosuch")) == ExitCode.NOINPUT


def test_a_rule_is_checked(file: Path) -> None:
    result = run("rule", "check", "old-rule")
    assert code(result) == ExitCode.EXPIRED and result.stdout == "Rule old-rule is expired\n"
    assert code(run("rule", "check", "old-rule", "--date", "2000-06-01")) == ExitCode.OK
    shown = json.loads(run("rule", "check", "old-rule", "none", "--json").stdout)
    assert shown == [
        {"rule": "old-rule", "result": "expired", "code": 110},
        {"rule": "none", "result": "not-found", "code": 105},
    ]
    assert code(run("rule", "check", "old-rule", "--date", "soon")) == ExitCode.DATAERR


def test_a_file_has_no_history(file: Path) -> None:
    for words in (("history",), ("show", "--at", "0.1"), ("revert", "0.1")):
        assert code(run("cib", *words)) == ExitCode.UNIMPLEMENT_FEATURE


def test_the_history_tells_who_changed_what(live: StoredNode) -> None:
    version = live.create("web")
    shown = run("cib", "history").stdout
    assert shown.startswith(f"0.{version.epoch}")
    first, second, *_ = shown.splitlines()
    assert first.endswith("alice with editor on n1")
    assert (
        second
        == '    ++ /cib/configuration/resources:  <primitive id="web" class="ocf" provider="heartbeat" type="Dummy"/>'
    )
    assert len(run("cib", "history", "--short", "-n", "1").stdout.splitlines()) == 2
    newest = json.loads(run("cib", "history", "--json").stdout)["changes"][0]
    assert (newest["version"], newest["user"], newest["node"]) == (f"0.{version.epoch}", "alice", "n1")
    assert newest["time"].startswith("2001-09-09T01:46:") and newest["patchset"].startswith("<diff ")


def test_a_gap_in_the_history_is_told(live: StoredNode) -> None:
    first = live.create("one")
    # Another node's copy is taken over as a whole, as after a long absence.
    _, chain = live.create("two"), live.core.state.chain
    newer = chain.head.with_attrs({"epoch": str(first.epoch + 9)})
    copy = Copy(Ballot(), newer.to_xml(), chain.position, chain.quorate, tuple(chain.lineage), chain.applied)
    live.core.state.adopt(copy)
    live.core.state.commit(chain.position)
    live.report(1)
    last = live.create("three")
    assert last.epoch == first.epoch + 10
    lines = run("cib", "history", "--short").stdout.splitlines()
    assert lines[0].startswith(f"0.{last.epoch}") and "not kept on this node" in lines[1]
    assert not any("not kept" in line for line in lines[2:])


def test_an_old_version_is_shown_compared_and_restored_by_a_new_change(live: StoredNode) -> None:
    before = live.create("web")
    after = live.change(CibOperation("delete", xpath="//primitive[@id='web']")).version
    old = f"0.{before.epoch}"
    assert "web" in run("cib", "show", "--at", old, "-o", "resources").stdout
    assert code(run("cib", "show", "--at", "0.999")) == ExitCode.NOSUCH
    assert code(run("cib", "show", "--at", "yesterday")) == ExitCode.USAGE
    assert "-- /cib/configuration/resources/primitive[@id='web']" in run("cib", "diff", old).stdout
    dry = run("cib", "revert", old, "--dry-run")
    assert '<primitive id="web"' in dry.stdout and live.cib().version == after
    assert code(run("cib", "revert", old, "--yes")) == ExitCode.OK
    cib = live.cib()
    assert cib.version.epoch == after.epoch + 1 and "web" in cib.xml
    assert Cib.parse(cib.xml).find("//node_state"), "the status stays"


def test_nothing_is_done_if_somebody_else_was_faster(live: StoredNode) -> None:
    from pcmk.cli.proposal import propose

    proposal = propose(CIB.replace('uname="alpha"/></nodes>', 'uname="beta"/></nodes>').encode())
    live.create("web")
    version = live.cib().version
    with pytest.raises(PcmkError) as refused:
        proposal.carry_out()
    assert refused.value.code == ExitCode.OLD and live.cib().version == version
    # What the status says meanwhile is no obstacle.
    proposal = propose(CIB.replace('uname="alpha"/></nodes>', 'uname="beta"/></nodes>').encode())
    live.report(4711)
    proposal.carry_out()
    assert Cib.parse(live.cib().xml).find("//node[@uname='beta']")


# ---- changes that lost when partitions merged -----------------------------------------------------------


@pytest.fixture
def merged(live: StoredNode) -> StoredNode:
    """The node was cut off, `lost` was created here and `won` elsewhere, and the others had quorum."""
    live.create("common")
    chain = live.core.state.chain
    parted, lineage = chain.head, tuple(chain.lineage)
    live.create("lost")
    won, _ = parted.apply("create", "resources", input_xml=DUMMY.format("won"))
    won = won.with_attrs({"epoch": str(won.version[1] + 9)})
    head = Position(live.core.state.term + 1, 1, 1, "n2")
    live.core.state.adopt(Copy(head.ballot, won.to_xml(), head, head, (*lineage, head), ()))
    live.core.state.commit(head)
    live.ask(SetPrimary(head.term + 1, "n1", ()))
    assert "lost" not in live.cib().xml and "won" in live.cib().xml
    return live


def test_a_change_that_lost_is_shown_and_told_of(merged: StoredNode) -> None:
    [name] = merged.core.state.conflicts
    shown = run("cib", "conflicts").stdout
    assert shown.startswith(f"{name}  lost at ")
    assert '    ++ /cib/configuration/resources:  <primitive id="lost"' in shown
    assert "epoch" not in shown
    assert len(run("cib", "conflicts", "--short").stdout.splitlines()) == 1
    told = json.loads(run("cib", "conflicts", "--json").stdout)
    assert [each["name"] for each in told["conflicts"]] == [name] and told["also_on"] == []
    assert told["conflicts"][0]["patchset"].startswith("<diff ")
    status = run("status").stdout
    assert "lost when partitions merged" in status and "1 on this node: pcmk cib conflicts" in status
    assert json.loads(run("status", "--json").stdout)["conflicts"] == [name]


def test_a_change_that_lost_is_made_anew_and_not_kept_any_more(merged: StoredNode) -> None:
    [name] = merged.core.state.conflicts
    version = merged.cib().version
    dry = run("cib", "conflicts", "apply", name, "--dry-run").stdout
    assert '<primitive id="lost"' in dry and "What the cluster would do:" in dry
    with pytest.raises(click.Abort):
        run("cib", "conflicts", "apply", name, input="n\n")
    assert json.loads(run("cib", "conflicts", "apply", name, "--json").stdout)["done"] is False
    assert merged.cib().version == version and merged.core.state.conflicts == [name]
    assert code(run("cib", "conflicts", "apply", name, input="y\n")) == ExitCode.OK
    assert {each.get("id") for each in Cib.parse(merged.cib().xml).find("//primitive")} == {
        "ip",
        "common",
        "lost",
        "won",
    }
    assert merged.core.state.conflicts == [] and merged.store.load().conflicts == ()
    assert run("cib", "conflicts").stdout == "This node has kept no change that lost.\n"
    assert "pcmk cib conflicts" not in run("status").stdout


def test_a_change_that_does_not_fit_any_more_is_kept(merged: StoredNode) -> None:
    [name] = merged.core.state.conflicts
    # A resource of that name has come meanwhile.
    merged.create("lost")
    version = merged.cib().version
    result = run("cib", "conflicts", "apply", name, "--yes")
    assert isinstance(result.exception, PcmkError)
    assert merged.cib().version == version and merged.core.state.conflicts == [name]


def test_a_change_that_lost_is_dropped(merged: StoredNode) -> None:
    [name] = merged.core.state.conflicts
    with pytest.raises(click.Abort):
        run("cib", "conflicts", "drop", name, input="n\n")
    assert json.loads(run("cib", "conflicts", "drop", name, "--json").stdout) == {"name": name, "done": False}
    assert merged.core.state.conflicts == [name]
    version = merged.cib().version
    assert run("cib", "conflicts", "drop", name, "--yes").stdout.endswith(f"{name} is dropped.\n")
    assert merged.core.state.conflicts == [] and merged.cib().version == version


@pytest.mark.parametrize("name", ["no-such.xml", "../cib.xml"])
def test_only_what_is_kept_is_shown_or_dropped(merged: StoredNode, name: str) -> None:
    for words in (("apply", name), ("drop", name)):
        assert code(run("cib", "conflicts", *words, "--yes")) == ExitCode.NOSUCH


def test_a_file_keeps_no_changes_that_lost(file: Path) -> None:
    assert code(run("cib", "conflicts")) == ExitCode.UNIMPLEMENT_FEATURE
    assert run("status").exception is None
