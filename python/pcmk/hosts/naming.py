"""Nodes as people name them on the command line, and which of them this host is."""

import os
import re
import socket
from collections.abc import Iterable, Sequence

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.membership.corosync.nodelist import ConfiguredNode
from pcmk.rpc.tls import certificate_name

_MOST_LINKS = 8
_SETTING = re.compile(r"([a-z_]+)\.([a-z0-9_]+)=([^\n{}]+)")
_HOST = re.compile(r"[A-Za-z0-9.:_-]+")


def read_node(text: str, id: int) -> ConfiguredNode:
    """`NAME=ADDRESS[,ADDRESS...]`, an address for each link; raises `PcmkError` (USAGE, CONFIG)."""
    name, _, addresses = text.partition("=")
    hosts = tuple(addresses.split(","))
    if not name or not all(_HOST.fullmatch(host) for host in hosts) or len(hosts) > _MOST_LINKS:
        wanted = "NAME=ADDRESS[,ADDRESS...], with one address for each of at most 8 links"
        raise PcmkError(ExitCode.USAGE, f"{text!r} is not {wanted}")
    certificate_name(name)
    return ConfiguredNode(id, name, hosts)


def read_setting(text: str) -> tuple[tuple[str, str], str]:
    """`SECTION.KEY=VALUE` of corosync.conf as a pair; raises `PcmkError` (USAGE)."""
    found = _SETTING.fullmatch(text)
    if found is None:
        raise PcmkError(ExitCode.USAGE, f"{text!r} is not SECTION.KEY=VALUE")
    return (found[1], found[2]), found[3]


def own_node(nodes: Sequence[ConfiguredNode]) -> ConfiguredNode:
    """The node that this host is, as Corosync finds it: by its address. Raises `PcmkError` (NOHOST)."""
    own = [node for node in nodes if is_own_address(node.hosts[0])]
    if len(own) > 1:
        own = [node for node in own if node.name == os.uname().nodename]
    if len(own) != 1:
        addresses = ", ".join(f"{node.name} {node.hosts[0]}" for node in nodes)
        raise PcmkError(ExitCode.NOHOST, f"This host has none of the nodes' addresses ({addresses})")
    return own[0]


def is_own_address(host: str) -> bool:
    """Whether this host has the address, or the one that a name leads to."""
    try:
        found = socket.getaddrinfo(host, 0, type=socket.SOCK_DGRAM)
    except socket.gaierror:
        return False
    return any(_can_bind(family, str(address[0])) for family, _kind, _protocol, _name, address in found)


def next_id(nodes: Iterable[ConfiguredNode]) -> int:
    """An id that no node has."""
    return max((node.id for node in nodes), default=0) + 1


def _can_bind(family: int, address: str) -> bool:
    with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
