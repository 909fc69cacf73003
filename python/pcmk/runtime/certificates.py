"""Certificates as files: a folder of the authority, and a folder of each node (`pcmk.rpc.tls`)."""

from pathlib import Path

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.rpc.authority import NODE_DAYS, Authority, certify, new_authority, new_key, request
from pcmk.rpc.tls import CA_CERTIFICATE, CA_KEY, NODE_CERTIFICATE, NODE_KEY, certificate_name
from pcmk.runtime.files import put

KEY_MODE = 0o600
CERTIFICATE_MODE = 0o644
FOLDER_MODE = 0o750


def make_ca(folder: Path) -> None:
    """Make an authority: `ca.crt` and `ca.key` in a folder."""
    made = new_authority()
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    put(folder / CA_KEY, made.key, KEY_MODE)
    put(folder / CA_CERTIFICATE, made.certificate, CERTIFICATE_MODE)


def make_node(ca_folder: Path, folder: Path, node: str, days: int = NODE_DAYS) -> None:
    """Make a node's `node.crt` and `node.key` with the authority of `ca_folder`, and put `ca.crt` beside them."""
    certificate_name(node)
    authority = load_authority(ca_folder)
    key = new_key()
    certificate = certify(authority, request(key, node), node, days)
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    put(folder / NODE_KEY, key, KEY_MODE)
    put(folder / NODE_CERTIFICATE, certificate, CERTIFICATE_MODE)
    put(folder / CA_CERTIFICATE, authority.certificate, CERTIFICATE_MODE)


def load_authority(folder: Path) -> Authority:
    """Read an authority; raises `PcmkError` (CONFIG)."""
    try:
        return Authority((folder / CA_CERTIFICATE).read_bytes(), (folder / CA_KEY).read_bytes())
    except OSError as error:
        raise PcmkError(ExitCode.CONFIG, f"Cannot read {error.filename}: {error.strerror}") from error
