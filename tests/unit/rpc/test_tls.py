"""Certificates are made with the right names and modes, and bad files are named in errors."""

import shutil
from pathlib import Path

import pytest
from cryptography import x509

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.rpc.tls import IdentityFolder, load_identity
from pcmk.runtime.certificates import make_ca, make_node


@pytest.fixture
def node(tmp_path: Path) -> Path:
    make_ca(tmp_path / "ca")
    make_node(tmp_path / "ca", tmp_path / "node", "alpha")
    return tmp_path / "node"


def test_a_certificate_names_its_node_and_is_signed_by_the_ca(node: Path) -> None:
    certificate = x509.load_pem_x509_certificate((node / "node.crt").read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["pcmk-node-alpha"]
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate((node / "ca.crt").read_bytes()))


def test_keys_are_for_their_owner_alone(node: Path) -> None:
    assert (node / "node.key").stat().st_mode & 0o777 == 0o600
    assert (node.parent / "ca" / "ca.key").stat().st_mode & 0o777 == 0o600


def test_the_key_of_the_ca_stays_where_it_is(node: Path) -> None:
    assert sorted(path.name for path in node.iterdir()) == ["ca.crt", "node.crt", "node.key"]


def test_a_missing_file_is_named(node: Path) -> None:
    (node / "node.crt").unlink()
    with pytest.raises(PcmkError, match=r"node\.crt: No such file") as caught:
        load_identity(node, "alpha")
    assert caught.value.code == ExitCode.CONFIG


def test_a_key_that_everybody_can_read_is_refused(node: Path) -> None:
    (node / "node.key").chmod(0o644)
    with pytest.raises(PcmkError, match="must not be open to everybody"):
        load_identity(node, "alpha")


@pytest.mark.parametrize("name", ["", "*", "two words", "ä"])
def test_a_name_that_a_certificate_can_not_tell_apart_is_refused(tmp_path: Path, name: str) -> None:
    make_ca(tmp_path)
    with pytest.raises(PcmkError, match="can't stand in a certificate"):
        make_node(tmp_path, tmp_path / "node", name)


def test_a_key_of_another_certificate_is_refused(node: Path, tmp_path: Path) -> None:
    make_node(tmp_path / "ca", tmp_path / "other", "alpha")
    (tmp_path / "other" / "node.key").replace(node / "node.key")
    with pytest.raises(PcmkError, match="no certificate with its key"):
        load_identity(node, "alpha")


def test_what_is_put_into_the_folder_counts_and_what_is_no_good_does_not(node: Path, tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []
    identity = IdentityFolder(node, "alpha", lambda level, text: told.append((level, text)))
    first = identity()
    assert identity() is first
    make_node(tmp_path / "ca", tmp_path / "next", "alpha")
    # In the middle of a replacement by hand: the key is another one already.
    shutil.copy(tmp_path / "next" / "node.key", node / "node.key")
    assert identity() is first
    assert identity() is first
    [(level, text)] = told
    assert level == "warning" and text.startswith("The former certificate stays in force: ")
    shutil.copy(tmp_path / "next" / "node.crt", node / "node.crt")
    assert identity() == load_identity(node, "alpha") != first
    assert [level for level, _text in told] == ["warning", "notice"]
