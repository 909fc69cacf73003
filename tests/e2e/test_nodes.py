"""The coordinator, the node agents and the sandbox around them, as real processes; `sleep` stands in for pacemakerd."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import pcmk
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import View
from pcmk.runtime.listener import listener
from pcmk.sandbox import Sandbox, processes

pytestmark = pytest.mark.e2e

HANG = 0.6
TOY = ("sleep", "1000")
CIB = (
    '<cib validate-with="pacemaker-4.0" admin_epoch="0" epoch="0" num_updates="0">'
    "<configuration><crm_config/><nodes/><resources/><constraints/></configuration><status/></cib>"
)


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not pytest's own: sockets need a short path.
    with tempfile.TemporaryDirectory(prefix="pcmk-") as folder:
        yield Path(os.path.realpath(folder))


@pytest.fixture
def sandbox(folder: Path) -> Iterator[Sandbox]:
    cib = folder / "cib.xml"
    cib.write_text(CIB)
    with Sandbox.launch(folder / "s", cib=cib, hang_time=HANG, supervisor=TOY) as sandbox:
        sandbox.wait_until("all nodes see each other", lambda: sees(sandbox, "node1", "node1", "node2", "node3"))
        yield sandbox


def view(sandbox: Sandbox, node: str) -> View | None:
    return sandbox.membership().views.get(node)


def sees(sandbox: Sandbox, node: str, *names: str) -> bool:
    found = view(sandbox, node)
    return found is not None and found.names == names


def served(sandbox: Sandbox, node: str) -> subprocess.Popen[str]:
    """Start to record what the node's agent serves to its daemons, in the background."""
    script = (
        "import asyncio, json, sys\n"
        "from pathlib import Path\n"
        "from pcmk.membership.local import LocalBackend\n"
        "async def main():\n"
        "    async for view in LocalBackend(Path(sys.argv[1])).views():\n"
        "        print(json.dumps([view.id, view.names, view.quorate]), flush=True)\n"
        "asyncio.run(main())\n"
    )
    socket = str(sandbox.place.membership_socket(node))
    return subprocess.Popen([sys.executable, "-c", script, socket], stdout=subprocess.PIPE, text=True)


def test_a_killed_node_is_noticed_at_once_and_joins_again(sandbox: Sandbox) -> None:
    began = time.monotonic()
    assert sandbox.kill("node2") >= 2
    sandbox.wait_until("node2 is out", lambda: sees(sandbox, "node1", "node1", "node3"), 5)
    assert time.monotonic() - began < HANG
    found = view(sandbox, "node1")
    assert found is not None and found.quorate
    assert not sandbox.is_alive("node2")
    sandbox.start("node2")
    sandbox.wait_until("node2 is back", lambda: sees(sandbox, "node2", "node1", "node2", "node3"))


def test_a_hung_node_is_removed_and_hears_of_it_when_it_wakes(sandbox: Sandbox) -> None:
    sandbox.pause("node3")
    assert sandbox.is_paused("node3")
    took = sandbox.wait_until("node3 is out", lambda: sees(sandbox, "node1", "node1", "node2"), 10)
    assert took > HANG * 0.7
    before = view(sandbox, "node1")
    sandbox.resume("node3")
    sandbox.wait_until("node3 is back", lambda: sees(sandbox, "node1", "node1", "node2", "node3"))
    after = view(sandbox, "node1")
    assert before is not None and after is not None
    # One more in between: that of node3 alone.
    assert after.id == before.id + 2
    log = sandbox.place.log_file("node3").read_text()
    assert f"View {before.id + 1}: node3, no quorum" in log
    assert f"View {after.id}: node1, node2, node3" in log


def test_what_does_not_run_can_not_hang_go_on_or_stop(sandbox: Sandbox) -> None:
    sandbox.kill("node2")
    for what in (sandbox.pause, sandbox.resume, sandbox.stop):
        with pytest.raises(PcmkError, match="node2 does not run"):
            what("node2")
    assert sandbox.kill("node2") == 0


