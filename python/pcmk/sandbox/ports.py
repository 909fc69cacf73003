"""Ports for a sandbox: on loopback, free, and below those that the system hands out by itself."""

import hashlib
import socket
from pathlib import Path

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

HOST = "127.0.0.1"
PER_NODE = 10
FIRST, LAST = 20000, 32000
HTTP_FIRST, HTTP_LAST = 8080, 9000


def node_ports(folder: Path, nodes: int) -> list[int]:
    """The first port of each node's range, all of the range free.

    Where the search begins depends on the folder, so that sandboxes that start at the same moment do not meet.
    """
    block = nodes * PER_NODE
    blocks = (LAST - FIRST) // block
    for offset in range(blocks):
        first = FIRST + (_number(folder) + offset) % blocks * block
        if all(is_free(port) for port in range(first, first + block)):
            return [first + number * PER_NODE for number in range(nodes)]
    raise PcmkError(ExitCode.UNAVAILABLE, f"no {block} free ports in a row on {HOST} from {FIRST} to {LAST}")


def http_port(folder: Path, preferred: bool) -> int:
    """A free port for the HTTP service; 8080 if it is `preferred` and possible, else one that depends on the folder."""
    ports = HTTP_LAST - HTTP_FIRST
    begin = 0 if preferred else _number(folder) % ports
    for offset in range(ports):
        port = HTTP_FIRST + (begin + offset) % ports
        if is_free(port):
            return port
    raise PcmkError(ExitCode.UNAVAILABLE, f"no free port on {HOST} from {HTTP_FIRST} to {HTTP_LAST}")


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _number(folder: Path) -> int:
    return int.from_bytes(hashlib.sha256(str(folder).encode()).digest()[:4], "big")
