"""Wrong input and a hostile environment: each gives a clear error, and nothing is lost."""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from commands import command, configuration, done, instances, refused
from conftest import Cluster, launched

from pcmk.kernel.exitcodes import ExitCode
from pcmk.rpc import options, tls
from pcmk.rpc.v1 import peer_pb2
from pcmk.runtime.certificates import make_ca, make_node

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("undisturbed")]

STUCK = """#!/bin/sh
case $1 in
start)
    # What it waits for is a process of its own, which must not outlive it.
    sleep 1000 &
    echo "$$ $!" > "$HA_RSCTMP/stuck.pids"
    wait ;;
stop) exit 0 ;;
monitor) exit 7 ;;
meta-data) echo '<resource-agent name="Stuck" version="1.0"><version>1.1</version><actions/></resource-agent>' ;;
esac
"""

# As agents of the machine's own packages do it.
FOREIGN = """#!/bin/sh
state="${HA_VARRUN:-/run}/Foreign-$OCF_RESOURCE_INSTANCE.state"
case $1 in
start) touch "$state" ;;
stop) rm -f "$state" ;;
monitor) [ -f "$state" ] || exit 7 ;;
meta-data) echo '<resource-agent name="Foreign" version="1.0"><version>1.1</version><actions/></resource-agent>' ;;
esac
"""


