"""Real hosts' worth of it: three nodes with Corosync, fenced by a power switch. Needs root, Corosync and iproute2."""

import re
import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pcmk.kernel.versions import FEATURE_SET
from pcmk.membership.corosync.library import load
from tests.e2e.lab import Lab
from tests.e2e.lab.builds import NEWER, newer_build
from tests.e2e.lab.look import failures, is_idle, leader, online, wait_for_one_cib
from tests.e2e.lab.needs import needs

pytestmark = needs("NO CLUSTER WITH COROSYNC WAS TESTED")

CIB = """<configuration>
  <crm_config>
    <cluster_property_set id="options">
      <nvpair id="options-fencing" name="stonith-enabled" value="true"/>
    </cluster_property_set>
  </crm_config>
  <resources>
    <primitive id="fence" class="stonith" type="fence_lab">
      <instance_attributes id="fence-a">
        <nvpair id="fence-a-s" name="switch" value="{folder}/power"/>
        <nvpair id="fence-a-c" name="pcmk_host_check" value="none"/>
      </instance_attributes>
    </primitive>
    {services}
  </resources>
</configuration>
"""
SERVICE = """<primitive id="{id}" class="ocf" provider="lab" type="Recorder">
  <instance_attributes id="{id}-a"><nvpair id="{id}-a-r" name="record" value="{folder}/record"/></instance_attributes>
  <operations><op id="{id}-m" name="monitor" interval="1s"/></operations>
</primitive>
"""
SERVICES = ("a", "b", "c")


def all_run(lab: Lab) -> bool:
    places = lab.active()
    return all(places.get(service) for service in SERVICES)


def settled(lab: Lab, viewer: str, *names: str) -> bool:
    return online(lab, viewer) == set(names) and all_run(lab) and is_idle(lab, viewer)


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Three nodes on which three services run."""
    with tempfile.TemporaryDirectory(prefix="pcmk-lab-") as folder, Lab(Path(folder), 3) as lab:
        lab.start()
        lab.await_that("three nodes are online", lambda: online(lab, "n1") == set(lab.nodes))
        services = "".join(SERVICE.format(id=id, folder=folder) for id in SERVICES)
        lab.nodes["n1"].run(
            "cibadmin",
            "--modify",
            "-o",
            "configuration",
            "--allow-create",
            "-X",
            CIB.format(folder=folder, services=services),
        )
        lab.await_that("all runs", lambda: settled(lab, "n1", "n1", "n2", "n3"))
        yield lab


def test_the_libraries_are_the_ones_that_debian_has():
    for name in ("libcmap.so.4", "libcpg.so.4", "libquorum.so.5"):
        load(name)


def test_a_node_and_then_the_dc_lose_power(lab: Lab):
    first = leader(lab)
    lose_power(lab, next(name for name in lab.nodes if name != first))
    lose_power(lab, first)
    wait_for_one_cib(lab)


def lose_power(lab: Lab, lost: str) -> None:
    others = [name for name in lab.nodes if name != lost]
    what = "the DC" if leader(lab, others[0]) == lost else "another node"
    lab.nodes[lost].power_off()
    took = lab.await_that("its services run elsewhere", lambda: settled(lab, others[0], *others))
    print(f"{what} lost power: {took:.2f} s until everything ran and was idle")
    assert lost in lab.power.fenced
    lab.start(lost)
    lab.await_that("it is back", lambda: settled(lab, others[0], *lab.nodes))


@pytest.mark.parametrize("alone", ["the DC", "another"])
def test_a_node_is_cut_off(lab: Lab, alone: str):
    first = leader(lab)
    lost = first if alone == "the DC" else next(name for name in lab.nodes if name != first)
    others = [name for name in lab.nodes if name != lost]
    lab.split([lost], others)
    lab.await_that("its services run elsewhere", lambda: settled(lab, others[0], *others))
    assert lab.power.fenced == [lost]
    lab.heal()
    lab.start(lost)
    lab.await_that("it is back", lambda: settled(lab, others[0], *lab.nodes))
    wait_for_one_cib(lab)


def test_corosync_dies_on_a_node(lab: Lab):
    """The others fence it: what still runs there can't be known."""
    lab.nodes["n2"].kill("corosync", signal.SIGKILL)
    lab.await_that("its services run elsewhere", lambda: settled(lab, "n1", "n1", "n3"))
    assert lab.power.fenced == ["n2"]
    lab.start("n2")
    lab.await_that("it is back", lambda: settled(lab, "n1", *lab.nodes))


