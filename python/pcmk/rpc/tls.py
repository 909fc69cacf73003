"""Certificates that nodes know each other by.

The cluster has one CA; each node has a certificate whose subject alternative name (DNS) is `pcmk-node-NAME`, and only
such a name makes a peer that node. In the folder `CONFIG_DIR/tls` are `ca.crt`, `node.crt` and `node.key`; the CA's key
stays with whoever makes certificates.
"""

import datetime
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

CA_CERTIFICATE = "ca.crt"
CA_KEY = "ca.key"
NODE_CERTIFICATE = "node.crt"
NODE_KEY = "node.key"

_YEARS = 10
# What a subject alternative name can hold and a comparison without regard to wildcards can tell apart.
_NODE_NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Identity:
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
    """Read the three files; raises `PcmkError` (CONFIG) if one can't be read or the key is open to others."""
    certificate_name(node)
    key = folder / NODE_KEY
    try:
        if key.stat().st_mode & 0o007:
            raise PcmkError(ExitCode.CONFIG, f"{key} must not be open to everybody")
        return Identity(
            ca=(folder / CA_CERTIFICATE).read_bytes(),
            certificate=(folder / NODE_CERTIFICATE).read_bytes(),
            key=key.read_bytes(),
        )
    except OSError as error:
        raise PcmkError(ExitCode.CONFIG, f"Cannot read {error.filename}: {error.strerror}") from error


def make_ca(folder: Path) -> None:
    """Make a CA: `ca.crt` and `ca.key` in a folder."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("pcmk-cluster")
    authority = (
        _builder(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(sign_certificates=True), critical=True)
    )
    _save(folder, CA_CERTIFICATE, CA_KEY, _sign(authority, key), key)


def make_node(ca_folder: Path, folder: Path, node: str) -> None:
    """Make a node's `node.crt` and `node.key` with the CA of `ca_folder`, and put `ca.crt` beside them."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID

    ca_pem = (ca_folder / CA_CERTIFICATE).read_bytes()
    ca_key = serialization.load_pem_private_key((ca_folder / CA_KEY).read_bytes(), password=None)
    if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
        raise PcmkError(ExitCode.CONFIG, f"{ca_folder / CA_KEY} is not a key of an elliptic curve")
    name = certificate_name(node)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        # A common name is at most 64 characters long; nothing reads it where there is an alternative name.
        _builder(x509.load_pem_x509_certificate(ca_pem).subject, _name(name[:64]), key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(sign_certificates=False), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
    )
    _save(folder, NODE_CERTIFICATE, NODE_KEY, _sign(certificate, ca_key), key)
    _write(folder / CA_CERTIFICATE, ca_pem, 0o644)


def _name(common_name: str) -> "x509.Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _key_usage(sign_certificates: bool) -> "x509.KeyUsage":
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(issuer: "x509.Name", subject: "x509.Name", key: "ec.EllipticCurvePublicKey") -> "x509.CertificateBuilder":
    from cryptography import x509

    # An hour back, for nodes whose clocks are not quite together.
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=365 * _YEARS))
    )


def _sign(builder: "x509.CertificateBuilder", key: "ec.EllipticCurvePrivateKey") -> "x509.Certificate":
    from cryptography.hazmat.primitives import hashes

    return builder.sign(key, hashes.SHA256())


def _save(
    folder: Path,
    certificate_file: str,
    key_file: str,
    certificate: "x509.Certificate",
    key: "ec.EllipticCurvePrivateKey",
) -> None:
    from cryptography.hazmat.primitives import serialization

    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    _write(folder / key_file, pem, 0o600)
    _write(folder / certificate_file, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _write(path: Path, data: bytes, mode: int) -> None:
    """Put a file there whole, with its mode from the first moment."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with open(descriptor, "wb") as file:
        file.write(data)
    fresh.rename(path)
