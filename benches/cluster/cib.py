"""The configurations that are measured."""

OPTIONS = """<crm_config><cluster_property_set id="options">
  <nvpair id="options-fencing" name="stonith-enabled" value="true"/>{more}
</cluster_property_set></crm_config>
"""
DEADTIME = '<nvpair id="options-deadtime" name="dc-deadtime" value="2s"/>'
TEN = """<primitive id="fence" class="stonith" type="fence_lab">
  <instance_attributes id="fence-a">
    <nvpair id="fence-a-s" name="switch" value="{folder}/power"/>
    <nvpair id="fence-a-c" name="pcmk_host_check" value="none"/>
  </instance_attributes>
  <operations><op id="fence-m" name="monitor" interval="60s"/></operations>
</primitive>
<primitive id="d1" class="ocf" provider="bench" type="Timed">
  <operations><op id="d1-m" name="monitor" interval="1s"/></operations>
</primitive>
<group id="g1">
  <primitive id="ip1" class="ocf" provider="heartbeat" type="IPaddr2">
    <instance_attributes id="ip1-a">
      <nvpair id="ip1-ip" name="ip" value="10.77.0.100"/><nvpair id="ip1-net" name="cidr_netmask" value="24"/>
    </instance_attributes>
    <operations><op id="ip1-m" name="monitor" interval="2s"/></operations>
  </primitive>
  <primitive id="d2" class="ocf" provider="heartbeat" type="Dummy">
    <operations><op id="d2-m" name="monitor" interval="2s"/></operations>
  </primitive>
</group>
<clone id="c1">
  <primitive id="c1d" class="ocf" provider="heartbeat" type="Dummy">
    <operations><op id="c1d-m" name="monitor" interval="5s"/></operations>
  </primitive>
</clone>
<clone id="p1">
  <meta_attributes id="p1-meta"><nvpair id="p1-promotable" name="promotable" value="true"/></meta_attributes>
  <primitive id="p1s" class="ocf" provider="pacemaker" type="Stateful">
    <instance_attributes id="p1s-a"><nvpair id="p1s-state" name="state" value="/run/p1s.state"/></instance_attributes>
    <operations>
      <op id="p1s-m" name="monitor" interval="6s" role="{unpromoted}"/>
      <op id="p1s-p" name="monitor" interval="5s" role="{promoted}"/>
    </operations>
  </primitive>
</clone>
"""


def ten(folder: str, *, patient: bool) -> str:
    """Ten instances of resources on three nodes. A patient cluster has the default of `dc-deadtime`."""
    options = OPTIONS.format(more="" if patient else DEADTIME)
    resources = TEN.format(folder=folder, promoted="Promoted", unpromoted="Unpromoted")
    return f"<configuration>{options}<resources>{resources}</resources></configuration>"


def many(count: int) -> str:
    """So many primitives that nothing is known of but their agent."""
    return "<resources>{}</resources>".format(
        "".join(f'<primitive id="r{number}" class="ocf" provider="heartbeat" type="Dummy"/>' for number in range(count))
    )
