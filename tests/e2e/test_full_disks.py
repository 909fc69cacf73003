"""A full disk under the CIB: a clear error, nothing is lost, and all is well again when there is room."""

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

import pytest
from commands import command, configuration, done, instances, refused
from conftest import Cluster

from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("undisturbed")]

UNLIMITED = resource.RLIM_INFINITY
PIECE = 4096
MONITOR = 10.0

Trouble: TypeAlias = Callable[[Cluster, str], AbstractContextManager[tuple[Callable[[], None], Callable[[], None]]]]


@contextmanager
def no_file_may_grow(cluster: Cluster, node: str) -> Generator[tuple[Callable[[], None], Callable[[], None]]]:
    """The node's CIB manager can write to no file, log included, from the call of the first function until that of
    the second."""
    pid = cluster.pids(node)[Daemon.BASED.value]

    def limit(size: int) -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, UNLIMITED))

    try:
        yield lambda: limit(0), lambda: limit(UNLIMITED)
    finally:
        with suppress(ProcessLookupError):
            limit(UNLIMITED)


@contextmanager
def small_disk(cluster: Cluster, node: str) -> Generator[tuple[Callable[[], None], Callable[[], None]]]:
    """The node's CIB folder is on a file system of its own; the functions fill it and make room."""
    folder = cluster.place.state_dir(node) / "cib"
    cluster.sandbox.kill(node)
    cluster.wait_idle()
    with ExitStack() as stack:
        aside = folder.with_name("aside")
        shutil.copytree(folder, aside)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4m,mode=0750", "none", folder], capture_output=True, check=False
        )
        if mounted.returncode == 0:
            stack.callback(subprocess.run, ["umount", "-l", folder], check=True)
            stack.callback(cluster.sandbox.kill, node)
        shutil.copytree(aside, folder, dirs_exist_ok=True)
        shutil.rmtree(aside)
        cluster.back(node)
        if mounted.returncode != 0:
            pytest.skip("needs the right to mount a file system")
        filler = folder / "filler"
        yield lambda: fill(filler), filler.unlink
        saved = folder.with_name("saved")
        cluster.sandbox.kill(node)
        # It is fenced for that; started before, it would be killed in its new life.
        cluster.wait_idle()
        shutil.copytree(folder, saved)
    shutil.rmtree(folder)
    saved.rename(folder)
    cluster.back(node)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * PIECE)


both_troubles = pytest.mark.parametrize("trouble", [no_file_may_grow, small_disk])


@both_troubles
def test_a_full_disk_of_one_node_holds_up_nobody(shared: Cluster, trouble: Trouble) -> None:
    dc = shared.dc()
    node, other = (name for name in shared.names if name != dc)
    option = f"marker-{trouble.__name__}"
    with trouble(shared, node) as (disk_is_full, space_is_back):
        disk_is_full()
        # Longer than what is left of the last block of a file.
        value = "x" * (2 * PIECE)
        done(shared, node, "crm_attribute", "-n", option, "-v", value)
        dc_log = shared.place.log_file(dc)
        shared.wait("it is logged", lambda: f"{node} can't write the CIB to its disk" in dc_log.read_text())
        assert done(shared, node, "crm_attribute", "-n", option, "-G", "-q").strip() == value
        done(shared, other, "crm_attribute", "-n", option, "-v", f"{option}-last")
        shared.wait_for_one_cib()
        assert f"{option}-last" not in on_disk(shared, node)
        assert shared.dc() == dc
        space_is_back()
        shared.wait("the node has caught up", lambda: f"{option}-last" in on_disk(shared, node))
    assert done(shared, node, "crm_attribute", "-n", option, "-G", "-q").strip() == f"{option}-last"
    done(shared, node, "crm_attribute", "-n", option, "-D")


