"""What the authority signs, and what it refuses."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.rpc.authority import Authority, certify, check, describe, new_authority, new_key, request


@pytest.fixture(scope="module")
def authority() -> Authority:
    return new_authority("web")


def test_a_certificate_is_for_the_key_and_the_name_of_its_request(authority: Authority) -> None:
    key = new_key()
    certificate = certify(authority, request(key, "alpha"), "alpha", days=30)
    check(authority.certificate, certificate, key, "alpha")
    described = describe(certificate)
    assert described.names == ("pcmk-node-alpha",)
    assert described.issuer == "CN=web"
    assert (described.ends - described.starts).total_seconds() == pytest.approx(30 * 86400 + 3600, abs=5)


def test_a_request_for_another_name_is_refused(authority: Authority) -> None:
    with pytest.raises(PcmkError, match="is for pcmk-node-beta, not for pcmk-node-alpha") as caught:
        certify(authority, request(new_key(), "beta"), "alpha")
    assert caught.value.code == ExitCode.NOPERM


def _signed(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, *names: x509.GeneralName) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.mark.parametrize(
    "names",
    [
        (),
        (x509.DNSName("pcmk-node-alpha"), x509.DNSName("pcmk-node-beta")),
        (x509.DNSName("pcmk-node-*"),),
        (x509.DNSName("pcmk-node-alpha"), x509.UniformResourceIdentifier("pcmk-node-beta")),
        (x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pcmk-node-alpha")])),),
    ],
)
def test_a_request_with_any_names_but_the_one_is_refused(
    authority: Authority, names: tuple[x509.GeneralName, ...]
) -> None:
    with pytest.raises(PcmkError, match="not for pcmk-node-alpha"):
        certify(authority, _signed(ec.generate_private_key(ec.SECP256R1()), *names), "alpha")


def test_a_request_that_was_changed_on_its_way_is_refused(authority: Authority) -> None:
    asked = x509.load_pem_x509_csr(request(new_key(), "beta"))
    forged = asked.public_bytes(serialization.Encoding.DER).replace(b"pcmk-node-beta", b"pcmk-node-alfa")
    pem = x509.load_der_x509_csr(forged).public_bytes(serialization.Encoding.PEM)
    with pytest.raises(PcmkError, match="not signed by its key") as caught:
        certify(authority, pem, "alfa")
    assert caught.value.code == ExitCode.NOPERM


def test_what_is_no_request_or_of_another_kind_of_key_is_refused(authority: Authority) -> None:
    with pytest.raises(PcmkError, match="is none"):
        certify(authority, b"-----BEGIN CERTIFICATE REQUEST-----\n", "alpha")
    weak = rsa.generate_private_key(65537, 1024)
    with pytest.raises(PcmkError, match=r"not of P-256"):
        certify(authority, _signed(weak, x509.DNSName("pcmk-node-alpha")), "alpha")


def test_what_a_joining_node_is_given_is_checked(authority: Authority) -> None:
    key = new_key()
    certificate = certify(authority, request(key, "alpha"), "alpha")
    with pytest.raises(PcmkError, match="not of the cluster's authority"):
        check(new_authority("web").certificate, certificate, key, "alpha")
    with pytest.raises(PcmkError, match="for another key"):
        check(authority.certificate, certificate, new_key(), "alpha")
    with pytest.raises(PcmkError, match="not beta's"):
        check(authority.certificate, certificate, key, "beta")
