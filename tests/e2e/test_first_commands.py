"""The first session of a new user, through the commands of the field: each step sees what the one before did."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Cluster

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("undisturbed")]

DUMMY = """
<primitive id="first" class="ocf" provider="pacemaker" type="Dummy">
  <operations><op id="first-monitor" name="monitor" interval="1s" timeout="20s"/></operations>
</primitive>
"""


class Session:
    """A user at one node's command line."""

    def __init__(self, cluster: Cluster, node: str) -> None:
        self._cluster = cluster
        self._node = node

    def try_out(self, *words: str) -> subprocess.CompletedProcess[str]:
        result = self._cluster.sandbox.run(self._node, *words)
        assert "Traceback" not in result.stderr
        return result

    def do(self, *words: str) -> str:
        result = self.try_out(*words)
        assert result.returncode == 0, (words, result.stderr)
        return result.stdout

    def place(self, resource: str) -> str:
        """Where a resource runs, as `crm_resource` says; empty when nowhere."""
        return self.do("crm_resource", "-W", "-r", resource).partition("is running on: ")[2].strip()


@pytest.fixture
def user(shared: Cluster) -> Session:
    return Session(shared, "node1")


def test_a_resource_lives_from_creation_to_deletion(shared: Cluster, user: Session) -> None:
    # Create.
    user.do("cibadmin", "-C", "-o", "resources", "-X", DUMMY)
    shared.wait("it runs", lambda: shared.active("Dummy", "first") != [])
    shared.wait_idle()
    home = shared.active("Dummy", "first")[0]
    assert user.place("first") == home
    assert f"first\t(ocf:pacemaker:Dummy):\t Started {home}" in user.do("crm_mon", "-1")
    assert "first" in user.do("crm_resource", "-l").split()

    # Move it, and let it go again.
    goal = next(name for name in shared.names if name != home)
    user.do("crm_resource", "--move", "-r", "first", "-N", goal)
    shared.wait(f"it runs on {goal}", lambda: shared.active("Dummy", "first") == [goal])
    assert "cli-prefer-first" in user.do("cibadmin", "-Q", "-o", "constraints")
    user.do("crm_resource", "--clear", "-r", "first")
    assert "first" not in user.do("cibadmin", "-Q", "-o", "constraints")

    # Ban it from where it is.
    shared.wait_idle()
    user.do("crm_resource", "--ban", "-r", "first")
    shared.wait(f"it left {goal}", lambda: shared.active("Dummy", "first") not in ([], [goal]))
    assert f"cli-ban-first-on-{goal}" in user.do("cibadmin", "-Q", "-o", "constraints")
    user.do("crm_resource", "-U", "-r", "first")
    shared.wait_idle()

    # Let it fail, and clean up.
    home = user.place("first")
    file = shared.state_file(home, "Dummy", "first")
    file.unlink()
    shared.wait("it is recovered", lambda: shared.active("Dummy", "first") != [] and "first" in failures(user))
    shared.wait_idle()
    count = ("crm_failcount", "-G", "-r", "first", "-N", home)
    shared.wait("the failure is counted", lambda: user.do(*count).strip().endswith("value=1"))
    user.do("crm_resource", "--cleanup", "-r", "first")
    shared.wait("the failure is forgotten", lambda: failures(user) == "")
    assert user.do(*count).strip().endswith("value=0")

    # Standby.
    shared.wait_idle()
    home = user.place("first")
    user.do("crm_standby", "-N", home, "-v", "on")
    shared.wait(f"it left {home}", lambda: shared.active("Dummy", "first") not in ([], [home]))
    assert f"Node {home}: standby" in user.do("crm_mon", "-1")
    user.do("crm_standby", "-N", home, "-D")
    online = f"Online: [ {' '.join(shared.names)} ]"
    shared.wait("the node is back", lambda: online in user.do("crm_mon", "-1"))
    shared.wait_idle()

    # Stop and start it, and delete it.
    user.do("crm_resource", "-r", "first", "--meta", "-p", "target-role", "-v", "Stopped")
    shared.wait("it is stopped", lambda: shared.active("Dummy", "first") == [])
    user.do("crm_resource", "-r", "first", "--meta", "-d", "target-role")
    shared.wait("it is started", lambda: len(shared.active("Dummy", "first")) == 1)
    user.do("cibadmin", "-D", "-X", '<primitive id="first"/>')
    shared.wait("it is stopped", lambda: shared.active("Dummy", "first") == [])
    shared.wait("nothing is left of it", lambda: 'id="first"' not in user.do("cibadmin", "-Q"))
    assert user.try_out("crm_resource", "-W", "-r", "first").returncode == 105
    shared.wait_idle()
    shared.wait_for_one_cib()
    assert shared.fencings() == []


