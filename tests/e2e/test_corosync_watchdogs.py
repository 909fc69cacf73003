"""Nodes with Corosync that are fenced by their watchdog devices alone; a FIFO stands in for each. Needs root."""

import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fake_watchdog import FakeWatchdog

from tests.e2e.lab import Lab
from tests.e2e.lab.look import is_idle, leader, online, wait_for_one_cib
from tests.e2e.lab.needs import needs

pytestmark = needs("NO WATCHDOG WITH COROSYNC WAS TESTED")

DEVICE = 4.0
"""Seconds without a sign of life after which a device resets its node."""
WAIT = 7.0
"""Seconds after which a node that is not seen counts as fenced."""
CIB = """<configuration>
  <crm_config>
    <cluster_property_set id="options">
      <nvpair id="options-watchdog" name="fencing-watchdog-timeout" value="{wait:g}s"/>
    </cluster_property_set>
  </crm_config>
  <resources>
    <primitive id="service" class="ocf" provider="lab" type="Recorder">
      <instance_attributes id="service-a">
        <nvpair id="service-a-r" name="record" value="{folder}/record"/>
      </instance_attributes>
      <operations><op id="service-m" name="monitor" interval="1s"/></operations>
    </primitive>
  </resources>
</configuration>
"""


def where(lab: Lab) -> str:
    """Where the service runs, if anywhere; never on two nodes."""
    places = lab.active().get("service", [])
    return places[0] if places else ""


def settled(lab: Lab, *names: str) -> bool:
    viewer = names[0]
    return online(lab, viewer) == set(names) and where(lab) in names and is_idle(lab, viewer)


@pytest.fixture
def guarded() -> Iterator[tuple[Lab, dict[str, FakeWatchdog]]]:
    with tempfile.TemporaryDirectory(prefix="pcmk-lab-") as name, ExitStack() as open, Lab(Path(name), 3) as lab:
        devices: dict[str, FakeWatchdog] = {}
        for node in lab.nodes.values():
            path = node.folder / "watchdog"
            devices[node.name] = FakeWatchdog(path, DEVICE, node.power_off)
            open.callback(devices[node.name].close)
            node.settings = {"SBD_WATCHDOG_DEV": str(path), "SBD_WATCHDOG_TIMEOUT": f"{DEVICE:g}"}
        lab.start()
        lab.await_that("three nodes are online", lambda: online(lab, "n1") == set(lab.nodes))
        cib = CIB.format(folder=name, wait=WAIT)
        lab.nodes["n1"].run("cibadmin", "--modify", "-o", "configuration", "--allow-create", "-X", cib)
        lab.await_that("the service runs", lambda: settled(lab, *lab.nodes))
        yield lab, devices


@pytest.mark.parametrize("trouble", ["it is cut off", "its Corosync hangs"])
def test_the_dc_is_reset_and_then_its_service_runs_elsewhere(
    guarded: tuple[Lab, dict[str, FakeWatchdog]], trouble: str
) -> None:
    lab, devices = guarded
    lost = leader(lab)
    others = [name for name in lab.nodes if name != lost]
    viewer = others[0]
    for name in others:
        lab.nodes[viewer].run("crm_standby", "-N", name, "-v", "on")
    lab.await_that("the service runs on the DC", lambda: where(lab) == lost)
    for name in others:
        lab.nodes[viewer].run("crm_standby", "-N", name, "-D")
    began = time.time()
    if trouble == "it is cut off":
        lab.split([lost], others)
    else:
        lab.nodes[lost].kill("corosync", signal.SIGSTOP)
    lab.await_that("its service runs elsewhere", lambda: settled(lab, *others))
    assert {name: len(device.resets) for name, device in devices.items()} == {lost: 1} | dict.fromkeys(others, 0)
    # Without quorum it may have been stopped before.
    entries = [entry for entry in lab.record() if entry.time > began and entry.what != "stop"]
    assert [entry.what for entry in entries] == ["off", "start"]
    assert entries[1].time > began + WAIT
    lab.heal()
    lab.start(lost)
    lab.await_that("it is back", lambda: settled(lab, *sorted(lab.nodes)))
    wait_for_one_cib(lab)
