import hashlib
import os
import stat
from pathlib import Path

import pytest

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.executor import Secret
from pcmk.kernel.messages.fencer import RegisterDevice
from pcmk.runtime.secrets import SecretStore, SecretValue


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "lrm" / "secrets"


@pytest.fixture
def store(folder: Path) -> SecretStore:
    return SecretStore(folder)


def refusal(error: "pytest.ExceptionInfo[PcmkError]") -> tuple[int, str]:
    return error.value.code, error.value.message


def test_a_value_is_kept_as_the_field_keeps_it_and_for_root_alone(store: SecretStore, folder: Path):
    os.umask(0o022)
    store.write("ip", "passwd", "s3 cret\nline")
    file, sign = folder / "ip" / "passwd", folder / "ip" / "passwd.sign"
    assert file.read_text() == "s3 cret\nline\n"
    assert sign.read_text() == hashlib.md5(b"s3 cret\nline").hexdigest() + "\n"
    assert {stat.S_IMODE(each.stat().st_mode) for each in (file, sign)} == {0o600}
    assert {stat.S_IMODE(each.stat().st_mode) for each in (folder, folder / "ip")} == {0o700}
    assert sorted(each.name for each in (folder / "ip").iterdir()) == ["passwd", "passwd.sign"]
    assert store.read("ip", "passwd") == "s3 cret\nline"


def test_white_space_at_the_end_and_the_case_of_the_sum_do_not_count(store: SecretStore, folder: Path):
    (folder / "ip").mkdir(parents=True)
    (folder / "ip" / "passwd").write_text("x y \n\n")
    (folder / "ip" / "passwd.sign").write_text(hashlib.md5(b"x y").hexdigest().upper() + " \n")
    assert store.read("ip", "passwd") == "x y"


def test_what_is_missing_or_damaged_is_told_by_its_file(store: SecretStore, folder: Path):
    with pytest.raises(PcmkError) as none:
        store.read("ip", "passwd")
    assert refusal(none) == (ExitCode.NOSUCH, f"no value in {folder}/ip/passwd")
    store.write("ip", "passwd", "x")
    (folder / "ip" / "passwd").write_text("y\n")
    with pytest.raises(PcmkError) as other:
        store.read("ip", "passwd")
    assert other.value.code == ExitCode.DIGEST and f"{folder}/ip/passwd" in other.value.message
    assert "y" not in other.value.message.replace(str(folder), "").split()
    (folder / "ip" / "passwd.sign").unlink()
    with pytest.raises(PcmkError) as unsigned:
        store.read("ip", "passwd")
    assert refusal(unsigned) == (ExitCode.OSFILE, f"no MD5 hash in {folder}/ip/passwd.sign")


@pytest.mark.parametrize("names", [("..", "x"), ("a/b", "x"), ("a", "../x"), ("", "x"), ("a", "."), ("a", "x\0")])
def test_no_name_leads_out_of_the_folder(store: SecretStore, names: tuple[str, str]):
    for call in (lambda: store.write(*names, "v"), lambda: store.read(*names), lambda: store.remove(*names)):
        with pytest.raises(PcmkError) as error:
            call()
        assert error.value.code == ExitCode.INVALID_PARAM


@pytest.mark.parametrize("value", ["", "x ", "x\n", "a\0b"])
def test_what_would_be_read_as_something_else_is_not_kept(store: SecretStore, value: str):
    with pytest.raises(PcmkError) as error:
        store.write("ip", "passwd", value)
    assert error.value.code == ExitCode.INVALID_PARAM
    assert store.all() == []


def test_values_can_be_any_bytes(store: SecretStore):
    value = os.fsdecode(b"\xff\xfe x")
    store.write("ip", "passwd", value)
    assert store.read("ip", "passwd") == value


def test_others_stay_or_go(store: SecretStore):
    store.keep([SecretValue("a", "x", "1"), SecretValue("b", "y", "2")], only=False)
    store.keep([SecretValue("a", "x", ""), SecretValue("c", "z", "3")], only=False)
    assert store.all() == [SecretValue("b", "y", "2"), SecretValue("c", "z", "3")]
    store.keep([SecretValue("c", "z", "4")], only=True)
    assert store.all() == [SecretValue("c", "z", "4")]
    assert not store.remove("b", "y") and store.remove("c", "z")


def test_only_the_mark_is_replaced_and_instances_share_the_secret_of_their_resource(store: SecretStore):
    store.write("ip", "passwd", "x")
    assert store.substituted("ip:1", {"passwd": "lrm://", "a": "lrm://x"}) == {"passwd": "x", "a": "lrm://x"}
    with pytest.raises(PcmkError):
        store.substituted("ip", {"other": "lrm://"})


@pytest.mark.parametrize(
    "holder",
    [
        SecretValue("ip", "passwd", "hidden"),
        Secret("ip", "passwd", b"hidden"),
        RegisterDevice("f", "fence_x", {"passwd": "hidden"}),
    ],
    ids=lambda holder: type(holder).__name__,
)
def test_a_value_is_not_in_the_text_of_its_object(holder: object):
    assert "hidden" not in repr(holder)