def test_what_agents_call_needs_no_interpreter(shared: Cluster, user: Session, tmp_path: Path) -> None:
    user.do("attrd_updater", "-n", "color", "-U", "blue")
    for program in ("attrd_updater", "crm_node"):
        # Without its neighbour, which would be an interpreter: the node's resident does it.
        shutil.copy(Path(sys.executable).with_name(program), tmp_path)
    asked = user.do(str(tmp_path / "attrd_updater"), "-n", "color", "-Q")
    assert asked == 'name="color" host="node1" value="blue"\n'
    assert user.do(str(tmp_path / "crm_node"), "-l").split() == [
        word for id, name in enumerate(shared.names, 1) for word in (str(id), name, "member")
    ]
    user.do("attrd_updater", "-n", "color", "-D")


def failures(user: Session) -> str:
    return user.do("crm_mon", "-1").partition("Failed Resource Actions:")[2]


def test_the_configuration_is_changed_in_every_way(shared: Cluster, user: Session) -> None:
    for verb, xml in (
        ("-C", '<primitive id="edited" class="ocf" provider="pacemaker" type="Dummy" description="a"/>'),
        ("-M", '<primitive id="edited" description="b"/>'),
        ("-R", '<primitive id="edited" class="ocf" provider="pacemaker" type="Dummy" description="c"/>'),
    ):
        user.do("cibadmin", verb, "-o", "resources", "-X", xml)
        found = user.do("cibadmin", "-Q", "-A", "//primitive[@id='edited']")
        assert xml.partition("description=")[2].rstrip("/>") in found
    # What is too old is refused, what fits is applied.
    before = user.do("cibadmin", "-Q")
    user.do("cibadmin", "-D", "-o", "resources", "-X", '<primitive id="edited"/>')
    assert user.try_out("cibadmin", "-R", "-X", before).returncode == 103
    assert "edited" not in user.do("cibadmin", "-Q", "-o", "resources")
    shared.wait_idle()
    version = shared.sandbox.run("node3", "cibadmin", "-Q", "-A", "/cib").stdout
    assert 'epoch="' in version
    assert user.do("crm_verify", "-L") == ""


def test_attributes_of_the_cluster_of_nodes_and_of_this_life(shared: Cluster, user: Session) -> None:
    user.do("crm_attribute", "-n", "first-option", "-v", "x")
    assert user.do("crm_attribute", "-n", "first-option", "-G").strip() == "scope=crm_config name=first-option value=x"
    user.do("crm_attribute", "-n", "first-option", "-D")
    assert user.try_out("crm_attribute", "-n", "first-option", "-G").returncode == 105

    user.do("crm_attribute", "-N", "node2", "-n", "rack", "-v", "3")
    assert user.do("crm_attribute", "-N", "node2", "-n", "rack", "-G", "-q").strip() == "3"
    assert user.try_out("crm_attribute", "-N", "node3", "-n", "rack", "-G").returncode == 105
    user.do("crm_attribute", "-N", "node2", "-n", "rack", "-D")

    user.do("attrd_updater", "-n", "load", "-U", "7")
    elsewhere = Session(shared, "node3")
    told = 'name="load" host="node1" value="7"'
    shared.wait("all know it", lambda: told in elsewhere.try_out("attrd_updater", "-n", "load", "-Q", "-A").stdout)
    shared.wait("it is in the CIB", lambda: 'name="load"' in user.do("cibadmin", "-Q", "-o", "status"))
    user.do("attrd_updater", "-n", "load", "-D")
    shared.wait("it is gone", lambda: 'name="load"' not in user.do("cibadmin", "-Q", "-o", "status"))


def test_who_is_there(shared: Cluster, user: Session) -> None:
    assert user.do("crm_node", "-l").splitlines() == ["1 node1 member", "2 node2 member", "3 node3 member"]
    assert user.do("crm_node", "-n").strip() == "node1"
    assert user.do("crm_node", "-i").strip() == "1"
    assert user.do("crm_node", "-q").strip() == "1"
    dc = shared.dc()
    assert user.do("crmadmin", "-D").strip() == f"Designated Controller is: {dc}"
    assert "S_IDLE" in user.do("crmadmin", "-S", dc)
    assert user.do("stonith_admin", "-L").splitlines()[0] == "fencing"
    assert f"Current DC: {dc}" in user.do("pcmk", "status")


