"""Agents as Debian ships them, and its tester of agents on ours: on hosts of their own, with Corosync."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pcmk.runtime.agent_paths import OWN_AGENTS
from tests.e2e.lab import Lab
from tests.e2e.lab.look import failures, is_idle, online, wait_for_one_cib, where
from tests.e2e.lab.needs import needs

pytestmark = needs(
    "NO AGENT OF DEBIAN WAS TESTED",
    *("ocf-tester", "xmllint", "fence_dummy", "nginx", "curl", "modprobe"),
    files=("/usr/lib/ocf/resource.d/heartbeat/IPaddr2",),
)

ADDRESS = "10.77.0.100"
GROUP = ("web-files", "web-address", "web-server")
RESOURCES = ("fence", "fence-note", "dummy", "delay", *GROUP)
NGINX = """pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    server {{
        listen {address}:80;
        location / {{ return 200 "$hostname\\n"; }}
    }}
}}
"""
CIB = """<configuration>
  <crm_config>
    <cluster_property_set id="options">
      <nvpair id="options-fencing" name="stonith-enabled" value="true"/>
    </cluster_property_set>
  </crm_config>
  <resources>
    <primitive id="fence-note" class="stonith" type="fence_dummy">
      <instance_attributes id="note-a">
        <nvpair id="note-a-f" name="status_file" value="{folder}/fence_dummy"/>
        <nvpair id="note-a-l" name="pcmk_host_list" value="n1 n2 n3"/>
      </instance_attributes>
      <operations><op id="note-m" name="monitor" interval="10s"/></operations>
    </primitive>
    <primitive id="fence" class="stonith" type="fence_lab">
      <instance_attributes id="fence-a">
        <nvpair id="fence-a-s" name="switch" value="{folder}/power"/>
      </instance_attributes>
    </primitive>
    <primitive id="dummy" class="ocf" provider="heartbeat" type="Dummy">
      <instance_attributes id="dummy-a"><nvpair id="dummy-a-f" name="fake" value="one"/></instance_attributes>
      <operations><op id="dummy-m" name="monitor" interval="1s" timeout="20s"/></operations>
    </primitive>
    <primitive id="delay" class="ocf" provider="heartbeat" type="Delay">
      <instance_attributes id="delay-a">
        <nvpair id="delay-a-s" name="startdelay" value="1"/>
        <nvpair id="delay-a-t" name="stopdelay" value="1"/>
        <nvpair id="delay-a-m" name="mondelay" value="0"/>
      </instance_attributes>
      <operations><op id="delay-m" name="monitor" interval="5s" timeout="20s"/></operations>
    </primitive>
    <group id="web">
      <primitive id="web-files" class="ocf" provider="heartbeat" type="Filesystem">
        <instance_attributes id="files-a">
          <nvpair id="files-a-d" name="device" value="tmpfs"/>
          <nvpair id="files-a-p" name="directory" value="/run/web"/>
          <nvpair id="files-a-t" name="fstype" value="tmpfs"/>
        </instance_attributes>
        <operations><op id="files-m" name="monitor" interval="1s" timeout="40s"/></operations>
      </primitive>
      <primitive id="web-address" class="ocf" provider="heartbeat" type="IPaddr2">
        <instance_attributes id="address-a">
          <nvpair id="address-a-i" name="ip" value="{address}"/>
          <nvpair id="address-a-n" name="cidr_netmask" value="24"/>
        </instance_attributes>
        <operations><op id="address-m" name="monitor" interval="1s" timeout="20s"/></operations>
      </primitive>
      <primitive id="web-server" class="ocf" provider="heartbeat" type="nginx">
        <instance_attributes id="server-a">
          <nvpair id="server-a-c" name="configfile" value="{folder}/nginx.conf"/>
        </instance_attributes>
        <operations>
          <op id="server-m" name="monitor" interval="1s" timeout="30s"/>
        </operations>
      </primitive>
    </group>
  </resources>
  <fencing-topology>
    <fencing-level id="n1-1" target="n1" index="1" devices="fence-note,fence"/>
    <fencing-level id="n2-1" target="n2" index="1" devices="fence-note,fence"/>
    <fencing-level id="n3-1" target="n3" index="1" devices="fence-note,fence"/>
  </fencing-topology>
