"""Nodes as commands name them."""

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from pcmk._core import Element
from pcmk.compat.cib_access import file_in_environment
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

AGENT_NODE = "OCF_RESKEY_CRM_meta_on_node"
AGENT_HOST = "OCF_RESKEY_CRM_meta_physical_host"
AGENT_TARGET = "OCF_RESKEY_CRM_meta_container_attribute_target"
OWN = ("auto", "localhost")


class NodeReference(NamedTuple):
    """A node that the CIB knows; remote and guest nodes have their name as id."""

    id: str
    name: str
    is_remote: bool


def local_name() -> str:
    """This node's name: as its daemons know it, or the machine's if a file stands for the cluster."""
    if file_in_environment() is not None:
        return os.environ.get("PCMK_NODE_NAME", "") or os.uname().nodename
    from pcmk.runtime.settings import from_environment

    return from_environment().node_name


def attribute_target(given: str | None) -> str:
    """The node whose attribute is meant: the given one, else the one that the calling agent acts for, else this."""
    if given and given not in OWN:
        return given
    if os.environ.get(AGENT_TARGET) == "host" and os.environ.get(AGENT_HOST):
        return os.environ[AGENT_HOST]
    return os.environ.get(AGENT_NODE) or local_name()


Select = Callable[[str], list[Element]]
"""Gives the elements that an XPath selects in a CIB."""


def find(select: Select, name: str) -> NodeReference:
    """A node by name; raises `PcmkError` (NOSUCH)."""
    for node in known(select):
        if node.name.lower() == name.lower():
            return node
    raise PcmkError(ExitCode.NOSUCH, f"Could not map name={name} to a UUID")


def known(select: Select) -> Iterator[NodeReference]:
    """All nodes: cluster nodes, then remote and guest nodes as resources and bundles define them."""
    for node in select("/cib/configuration/nodes/node"):
        name = node.get("uname", node.get("id", ""))
        yield NodeReference(node.get("id", ""), name, node.get("type") == "remote")
    remote = "//primitive[@class='ocf'][@provider='pacemaker'][@type='remote']"
    for resource in select(f"/cib/configuration/resources{remote}"):
        name = resource.get("id", "")
        yield NodeReference(name, name, True)
    guest = "//primitive/meta_attributes/nvpair[@name='remote-node']"
    for pair in select(f"/cib/configuration/resources{guest}"):
        name = pair.get("value", "")
        yield NodeReference(name, name, True)
    for state in select("/cib/status/node_state[@remote_node='true']"):
        name = state.get("id", "")
        yield NodeReference(name, name, True)
