"""Hosts become a cluster, one more joins and leaves again, and certificates are renewed, all by the commands for it."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.lab import Lab
from tests.e2e.lab.look import is_idle, online, wait_for_one_cib
from tests.e2e.lab.needs import needs
from tests.e2e.lab.node import LabNode

pytestmark = needs("NO CLUSTER WAS MADE OF HOSTS BY COMMANDS", "corosync-cfgtool")

FOUNDERS = ("n1", "n2", "n3")
# Quick to miss a node, and no demands on the scheduler of the machine that the lab is on.
SETTINGS = ("totem.token=1000", "totem.token_coefficient=0", "system.sched_rr=no", "system.move_to_root_cgroup=no")


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Four hosts, three of which are a cluster that runs."""
    with tempfile.TemporaryDirectory(prefix="pcmk-lab-") as folder, Lab(Path(folder), 4, bare=True) as lab:
        n1 = lab.nodes["n1"]
        nodes = [f"{name}={lab.nodes[name].address}" for name in FOUNDERS]
        settings = [word for setting in SETTINGS for word in ("--set", setting)]
        n1.run("pcmk", "cluster", "init", "web", *nodes, *settings, "--yes")
        for name in FOUNDERS[1:]:
            join(lab, n1, name)
        lab.start(*FOUNDERS)
        lab.await_that("three nodes are online", lambda: settled(lab, *FOUNDERS))
        yield lab


def settled(lab: Lab, *names: str) -> bool:
    return all(online(lab, name) == set(names) for name in names) and is_idle(lab, names[0])


def join(lab: Lab, member: LabNode, name: str, *addresses: str) -> str:
    """Invite a node on a member, and have it join; what the member said."""
    word = f"{name}={','.join(addresses)}" if addresses else name
    said = member.folder / f"invite-{name}.out"
    member.start("pcmk", "cluster", "invite", word, "--yes", "--json", log=said.name)
    lab.await_that("there is a token", lambda: said.exists() and "\n" in said.read_text())
    token = json.loads(said.read_text().splitlines()[0])["token"]
    lab.nodes[name].run("pcmk", "cluster", "join", token, "--yes")
    lab.await_that("the member knows", lambda: "joined" in said.read_text())
    return said.read_text()


def configurations(lab: Lab, *names: str) -> set[str]:
    return {(lab.nodes[name].folder / "corosync" / "corosync.conf").read_text() for name in names}


def test_a_host_joins_a_cluster_that_runs_and_leaves_it_again(lab: Lab) -> None:
    before = configurations(lab, *FOUNDERS)
    assert len(before) == 1
    told = join(lab, lab.nodes["n2"], "n4", lab.nodes["n4"].address)
    assert '"then": []' in told
    # All Corosyncs know it before its own is started, so that the ring is formed once.
    assert len(configurations(lab, *lab.nodes)) == 1
    for name in FOUNDERS:
        known = lab.nodes[name].run("corosync-cmapctl", "nodelist.node.3.name")
        assert known.strip().endswith("= n4")
    lab.start("n4")
    lab.await_that("four nodes are online", lambda: settled(lab, *lab.nodes))
    wait_for_one_cib(lab)

    refusal = lab.nodes["n1"].run("pcmk", "cluster", "remove", "n4", "--yes", check=False)
    assert refusal == ""
    assert len(configurations(lab, *lab.nodes)) == 1
    lab.nodes["n4"].run("pacemakerd", "--shutdown")
    lab.nodes["n4"].power_off()
    lab.await_that("three nodes are online", lambda: settled(lab, *FOUNDERS))
    lab.nodes["n1"].run("pcmk", "cluster", "remove", "n4", "--yes")
    assert configurations(lab, *FOUNDERS) == before
    for name in FOUNDERS:
        assert "n4" not in lab.nodes[name].run("crm_node", "-l")
        assert lab.nodes[name].run("corosync-cmapctl", "nodelist.node.3.name", check=False) == ""
    assert lab.power.fenced == []


def test_a_list_that_a_member_did_not_get_is_told_of(lab: Lab) -> None:
    """Corosync is not told to read it then: the others would know a node that this one does not."""
    edited = lab.nodes["n3"].folder / "corosync" / "corosync.conf"
    edited.write_text(edited.read_text() + "# by hand\n")
    told = join(lab, lab.nodes["n1"], "n4", lab.nodes["n4"].address)
    assert "n3 did not get the changed /etc/corosync/corosync.conf" in told
    assert "corosync-cfgtool -R" in told
    assert lab.nodes["n1"].run("corosync-cmapctl", "nodelist.node.3.name", check=False) == ""
    assert "n4" not in edited.read_text()


def test_certificates_are_renewed_while_the_cluster_runs(lab: Lab) -> None:
    n1 = lab.nodes["n1"]
    log = n1.folder / "pcmk.log"
    quiet = log.read_text().count("was lost")
    n1.run("pcmk", "cluster", "certs", "renew", "--days", "1000", "--yes")
    shown = json.loads(n1.run("pcmk", "cluster", "certs", "show", "--json"))
    assert shown[0]["days_left"] in (999, 1000)
    assert settled(lab, *FOUNDERS)
    # A node that comes makes new connections, each way.
    lab.nodes["n2"].run("pacemakerd", "--shutdown")
    lab.await_that("two nodes are online", lambda: settled(lab, "n1", "n3"))
    lab.nodes["n2"].start("pacemakerd", log="pacemakerd.out")
    lab.await_that("three nodes are online", lambda: settled(lab, *FOUNDERS))
    assert "is in force for new connections" in log.read_text()
    assert log.read_text().count("was lost") == quiet
    assert len({lab.nodes[name].run("cibadmin", "-Q", "-l") for name in FOUNDERS}) == 1
