"""CIBs of the newest schema written in the language of an older one: what an upgrade has to take back."""

from collections.abc import Iterator

from lxml import etree

from pcmk._core import Cib
from pcmk.schema.versions import Version, name_of

OPTIONS = {
    "no-quorum-policy": "no_quorum_policy",
    "startup-fencing": "startup_fencing",
    "stonith-action": "stonith_action",
    "stonith-enabled": "stonith_enabled",
    "stop-orphan-actions": "stop_orphan_actions",
    "stop-orphan-resources": "stop_orphan_resources",
    "symmetric-cluster": "symmetric_cluster",
    "cluster-delay": "transition_idle_timeout",
}
DEFAULTS = {
    ("rsc_defaults", "resource-stickiness"): "default-resource-stickiness",
    ("rsc_defaults", "is-managed"): "is_managed_default",
    ("op_defaults", "timeout"): "default-action-timeout",
}
ROLES = {"Promoted": "Master", "Unpromoted": "Slave"}
REQUIRED = ("nothing", "quorum", "fencing")


def with_old_roles(cib: Cib, version: Version) -> Cib:
    """With the names of roles that an older language has; they are good in the newest as well."""
    if version >= (3, 7):
        return cib
    root = etree.fromstring(cib.to_xml().encode())
    for element in root.iterfind("configuration//*"):
        for name in ("role", "rsc-role", "with-rsc-role"):
            element_role = element.get(name, "")
            if element_role in ROLES:
                element.set(name, ROLES[element_role])
    return Cib.parse(etree.tostring(root))


def aged(cib: Cib, version: Version) -> Cib:
    """The same in an older language, as far as that has words for it."""
    root = etree.fromstring(with_old_roles(cib, version).to_xml().encode())
    root.set("validate-with", name_of(version))
    _masters(root)
    _lifetimes(root)
    if version < (3, 0):
        for container in root.iterfind(".//bundle/*[@promoted-max]"):
            container.set("masters", container.attrib.pop("promoted-max"))
        for node in root.iterfind("configuration/nodes/node"):
            if node.get("type", "member") == "member":
                node.set("type", "normal")
        for pair in root.iterfind(".//primitive/instance_attributes/nvpair"):
            pair.set("name", pair.get("name", "").replace("pcmk_reboot_action", "pcmk_reboot_cmd"))
        _options(root)
        _requires(root)
    return Cib.parse(etree.tostring(root))


def _masters(root: "etree._Element") -> None:
    for clone in root.iterfind(".//clone"):
        for pair in _plain_pairs(clone):
            if pair.get("name") == "promotable" and pair.get("value") == "true":
                clone.tag = "master"
                _remove(pair)


def _lifetimes(root: "etree._Element") -> None:
    """Every location of a node is limited to all times since 2001, every second one in two ways. (A node that was never
    seen has no attributes that a rule could look at, not even its name.)
    """
    seen = {state.get("uname") for state in root.iterfind("status/node_state")}
    places = root.iterfind("configuration/constraints/rsc_location[@node]")
    for number, location in enumerate(place for place in places if place.get("node") in seen):
        lifetime = etree.SubElement(location, "lifetime")
        for part in range(1 + number % 2):
            id = f"{location.get('id')}-since-{part}"
            rule = etree.SubElement(lifetime, "rule", id=id, score="0")
            etree.SubElement(rule, "date_expression", id=f"{id}-x", operation="gt", start="2001-01-01")


def _options(root: "etree._Element") -> None:
    (options,) = root.iterfind("configuration/crm_config/cluster_property_set")
    for pair in options.iterfind("nvpair"):
        pair.set("name", OPTIONS.get(pair.get("name", ""), pair.get("name", "")))
    for (section, name), option in DEFAULTS.items():
        for defaults in root.iterfind(f"configuration/{section}"):
            for pair in _plain_pairs(defaults):
                if pair.get("name") == name:
                    _remove(pair)
                    pair.set("name", option)
                    options.append(pair)


def _requires(root: "etree._Element") -> None:
    """What a resource requires is said of its start, if that is configured."""
    for primitive in root.iterfind(".//primitive"):
        start = primitive.find("operations/op[@name='start']")
        for pair in _plain_pairs(primitive):
            if pair.get("name") == "requires" and pair.get("value") in REQUIRED and start is not None:
                start.set("requires", pair.get("value", ""))
                _remove(pair)


def _plain_pairs(element: "etree._Element") -> Iterator["etree._Element"]:
    """The pairs of its block of meta-attributes, if it has one that always applies."""
    blocks = element.findall("meta_attributes")
    if len(blocks) == 1 and blocks[0].find("rule") is None:
        yield from blocks[0].findall("nvpair")


def _remove(element: "etree._Element") -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)
