"""Both sides of a partition change the configuration: what the smaller one did is told of, and made anew by hand."""

import json

import pytest
from commands import command, done
from conftest import Cluster

from pcmk.kernel.exitcodes import ExitCode

pytestmark = pytest.mark.e2e


def value(cluster: Cluster, node: str, name: str) -> str:
    return command(cluster, node, "crm_attribute", "-n", name, "-G", "-q").stdout.strip()


def status(cluster: Cluster, node: str) -> dict[str, object]:
    told = command(cluster, node, "pcmk", "status", "--json").stdout
    return json.loads(told) if told else {}


def test_a_change_that_lost_is_told_of_and_made_anew(cluster: Cluster) -> None:
    # Nobody is to be switched off; the smaller side goes on without quorum and does what it can.
    done(cluster, "node1", "crm_attribute", "-n", "fencing-enabled", "-v", "false")
    cluster.wait_idle()
    cluster.sandbox.split(("node1", "node2"), ("node3",))
    cluster.wait("node3 knows", lambda: status(cluster, "node3").get("quorate") is False)
    done(cluster, "node3", "crm_attribute", "-n", "marker-lost", "-v", "1")
    done(cluster, "node1", "crm_attribute", "-n", "marker-won", "-v", "1")
    cluster.sandbox.heal()
    cluster.wait("the CIBs are the same", lambda: cluster.is_sound() and value(cluster, "node3", "marker-won") == "1")
    assert value(cluster, "node3", "marker-lost") == ""

    [name] = json.loads(done(cluster, "node3", "pcmk", "cib", "conflicts", "--json"))["conflicts"]
    name = name["name"]
    assert "marker-lost" in done(cluster, "node3", "pcmk", "cib", "conflicts")
    assert "1 on this node: pcmk cib conflicts" in done(cluster, "node3", "pcmk", "status")
    for other in ("node1", "node2"):
        assert status(cluster, other)["conflicts_on"] == ["node3"]
    assert name in cluster.place.log_file("node3").read_text()

    plan = json.loads(done(cluster, "node3", "pcmk", "cib", "conflicts", "apply", name, "--json"))
    assert plan["done"] is False and "marker-lost" in plan["changes"] and "marker-won" not in plan["changes"]
    done(cluster, "node3", "pcmk", "cib", "conflicts", "apply", name, "--yes")
    for node in cluster.names:
        cluster.wait("it is there", lambda node=node: value(cluster, node, "marker-lost") == "1")
        assert value(cluster, node, "marker-won") == "1"
    for node in cluster.names:
        cluster.wait("nothing is told of", lambda node=node: not status(cluster, node)["conflicts_on"])
    assert status(cluster, "node3")["conflicts"] == []
    assert command(cluster, "node3", "pcmk", "cib", "conflicts", "drop", name, "-y").returncode == ExitCode.NOSUCH
