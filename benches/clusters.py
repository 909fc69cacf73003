"""CIBs of clusters of any size, for measurements: what they hold depends on the numbers given alone."""

from collections.abc import Iterator
from itertools import pairwise

SCHEMA = "pacemaker-3.9"
FEATURE_SET = "3.19.0"
BLOCK = 10
GROUP = 3
NOW = 1767787200


def cluster(nodes: int, resources: int) -> str:
    """A cluster before its first transition: all nodes are members, nothing was probed.

    A clone of one instance for each node, and blocks of ten primitives. The first three of a block are a group that
    follows the clone and prefers one node; each of the others is placed with, and started after, the one before it.
    """
    blocks = range(max(1, resources // BLOCK))
    return "".join(
        (
            f'<cib crm_feature_set="{FEATURE_SET}" validate-with="{SCHEMA}" admin_epoch="0" epoch="1" num_updates="0" '
            'have-quorum="1" dc-uuid="1"><configuration><crm_config><cluster_property_set id="options">',
            _pair("options", "stonith-enabled", "true"),
            _pair("options", "batch-limit", "0"),
            "</cluster_property_set></crm_config><nodes>",
            *(f'<node id="{node}" uname="node{node}"/>' for node in range(1, nodes + 1)),
            '</nodes><resources><primitive id="fencer" class="stonith" type="fence_xvm"/>',
            f'<clone id="base">{_meta("base", "interleave", "true")}{_primitive("daemon")}</clone>',
            *(text for block in blocks for text in _block(block)),
            "</resources><constraints>",
            *(text for block in blocks for text in _constraints(block, nodes)),
            f"</constraints><rsc_defaults>{_meta('defaults', 'resource-stickiness', '100')}</rsc_defaults>",
            "</configuration><status>",
            *(_state(node) for node in range(1, nodes + 1)),
            "</status></cib>",
        )
    )


def _pair(owner: str, name: str, value: str) -> str:
    return f'<nvpair id="{owner}-{name}" name="{name}" value="{value}"/>'


def _meta(owner: str, name: str, value: str) -> str:
    return f'<meta_attributes id="{owner}-meta">{_pair(owner, name, value)}</meta_attributes>'


def _primitive(name: str) -> str:
    return (
        f'<primitive id="{name}" class="ocf" provider="pacemaker" type="Dummy">'
        f'<instance_attributes id="{name}-params">{_pair(name, "fake", name)}</instance_attributes>'
        f'<operations><op id="{name}-monitor" name="monitor" interval="10s" timeout="20s"/></operations></primitive>'
    )


def _members(block: int) -> list[str]:
    return [f"rsc{block}-{number}" for number in range(BLOCK)]


def _block(block: int) -> Iterator[str]:
    members = _members(block)
    yield f'<group id="group{block}">{"".join(map(_primitive, members[:GROUP]))}</group>'
    yield from map(_primitive, members[GROUP:])


def _constraints(block: int, nodes: int) -> Iterator[str]:
    yield (
        f'<rsc_location id="place-{block}" rsc="group{block}" node="node{block % nodes + 1}" score="100"/>'
        f'<rsc_order id="order-{block}" first="base" then="group{block}"/>'
    )
    chain = [f"group{block}", *_members(block)[GROUP:]]
    for before, after in pairwise(chain):
        yield f'<rsc_colocation id="with-{after}" rsc="{after}" with-rsc="{before}" score="INFINITY"/>'
        yield f'<rsc_order id="order-{after}" first="{before}" then="{after}"/>'


def _state(node: int) -> str:
    return (
        f'<node_state id="{node}" uname="node{node}" in_ccm="true" crmd="online" join="member" expected="member">'
        f'<lrm id="{node}"><lrm_resources/></lrm></node_state>'
    )