@pytest.fixture(scope="module")
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster whose OCF_ROOT has an agent that never ends, and one that knows nothing of sandboxes."""
    root = tmp_path_factory.mktemp("ocf")
    folder = root / "resource.d" / "test"
    folder.mkdir(parents=True)
    for name, script in (("Stuck", STUCK), ("Foreign", FOREIGN)):
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OCF_ROOT", str(root))
        with launched(request.session) as cluster:
            yield cluster


def pcmk(*words: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "from pcmk.cli.root import main; main()"]
    return subprocess.run([*program, *words], capture_output=True, text=True, timeout=60, check=False)


# ---- what commands are given --------------------------------------------------------------------------


def test_a_cib_that_is_no_xml_starts_no_sandbox(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.xml"
    wrong.write_text("<cib><configuration>")
    result = pcmk("sandbox", "up", "--dir", str(tmp_path / "s"), "--cib", str(wrong))
    refused(ExitCode.DATAERR, f"{wrong}: ", result)
    assert not (tmp_path / "s").exists()
    wrong.write_text('<cib validate-with="pacemaker-9.9"><configuration/></cib>')
    unknown = pcmk("sandbox", "up", "--dir", str(tmp_path / "s"), "--cib", str(wrong))
    refused(ExitCode.CONFIG, "there is no schema pacemaker-9.9", unknown)
    missing = pcmk("sandbox", "up", "--dir", str(tmp_path / "s"), "--cib", str(tmp_path / "none.xml"))
    refused(ExitCode.NOINPUT, "none.xml: No such file or directory", missing)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("-R", "-X", "no XML at all"), ExitCode.CONFIG, "line 1"),
        (("-C", "-o", "resources", "-X", '<primitive id="broken" cla'), ExitCode.CONFIG, "line 1"),
        (("-R", "-X", "<cib/>"), ExitCode.OLD, "older"),
        (("-M", "-o", "resources", "-X", '<primitive id="unknown" type="Dummy"/>'), ExitCode.NOSUCH, "unknown"),
        (("-C", "-o", "resources", "-X", '<group id="web"/>'), ExitCode.EXISTS, "web"),
    ],
)
def test_what_is_no_change_changes_nothing(shared: Cluster, words: tuple[str, ...], code: int, told: str) -> None:
    before = configuration(shared, "node1")
    refused(code, told, command(shared, "node2", "cibadmin", *words))
    assert [configuration(shared, node) for node in shared.names] == [before] * 3


def test_a_patch_for_another_version_is_refused(shared: Cluster) -> None:
    before = configuration(shared, "node1")
    patch = (
        '<diff format="2"><version><source admin_epoch="0" epoch="0" num_updates="0"/>'
        '<target admin_epoch="0" epoch="1" num_updates="0"/></version>'
        """<change operation="delete" path="/cib/configuration/resources/group[@id='web']"/></diff>"""
    )
    refused(ExitCode.OLD, "epoch", command(shared, "node1", "cibadmin", "-P", "-X", patch))
    assert [configuration(shared, node) for node in shared.names] == [before] * 3


def test_a_sandbox_command_that_is_given_what_it_can_not_take_says_so(shared: Cluster) -> None:
    folder = str(shared.place.folder)
    refused(ExitCode.USAGE, "options of this command go before NODE", pcmk("sandbox", "exec", "node1", "--dir", folder))
    refused(ExitCode.USAGE, "-3 is not in the range", pcmk("sandbox", "logs", "--dir", folder, "-n", "-3"))
    refused(ExitCode.USAGE, "more than once", pcmk("sandbox", "split", "--dir", folder, "node1,node2", "node2"))
    for verb in ("kill", "pause", "resume", "start", "stop", "split", "logs"):
        told = "no node 'node9'; it has node1, node2, node3"
        refused(ExitCode.NOSUCH, told, pcmk("sandbox", verb, "--dir", folder, "node9"))
    refused(ExitCode.NOSUCH, "no node 'node9'", pcmk("sandbox", "exec", "--dir", folder, "node9", "--", "true"))
    refused(ExitCode.EXISTS, "node1 runs already", pcmk("sandbox", "start", "--dir", folder, "node1"))
    none = pcmk("sandbox", "exec", "--dir", folder, "node1", "--", "no-such-command")
    refused(ExitCode.NOT_INSTALLED, "no-such-command: No such file or directory", none)


# ---- agents -------------------------------------------------------------------------------------------


def test_an_unknown_agent_is_shown_as_not_installed_and_disturbs_nothing(shared: Cluster) -> None:
    before = instances(shared)
    xml = '<primitive id="nonsense" class="ocf" provider="pacemaker" type="Nonsense"/>'
    done(shared, "node1", "cibadmin", "-C", "-o", "resources", "-X", xml)
    shown = "nonsense\t(ocf:pacemaker:Nonsense):\t Stopped (Not installed)"
    shared.wait("it is shown", lambda: shown in done(shared, "node1", "crm_mon", "-1", "-r"))
    shared.wait_idle()
    assert instances(shared) == before
    remove(shared, "nonsense")
    assert instances(shared) == before


def test_an_agent_that_never_ends_is_killed_with_all_that_it_started(shared: Cluster) -> None:
    before = instances(shared)
    away = "".join(
        f'<rsc_location id="stuck-{node}" rsc="stuck" node="{node}" score="-INFINITY"/>' for node in ("node1", "node3")
    )
    xml = (
        '<configuration><resources><primitive id="stuck" class="ocf" provider="test" type="Stuck">'
        '<operations><op id="stuck-start" name="start" interval="0" timeout="2s"/></operations></primitive></resources>'
        f"<constraints>{away}</constraints></configuration>"
    )
    done(shared, "node1", "cibadmin", "-M", "-c", "-o", "configuration", "-X", xml)
    began = time.monotonic()
    pids = shared.place.agents_dir("node2") / "stuck.pids"
    shared.wait("the agent runs", lambda: pids.exists() and len(pids.read_text().split()) == 2)
    group = pids.read_text().split()
    shared.wait("the failure is shown", lambda: "stuck" in failures(shared), 10)
    assert time.monotonic() - began < 5
    assert "timed out" in failures(shared).lower()
    assert not any(Path(f"/proc/{pid}").exists() for pid in group)
    shared.wait_idle()
    # Without the constraints it would be started on the other nodes, and leave its history there.
    done(shared, "node1", "crm_resource", "-r", "stuck", "-m", "-p", "target-role", "-v", "Stopped")
    for node in ("node1", "node3"):
        done(shared, "node1", "cibadmin", "-D", "-X", f'<rsc_location id="stuck-{node}"/>')
    remove(shared, "stuck")
    shared.wait_idle()
    assert instances(shared) == before
    assert shared.fencings() == []


def test_nodes_do_not_see_what_an_agent_of_the_machine_keeps_for_another_one(shared: Cluster) -> None:
    xml = '<primitive id="foreign" class="ocf" provider="test" type="Foreign"/>'
    done(shared, "node1", "cibadmin", "-C", "-o", "resources", "-X", xml)
    shared.wait("it runs", lambda: len(shared.active("Foreign", "foreign")) == 1)
    shared.wait_idle()
    [home] = shared.active("Foreign", "foreign")
    goal = next(name for name in shared.names if name != home)
    done(shared, "node1", "crm_resource", "--move", "-r", "foreign", "-N", goal)
    shared.wait("it moved", lambda: shared.active("Foreign", "foreign") == [goal])
    done(shared, "node1", "crm_resource", "--refresh", "-r", "foreign")
    shared.wait_idle()
    # Found where it is, and nowhere else.
    assert done(shared, "node1", "crm_resource", "-W", "-r", "foreign").split(": ")[1].split() == [goal]
    done(shared, "node1", "crm_resource", "--clear", "-r", "foreign")
    remove(shared, "foreign")


def failures(cluster: Cluster) -> str:
    return done(cluster, "node1", "crm_mon", "-1").partition("Failed Resource Actions:")[2]


def remove(cluster: Cluster, name: str) -> None:
    done(cluster, "node1", "cibadmin", "-D", "-o", "resources", "-X", f'<primitive id="{name}"/>')
    # Its history goes in the transition after the one that stops it.
    cluster.wait_idle()
    done(cluster, "node1", "crm_resource", "--cleanup")
    cluster.wait("nothing is left of it", lambda: name not in done(cluster, "node1", "cibadmin", "-Q", "-o", "status"))
    cluster.wait_idle()


# ---- folders and sockets ------------------------------------------------------------------------------


def test_a_daemon_without_a_socket_folder_says_so(shared: Cluster, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    unusable = [tmp_path / "file" / "run", Path("/proc/pcmk")]
    if os.geteuid() != 0:
        (tmp_path / "closed").mkdir(mode=0o500)
        unusable.append(tmp_path / "closed" / "run")
    for folder in unusable:
        environment = {**shared.sandbox.environment("node1"), "PCMK_RUN_DIR": str(folder)}
        for module in ("pcmk.pacemakerd", "pcmk.based"):
            result = subprocess.run(
                [sys.executable, "-m", module], env=environment, capture_output=True, text=True, timeout=20, check=False
            )
            refused(ExitCode.CANTCREAT, f"Cannot use the folder {folder}: ", result)
        # Commands find nobody there.
        refused(
            ExitCode.DISCONNECT,
            "not running",
            subprocess.run(
                ["cibadmin", "-Q"], env=environment, capture_output=True, text=True, timeout=20, check=False
            ),
        )


def test_a_sandbox_in_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file" / "s", Path("/proc/pcmk")):
        refused(ExitCode.CANTCREAT, f"{folder}: ", pcmk("sandbox", "up", "--dir", str(folder)))


def test_a_node_whose_run_folder_cannot_be_made_starts_when_it_can(shared: Cluster) -> None:
    node = next(name for name in shared.names if name != shared.dc())
    shared.sandbox.kill(node)
    shared.wait_idle()
    run = shared.place.run_dir(node)
    shutil.rmtree(run)
    run.touch()
    folder = str(shared.place.folder)
    refused(ExitCode.CANTCREAT, f"{run}: Not a directory", pcmk("sandbox", "start", "--dir", folder, node))
    run.unlink()
    shared.back(node)


def test_a_second_sandbox_in_the_same_folder_is_refused(shared: Cluster) -> None:
    before = instances(shared)
    folder = shared.place.folder
    for words in ((), ("--keep",), ("--nodes", "5")):
        refused(ExitCode.EXISTS, "runs there already", pcmk("sandbox", "up", "--dir", str(folder), *words))
    with (folder / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused(ExitCode.TEMPFAIL, "another `pcmk sandbox` command", pcmk("sandbox", "up", "--dir", str(folder)))
    result = command(shared, "node1", "pacemakerd")
    refused(ExitCode.FATAL, "Another instance is alive", result)
    assert instances(shared) == before
    assert shared.is_idle()


# ---- strangers ----------------------------------------------------------------------------------------


def test_a_stranger_is_refused_at_every_port(shared: Cluster, tmp_path: Path) -> None:
    dc = shared.dc()
    first = shared.place.node(dc).port
    member = next(name for name in shared.names if name != dc)
    make_ca(tmp_path / "ca")
    make_node(tmp_path / "ca", tmp_path / "stranger", member)
    make_node(shared.place.certificates, tmp_path / "liar", "node9")
    before = instances(shared)
    for port in range(first, first + 4):
        assert knock(shared, dc, port, tmp_path / "stranger", member) == grpc.StatusCode.UNAVAILABLE
        assert knock(shared, dc, port, tmp_path / "liar", member) == grpc.StatusCode.PERMISSION_DENIED
    log = shared.place.log_file(dc)
    assert log.read_text().count(f"Refused a peer that says to be '{member}' but is pcmk-node-node9") == 4
    told = "Refused a connection from 127.0.0.1: it did not prove to be of this cluster"
    shared.wait("it is logged at every port", lambda: log.read_text().count(told) == 4)
    # Members that came, went, and came back were none.
    assert [name for name in shared.names if told in shared.place.log_file(name).read_text()] == [dc]
    assert shared.is_idle() and instances(shared) == before


def knock(cluster: Cluster, node: str, port: int, folder: Path, sender: str) -> grpc.StatusCode:
    """Open a stream as a member does, with a certificate of that folder; how it ended."""
    identity = tls.load_identity(folder, sender)
    authority = (cluster.place.certificates / tls.CA_CERTIFICATE).read_bytes()
    credentials = grpc.ssl_channel_credentials(authority, identity.key, identity.certificate)
    named = (("grpc.ssl_target_name_override", tls.certificate_name(node)),)
    with grpc.secure_channel(f"127.0.0.1:{port}", credentials, options=named) as channel:
        envelope = peer_pb2.Envelope(sender=sender, incarnation="stranger")
        hello = peer_pb2.Envelopes(envelopes=(envelope,)).SerializeToString()
        try:
            channel.stream_unary(options.PEER_METHOD)(iter([hello]), timeout=5)
        except grpc.RpcError as error:
            return error.code()
    return grpc.StatusCode.OK


def test_a_node_with_a_strangers_certificate_does_not_get_in(shared: Cluster, tmp_path: Path) -> None:
    node = next(name for name in shared.names if name not in (shared.dc(), shared.web_node()))
    others = [name for name in shared.names if name != node]
    shared.sandbox.kill(node)
    shared.wait_idle()
    before = instances(shared)
    folder = shared.place.config_dir(node) / "tls"
    folder.rename(tmp_path / "own")
    make_ca(tmp_path / "ca")
    make_node(tmp_path / "ca", folder, node)
    shared.sandbox.start(node)
    told = f"{node} can't prove to be of this cluster"
    for name in others:
        shared.wait("it is logged", lambda name=name: told in shared.place.log_file(name).read_text())
    # The cluster goes on without it, and it with nothing.
    done(shared, others[0], "crm_attribute", "-n", "marker-stranger", "-v", "1")
    online = done(shared, others[0], "crm_mon", "-1").partition("* Online: [")[2].partition("]")[0].split()
    assert online == others
    assert instances(shared) == {path: number for path, number in before.items() if f"/{node}/" not in path}
    shared.sandbox.kill(node)
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "own", folder)
    shared.back(node)
    assert done(shared, node, "crm_attribute", "-n", "marker-stranger", "-G", "-q").strip() == "1"
    done(shared, node, "crm_attribute", "-n", "marker-stranger", "-D")


# ---- everything at once -------------------------------------------------------------------------------


def test_a_power_cut_of_all_nodes_loses_nothing_that_was_acknowledged(shared: Cluster) -> None:
    done(shared, "node2", "crm_attribute", "-n", "marker-power", "-v", "1")
    before = configuration(shared, "node1")
    for node in shared.names:
        shared.sandbox.kill(node)
    result = pcmk("sandbox", "up", "--keep", "--dir", str(shared.place.folder))
    assert result.returncode == 0, result.stderr
    assert "everything runs" in result.stdout
    assert [configuration(shared, node) for node in shared.names] == [before] * 3
    assert shared.web_node() in shared.names
    assert shared.active("Dummy", "everywhere-member") == list(shared.names)
