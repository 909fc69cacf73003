"""The nodes of `corosync.conf`, as cmap has them."""

import ipaddress
import re
from collections.abc import Mapping

from msgspec import Struct, field

PREFIX = "nodelist."

_OWN_POSITION = "nodelist.local_node_pos"
_KEY = re.compile(r"nodelist\.node\.(\d+)\.(nodeid|name|ring(\d+)_addr)")


class ConfiguredNode(Struct, frozen=True):
    """A node: `hosts` are its addresses or host names, one for each link, in the order of the links."""

    id: int
    name: str
    hosts: tuple[str, ...]


class NodeList(Struct, frozen=True):
    """All nodes by id, and which of them is this one (None if Corosync can't tell, or it has no name)."""

    nodes: Mapping[int, ConfiguredNode]
    own: ConfiguredNode | None


class _Entry(Struct):
    id: int = 0
    name: str = ""
    hosts: dict[int, str] = field(default_factory=dict[int, str])


def read_nodes(keys: Mapping[str, str]) -> NodeList:
    """The nodes, from keys and values of cmap that begin with `PREFIX`.

    A node without a name has that of its first address, if that is no number (`corosync.conf(5)`, and what Pacemaker
    does); one without either, or without an id or address, is left out: nothing could be told of it.
    """
    entries: dict[int, _Entry] = {}
    for key, value in keys.items():
        found = _KEY.fullmatch(key)
        if found is None:
            continue
        entry = entries.setdefault(int(found[1]), _Entry())
        if found[2] == "nodeid":
            entry.id = int(value)
        elif found[2] == "name":
            entry.name = value
        else:
            entry.hosts[int(found[3])] = value
    nodes: dict[int, ConfiguredNode] = {}
    own: ConfiguredNode | None = None
    for position, entry in sorted(entries.items()):
        hosts = tuple(entry.hosts[link] for link in sorted(entry.hosts))
        name = entry.name or (hosts[0] if hosts and not _is_address(hosts[0]) else "")
        if entry.id and name and hosts:
            nodes[entry.id] = ConfiguredNode(entry.id, name, hosts)
            if str(position) == keys.get(_OWN_POSITION):
                own = nodes[entry.id]
    return NodeList(nodes, own)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
