"""Nodes whose only fencing is their watchdog device, with real processes; a FIFO stands in for each device."""

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import START_LIMIT, Cluster
from fake_watchdog import FakeWatchdog

from pcmk.sandbox import Sandbox, processes

pytestmark = pytest.mark.e2e

DEVICE = 4.0
"""Seconds without a sign of life after which a device resets its node."""
WAIT = 7.0
"""Seconds after which a node that is not seen counts as fenced."""
RESOURCE = "service"

CIB = f"""<cib validate-with="pacemaker-3.9" admin_epoch="0" epoch="1" num_updates="0"><configuration>
  <crm_config><cluster_property_set id="options">
    <nvpair id="options-watchdog" name="fencing-watchdog-timeout" value="{WAIT:g}s"/>
  </cluster_property_set></crm_config>
  <nodes/>
  <resources><primitive id="{RESOURCE}" class="ocf" provider="pacemaker" type="Dummy"/></resources>
  <constraints/>
</configuration><status/></cib>"""
SUPERVISOR = """#!/bin/sh
export SBD_WATCHDOG_DEV={folder}/$PCMK_NODE_NAME.watchdog SBD_WATCHDOG_TIMEOUT={timeout:g}
exec python3 -m pcmk.pacemakerd
"""


class Guarded(Cluster):
    """A cluster each of whose nodes has a device."""

    def __init__(self, sandbox: Sandbox, devices: dict[str, FakeWatchdog]) -> None:
        super().__init__(sandbox)
        self.devices = devices

    def resets(self) -> dict[str, int]:
        return {name: len(device.resets) for name, device in self.devices.items() if device.resets}

    def where(self) -> str:
        """The node that the resource runs on, if that is one alone."""
        places = [name for name in self.active("Dummy", RESOURCE) if self.sandbox.is_alive(name)]
        return places[0] if len(places) == 1 else ""

    def started_at(self, node: str) -> float:
        return self.state_file(node, "Dummy", RESOURCE).stat().st_mtime

    def is_calm(self) -> bool:
        return self.is_sound() and bool(self.where()) and all(device.armed for device in self.devices.values())

    def switch_on(self, node: str) -> None:
        self.state_file(node, "Dummy", RESOURCE).unlink(missing_ok=True)
        self.sandbox.start(node)
        self.wait("all is as before", self.is_calm, START_LIMIT)


@pytest.fixture
def guarded(request: pytest.FixtureRequest) -> Iterator[Guarded]:
    with tempfile.TemporaryDirectory(prefix="pcmk-") as name:
        folder = Path(name)
        cib, supervisor = folder / "cib.xml", folder / "pacemakerd"
        cib.write_text(CIB)
        supervisor.write_text(SUPERVISOR.format(folder=folder, timeout=DEVICE))
        supervisor.chmod(0o755)
        place = folder / "s"

        def resetter(node: str) -> Callable[[], object]:
            return lambda: processes.kill_all(processes.mark(os.path.realpath(place), node), 10.0)

        devices = {
            node: FakeWatchdog(folder / f"{node}.watchdog", DEVICE, resetter(node))
            for node in ("node1", "node2", "node3")
        }
        try:
            with Sandbox.launch(place, cib=cib, supervisor=(str(supervisor),)) as sandbox:
                cluster = Guarded(sandbox, devices)
                failed = request.session.testsfailed
                try:
                    cluster.wait("all runs", cluster.is_calm, START_LIMIT)
                    yield cluster
                finally:
                    if request.session.testsfailed > failed or not cluster.is_sound():
                        print(cluster.logs())
        finally:
            for device in devices.values():
                device.close()


def test_nodes_without_signs_of_life_are_reset_before_what_they_ran_is_started_elsewhere(guarded: Guarded) -> None:
    shown = guarded.sandbox.run("node1", "crm_attribute", "-t", "crm_config", "-n", "have-watchdog", "-G", "-q")
    assert shown.stdout.strip() == "true"

    def recovered_from(lost: str) -> Callable[[], bool]:
        return lambda: guarded.where() not in ("", lost) and lost not in guarded.alive()

    # Cut off, it loses quorum.
    first = guarded.where()
    guarded.sandbox.split((first,))
    guarded.wait("what it ran runs elsewhere", recovered_from(first))
    assert guarded.resets() == {first: 1}
    assert guarded.started_at(guarded.where()) > guarded.devices[first].resets[0]
    guarded.sandbox.heal()
    guarded.switch_on(first)

    # Its pacemakerd hangs; everything else goes on.
    second = guarded.where()
    (supervisor,) = [
        pid
        for pid in processes.processes_of(guarded.place.mark(second))
        if Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0") == b"pacemakerd"
    ]
    os.kill(supervisor, signal.SIGSTOP)
    resets = guarded.resets().get(second, 0)
    guarded.wait("what it ran runs elsewhere", recovered_from(second))
    assert guarded.resets()[second] == resets + 1
    assert guarded.started_at(guarded.where()) > guarded.devices[second].resets[-1]
    guarded.switch_on(second)

    # Who leaves as announced needs no reset.
    before = guarded.resets()
    third = guarded.where()
    guarded.sandbox.stop(third)
    guarded.wait("what it ran runs elsewhere", recovered_from(third))
    guarded.wait("its device rests", lambda: guarded.devices[third].disarmed == 1 and not guarded.devices[third].armed)
    guarded.wait("the cluster is idle", guarded.is_idle)
    assert guarded.resets() == before