def test_a_node_is_fenced_by_hand_and_returns(shared: Cluster) -> None:
    dc = shared.dc()
    target = next(name for name in shared.names if name != dc)
    user = Session(shared, dc)
    before = shared.fencings()
    user.do("stonith_admin", "-F", target)
    assert not shared.sandbox.is_alive(target)
    assert f"turning off of {target} successful" in user.do("stonith_admin", "-H", target)
    shared.wait("it is known to be off", lambda: f"OFFLINE: [ {target} ]" in user.do("crm_mon", "-1"))
    shared.wait_idle()
    assert shared.web_node() not in ("", target)
    # Once is enough, and it stays off.
    assert [line.split(" by ")[0] for line in shared.fencings()[len(before) :]] == [f"off {target}"]
    shared.back(target)
    shared.wait_for_one_cib()


def test_a_secret_reaches_the_agent_wherever_it_runs(shared: Cluster, user: Session, tmp_path: Path) -> None:
    state = tmp_path / "state-file"
    user.do("cibadmin", "-C", "-o", "resources", "-X", DUMMY)
    shared.wait_idle()
    assert "syncing" in user.do("cibsecret", "set", "first", "state", str(state))
    assert 'name="state" value="lrm://"' in user.do("cibadmin", "-Q", "-o", "resources")
    kept = [shared.place.state_dir(name) / "lrm" / "secrets" / "first" / "state" for name in shared.names]
    for name, file in zip(shared.names, kept, strict=True):
        assert Session(shared, name).do("cibsecret", "get", "first", "state") == f"{state}\n"
        assert file.stat().st_mode & 0o777 == 0o600
    # The agent's state file is where the secret says, on whichever node it runs.
    shared.wait("it runs with its secret", state.exists)
    shared.wait_idle()
    home = user.place("first")
    # Not the user's own node, whose value is needed in the end.
    goal = next(name for name in shared.names[1:] if name != home)
    user.do("crm_resource", "--move", "-r", "first", "-N", goal)
    shared.wait(f"it runs on {goal}", lambda: user.place("first") == goal and state.exists())
    shared.wait_idle()
    # Where the value is missing it does not start, and says why.
    kept[shared.names.index(goal)].unlink()
    user.do("crm_resource", "--restart", "-r", "first")
    shared.wait("it runs elsewhere", lambda: user.place("first") not in ("", goal) and state.exists())
    assert "Unable to load CIB secrets: no value in" in failures(user)
    user.do("crm_resource", "--clear", "-r", "first")
    user.do("crm_resource", "--cleanup", "-r", "first")
    user.do("cibsecret", "unstash", "first", "state")
    assert f'name="state" value="{state}"' in user.do("cibadmin", "-Q", "-o", "resources")
    assert not any(file.exists() for file in kept)
    user.do("cibadmin", "-D", "-X", '<primitive id="first"/>')
    shared.wait("nothing is left of it", lambda: 'id="first"' not in user.do("cibadmin", "-Q"))
    shared.wait_idle()


@pytest.fixture
def monitor(user: Session, tmp_path: Path) -> Iterator[Path]:
    """A folder with what `crm_mon` writes in the background: `page.html`, and a line of `told` for each event."""
    agent = tmp_path / "agent"
    words = "$CRM_notify_recipient $CRM_notify_rsc $CRM_notify_task $CRM_notify_desc"
    agent.write_text(f'#!/bin/sh\necho "{words}" >> {tmp_path}/told\n')
    agent.chmod(0o755)
    options = ("-d", "-p", f"{tmp_path}/pid", "-E", str(agent), "-e", "somebody", "-W", "-i", "60")
    user.do("crm_mon", *options, "--output-as=html", f"--output-to={tmp_path}/page.html")
    yield tmp_path
    if (tmp_path / "pid").exists():
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGTERM)


def test_crm_mon_goes_on_in_the_background_and_tells_what_happens(
    shared: Cluster, user: Session, monitor: Path
) -> None:
    page, told = monitor / "page.html", monitor / "told"
    shared.wait("the status is shown", lambda: page.exists() and "web-server" in page.read_text())
    user.do("cibadmin", "-C", "-o", "resources", "-X", DUMMY)
    shared.wait("the start is told", lambda: told.exists() and "somebody first start OK\n" in told.read_text())
    # Long before the interval is over.
    shared.wait("it is shown", lambda: "first" in page.read_text())
    user.do("cibadmin", "-D", "-X", '<primitive id="first"/>')
    shared.wait("the stop is told", lambda: "somebody first stop OK\n" in told.read_text())
    shared.wait("it is not shown any more", lambda: "first" not in page.read_text())
    shared.wait("nothing is left of it", lambda: 'id="first"' not in user.do("cibadmin", "-Q"))
    os.kill(int((monitor / "pid").read_text()), signal.SIGTERM)
    shared.wait("it has ended", lambda: not (monitor / "pid").exists())
    shared.wait_idle()
