"""Connections to a port for peers that came to nothing.

gRPC ends a TLS handshake that fails and tells nobody. It does ask for the server's certificate before each one, and
while it asks, the connection is among the open files of this process; a connection from which no stream comes within
some seconds after that did not prove to be of this cluster. This only looks on: who is let in is decided by TLS alone.
"""

import asyncio
import ipaddress
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias
from urllib.parse import unquote

import grpc

from pcmk.rpc.tls import Identity

Address: TypeAlias = tuple[str, int]

PATIENCE = 10.0
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
    """The other ends of the connections to a port that this process has accepted.

    Asked of the own sockets: the kernel's table of all connections takes milliseconds to read, however few there are.
    """
    ends = (_other_end(int(name), port) for name in os.listdir("/proc/self/fd"))
    return {end for end in ends if end is not None}


def _other_end(fd: int, port: int) -> Address | None:
    """Of a file that may be no such connection, and may be closed at any time. It is not duplicated, which would keep
    it open beyond that."""
    with suppress(OSError):
        looked_at = socket.socket(fileno=fd)
        try:
            if looked_at.family in (socket.AF_INET, socket.AF_INET6) and looked_at.getsockname()[1] == port:
                host, number, *_ = looked_at.getpeername()
                return _host(host), number
        finally:
            looked_at.detach()
    return None


def parse_peer(peer: str) -> Address | None:
    """`ipv4:127.0.0.1:4711` or `ipv6:%5B::1%5D:4711` as an address."""
    kind, _, rest = unquote(peer).partition(":")
    host, _, port = rest.rpartition(":")
    if kind not in ("ipv4", "ipv6") or not port.isdecimal():
        return None
    return _host(host.strip("[]")), int(port)


def _host(text: str) -> str:
    """An address without its zone; one of IPv4 that is written as one of IPv6 is the former."""
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
