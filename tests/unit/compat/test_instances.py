"""Which instances of clones and bundles a name means, and what is told of them."""

import pytest

from pcmk.compat import crm_simulate
from pcmk.kernel.exitcodes import ExitCode

CIB = """
<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" admin_epoch="0" epoch="1" num_updates="0" have-quorum="1"
     dc-uuid="1"><configuration><crm_config><cluster_property_set id="o">
  <nvpair id="o-fencing" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>
  <nodes><node id="1" uname="alpha"/><node id="2" uname="beta"/></nodes><resources>
  <clone id="like"><primitive id="same" class="ocf" provider="pacemaker" type="Dummy"/></clone>
  <clone id="groups"><group id="team">
    <primitive id="part" class="ocf" provider="pacemaker" type="Dummy"/></group></clone>
  <clone id="apart"><meta_attributes id="m"><nvpair id="m-u" name="globally-unique" value="true"/></meta_attributes>
    <primitive id="own" class="ocf" provider="pacemaker" type="Dummy"/></clone>
  <bundle id="web"><podman image="web" replicas="2"/><network control-port="3121"/>
    <primitive id="httpd" class="ocf" provider="pacemaker" type="Dummy"/></bundle>
</resources><constraints/></configuration><status>
  <node_state id="1" uname="alpha" in_ccm="true" crmd="online" join="member" expected="member"/>
  <node_state id="2" uname="beta" in_ccm="true" crmd="online" join="member" expected="member"/>
</status></cib>
"""


@pytest.fixture
def active(shell):
    """All resources of that cluster run."""
    shell.file.write_text(CIB)
    file = str(shell.file)
    assert crm_simulate.main(["-Q", "-S", "-x", file, "-O", file]) == ExitCode.OK
    return shell


@pytest.mark.parametrize(
    ("name", "nodes"),
    [
        ("like", ["beta", "alpha"]),
        ("same", ["beta", "alpha"]),
        ("groups", ["beta", "alpha"]),
        ("team", ["alpha"]),
        ("part", ["beta", "alpha"]),
        ("own:1", ["beta"]),
        ("web", ["web-1", "web-0", "beta", "alpha"]),
    ],
)
def test_where_instances_run(active, name: str, nodes: list[str]) -> None:
    assert active.run(f"crm_resource -r {name} -W --quiet").stdout.splitlines() == nodes


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("like", ["Started: [ alpha beta ]"]),
        ("team", ["part\t(ocf:pacemaker:Dummy):\t Started alpha"]),
        ("own", ["own:0\t(ocf:pacemaker:Dummy):\t Started alpha"]),
        ("web", [f"web-{n}\t(ocf:pacemaker:Dummy):\t Started {node}" for n, node in enumerate(("alpha", "beta"))]),
    ],
)
def test_a_definition_comes_with_what_status_shows(active, name: str, lines: list[str]) -> None:
    told = active.run(f"crm_resource -r {name} -q").stdout.splitlines()
    assert told[: told.index("Resource XML:")] == lines


@pytest.mark.parametrize("task", ["-W", "-Y", "-a", "-M -N beta", "-B -N alpha"])
def test_instances_that_are_told_apart_have_no_common_name(active, task: str) -> None:
    before = active.file.read_bytes()
    assert active.run(f"crm_resource -r own {task}").code == ExitCode.NOSUCH
    assert active.file.read_bytes() == before


def test_the_definition_of_instances_that_are_told_apart_has_a_name(active) -> None:
    assert active.run("crm_resource -r own -p fake -v 3").code == ExitCode.OK
    assert active.run("crm_resource -r own -g fake").stdout == "3\n"


def test_history_is_told_by_the_name_that_it_has(active) -> None:
    assert len(active.run("crm_resource -r same -O").stdout.splitlines()) == 2
    assert active.run("crm_resource -r same:0 -O").stdout == ""


def test_of_instances_that_are_told_apart_a_name_shows_the_first(active) -> None:
    shown = active.run("crm_mon -1 --resource own").stdout
    assert "own:0" in shown
    assert "own:1" not in shown
    assert "Started: [ alpha beta ]" in active.run("crm_mon -1 --resource same").stdout


def test_definitions_carry_the_number_of_the_instance(active) -> None:
    told = active.run("crm_resource -r team -w").stdout
    assert '<primitive id="part" class="ocf" provider="pacemaker" type="Dummy" clone="0"/>' in told
    assert active.run("crm_resource -r same -w").stdout.count('clone="0"') == 1


def test_a_pair_that_is_there_twice_is_not_an_instances_own(active) -> None:
    pairs = "".join(f'<nvpair id="r-{n}" name="target-role" value="Started"/>' for n in range(2))
    same = '<primitive id="same" class="ocf" provider="pacemaker" type="Dummy"'
    twice = f'{same}><meta_attributes id="r">{pairs}</meta_attributes></primitive>'
    active.file.write_text(active.file.read_text().replace(f"{same}/>", twice))
    told = active.run("crm_resource -r same --meta -p target-role -v Stopped").stdout
    assert "on 'like', the parent of 'same'" in told


def test_what_is_not_of_that_kind_is_not_deleted(active) -> None:
    before = active.file.read_bytes()
    assert active.run("crm_resource -r like -D -t primitive").code == ExitCode.OK
    assert active.file.read_bytes() == before


def test_failures_are_told_by_the_keys_of_their_records(shell) -> None:
    text = shell.file.read_text()
    assert "* ip 10s-interval monitor on alpha returned" in shell.run("crm_mon -1").stdout
    shell.file.write_text(text.replace('operation_key="ip_monitor_10000"', 'operation_key="ip:0_monitor_10000"'))
    assert "* ip:0 10s-interval monitor on alpha returned" in shell.run("crm_mon -1").stdout