</configuration>
"""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """Three nodes; on one of them a web server with its address and its file system runs."""
    with tempfile.TemporaryDirectory(prefix="pcmk-lab-") as name, Lab(Path(name), 3) as lab:
        folder = Path(name)
        (folder / "nginx.conf").write_text(NGINX.format(folder="/run/web", address=ADDRESS))
        lab.start()
        lab.await_that("three nodes are online", lambda: online(lab, "n1") == set(lab.nodes))
        configuration = CIB.format(folder=folder, address=ADDRESS)
        lab.nodes["n1"].run("cibadmin", "--modify", "-o", "configuration", "--allow-create", "-X", configuration)
        yield lab


@pytest.fixture(autouse=True)
def sound(lab: Lab) -> Iterator[None]:
    """All runs before a test and after it, without a failure, and all nodes have the same CIB."""
    yield
    lab.await_that("all runs", lambda: runs(lab, "n1", *lab.nodes))
    wait_for_one_cib(lab)


def runs(lab: Lab, viewer: str, *nodes: str) -> bool:
    """Whether each resource is active on exactly one of the nodes, and the cluster idle."""
    if online(lab, viewer) != set(nodes):
        return False
    places = {resource: where(lab, viewer, resource) for resource in RESOURCES}
    return (
        all(len(found) == 1 and found[0] in nodes for found in places.values())
        and len({places[member][0] for member in GROUP}) == 1
        and is_idle(lab, viewer)
    )


def page(lab: Lab, client: str) -> str:
    """What the web server says to a node: the name of the host that it runs on."""
    return lab.nodes[client].run("curl", "-s", "-m", "5", f"http://{ADDRESS}/", check=False).strip()


def test_all_start_without_a_failure(lab: Lab):
    lab.await_that("all runs", lambda: runs(lab, "n1", *lab.nodes))
    assert failures(lab, "n1") == []
    (place,) = where(lab, "n1", "web-server")
    assert [page(lab, name) for name in lab.nodes] == [place] * 3


def test_what_is_moved_goes_all_of_it_and_leaves_nothing_behind(lab: Lab):
    (old,) = where(lab, "n1", "web-server")
    new = next(name for name in lab.nodes if name != old)
    lab.nodes["n1"].run("crm_resource", "--move", "-r", "web", "-N", new)
    lab.await_that("it answers from elsewhere", lambda: page(lab, old) == new)
    lab.await_that("all runs", lambda: runs(lab, "n1", *lab.nodes))
    assert ADDRESS not in lab.nodes[old].run("ip", "addr")
    assert "/run/web" not in lab.nodes[old].run("cat", "/proc/mounts")
    lab.nodes["n1"].run("crm_resource", "--clear", "-r", "web")
    assert failures(lab, "n1") == []


@pytest.mark.parametrize(
    ("resource", "broken"),
    [
        ("web-server", ("pkill", "-9", "-x", "nginx")),
        ("web-address", ("ip", "addr", "del", f"{ADDRESS}/24", "dev", "eth0")),
        ("web-files", ("umount", "-l", "/run/web")),
    ],
)
def test_what_breaks_is_seen_and_mended(lab: Lab, resource: str, broken: tuple[str, ...]):
    (place,) = where(lab, "n1", "web-server")
    lab.nodes[place].run(*broken)
    lab.await_that("the failure is seen", lambda: any(resource in line for line in failures(lab, "n1")))
    lab.await_that("all runs", lambda: runs(lab, "n1", *lab.nodes))
    (place,) = where(lab, "n1", "web-server")
    assert page(lab, "n1") == place
    assert lab.power.fenced == []
    lab.nodes["n1"].run("crm_resource", "--cleanup", "-r", "web")
    lab.await_that("the failure is forgotten", lambda: failures(lab, "n1") == [])


def test_an_agent_that_reloads_is_not_restarted(lab: Lab):
    """`ocf:heartbeat:Dummy` says in metadata of OCF 1.0, which names its DTD, that it has the action `reload`."""
    (place,) = where(lab, "n1", "dummy")
    state = "/run/pcmk/resource-agents/Dummy-dummy.state"
    before = lab.nodes[place].run("stat", "-c", "%i %Y", state)
    lab.nodes["n1"].run("crm_resource", "-r", "dummy", "-p", "fake", "-v", "two")
    log = lab.nodes[place].folder / "pcmk.log"
    lab.await_that("it was reloaded", lambda: "dummy_reload_0: rc 0" in log.read_text())
    lab.await_that("all runs", lambda: runs(lab, "n1", *lab.nodes))
    assert where(lab, "n1", "dummy") == [place]
    assert lab.nodes[place].run("stat", "-c", "%i %Y", state) == before


def test_a_host_that_loses_power_is_fenced_by_both_devices(lab: Lab):
    """`fence_dummy` only writes down what it was asked for; the level succeeds when the power switch does, too."""
    note = lab.folder / "fence_dummy"
    note.unlink(missing_ok=True)
    (lost,) = where(lab, "n1", "web-server")
    others = [name for name in lab.nodes if name != lost]
    lab.nodes[lost].power_off()
    took = lab.await_that("the page comes from elsewhere", lambda: page(lab, others[0]) in others)
    print(f"the web server was back {took:.2f} s after its host lost power")
    assert lab.power.fenced == [lost]
    assert note.read_text() == "on"
    assert "reboot" in lab.nodes[others[0]].run("stonith_admin", "--history", lost)
    lab.await_that("all runs", lambda: runs(lab, others[0], *others))
    lab.start(lost)
    lab.await_that("it is back", lambda: online(lab, others[0]) == set(lab.nodes))


@pytest.mark.parametrize(
    ("agent", "parameters"), [("Dummy", ()), ("Stateful", ()), ("HttpServer", ("-o", "port=8080"))]
)
def test_our_agents_pass_the_tester(lab: Lab, agent: str, parameters: tuple[str, ...]):
    """On a node, for `Stateful` tells the cluster how well the node suits; in a folder that `nobody` can read, too."""
    node = lab.nodes["n1"]
    node.run("mkdir", "-p", "/run/tested/state")
    node.run("cp", "-rL", f"{OWN_AGENTS}/ocf", "/run/tested")
    path = f"/run/tested/ocf/pacemaker/{agent}"
    told = node.run("env", "HA_RSCTMP=/run/tested/state", "ocf-tester", "-n", "tested", *parameters, path)
    assert f"{path} passed all tests" in told
