"""Commands on a small CIB in a file."""

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import Struct

from pcmk._core import Cib
from pcmk.compat.entry import outcome

CIB = """
<cib validate-with="pacemaker-4.0" crm_feature_set="3.20.5" admin_epoch="0" epoch="7" num_updates="3"
     have-quorum="1" dc-uuid="1">
  <configuration>
    <crm_config><cluster_property_set id="opts"><nvpair id="opts-se" name="stonith-enabled" value="false"/>
    </cluster_property_set></crm_config>
    <nodes><node id="1" uname="alpha"/><node id="2" uname="beta"><instance_attributes id="nodes-2">
      <nvpair id="nodes-2-site" name="site" value="b"/><nvpair id="nodes-2-rack" name="rack" value="4"/>
    </instance_attributes></node></nodes>
    <resources>
      <primitive id="ip" class="ocf" provider="pacemaker" type="Dummy">
        <instance_attributes id="ip-params"><nvpair id="ip-fake" name="fake" value="1"/></instance_attributes>
        <operations><op id="ip-mon" name="monitor" interval="10s"/></operations>
      </primitive>
      <group id="web"><primitive id="fs" class="ocf" provider="pacemaker" type="Dummy"/>
        <primitive id="httpd" class="ocf" provider="pacemaker" type="Dummy"/></group>
      <clone id="ping"><primitive id="pinger" class="ocf" provider="pacemaker" type="Dummy"/></clone>
    </resources>
    <constraints><rsc_location id="loc-ip" rsc="ip" node="alpha" score="50"/></constraints>
  </configuration>
  <status>
    <node_state id="1" uname="alpha" in_ccm="true" crmd="online" join="member" expected="member">
      <transient_attributes id="1"><instance_attributes id="status-1">
        <nvpair id="status-1-fail-count-ip.monitor_10000" name="fail-count-ip#monitor_10000" value="3"/>
      </instance_attributes></transient_attributes>
      <lrm id="1"><lrm_resources>
        <lrm_resource id="ip" class="ocf" provider="pacemaker" type="Dummy">
          <lrm_rsc_op id="ip_last_0" operation_key="ip_start_0" operation="start" crm_feature_set="3.20.5"
            transition-key="1:1:0:u" transition-magic="0:0;1:1:0:u" call-id="5" rc-code="0" op-status="0" interval="0"
            last-rc-change="1700000000" exec-time="10" queue-time="0"/>
          <lrm_rsc_op id="ip_last_failure_0" operation_key="ip_monitor_10000" operation="monitor"
            crm_feature_set="3.20.5" transition-key="2:1:0:u" transition-magic="0:1;2:1:0:u" call-id="6" rc-code="1"
            op-status="0" interval="10000" last-rc-change="1700000001" exec-time="10" queue-time="0"/>
        </lrm_resource>
      </lrm_resources></lrm>
    </node_state>
    <node_state id="2" uname="beta" in_ccm="true" crmd="online" join="member" expected="member">
      <lrm id="2"><lrm_resources/></lrm>
    </node_state>
  </status>
</cib>
"""


class Result(Struct, frozen=True):
    code: int
    stdout: str
    stderr: str


class Shell(Struct, frozen=True):
    """Runs commands on the file; `run("crm_attribute -n x -G")`, words with blanks as further arguments."""

    file: Path
    call: Callable[[str, list[str]], Result]

    def run(self, line: str, *more: str) -> Result:
        program, *arguments = line.split()
        return self.call(program, [*arguments, *more])

    @property
    def cib(self) -> Cib:
        return Cib.parse(self.file.read_bytes())

    def attributes(self, xpath: str) -> list[dict[str, str]]:
        return [element.attrib for element in self.cib.find(xpath)]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    file = tmp_path / "cib.xml"
    file.write_text(CIB)
    monkeypatch.setenv("CIB_file", str(file))
    monkeypatch.delenv("CIB_shadow", raising=False)
    monkeypatch.setenv("PCMK_NODE_NAME", "alpha")

    def call(program: str, arguments: list[str]) -> Result:
        module = importlib.import_module(f"pcmk.compat.{program}")
        capsys.readouterr()
        code = outcome(module.ABOUT, module.command, arguments)
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return Shell(file, call)