def test_a_node_leaves_as_announced_and_comes_back(lab: Lab):
    """Nobody is fenced, though Corosync goes on there and counts the node; it can be shut down then, and no earlier."""
    node = lab.nodes["n3"]
    node.run("corosync-cfgtool", "-H")
    words = "Corosync is not to be shut down"
    lab.await_that("the shutdown is refused", lambda: words in (node.folder / "pcmk.log").read_text())
    assert settled(lab, "n3", *lab.nodes)
    node.run("pacemakerd", "--shutdown")
    lab.await_that("its services run elsewhere", lambda: settled(lab, "n1", "n1", "n2"))
    lab.await_that("the cluster has ended there", lambda: not node.run("pgrep", "pacemakerd", check=False))
    node.run("corosync-cfgtool", "-H")
    lab.await_that("Corosync has ended there", lambda: not node.run("pgrep", "-x", "corosync", check=False))
    lab.start("n3")
    lab.await_that("it is back", lambda: settled(lab, "n1", *lab.nodes))
    assert lab.power.fenced == []
    wait_for_one_cib(lab)


def test_daemons_start_one_after_the_other_where_corosync_runs(lab: Lab):
    """Corosync gives the first one quorum. It does not fence those that are about to start."""
    with ThreadPoolExecutor() as pool:
        for ended in [pool.submit(node.run, "pacemakerd", "--shutdown") for node in lab.nodes.values()]:
            ended.result()
    for node in lab.nodes.values():
        lab.await_that("its daemons have ended", lambda node=node: not node.run("pgrep", "pacemakerd", check=False))
    for node in lab.nodes.values():
        node.start("pacemakerd", log="pacemakerd.out")
        log = node.folder / "pcmk.log"
        lab.await_that(
            "its controller takes part", lambda log=log: log.read_text().count("S_STARTING -> S_PENDING") == 2
        )
    lab.await_that("all runs", lambda: settled(lab, "n1", *lab.nodes))
    assert lab.power.fenced == []
    wait_for_one_cib(lab)


def test_nodes_get_a_newer_build_one_after_the_other(lab: Lab, tmp_path: Path):
    """No service is lost on the way, and a node that would go back to the older build stays out."""
    newer = newer_build(tmp_path)

    def feature_sets() -> set[str]:
        roots = (node.run("cibadmin", "-Q", "-l", "-A", "/cib") for node in lab.nodes.values())
        return {re.findall('crm_feature_set="([^"]*)"', root)[0] for root in roots}

    def restart(name: str, build: Path | None) -> None:
        node = lab.nodes[name]
        node.run("pacemakerd", "--shutdown")
        lab.await_that("the cluster has ended there", lambda: not node.run("pgrep", "pacemakerd", check=False))
        node.build = build
        node.start("pacemakerd", log="pacemakerd.out")

    for name in lab.nodes:
        assert feature_sets() == {FEATURE_SET}
        restart(name, newer)
        lab.await_that("it is back", lambda: settled(lab, "n1", *lab.nodes))
        assert failures(lab, "n1") == []
    assert feature_sets() == {NEWER}

    restart("n2", None)
    node = lab.nodes["n2"]
    words = f"has feature set {NEWER}, this node {FEATURE_SET}"
    lab.await_that("it says why it can't join", lambda: words in (node.folder / "pcmk.log").read_text())
    lab.await_that("it has left again", lambda: not node.run("pgrep", "pacemakerd", check=False))
    lab.await_that("all runs without it", lambda: settled(lab, "n1", "n1", "n3"))
    assert lab.power.fenced == []
