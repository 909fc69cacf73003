"""The cluster's certificate authority: makes what `pcmk.rpc.tls` reads. Everything is PEM, and nothing is a file.

Keys are made where they are used and never travel: who wants a certificate sends a request, which proves to have the
key and says which node it is for.
"""

import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec import Struct

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.rpc.tls import certificate_name

AUTHORITY_DAYS = 20 * 365
NODE_DAYS = 10 * 365

# For nodes whose clocks are not quite together.
_EARLIER = datetime.timedelta(hours=1)
# A common name is at most 64 characters long; nothing reads it where there is an alternative name.
_LONGEST_NAME = 64


class Authority(Struct, frozen=True):
    """The certificate that all nodes check others by, and the key that signs theirs."""

    certificate: bytes
    key: bytes


class Described(Struct, frozen=True):
    """What is in a certificate: the names it proves, from when to when it is good, and its SHA-256 in hexadecimal."""

    names: tuple[str, ...]
    issuer: str
    serial: int
    starts: datetime.datetime
    ends: datetime.datetime
    fingerprint: str


def new_authority(cluster: str = "pcmk-cluster") -> Authority:
    """Make an authority that is called like this."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(cluster)
    certificate = (
        _builder(name, name, key.public_key(), AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(sign_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(_pem(certificate), _key_pem(key))


def new_key() -> bytes:
    """Make a node's key."""
    return _key_pem(ec.generate_private_key(ec.SECP256R1()))


def request(key: bytes, node: str) -> bytes:
    """A request for a certificate that proves to be a node."""
    name = certificate_name(node)
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(_name(name))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(_load_key(key), hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


def certify(authority: Authority, wanted: bytes, node: str, days: int = NODE_DAYS) -> bytes:
    """Make the certificate that a request asks for, if it is for this node; it does not outlive the authority's. Raises
    `PcmkError` (NOPERM, DATAERR)."""
    name = certificate_name(node)
    try:
        asked = x509.load_pem_x509_csr(wanted)
    except ValueError as error:
        raise PcmkError(ExitCode.DATAERR, "what should be a request for a certificate is none") from error
    if not asked.is_signature_valid:
        raise PcmkError(ExitCode.NOPERM, "the request for a certificate is not signed by its key")
    key = asked.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise PcmkError(ExitCode.DATAERR, "the request for a certificate has a key that is not of P-256")
    # Nothing else of the request goes into the certificate.
    names = _alternative_names(asked.extensions)
    if names != (name,):
        said = ", ".join(names) or "nobody"
        raise PcmkError(ExitCode.NOPERM, f"the request for a certificate is for {said}, not for {name}")
    signer = _load(authority.certificate)
    certificate = (
        _builder(signer.subject, _name(name), key, days, until=signer.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(sign_certificates=False), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .sign(_load_key(authority.key), hashes.SHA256())
    )
    return _pem(certificate)


def check(authority: bytes, certificate: bytes, key: bytes, node: str) -> None:
    """Raises `PcmkError` (NOPERM) unless a certificate is the authority's, for this key, and proves to be the node."""
    held = _load(certificate)
    try:
        held.verify_directly_issued_by(_load(authority))
    except (InvalidSignature, ValueError, TypeError) as error:
        raise PcmkError(ExitCode.NOPERM, "the certificate is not of the cluster's authority") from error
    if held.public_key() != _load_key(key).public_key():
        raise PcmkError(ExitCode.NOPERM, "the certificate is for another key")
    if _alternative_names(held.extensions) != (certificate_name(node),):
        raise PcmkError(ExitCode.NOPERM, f"the certificate is not {node}'s")


def describe(certificate: bytes) -> Described:
    """What a certificate says; raises `PcmkError` (DATAERR) if it is none."""
    held = _load(certificate)
    return Described(
        names=_alternative_names(held.extensions),
        issuer=held.issuer.rfc4514_string(),
        serial=held.serial_number,
        starts=held.not_valid_before_utc,
        ends=held.not_valid_after_utc,
        fingerprint=held.fingerprint(hashes.SHA256()).hex(),
    )


def _alternative_names(extensions: x509.Extensions) -> tuple[str, ...]:
    """All of them, whatever they are names for: one that is not looked at must not get by."""
    try:
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(name.value if isinstance(name, x509.DNSName) else str(name) for name in names)


def _load(certificate: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(certificate)
    except ValueError as error:
        raise PcmkError(ExitCode.DATAERR, "what should be a certificate is none") from error


def _load_key(key: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        loaded = serialization.load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as error:
        raise PcmkError(ExitCode.DATAERR, "what should be a key is none") from error
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise PcmkError(ExitCode.DATAERR, "the key is not of an elliptic curve")
    return loaded


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:_LONGEST_NAME])])


def _key_usage(sign_certificates: bool) -> x509.KeyUsage:
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


def _builder(
    issuer: x509.Name,
    subject: x509.Name,
    key: ec.EllipticCurvePublicKey,
    days: int,
    until: datetime.datetime | None = None,
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    ends = now + datetime.timedelta(days=days)
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(ends if until is None else min(ends, until))
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
