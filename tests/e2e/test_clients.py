"""pcs and crmsh edit a CIB in a file through our commands, which they call by absolute paths.

`make packages` unpacks these clients without installing them. Each command line runs in a mount namespace of its own,
in which they, our commands and our grammars lie over what is installed.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import Struct

from pcmk._core import Cib
from pcmk.compat.commands import descriptions

COMMANDS = Path(sys.executable).parent
CLIENTS = Path(__file__).resolve().parents[2] / "target/clients/usr"
LIBRARIES = tuple(Path("/usr/lib/python3/dist-packages", name) for name in ("dacite", "lxml", "parallax", "tornado"))
OVERLAY = 'mount -t overlay overlay -o lowerdir="$1:$2:/usr" /usr'
# Only our grammars: those that are installed may be other ones of the same names.
SHELL = f"""
{OVERLAY}
mount --bind "$1/share/pacemaker" /usr/share/pacemaker
mount --bind "$1/etc/group" /etc/group
mount --bind "$1/etc/passwd" /etc/passwd
mount -t tmpfs tmpfs /var/log
mkdir /var/log/pcsd /var/log/crmsh
shift 2
exec "$@"
"""
# The field's, for crmsh gives its log to them whenever it starts.
USERS = {"group": "haclient:x:62999:", "passwd": "hacluster:x:62999:62999::/:/usr/sbin/nologin"}
CIB = """
<cib validate-with="pacemaker-3.9" crm_feature_set="3.16.1" admin_epoch="0" epoch="5" num_updates="0">
  <configuration>
    <crm_config><cluster_property_set id="cib-bootstrap-options">
      <nvpair id="cib-bootstrap-options-dc-version" name="dc-version" value="3.0.2"/>
      <nvpair id="cib-bootstrap-options-stonith-enabled" name="stonith-enabled" value="true"/>
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
# What a line makes.
PCS = (
    ("resource create st ocf:pacemaker:Stateful promotable promoted-max=1", "//clone[@id='st-clone']/primitive"),
    ("resource clone old interleave=true", "//clone[@id='old-clone']//nvpair[@name='interleave']"),
    ("resource create in ocf:pacemaker:Dummy --group g", "//group[@id='g']/primitive"),
    ("resource op add in monitor interval=22s OCF_CHECK_LEVEL=10", "//op[@interval='22s']//nvpair"),
    ("resource bundle create b container docker image=x network ip-range-start=10.0.0.5", "//bundle/docker"),
    ("resource defaults set create meta priority=3 rule resource ocf:pacemaker:Dummy", "//rsc_expression"),
    ("resource ban st-clone n1 --promoted", "//rsc_location[@id='cli-ban-st-clone-on-n1' and @role='Promoted']"),
    ("constraint location g rule score=5 '#uname' eq n1 and date gt 2020-01-01", "//rule[@score='5']/date_expression"),
    ("constraint colocation add Promoted st-clone with g 20", "//rsc_colocation[@rsc-role='Promoted']"),
    ("constraint order set g old-clone require-all=false set st-clone action=promote", "//rsc_order/resource_set[2]"),
    ("node standby n2", "//node[@id='2']//nvpair[@name='standby']"),
    ("node utilization n1 cpu=4", "//node/utilization/nvpair"),
    ("tag create t fd g", "//tag/obj_ref[@id='g']"),
    ("acl role create r read xpath /cib", "//acl_permission[@xpath='/cib']"),
    ("alert create path=/bin/true id=a", "//alert[@id='a']"),
    ("stonith level add 1 n1 fd", "//fencing-level[@target='n1']"),
)
CRM = (
    ("configure primitive st ocf:pacemaker:Stateful op monitor interval=9s role=Master", "//op[@role='Master']"),
    ("configure ms m st meta master-max=1", "//master/primitive[@id='st']"),
    ("configure order o Mandatory: old m:promote", "//rsc_order[@then-action='promote']"),
    ("configure colocation c 20: old m:Master", "//rsc_colocation[@with-rsc-role='Master']"),
    ("configure location l m rule '$role=Master' 9: '#uname' eq n1 and date gt 2020-01-01", "//rule/date_expression"),
    ("configure fencing_topology n1: fd", "//fencing-level[@target='n1']"),
    ("configure role r read xpath:/cib", "//acl_role/acl_permission"),
    ("configure rename old new", "//rsc_order[@first='new']"),
    ("resource ban m n1", "//rsc_location[@id='cli-ban-m-on-n1']"),
    ("resource meta new set priority 4", "//primitive[@id='new']//nvpair[@name='priority']"),
    ("node attribute n1 set rack a", "//node[@id='1']//nvpair[@name='rack']"),
)