def test_split_and_heal(sandbox: Sandbox) -> None:
    sandbox.split(("node1", "node2"), ("node3",))
    assert sees(sandbox, "node1", "node1", "node2") and sees(sandbox, "node3", "node3")
    lone = view(sandbox, "node3")
    assert lone is not None and not lone.quorate
    sandbox.heal()
    assert sees(sandbox, "node3", "node1", "node2", "node3")


def test_a_coordinator_that_died_is_replaced_without_a_new_view(sandbox: Sandbox) -> None:
    before = view(sandbox, "node1")
    coordinator = listener(sandbox.place.coordinator_socket)
    assert coordinator is not None
    os.kill(coordinator, signal.SIGKILL)
    sandbox.kill("node3")
    sandbox.start("node3")
    log = sandbox.place.log_file("node1")
    assert before is not None
    sandbox.wait_until("node3 is back", lambda: f"View {before.id + 2}: node1, node2, node3" in log.read_text())
    # node1 and node2 saw node3 go and come, and nothing else.
    assert [line.partition("notice: ")[2] for line in log.read_text().splitlines()][-3:] == [
        f"View {before.id}: node1, node2, node3",
        f"View {before.id + 1}: node1, node2",
        f"View {before.id + 2}: node1, node2, node3",
    ]


def test_pacemakerd_is_started_again_unless_it_ended_cleanly(sandbox: Sandbox) -> None:
    def supervisor() -> int | None:
        for pid in processes.processes_of(sandbox.place.mark("node1")):
            if Path(f"/proc/{pid}/comm").read_text() == "sleep\n":
                return pid
        return None

    first = supervisor()
    assert first is not None
    os.kill(first, signal.SIGKILL)
    sandbox.wait_until("another one runs", lambda: supervisor() not in (None, first))
    assert sees(sandbox, "node1", "node1", "node2", "node3")
    sandbox.stop("node1")
    sandbox.wait_until("node1 left", lambda: sees(sandbox, "node2", "node2", "node3"))
    sandbox.wait_until("nothing of node1 is left", lambda: not sandbox.is_alive("node1"))


def test_daemons_get_every_view_in_order(sandbox: Sandbox) -> None:
    recorder = served(sandbox, "node1")
    lines = recorder.stdout
    assert lines is not None
    first = json.loads(lines.readline())
    sandbox.split(("node1",), ("node2", "node3"))
    sandbox.heal()
    sandbox.kill("node2")
    seen = [json.loads(lines.readline()) for _ in range(3)]
    assert [names for _, names, _ in seen] == [["node1"], ["node1", "node2", "node3"], ["node1", "node3"]]
    assert [quorate for _, _, quorate in seen] == [False, True, True]
    ids = [first[0], *(number for number, _, _ in seen)]
    assert ids == sorted(set(ids))
    recorder.kill()
    recorder.wait()
    lines.close()


def fence(sandbox: Sandbox, action: str, node: str = "") -> subprocess.CompletedProcess[str]:
    agent = Path(pcmk.__file__).parent / "agents" / "fence" / "fence_sandbox"
    options = f"action={action}\nsandbox={sandbox.place.folder}\nplug={node}\n"
    return subprocess.run([str(agent)], input=options, capture_output=True, text=True, timeout=20, check=False)


def test_the_fence_agent_switches_a_node_off(sandbox: Sandbox) -> None:
    assert fence(sandbox, "list").stdout.split() == ["node1,", "node2,", "node3,"]
    assert fence(sandbox, "status", "node2").returncode == 0
    sandbox.fence_mode("node2", "fail")
    assert fence(sandbox, "off", "node2").returncode == 1
    assert sandbox.is_alive("node2")
    sandbox.fence_mode("node2", "")
    assert fence(sandbox, "reboot", "node2").returncode == 0
    assert not sandbox.is_alive("node2")
    assert fence(sandbox, "status", "node2").returncode == 2
    sandbox.wait_until("node2 is out", lambda: sees(sandbox, "node1", "node1", "node3"))


