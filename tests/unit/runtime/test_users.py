"""Who comes in by a daemon's socket, and what only some of them may ask or hear: with other users of this machine."""

import asyncio
import grp
import os
import pwd
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from toy_daemon import ToyDaemon

from pcmk.client import Connection
from pcmk.kernel.core import Client, Publish, Reply, Request
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages.cib import CibAnswer, CibChanged, CibDisk, CibQuery, CibReplaced, CibVersion
from pcmk.kernel.messages.common import Done, SetPrimary
from pcmk.rpc import users
from pcmk.rpc.claim import GROUP
from pcmk.runtime.settings import from_environment

PROGRAM = Path(__file__).with_name("other_user.py")
STRANGER = "nobody"
SECONDS = 60


def other_users_are_there() -> bool:
    if os.geteuid() != 0:
        return False
    try:
        return bool(pwd.getpwnam(STRANGER) and pwd.getpwnam("hacluster") and grp.getgrnam(GROUP))
    except KeyError:
        return False


with_other_users = pytest.mark.skipif(
    not other_users_are_there(), reason=f"needs root, the users {STRANGER} and hacluster, and the group {GROUP}"
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other users get into, which pytest's are not."""
    with tempfile.TemporaryDirectory(prefix="pcmk-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest_asyncio.fixture
async def based(folder: Path) -> AsyncIterator[ToyDaemon]:
    node = from_environment({"PCMK_NODE_NAME": "alpha", "PCMK_RUN_DIR": str(folder / "run")})
    daemon = ToyDaemon(Daemon.BASED, node)
    daemon.decide = answers
    await daemon.start()
    yield daemon
    await daemon.stop()


def answers(event: Any) -> list[Any]:
    if not isinstance(event, Request):
        return []
    return [Reply(event.id, Done() if isinstance(event.body, SetPrimary) else CibAnswer("<cib/>", CibVersion(1, 2, 3)))]


async def tool(folder: Path, what: str, user: str, group: str = GROUP) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), user, group, str(folder / "run"), what, stdout=asyncio.subprocess.PIPE
    )


async def told(process: asyncio.subprocess.Process) -> str:
    out, _ = await asyncio.wait_for(process.communicate(), SECONDS)
    return out.decode().strip()


@with_other_users
async def test_the_core_is_told_who_asks_whatever_they_say(based: ToyDaemon, folder: Path) -> None:
    process = await tool(folder, "ask", STRANGER)
    assert "CibAnswer" in await told(process)
    uid = pwd.getpwnam(STRANGER).pw_uid
    client = Client("tool", process.pid, uid, STRANGER, privileged=False, groups=users.groups_of(STRANGER))
    event = await based.event()
    assert (event.client, event.body) == (client, CibQuery(user="root"))


@with_other_users
@pytest.mark.parametrize("user", ["hacluster", "root"])
async def test_root_and_the_cluster_user_are_privileged(based: ToyDaemon, folder: Path, user: str) -> None:
    process = await tool(folder, "set-primary", user)
    assert await told(process) == "Done()"
    event = await based.event()
    assert event.client == Client("tool", process.pid, pwd.getpwnam(user).pw_uid, user)


async def test_who_runs_as_the_daemon_does_needs_not_to_be_let_in(based: ToyDaemon, folder: Path) -> None:
    node = from_environment({"PCMK_NODE_NAME": "alpha", "PCMK_RUN_DIR": str(folder / "run")})
    node.socket(Daemon.BASED).unlink()
    with Connection(node, "tool") as connection:
        answer = await asyncio.to_thread(connection.call, Daemon.BASED, CibQuery(), SECONDS)
    assert isinstance(answer, CibAnswer)
    event = await based.event()
    assert event.client == Client("tool", os.getpid(), os.geteuid(), users.name_of(os.geteuid()))


@with_other_users
async def test_what_is_for_the_privileged_does_not_get_to_the_core(based: ToyDaemon, folder: Path) -> None:
    process = await tool(folder, "set-primary", STRANGER)
    assert await told(process) == f"4 Permission denied: SetPrimary is not for {STRANGER}"
    process = await tool(folder, "link", STRANGER)
    assert await told(process) == "PERMISSION_DENIED"
    assert based.core.seen.empty()


@with_other_users
async def test_who_is_not_in_the_group_does_not_get_in(based: ToyDaemon, folder: Path) -> None:
    process = await tool(folder, "ask", STRANGER, group="nogroup")
    assert await told(process) == "4 Not allowed to talk to pacemaker-based on this node"
    assert based.core.seen.empty()


@with_other_users
async def test_of_a_change_only_the_privileged_are_told_what_it_was(based: ToyDaemon, folder: Path) -> None:
    watching = [await tool(folder, "watch", user) for user in (STRANGER, "hacluster")]
    for process in watching:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), SECONDS) == b"subscribed\n"
    changed = CibChanged(CibVersion(0, 8, 15), 3, "<diff secret='x'/>", "cibadmin", "alpha")
    await based.do(Publish(changed))
    assert await told(watching[0]) == str(CibReplaced(CibVersion(0, 8, 15), 3))
    assert await told(watching[1]) == str(changed)


@with_other_users
async def test_other_notices_are_for_everybody(based: ToyDaemon, folder: Path) -> None:
    process = await tool(folder, "watch", STRANGER)
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), SECONDS) == b"subscribed\n"
    await based.do(Publish(CibDisk("full")))
    assert await told(process) == str(CibDisk("full"))


def test_groups_are_those_that_list_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    passwd = pwd.struct_passwd(("user", "x", 1000, 100, "", "/", ""))
    groups = {100: ("primary", []), 200: ("crew", ["user"]), 300: ("listed", ["user"])}
    monkeypatch.setattr(pwd, "getpwnam", {"user": passwd}.__getitem__)
    monkeypatch.setattr(os, "getgrouplist", lambda user, gid: [100, 300, 200, 400])
    monkeypatch.setattr(grp, "getgrgid", lambda gid: grp.struct_group((groups[gid][0], "x", gid, groups[gid][1])))
    assert users.groups_of("user") == ("crew", "listed")
    groups[100] = ("primary", ["user"])
    assert users.groups_of("user") == ("primary", "crew", "listed")
    assert users.groups_of("stranger") == ()


def test_a_user_without_a_name_is_a_number() -> None:
    assert users.name_of(2**31 - 5) == str(2**31 - 5)
    assert not users.is_privileged(2**31 - 5)
    assert users.is_privileged(os.geteuid()) and users.is_privileged(0)