def why_not() -> str:
    """Why clients can't be tried here; empty if they can."""
    if os.geteuid() != 0:
        return "not root"
    if not all(path.exists() for path in (CLIENTS, *LIBRARIES)):
        return "`make packages` has not unpacked them, or not installed their libraries"
    words = ("unshare", "--mount", "sh", "-c", OVERLAY, "sh", str(Path(__file__).parent), str(CLIENTS))
    tried = subprocess.run(words, capture_output=True, text=True, check=False)
    return f"no overlays: {tried.stderr.strip()}" if tried.returncode else ""


REASON = why_not()
pytestmark = [pytest.mark.e2e, pytest.mark.skipif(bool(REASON), reason=f"NO CLIENT WAS TESTED: {REASON}")]


class Client(Struct, frozen=True):
    """A client that works on a file."""

    file: Path
    own: Path
    prefix: tuple[str, ...]

    def run(self, line: str, code: int = 0) -> str:
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C",
            "HOME": str(self.file.parent),
            "CIB_file": str(self.file),
            "CIB_shadow_dir": str(self.file.parent),
        }
        layers = (str(self.own), str(CLIENTS))
        words = ("unshare", "--mount", "sh", "-ec", SHELL, "sh", *layers, *self.prefix, *shlex.split(line))
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


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our commands and grammars where the field has them."""
    folder = tmp_path_factory.mktemp("own")
    for about in descriptions():
        place = folder / ("lib/pacemaker" if about.name.startswith("pacemaker-") else "sbin")
        place.mkdir(parents=True, exist_ok=True)
        # Not themselves: some look for their neighbours. Clients empty the environment, but for the tests' own code.
        command = f'PYTHONPATH="{os.environ.get("PYTHONPATH", "")}" exec {COMMANDS / about.name} "$@"'
        (place / about.name).write_text(f"#!/bin/sh\n{command}\n")
        (place / about.name).chmod(0o755)
    grammars = folder / "share/pacemaker"
    subprocess.run([COMMANDS / "pcmk", "schema", "write", grammars], check=True, capture_output=True)
    (folder / "etc").mkdir()
    for name, entry in USERS.items():
        (folder / "etc" / name).write_text(f"{Path('/etc', name).read_text()}{entry}\n")
    return folder


@pytest.fixture
def pcs(tmp_path: Path, own: Path) -> Client:
    return client(tmp_path, own, "pcs", "-f", str(tmp_path / "cib.xml"))


@pytest.fixture
def crm(tmp_path: Path, own: Path) -> Client:
    return client(tmp_path, own, "crm")


def client(folder: Path, own: Path, *prefix: str) -> Client:
    file = folder / "cib.xml"
    file.write_text(CIB)
    return Client(file, own, prefix)


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


def test_pcs_administers_a_file(pcs: Client):
    for line, made in PCS:
        pcs.run(line)
        assert pcs.cib().find(made), line
    pcs.run("resource clear st-clone")
    assert not pcs.cib().find("//rsc_location[@id='cli-ban-st-clone-on-n1']")
    assert "set st-clone action=promote" in pcs.run("constraint --full")
    assert "meta promotable=true promoted-max=1" in pcs.run("resource config --output-format=cmd")
    assert "Container bundle: b [x]" in pcs.run("status resources")


def test_crmsh_administers_a_file(crm: Client):
    for line, made in CRM:
        crm.run(line)
        assert crm.cib().find(made), line
    crm.run("configure primitive none ocf:pacemaker:Nothing", code=1)
    crm.run("configure property no-quorum-policy=wrong", code=1)
    crm.run("configure save all")
    crm.run("configure delete --force m o c l")
    assert not crm.cib().find("//master")
    crm.run("configure load update all")
    assert crm.one("//master/primitive")["id"] == "st"
    assert "Stopped" in crm.run("resource status")


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
    crm.run("-c copy configure delete more")
    crm.run("cib reset copy")
    assert "primitive more" in crm.run("-c copy configure show")


def test_clients_upgrade_the_schema_and_go_on_in_the_newest(pcs: Client, crm: Client):
    pcs.run("cluster cib-upgrade")
    assert pcs.cib().root.get("validate-with") == "pacemaker-4.0"
    pcs.run("resource create one ocf:pacemaker:Dummy")
    crm.run("configure upgrade force")
    crm.run("configure clone two one meta promotable=true")
    assert crm.one("//clone/primitive")["id"] == "one"
