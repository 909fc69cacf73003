"""Our check says the same as another implementation of RELAX NG, of CIBs with all kinds of mistakes."""

import copy
import random
from functools import cache

import pytest
from lxml import etree

from pcmk._core import Cib, Grammar, schedule
from pcmk.schema.check import conforms, problems_of
from pcmk.schema.language import grammar_of
from pcmk.schema.upgrade import upgraded
from pcmk.schema.versions import VERSIONS, Version, name_of

CIB = """
<cib admin_epoch="0" epoch="1" num_updates="0" validate-with="pacemaker-4.0" have-quorum="1"><configuration>
  <crm_config><cluster_property_set id="o"><nvpair id="o-1" name="stonith-action" value="off"/>
    <nvpair id="o-2" name="cluster-infrastructure" value="corosync"/></cluster_property_set></crm_config>
  <nodes><node id="1" uname="n1" type="member"><instance_attributes id="n-1"><nvpair id="n-1-a" name="a" value="b"/>
    </instance_attributes></node></nodes>
  <resources>
    <primitive id="p" class="ocf" provider="x" type="y"><operations><op id="p-o" name="monitor" interval="10"
      timeout="20" on-fail="restart"><meta_attributes id="p-m"/></op></operations><instance_attributes id="p-i">
      <rule id="p-r" boolean-op="and"><expression id="p-e" attribute="a" operation="eq" value="1" type="number"/>
      <date_expression id="p-d" operation="in_range" start="2001" end="2002"/></rule>
      <nvpair id="p-i-1" name="a" value="b"/></instance_attributes><meta_attributes id-ref="p-m"/></primitive>
    <group id="g"><primitive id="q" template="t"/><primitive id="s" class="stonith" type="f"/></group>
    <template id="t" class="ocf" provider="x" type="y"/>
    <clone id="c"><meta_attributes id="c-m" score="INFINITY"/><primitive id="r" class="lsb" type="z"/></clone>
    <bundle id="b"><docker image="i" replicas="2"/><network control-port="1"><port-mapping id="b-p" port="80"/>
      </network><storage><storage-mapping id="b-s" source-dir="/a" target-dir="/b"/></storage></bundle>
  </resources>
  <constraints><rsc_location id="l1" rsc="p" node="n1" score="5"/><rsc_location id="l2" rsc-pattern="x"><rule id="l2-r"
    score-attribute="a"><expression id="l2-e" attribute="a" operation="defined"/></rule></rsc_location>
    <rsc_colocation id="k" rsc="p" with-rsc="g" score="INFINITY"/><rsc_order id="d"><resource_set id="d-1"
    sequential="true"><resource_ref id="p"/><resource_ref id="g"/></resource_set><resource_set id-ref="d-1"/>
    </rsc_order>
    <rsc_ticket id="e" rsc="p" ticket="x" loss-policy="stop"/></constraints>
  <tags><tag id="tag"><obj_ref id="p"/></tag></tags>
  <alerts><alert id="al" path="/x"><recipient id="al-r" value="y"/></alert></alerts>
  <acls><acl_role id="w"><acl_permission id="w-1" kind="read" reference="p"/></acl_role>
    <acl_target id="u"><role id="w"/></acl_target></acls>
  <fencing-topology><fencing-level id="f" target="n1" index="1" devices="s,s"/></fencing-topology>
</configuration><status/></cib>
"""
VALUES = ("", "0", "1", "true", "-5", "+INFINITY", "10", "a b", " 7 ", "1x", "Master", "poweroff", "ok,fine", "fence")


@cache
def other(version: Version) -> etree.RelaxNG:
    return etree.RelaxNG(etree.fromstring(grammar_of(version)))


def disturbed(seed: int) -> bytes:
    """The CIB with one to three changes, most of which are mistakes."""
    choose = random.Random(seed)
    root = etree.fromstring(CIB)
    for _ in range(choose.randint(1, 3)):
        every = list(root.iter())
        names = sorted({str(name) for one in every for name in one.attrib})
        element, another = choose.choice(every), choose.choice(every)
        parent = element.getparent()
        match choose.randrange(7):
            case 0 if element.attrib:
                del element.attrib[choose.choice(sorted(element.attrib))]
            case 1 if element.attrib:
                element.set(choose.choice(sorted(map(str, element.attrib))), choose.choice(VALUES))
            case 2:
                element.set(choose.choice(names), choose.choice(VALUES))
            case 3 if parent is not None:
                parent.remove(element)
            case 4 if parent is not None:
                another.append(copy.deepcopy(element))
            case 5 if parent is not None:
                element.tag = another.tag
            case 6 if len(element) > 1:
                element.insert(0, element[-1])
            case _:
                element.set("id", another.get("id", "1"))
    return etree.tostring(root)


@pytest.mark.parametrize("version", VERSIONS, ids=name_of)
def test_both_find_the_same_cibs_wrong(version: Version) -> None:
    grammar = Grammar(grammar_of(version))
    whole = Cib.parse(CIB)
    wrong = 0
    for seed in range(150):
        text = disturbed(seed)
        if etree.fromstring(text).tag != "cib":
            continue
        conforms = other(version).validate(etree.fromstring(text).getroottree())
        wrong += not conforms
        cib = Cib.parse(text)
        assert (not cib.problems(grammar)) == conforms, text.decode()
        # What shares most of itself with a sound one is not looked at as a whole.
        whole.problems(grammar)
        shared = whole.apply_patchset(whole.diff(cib), check_version=False)
        assert (not shared.problems(grammar)) == conforms, text.decode()
    assert wrong > 50


@pytest.mark.parametrize("version", [(3, 9), (3, 10)], ids=name_of)
def test_whatever_conforms_to_an_older_version_can_be_upgraded_and_means_the_same(version: Version) -> None:
    upgrades = 0
    for seed in range(300):
        text = disturbed(seed).replace(b"pacemaker-4.0", name_of(version).encode())
        old = Cib.parse(text) if text.startswith(b"<cib") else None
        if old is not None and old.root.get("validate-with") == name_of(version) and conforms(old, version):
            upgrades += 1
            new = upgraded(old).cib
            assert problems_of(new) == [], text.decode()
            assert schedule(new, 0, 0).graph_xml == schedule(old, 0, 0).graph_xml, text.decode()
    assert upgrades > 20