def test_a_second_up_is_refused_and_harms_nothing(sandbox: Sandbox) -> None:
    with pytest.raises(PcmkError, match="runs there already") as caught:
        Sandbox.launch(sandbox.place.folder)
    assert caught.value.code == ExitCode.EXISTS
    assert str(sandbox.place.folder) in caught.value.message
    assert sees(sandbox, "node1", "node1", "node2", "node3")
    with pytest.raises(PcmkError, match="node1 runs already"):
        sandbox.start("node1")


def test_down_leaves_no_process(sandbox: Sandbox) -> None:
    sandbox.pause("node2")
    sandbox.down()
    assert not processes.nodes_alive(str(sandbox.place.folder))
    assert listener(sandbox.place.coordinator_socket) is None


def test_up_begins_anew_and_keeps_a_copy_of_what_was(sandbox: Sandbox) -> None:
    kept = sandbox.place.state_dir("node1").relative_to(sandbox.place.folder) / "kept"
    (sandbox.place.folder / kept).touch()
    sandbox.down()
    with Sandbox.launch(sandbox.place.folder, supervisor=TOY):
        assert not (sandbox.place.folder / kept).exists()
        assert (sandbox.place.folder / "previous" / kept).exists()


def test_up_can_go_on_where_the_last_one_ended(sandbox: Sandbox) -> None:
    kept = sandbox.place.state_dir("node1") / "kept"
    kept.touch()
    lost = sandbox.place.run_dir("node1") / "lost"
    lost.touch()
    last = view(sandbox, "node1")
    sandbox.down()
    with Sandbox.launch(sandbox.place.folder, keep=True, supervisor=TOY) as again:
        again.wait_until("all nodes are back", lambda: sees(again, "node1", "node1", "node2", "node3"))
        assert kept.exists() and not lost.exists()
        assert last is not None
        views = re.findall(r"View (\d+): (.*)", again.place.log_file("node1").read_text())
        new = [members for number, members in views if int(number) > last.id]
        assert new[-1] == "node1, node2, node3"
        assert all(members.endswith("no quorum") for members in new[:-1]), "the members of before count no more"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no xml", "cib.xml"),
        ("<cib/>", "no <configuration>"),
        ("<acib><configuration/></acib>", "cib.xml"),
        (None, "No such"),
    ],
)
def test_a_configuration_that_is_none_is_refused_before_anything_is_made(
    folder: Path, text: str | None, reason: str
) -> None:
    cib = folder / "cib.xml"
    if text is not None:
        cib.write_text(text)
    with pytest.raises(PcmkError, match=reason):
        Sandbox.launch(folder / "s", cib=cib)
    assert not (folder / "s").exists()


def test_a_folder_with_other_things_in_it_is_left_alone(folder: Path) -> None:
    (folder / "letter").write_text("dear")
    with pytest.raises(PcmkError, match="not empty and no sandbox"):
        Sandbox.launch(folder)
    assert (folder / "letter").read_text() == "dear"
    assert [path.name for path in folder.iterdir()] == ["letter"]


@pytest.mark.parametrize(
    ("nodes", "hang_time", "reason"), [(0, 2.0, "1 to 32"), (33, 2.0, "1 to 32"), (3, 0.1, "short")]
)
def test_a_sandbox_that_can_not_be_is_refused_before_anything_is_made(
    folder: Path, nodes: int, hang_time: float, reason: str
) -> None:
    with pytest.raises(PcmkError, match=reason):
        Sandbox.launch(folder / "s", nodes=nodes, hang_time=hang_time)
    with pytest.raises(PcmkError, match="no sandbox here"):
        Sandbox.launch(folder / "s", keep=True)
    assert not (folder / "s").exists()


def test_a_path_too_long_for_sockets_is_an_error_that_says_so(folder: Path) -> None:
    with pytest.raises(PcmkError, match="too long for the Unix sockets"):
        Sandbox.launch(folder / ("x" * 80))


def test_no_sandbox_there(folder: Path) -> None:
    with pytest.raises(PcmkError, match="no sandbox here") as caught:
        Sandbox.open(folder)
    assert caught.value.code == ExitCode.NOSUCH
