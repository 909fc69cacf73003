"""A cluster is founded, nodes join and leave, certificates are renewed: the files that come of it."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from pcmk.hosts.corosync_conf import CorosyncConf
from pcmk.hosts.founding import AUTHKEY_BYTES, found
from pcmk.hosts.joining import Invitation, files_of, invite, own_name, read_member
from pcmk.hosts.naming import is_own_address, next_id, own_node, read_node, read_setting
from pcmk.hosts.places import Places, places
from pcmk.hosts.removal import refuse_running, without
from pcmk.hosts.renewal import held, renew
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.controller import KnownNode
from pcmk.membership.corosync.nodelist import ConfiguredNode
from pcmk.rpc.authority import describe, new_authority, new_key, request
from pcmk.rpc.tls import load_identity
from pcmk.runtime.settings import from_environment

N1 = ConfiguredNode(1, "n1", ("127.0.0.1",))
# Addresses that no machine has (RFC 5737).
N2 = ConfiguredNode(2, "n2", ("198.51.100.2",))
N3 = ConfiguredNode(3, "n3", ("198.51.100.3",))


def folder(path: Path) -> Places:
    return Places(path / "tls", path / "corosync" / "corosync.conf", path / "corosync" / "authkey")


@pytest.fixture
def member(tmp_path: Path) -> Places:
    """The host n1, which has founded a cluster with n2."""
    where = folder(tmp_path / "n1")
    own, plan = found("web", (N1, N2), {}, where, 100, anew=False)
    assert own == N1
    plan.carry_out()
    return where


def refused(code: ExitCode) -> "pytest.RaisesExc[PcmkError]":
    return pytest.raises(PcmkError, check=lambda error: error.code == code)


# ---- founding -----------------------------------------------------------------------------------------


def test_a_plan_writes_nothing_by_itself(tmp_path: Path) -> None:
    found("web", (N1, N2), {}, folder(tmp_path), 100, anew=False)
    assert list(tmp_path.iterdir()) == []


def test_secrets_are_for_root_alone(member: Places) -> None:
    modes = {
        path.name: path.stat().st_mode & 0o777 for path in (*member.tls.iterdir(), member.corosync, member.authkey)
    }
    assert modes == {
        "ca.key": 0o600,
        "ca.crt": 0o644,
        "node.key": 0o600,
        "node.crt": 0o644,
        "corosync.conf": 0o644,
        "authkey": 0o400,
    }
    assert member.tls.stat().st_mode & 0o777 == 0o750
    assert len(member.authkey.read_bytes()) == AUTHKEY_BYTES


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    _own, plan = found("web", (N1, N2), {}, folder(tmp_path), 100, anew=False)
    shown = {file.path.name: bool(list(file.changes())) for file in plan.files}
    assert shown == {
        "ca.key": False,
        "ca.crt": True,
        "node.key": False,
        "node.crt": True,
        "corosync.conf": True,
        "authkey": False,
    }


def test_the_daemons_of_the_founder_have_their_identity(member: Places) -> None:
    assert describe(load_identity(member.tls, "n1").certificate).names == ("pcmk-node-n1",)


def test_a_host_that_is_in_a_cluster_is_left_as_it_is(member: Places) -> None:
    with refused(ExitCode.EXISTS):
        found("web", (N1, N2), {}, member, 100, anew=False)
    found("web", (N1, N2), {}, member, 100, anew=True)


def test_what_was_there_before_is_kept(tmp_path: Path) -> None:
    where = folder(tmp_path)
    where.corosync.parent.mkdir()
    where.corosync.write_text("# as distributions ship it\n")
    _own, plan = found("web", (N1, N2), {}, where, 100, anew=False)
    plan.carry_out()
    assert where.corosync.with_name("corosync.conf.old").read_text() == "# as distributions ship it\n"
    assert not where.authkey.with_name("authkey.old").exists()


def test_a_host_that_is_none_of_the_nodes_can_not_found_it(tmp_path: Path) -> None:
    with refused(ExitCode.NOHOST):
        found("web", (N2, N3), {}, folder(tmp_path), 100, anew=False)


def test_a_file_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("no folder")
    _own, plan = found("web", (N1, N2), {}, folder(tmp_path), 100, anew=False)
    with refused(ExitCode.CANTCREAT) as caught:
        plan.carry_out()
    assert str(tmp_path / "tls" / "ca.key") in str(caught.value)


@pytest.mark.parametrize("name", ["", "two words", "x" * 65, "a/b", "ä"])
def test_a_cluster_has_a_plain_name(tmp_path: Path, name: str) -> None:
    with refused(ExitCode.USAGE):
        found(name, (N1,), {}, folder(tmp_path), 100, anew=False)


# ---- names --------------------------------------------------------------------------------------------


def test_nodes_are_read_with_an_address_for_each_link() -> None:
    assert read_node("n1=10.0.0.1,fd00::1,host.example", 7) == ConfiguredNode(
        7, "n1", ("10.0.0.1", "fd00::1", "host.example")
    )


@pytest.mark.parametrize("text", ["n1", "n1=", "=10.0.0.1", "n1=a,,b", "n1=a b", "n1=" + ",".join("abcdefghi"), "n1={"])
def test_what_is_no_node_is_refused(text: str) -> None:
    with refused(ExitCode.USAGE):
        read_node(text, 1)


def test_settings_are_read() -> None:
    assert read_setting("totem.token=5000") == (("totem", "token"), "5000")
    for text in ("totem=1", "token=", "a.b", "a.b={", "a.b=1\nc: 2"):
        with refused(ExitCode.USAGE):
            read_setting(text)


def test_this_host_is_the_node_whose_address_it_has() -> None:
    assert own_node((N2, N1, N3)) == N1
    assert is_own_address("localhost")
    assert not is_own_address("198.51.100.2")
    assert not is_own_address("no-such-host.invalid")


def test_an_id_that_nobody_has_is_given() -> None:
    assert next_id((N1, N3)) == 4
    assert next_id(()) == 1


def test_the_name_comes_from_where_membership_does(member: Places, tmp_path: Path) -> None:
    settings = from_environment({"PCMK_NODE_NAME": "other"})
    assert own_name(member, settings) == "n1"
    assert own_name(folder(tmp_path / "none"), replace(settings, membership="local")) == "other"


def test_files_are_where_corosync_and_the_daemons_look() -> None:
    assert places({}) == Places(
        Path("/etc/pcmk/tls"), Path("/etc/corosync/corosync.conf"), Path("/etc/corosync/authkey")
    )
    own = {
        "PCMK_CONFIG_DIR": "/c",
        "COROSYNC_MAIN_CONFIG_FILE": "/a/c.conf",
        "COROSYNC_TOTEM_AUTHKEY_FILE": "/a/key",
    }
    assert places(own) == Places(Path("/c/tls"), Path("/a/c.conf"), Path("/a/key"))


# ---- joining ------------------------------------------------------------------------------------------


def joined(invitation: Invitation, where: Places, key: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    welcome = invitation.welcome(request(key, invitation.node.name), 100)
    with monkeypatch.context() as patch:
        patch.setattr("pcmk.hosts.joining.is_own_address", lambda host: host == invitation.node.hosts[0])
        files_of(welcome, invitation.node.name, key, where).carry_out()


def test_a_node_that_is_listed_joins_and_has_all_that_a_member_has(
    member: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation = invite(read_member(member), "n2")
    assert not invitation.changed
    assert invitation.others == ()
    assert invitation.plan(member).files == ()
    other, key = folder(tmp_path / "n2"), new_key()
    joined(invitation, other, key, monkeypatch)
    for path in ("ca.crt", "ca.key"):
        assert (other.tls / path).read_bytes() == (member.tls / path).read_bytes()
    assert other.authkey.read_bytes() == member.authkey.read_bytes()
    assert other.corosync.read_text() == member.corosync.read_text()
    assert load_identity(other.tls, "n2").key == key
    assert sorted(path.name for path in other.tls.iterdir()) == ["ca.crt", "ca.key", "node.crt", "node.key"]


def test_a_node_that_is_not_listed_is_added(member: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with refused(ExitCode.NOHOST):
        invite(read_member(member), "n3")
    invitation = invite(read_member(member), "n3=198.51.100.3")
    assert invitation.changed
    assert invitation.others == ("n2",)
    assert CorosyncConf(invitation.corosync).nodes == (N1, N2, N3)
    other = folder(tmp_path / "n3")
    joined(invitation, other, new_key(), monkeypatch)
    # The member's own list is changed when the node has joined, not before.
    assert CorosyncConf(member.corosync.read_text()).node("n3") is None
    invitation.plan(member).carry_out()
    assert member.corosync.read_text() == other.corosync.read_text()


def test_to_name_the_addresses_of_a_listed_node_changes_nothing(member: Places) -> None:
    assert not invite(read_member(member), "n2=198.51.100.2").changed
    with refused(ExitCode.EXISTS):
        invite(read_member(member), "n2=198.51.100.9")
    with refused(ExitCode.EXISTS):
        invite(read_member(member), "n3=127.0.0.1")
    with refused(ExitCode.USAGE):
        invite(read_member(member), "n1")


def test_a_host_that_is_no_member_invites_nobody(tmp_path: Path) -> None:
    with refused(ExitCode.CONFIG):
        read_member(folder(tmp_path))


def test_what_does_not_make_the_host_that_node_is_not_stored(member: Places, tmp_path: Path) -> None:
    invitation = invite(read_member(member), "n2")
    key = new_key()
    welcome = invitation.welcome(request(key, "n2"), 100)
    other = folder(tmp_path / "n2")
    # It has not the node's address.
    with refused(ExitCode.NOHOST):
        files_of(welcome, "n2", key, other)
    with refused(ExitCode.NOPERM):
        files_of(welcome, "n2", new_key(), other)
    with refused(ExitCode.NOPERM):
        files_of(replace(welcome, ca=new_authority().certificate.decode()), "n2", key, other)
    with refused(ExitCode.NOPERM):
        files_of(welcome, "n3", key, other)
    assert base64.b64decode(welcome.authkey) == member.authkey.read_bytes()
    assert not other.tls.exists()


# ---- certificates -------------------------------------------------------------------------------------


def test_certificates_are_shown_with_the_time_that_they_have_left(member: Places) -> None:
    node, authority = held(member, "n1")
    assert (node.path.name, authority.path.name) == ("node.crt", "ca.crt")
    assert 98 <= node.days_left() <= 100
    assert authority.days_left() > 7000
    assert node.days_left(datetime.now(UTC) + timedelta(days=200)) < 0


def test_a_renewed_certificate_is_for_the_same_key_and_one_file_changes(member: Places) -> None:
    before = load_identity(member.tls, "n1")
    plan = renew(member, "n1", 200)
    assert [file.path.name for file in plan.files] == ["node.crt"]
    plan.carry_out()
    after = load_identity(member.tls, "n1")
    assert (after.key, after.ca) == (before.key, before.ca)
    assert describe(after.certificate).serial != describe(before.certificate).serial
    assert 198 <= held(member, "n1")[0].days_left() <= 200
    assert (member.tls / "node.crt.old").read_bytes() == before.certificate


def test_a_certificate_does_not_outlive_its_authority(member: Places) -> None:
    renew(member, "n1", 36500).carry_out()
    node, authority = held(member, "n1")
    assert node.described.ends == authority.described.ends


def test_without_the_authority_nothing_is_renewed(member: Places) -> None:
    (member.tls / "ca.key").unlink()
    with refused(ExitCode.CONFIG):
        renew(member, "n1", 200)


def test_with_another_authoritys_key_nothing_is_renewed(member: Places) -> None:
    (member.tls / "ca.key").write_bytes(new_authority().key)
    with refused(ExitCode.NOPERM):
        renew(member, "n1", 200)


# ---- leaving ------------------------------------------------------------------------------------------


def test_a_node_is_taken_off_the_list(member: Places) -> None:
    others, plan = without(CorosyncConf(member.corosync.read_text()), "n1", "n2", member)
    assert others == ()
    plan.carry_out()
    assert CorosyncConf(member.corosync.read_text()).nodes == (N1,)
    assert "two_node" not in member.corosync.read_text()


def test_this_host_and_who_is_not_listed_are_not_removed(member: Places) -> None:
    configuration = CorosyncConf(member.corosync.read_text())
    with refused(ExitCode.USAGE):
        without(configuration, "n1", "n1", member)
    with refused(ExitCode.NOHOST):
        without(configuration, "n1", "n9", member)


def test_a_node_that_runs_is_not_removed() -> None:
    known = (KnownNode("n1", 1, "member"), KnownNode("n2", 2, "lost"))
    refuse_running("n2", known)
    with refused(ExitCode.UNSAFE):
        refuse_running("n1", known)
