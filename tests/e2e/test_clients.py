"""pcs and crmsh edit a CIB in a file through our commands, which stand in for those that they call by absolute paths.

Each command line runs in a mount namespace of its own in which ours are mounted over the installed ones, and our
grammars over theirs.
"""

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pcmk._core import Cib

pytestmark = pytest.mark.e2e

COMMANDS = Path(sys.executable).parent
SHELL = """
for own in "$1"/*; do
    for there in /usr/sbin/"${own##*/}" /usr/lib/pacemaker/"${own##*/}"; do
        if [ -f "$there" ]; then mount --bind "$own" "$there"; fi
    done
done
mount --bind "$2" /usr/share/pacemaker
mount -t tmpfs tmpfs /var/log
mkdir /var/log/pcsd /var/log/crmsh
shift 2
exec "$@"
"""
CIB = """
<cib validate-with="pacemaker-3.9" crm_feature_set="3.16.1" admin_epoch="0" epoch="5" num_updates="0">
  <configuration>
    <crm_config><cluster_property_set id="cib-bootstrap-options">
      <nvpair id="cib-bootstrap-options-dc-version" name="dc-version" value="3.0.2"/>
    </cluster_property_set></crm_config>
    <nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes>
    <resources>
      <primitive id="fd" class="stonith" type="fence_sandbox"/>
      <primitive id="old" class="ocf" provider="pacemaker" type="Dummy"/>
    </resources>
    <constraints/>
  </configuration>
  <status/>
</cib>
"""


def why_not(program: str) -> str:
    """Why a client can't be tried here; empty if it can."""
    if shutil.which(program) is None:
        return f"{program} is not installed"
    if not Path("/usr/sbin/cibadmin").exists():
        return "no installed commands that ours could be mounted over"
    unshare = ["unshare", "--mount", "true"]
    if os.geteuid() != 0 or subprocess.run(unshare, capture_output=True, check=False).returncode != 0:
        return "no permission for mount namespaces"
    return ""


@dataclass(frozen=True, slots=True)
class Client:
    """A client that works on a file."""

    file: Path
    prefix: tuple[str, ...]

    def run(self, line: str, code: int = 0) -> str:
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C",
            "HOME": str(self.file.parent),
            "CIB_file": str(self.file),
            "CIB_shadow_dir": str(self.file.parent),
        }
        folders = (str(self.file.parent / "commands"), str(self.file.parent / "grammars"))
        words = ("unshare", "--mount", "sh", "-ec", SHELL, "sh", *folders, *self.prefix, *shlex.split(line))
        ended = subprocess.run(
            words,
            env=environment,
            cwd=self.file.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == code, f"{line}: {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
        return ended.stdout

    def cib(self) -> Cib:
        return Cib.parse(self.file.read_bytes())

    def one(self, xpath: str) -> dict[str, str]:
        """The attributes of the only element that an XPath selects."""
        (found,) = self.cib().find(xpath)
        return found.attrib


@pytest.fixture
def pcs(tmp_path: Path) -> Client:
    return client(tmp_path, "pcs", "-f", str(tmp_path / "cib.xml"))


@pytest.fixture
def crm(tmp_path: Path) -> Client:
    return client(tmp_path, "crm")


def client(folder: Path, *prefix: str) -> Client:
    reason = why_not(prefix[0])
    if reason:
        pytest.skip(reason)
    file = folder / "cib.xml"
    file.write_text(CIB)
    subprocess.run([COMMANDS / "pcmk", "schema", "write", folder / "grammars"], check=True, capture_output=True)
    # Not themselves: some look for their neighbours.
    (folder / "commands").mkdir()
    for command in COMMANDS.iterdir():
        if os.access(command, os.X_OK):
            own = folder / "commands" / command.name
            own.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
            own.chmod(0o755)
    return Client(file, prefix)


def test_pcs_edits_a_file(pcs: Client):
    pcs.run("resource create db ocf:pacemaker:Dummy op monitor interval=11s --group g")
    assert pcs.one("//group[@id='g']/primitive")["id"] == "db"
    pcs.run("resource create db ocf:pacemaker:Dummy", code=1)
    pcs.run("resource create none ocf:pacemaker:Nothing", code=1)
    pcs.run("property set no-quorum-policy=freeze stonith-enabled=true")
    pcs.run("property set no-quorum-policy=wrong", code=1)
    pcs.run("property set unheard=of", code=1)
    assert pcs.one("//nvpair[@name='no-quorum-policy']")["value"] == "freeze"
    pcs.run("constraint ticket add T old loss-policy=stop")
    assert pcs.one("//rsc_ticket")["rsc"] == "old"
    pcs.run("constraint ticket remove T old")
    assert not pcs.cib().find("//rsc_ticket")
    pcs.run("stonith create fence fence_sandbox sandbox=x pcmk_host_list=n1")
    assert pcs.one("//primitive[@id='fence']")["class"] == "stonith"
    pcs.run("resource delete old")
    assert not pcs.cib().find("//primitive[@id='old']")


def test_crmsh_edits_a_file_and_a_shadow_copy(crm: Client):
    crm.run("configure primitive web ocf:pacemaker:Dummy op monitor interval=10s")
    crm.run("configure group g old web")
    crm.run("configure location near g 50: n1")
    crm.run("configure property no-quorum-policy=freeze")
    assert [each.get("id") for each in crm.cib().find("//group/primitive")] == ["old", "web"]
    assert crm.one("//rsc_location")["score"] == "50"
    before = crm.cib()
    crm.run("cib new copy")
    crm.run("-c copy configure primitive more ocf:pacemaker:Dummy")
    assert crm.cib() == before
    crm.run("cib commit copy")
    assert crm.one("//primitive[@id='more']")["type"] == "Dummy"


def test_clients_upgrade_the_schema_and_go_on_in_the_newest(pcs: Client, crm: Client):
    pcs.run("cluster cib-upgrade")
    assert pcs.cib().root.get("validate-with") == "pacemaker-4.0"
    pcs.run("resource create one ocf:pacemaker:Dummy")
    crm.run("configure upgrade force")
    crm.run("configure clone two one meta promotable=true")
    assert crm.one("//clone/primitive")["id"] == "one"
