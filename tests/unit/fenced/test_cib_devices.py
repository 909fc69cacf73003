import pytest
from fenced_world import cib, device, level

from pcmk._core import Element
from pcmk.fenced.cib_devices import devices_for, score
from pcmk.fenced.topology import levels_of, topology_of


def devices(resources: str, constraints: str = "", node: str = "a") -> list[str]:
    return sorted(devices_for(Element.parse(cib(resources, constraints)), node))


def location(body: str, device: str = "d") -> str:
    return f'<rsc_location id="l" rsc="{device}" {body}'


def test_every_fence_primitive_is_a_device_wherever_it_runs() -> None:
    other = '<primitive id="o" class="ocf" provider="p" type="t"/>'
    assert devices(device("d") + other) == ["d"]


@pytest.mark.parametrize(
    ("constraint", "allowed"),
    [
        ('node="a" score="-INFINITY"/>', False),
        ('node="a" score="-1"/>', False),
        ('node="a" score="100"/>', True),
        ('node="b" score="-INFINITY"/>', True),
        ('><rule id="r" score="-INFINITY"><expression id="e" attribute="#uname" operation="eq" value="a"/></rule>'
         "</rsc_location>", False),
        ('><rule id="r" score="-INFINITY"><expression id="e" attribute="#uname" operation="ne" value="a"/></rule>'
         "</rsc_location>", True),
        ('><rule id="r" score="-INFINITY"><date_expression id="e" operation="gt" start="2000-01-01"/></rule>'
         "</rsc_location>", True),
    ],
)  # fmt: skip
def test_location_says_where_a_device_may_be_used(constraint: str, allowed: bool) -> None:
    assert devices(device("d"), location(constraint)) == (["d"] if allowed else [])


def test_location_of_what_encloses_the_device_and_of_sets_and_patterns() -> None:
    group = f'<clone id="c"><group id="g">{device("d")}</group></clone>'
    assert devices(group, location('node="a" score="-INFINITY"/>', "c")) == []
    assert devices(group, '<rsc_location id="l" rsc-pattern="^d" node="a" score="-INFINITY"/>') == []
    sets = (
        '<rsc_location id="l" node="a" score="-INFINITY"><resource_set id="s"><resource_ref id="d"/></resource_set>'
        "</rsc_location>"
    )
    assert devices(group, sets) == []


def test_opt_in_cluster_allows_only_what_is_named() -> None:
    option = (
        '<cluster_property_set id="o"><nvpair id="n" name="symmetric-cluster" value="false"/></cluster_property_set>'
    )
    document = cib(device("d") + device("e"), location('node="a" score="0"/>'))
    document = document.replace("<crm_config/>", f"<crm_config>{option}</crm_config>")
    assert sorted(devices_for(Element.parse(document), "a")) == ["d"]


def test_stopped_device_is_disabled_also_by_its_group() -> None:
    meta = '<meta_attributes id="m{0}"><nvpair id="n{0}" name="target-role" value="Stopped"/></meta_attributes>'
    stopped = device("d").replace("</primitive>", meta.format(1) + "</primitive>")
    assert devices(stopped) == []
    assert devices(f'<group id="g">{device("d")}{meta.format(2)}</group>') == []


def test_parameters_of_templates_rules_and_scores() -> None:
    resources = (
        '<template id="t" class="stonith" type="fence_x"><instance_attributes id="t-i">'
        '<nvpair id="t1" name="x" value="template"/><nvpair id="t2" name="y" value="template"/>'
        "</instance_attributes></template>"
        '<primitive id="d" template="t"><instance_attributes id="i1"><nvpair id="p1" name="x" value="plain"/>'
        '</instance_attributes><instance_attributes id="i2" score="10"><rule id="r" score="0">'
        '<expression id="e" attribute="#uname" operation="eq" value="b"/></rule>'
        '<nvpair id="p2" name="x" value="on b"/></instance_attributes></primitive>'
    )
    root = Element.parse(cib(resources))
    assert dict(devices_for(root, "a")["d"].params) == {"x": "plain", "y": "template"}
    assert dict(devices_for(root, "b")["d"].params) == {"x": "on b", "y": "template"}
    assert devices_for(root, "a")["d"].agent == "fence_x"


def test_scores() -> None:
    texts = ("INFINITY", "-infinity", "+INFINITY", "5", "", "x")
    assert [score(text) for text in texts] == [1_000_000, -1_000_000, 1_000_000, 5, 0, 0]


def test_topology_by_name_then_pattern_then_attribute() -> None:
    levels = (
        level("a", 2, "late") + level("a", 1, "p, q")
        + '<fencing-level id="x" target-pattern="^[ab]$" index="1" devices="r"/>'
        + '<fencing-level id="y" target-attribute="rack" target-value="1" index="1" devices="s"/>'
        + '<fencing-level id="z" target="a" index="10" devices="never"/>'
    )  # fmt: skip
    document = cib("", topology=levels).replace(
        'uname="c"/>',
        'uname="c"><instance_attributes id="ni"><nvpair id="nn" name="rack" value="1"/></instance_attributes></node>',
    )
    root = Element.parse(document)
    topology = topology_of(levels_of(root), root)
    assert topology.levels_for("a") == (("p", "q"), ("late",))
    assert topology.levels_for("b") == (("r",),)
    assert topology.levels_for("c") == (("s",),)
    assert topology.levels_for("d") == ()
