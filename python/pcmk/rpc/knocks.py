"""Connections to a port for peers that came to nothing.

gRPC ends a TLS handshake that fails and tells nobody. It does ask for the server's certificate before each one, and
while it asks, the connection is in the kernel's table; a connection from which no stream comes within some seconds
after that did not prove to be of this cluster. This only looks on: who is let in is decided by TLS alone.
"""

import asyncio
import ipaddress
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote

import grpc

from pcmk.rpc.tls import Identity

Address: TypeAlias = tuple[str, int]

PATIENCE = 10.0
_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
# States in which there is no other end, or not any more: TIME_WAIT, LISTEN.
_OVER = ("06", "0A")
# Whoever opens more at a time has been reported long before.
_MOST = 256


class Knocks:
    """Watches one port. `refused` is called with the host of each connection that came to nothing."""

    def __init__(self, port: int, refused: Callable[[str], None], patience: float = PATIENCE) -> None:
        self._port = port
        self._refused = refused
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        # Connections that are open or were a moment ago, and whether a stream came from them.
        self._proven: dict[Address, bool] = {}

    def credentials(self, identity: Callable[[], Identity]) -> grpc.ServerCredentials:
        """What one server proves itself with, and demands of whoever connects; asked for anew for each connection."""
        given = identity()

        def asked() -> Any:
            """In a thread of gRPC, before a handshake. None: the certificate is the same as before."""
            nonlocal given
            self._handshake_begins()
            current = identity()
            if current is given:
                return None
            given = current
            return _configuration(current)

        return grpc.dynamic_ssl_server_credentials(_configuration(given), asked, require_client_authentication=True)

    def proven(self, peer: str) -> None:
        """A stream came; `peer` is the other end as gRPC writes it."""
        address = parse_peer(peer)
        if address is not None:
            self._proven[address] = True

    def _handshake_begins(self) -> None:
        with suppress(OSError, RuntimeError):
            self._loop.call_soon_threadsafe(self._look, connections(self._port))

    def _look(self, found: set[Address]) -> None:
        for address in [address for address, proven in self._proven.items() if proven and address not in found]:
            del self._proven[address]
        for address in found - self._proven.keys():
            if len(self._proven) < _MOST:
                self._proven[address] = False
                self._loop.call_later(self._patience, self._decide, address)

    def _decide(self, address: Address) -> None:
        if self._proven.get(address) is False:
            del self._proven[address]
            self._refused(address[0])


def _configuration(identity: Identity) -> Any:
    return grpc.ssl_server_certificate_configuration([(identity.key, identity.certificate)], identity.ca)


def connections(port: int) -> set[Address]:
    """The other ends of all connections to a port of this machine."""
    found: set[Address] = set()
    for table in _TABLES:
        with suppress(FileNotFoundError):
            for line in table.read_text().splitlines()[1:]:
                _number, local, remote, state, *_rest = line.split()
                if state not in _OVER and int(local.rpartition(":")[2], 16) == port:
                    host, _, number = remote.rpartition(":")
                    found.add((_host(host), int(number, 16)))
    return found


def parse_peer(peer: str) -> Address | None:
    """`ipv4:127.0.0.1:4711` or `ipv6:%5B::1%5D:4711` as an address."""
    kind, _, rest = unquote(peer).partition(":")
    host, _, port = rest.rpartition(":")
    if kind not in ("ipv4", "ipv6") or not port.isdecimal():
        return None
    return str(ipaddress.ip_address(host.strip("[]").partition("%")[0])), int(port)


def _host(text: str) -> str:
    """An address in the kernel's tables: words of 32 bits, each in the machine's byte order."""
    words = [int(text[start : start + 8], 16).to_bytes(4, sys.byteorder) for start in range(0, len(text), 8)]
    address = ipaddress.ip_address(b"".join(words))
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