@both_troubles
def test_a_dc_whose_disk_is_full_hands_over_and_recovery_goes_on(shared: Cluster, trouble: Trouble) -> None:
    former = shared.dc()
    if trouble is small_disk:
        # It is started anew, and who has just started is nobody's first choice.
        former = next(name for name in shared.names if name not in (shared.dc(), shared.web_node()))
    other = next(name for name in shared.names if name != former)
    with trouble(shared, former) as (disk_is_full, space_is_back):
        make_dc(shared, former)
        before, fenced = instances(shared), shared.fencings()
        disk_is_full()
        # The disks of the others are enough for a change that is under way.
        done(shared, other, "crm_attribute", "-n", "marker-under-way", "-v", "x" * (2 * PIECE))
        shared.wait("another node is DC", lambda: shared.dc() not in ("", former))
        done(shared, former, "crm_attribute", "-n", "marker-after", "-v", "1")
        shared.wait_idle()
        assert instances(shared) == before
        shared.state_file(shared.web_node(), "Dummy", "web-log").unlink()
        shared.wait("it is recovered", lambda: shared.active("Dummy", "web-log") != [], 2 * MONITOR)
        shared.wait_idle()
        leader = shared.dc()
        assert leader != former and shared.fencings() == fenced
        assert "marker-after" not in on_disk(shared, former)
        space_is_back()
        shared.wait("it has caught up", lambda: "marker-after" in on_disk(shared, former))
        assert shared.dc() == leader
    for node in shared.names:
        for name in ("under-way", "after"):
            assert f"marker-{name}" in configuration(shared, node)
    for name in ("under-way", "after"):
        done(shared, former, "crm_attribute", "-n", f"marker-{name}", "-D")
    done(shared, former, "crm_resource", "--cleanup")


def test_full_disks_everywhere_refuse_changes_and_lose_none(shared: Cluster) -> None:
    dc = shared.dc()
    other = next(name for name in shared.names if name != dc)
    with ExitStack() as stack:
        switches = [stack.enter_context(no_file_may_grow(shared, node)) for node in shared.names]
        before = configuration(shared, dc)
        for disk_is_full, _ in switches:
            disk_is_full()
        # The first finds out that the disks are full; whether it is carried out is not known until there is room.
        first = command(shared, other, "crm_attribute", "-n", "marker-first", "-v", "1")
        assert first.returncode in (ExitCode.IOERR, ExitCode.INDETERMINATE)
        shared.wait("all have one DC", lambda: shared.dc() != "")
        leader = shared.dc()
        result = command(shared, other, "crm_attribute", "-n", "marker-refused", "-v", "1")
        refused(ExitCode.IOERR, "can't write the CIB to", result)
        assert "File too large" in result.stderr
        assert [configuration(shared, node) for node in shared.names] == [before] * 3
        # A result that can't be written waits.
        shared.state_file(shared.web_node(), "Dummy", "web-log").unlink()
        failed = "web-log_monitor_10000: rc 7"
        log = shared.place.log_file(shared.web_node())
        shared.wait("the failure is noticed", lambda: failed in log.read_text(), 2 * MONITOR)
        assert shared.dc() == leader
        for _, space_is_back in switches:
            space_is_back()
        shared.wait("it is recovered", lambda: shared.active("Dummy", "web-log") != [])
        shared.wait("changes are taken", lambda: changes_are_taken(shared, other))
        assert "marker-refused" not in configuration(shared, dc)
    if first.returncode == ExitCode.IOERR:
        assert "marker-first" not in configuration(shared, dc)
    for name in ("first", "after"):
        command(shared, dc, "crm_attribute", "-n", f"marker-{name}", "-D")
    done(shared, dc, "crm_resource", "--cleanup")


def make_dc(cluster: Cluster, node: str) -> None:
    """Have a node be DC: it is the one whose controller runs for the longest time."""
    if cluster.dc() == node:
        return
    for name in cluster.names:
        if name != node:
            os.kill(cluster.pids(name)[Daemon.CONTROLD.value], signal.SIGKILL)
    cluster.wait(f"{node} is DC", lambda: cluster.dc() == node)
    cluster.wait_idle()


def changes_are_taken(cluster: Cluster, node: str) -> bool:
    return command(cluster, node, "crm_attribute", "-n", "marker-after", "-v", "1").returncode == 0


def on_disk(cluster: Cluster, node: str) -> str:
    """What the newest generation of the node's CIB on its disk says."""
    folder = cluster.place.state_dir(node) / "cib"
    journal = max(folder.glob("journal-*"), key=lambda path: int(path.name.removeprefix("journal-")))
    snapshot = folder / f"cib-{journal.name.removeprefix('journal-')}.xml"
    return snapshot.read_text() + journal.read_text()
