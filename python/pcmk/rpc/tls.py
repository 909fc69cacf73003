"""Certificates that nodes know each other by.

The cluster has one authority (CA); each node has a certificate whose subject alternative name (DNS) is
`pcmk-node-NAME`, and only such a name makes a peer that node. In the folder `CONFIG_DIR/tls` are `ca.crt`, `node.crt`
and `node.key`. The authority's key, `ca.key`, is needed to make certificates (`pcmk.rpc.authority`), not to use them.
"""

import re
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

CA_CERTIFICATE = "ca.crt"
CA_KEY = "ca.key"
NODE_CERTIFICATE = "node.crt"
NODE_KEY = "node.key"

Log: TypeAlias = Callable[[str, str], None]
_Stamp: TypeAlias = tuple[tuple[int, int, int], ...]

# What a subject alternative name can hold and a comparison without regard to wildcards can tell apart.
_NODE_NAME = re.compile(r"[A-Za-z0-9._-]+")


class Identity(Struct, frozen=True):
    """The PEM texts that a node proves itself with and checks others by."""

    ca: bytes
    certificate: bytes
    key: bytes


def certificate_name(node: str) -> str:
    """The name that a node's certificate must have."""
    if not _NODE_NAME.fullmatch(node):
        raise PcmkError(ExitCode.CONFIG, f"The node name {node!r} can't stand in a certificate")
    return f"pcmk-node-{node}"


def load_identity(folder: Path, node: str) -> Identity:
    """Read the three files; raises `PcmkError` (CONFIG) if one can't be read, the key is open to others, or they do not
    belong together."""
    certificate_name(node)
    key = folder / NODE_KEY
    try:
        if key.stat().st_mode & 0o007:
            raise PcmkError(ExitCode.CONFIG, f"{key} must not be open to everybody")
        identity = Identity(
            ca=(folder / CA_CERTIFICATE).read_bytes(),
            certificate=(folder / NODE_CERTIFICATE).read_bytes(),
            key=key.read_bytes(),
        )
        _refuse_if_unusable(folder)
    except ssl.SSLError as error:
        raise PcmkError(
            ExitCode.CONFIG, f"What is in {folder} is no certificate with its key: {error.reason}"
        ) from error
    except OSError as error:
        raise PcmkError(ExitCode.CONFIG, f"Cannot read {error.filename}: {error.strerror}") from error
    return identity


class IdentityFolder:
    """The identity in a folder, as it is now: a certificate that is put there counts from the next connection on.

    Called, it returns the identity; the same object as before if nothing changed. What is there is looked at each time,
    from whatever thread. While it is no good the one before counts, and that is logged.
    """

    def __init__(self, folder: Path, node: str, log: Log) -> None:
        self._folder = folder
        self._node = node
        self._log = log
        self._lock = threading.Lock()
        self._seen = _stamp(folder)
        self._identity = load_identity(folder, node)

    def __call__(self) -> Identity:
        """The identity to connect with."""
        with self._lock:
            found = _stamp(self._folder)
            if found == self._seen:
                return self._identity
            self._seen = found
            try:
                self._identity = load_identity(self._folder, self._node)
            except PcmkError as error:
                # Perhaps half of it is there yet; the rest changes the stamp again.
                self._log("warning", f"The former certificate stays in force: {error.message}")
            else:
                self._log(
                    "notice", f"The certificate in {self._folder} was changed and is in force for new connections"
                )
            return self._identity


def _stamp(folder: Path) -> _Stamp:
    """What is different when a file is another one; a file that is not there is like none."""
    stamps: list[tuple[int, int, int]] = []
    for name in (CA_CERTIFICATE, NODE_CERTIFICATE, NODE_KEY):
        try:
            status = (folder / name).stat()
            stamps.append((status.st_ino, status.st_mtime_ns, status.st_size))
        except OSError:
            stamps.append((0, 0, 0))
    return tuple(stamps)


def _refuse_if_unusable(folder: Path) -> None:
    """Raises `SSLError` unless there is an authority, a certificate, and the key of that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / NODE_CERTIFICATE, folder / NODE_KEY)
    context.load_verify_locations(folder / CA_CERTIFICATE)
