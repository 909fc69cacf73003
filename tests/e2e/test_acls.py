"""ACLs on a real cluster: a user of the machine who is in the group of cluster administrators, and no more."""

import grp
import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import done
from conftest import Cluster

from pcmk.kernel.exitcodes import ExitCode
from pcmk.rpc.claim import GROUP

USER = "nobody"
PROGRAM = Path(__file__).with_name("as_user.py")


def other_users_are_there() -> bool:
    try:
        return os.geteuid() == 0 and bool(pwd.getpwnam(USER) and grp.getgrnam(GROUP))
    except KeyError:
        return False


pytestmark = [
    pytest.mark.e2e,
    pytest.mark.usefixtures("undisturbed"),
    pytest.mark.skipif(not other_users_are_there(), reason=f"needs root, the user {USER} and the group {GROUP}"),
]

ACLS = f"""
<acls>
  <acl_target id="{USER}"><role id="operator"/></acl_target>
  <acl_role id="operator">
    <acl_permission id="operator-read" kind="read" xpath="/cib"/>
    <acl_permission id="operator-deny" kind="deny" xpath="//instance_attributes[@id='guarded-params']"/>
    <acl_permission id="operator-deny-acls" kind="deny" xpath="//acls"/>
    <acl_permission id="operator-write" kind="write" xpath="//nvpair[@name='target-role' or @name='mine']"/>
  </acl_role>
</acls>
"""
GUARDED = """
<primitive id="guarded" class="ocf" provider="pacemaker" type="Dummy">
  <instance_attributes id="guarded-params">
    <nvpair id="guarded-passwd" name="passwd" value="s3cret"/>
  </instance_attributes>
</primitive>
"""


class User:
    """That user at one node's command line."""

    def __init__(self, cluster: Cluster, node: str) -> None:
        self._cluster = cluster
        self.node = node

    def run(self, *words: str, group: str = GROUP) -> subprocess.CompletedProcess[str]:
        result = self._cluster.sandbox.run(self.node, sys.executable, str(PROGRAM), USER, group, *words)
        assert "Traceback" not in result.stderr
        return result

    def do(self, *words: str) -> str:
        result = self.run(*words)
        assert result.returncode == ExitCode.OK, (words, result.stderr)
        return result.stdout

    def refused(self, *words: str) -> None:
        result = self.run(*words)
        assert (result.returncode, result.stdout) == (ExitCode.INSUFFICIENT_PRIV, ""), (words, result)
        assert "Permission denied" in result.stderr


@pytest.fixture(scope="module")
def guarded(shared: Cluster) -> Iterator[Cluster]:
    # Other users get to the sockets.
    for folder in (shared.place.folder.parent, shared.place.folder, shared.place.folder / "nodes"):
        os.chmod(folder, 0o711)
    for name in shared.names:
        os.chmod(shared.place.home(name), 0o711)
    node = shared.names[0]
    done(shared, node, "cibadmin", "-C", "-o", "resources", "-X", GUARDED)
    done(shared, node, "cibadmin", "-M", "-c", "-o", "acls", "-X", ACLS)
    done(shared, node, "crm_attribute", "-n", "enable-acl", "-v", "true")
    shared.wait_idle()
    yield shared
    done(shared, node, "crm_attribute", "-n", "enable-acl", "-v", "false")
    done(shared, node, "cibadmin", "-D", "-X", "<acls/>")
    done(shared, node, "cibadmin", "-D", "-A", "//primitive[@id='guarded']")
    shared.wait_idle()


@pytest.fixture(params=["the DC", "another node"])
def user(request: pytest.FixtureRequest, guarded: Cluster) -> User:
    dc = guarded.dc()
    return User(guarded, dc if request.param == "the DC" else next(name for name in guarded.names if name != dc))


def test_what_may_not_be_read_is_nowhere(user: User) -> None:
    whole = user.do("cibadmin", "-Q")
    assert 'id="guarded"' in whole and "s3cret" not in whole and "acl_role" not in whole
    for words in (
        ("cibadmin", "-Q", "-o", "resources"),
        ("cibadmin", "-Q", "-A", "//primitive"),
        ("crm_resource", "-r", "guarded", "-q"),
        ("crm_mon", "-1", "--output-as", "xml"),
    ):
        assert "s3cret" not in user.do(*words)
    assert user.run("cibadmin", "-Q", "-A", "//nvpair[@value='s3cret']").returncode == ExitCode.NOSUCH
    assert user.run("cibadmin", "-Q", "-o", "acls").returncode == ExitCode.NOSUCH
    # Whoever they say they are.
    assert "s3cret" not in user.do("cibadmin", "-Q", "-U", "root")


def test_what_may_not_be_written_changes_nothing(user: User, guarded: Cluster) -> None:
    before = done(guarded, user.node, "cibadmin", "-Q", "-o", "configuration")
    user.refused("crm_attribute", "-n", "enable-acl", "-v", "false")
    user.refused("cibadmin", "-M", "-X", '<nvpair id="guarded-passwd" value="mine"/>')
    user.refused("cibadmin", "-D", "-A", "//primitive[@id='guarded']")
    user.refused("cibadmin", "-B")
    user.refused("cibadmin", "-E", "--force")
    user.refused("cibadmin", "-C", "-o", "resources", "-X", GUARDED.replace("guarded", "more"))
    user.refused("cibadmin", "-B", "-U", "root")
    user.refused("attrd_updater", "-n", "other", "-U", "1")
    user.refused("crm_resource", "--refresh", "-r", "guarded")
    assert done(guarded, user.node, "cibadmin", "-Q", "-o", "configuration") == before


def test_what_may_be_written_is(user: User, guarded: Cluster) -> None:
    user.do("crm_resource", "-r", "guarded", "--meta", "-p", "target-role", "-v", "Stopped")
    guarded.wait_idle()
    assert guarded.active("Dummy", "guarded") == []
    user.do("crm_resource", "-r", "guarded", "--meta", "-p", "target-role", "-v", "Started")
    guarded.wait("it runs", lambda: guarded.active("Dummy", "guarded") != [])
    guarded.wait_idle()
    cib = done(guarded, user.node, "cibadmin", "-Q", "-n")
    assert f'update-user="{USER}"' in cib and f'update-origin="{user.node}"' in cib
    user.do("attrd_updater", "-n", "mine", "-U", "1")
    assert user.do("attrd_updater", "-n", "mine", "-Q").count('value="1"') == 1
    user.do("attrd_updater", "-n", "mine", "-D")


def test_who_is_not_in_the_group_does_not_get_in(user: User) -> None:
    result = user.run("cibadmin", "-Q", group="nogroup")
    assert (result.returncode, result.stdout) == (ExitCode.INSUFFICIENT_PRIV, "")


def test_root_is_not_restricted_and_acts_for_others(user: User, guarded: Cluster) -> None:
    assert "s3cret" in done(guarded, user.node, "cibadmin", "-Q")
    assert "s3cret" not in done(guarded, user.node, "cibadmin", "-Q", "-U", USER)
    result = guarded.sandbox.run(user.node, "cibadmin", "-B", "-U", USER)
    assert (result.returncode, result.stderr) == (4, "cibadmin: CIB API call failed: Permission denied\n")
