"""The agent helper with real processes."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pcmk.runtime.agents import AgentCall, AgentHost, How, end_group_surely

ENV = {"PATH": "/usr/bin:/bin"}


def sh(script: str, timeout_ms: int = 5000, stdin: bytes = b"", cap: int = 65536, user: str = "") -> AgentCall:
    return AgentCall(("/bin/sh", "-c", script), ENV, timeout_ms, stdin, user, cap)


async def until(condition: object, *, seconds: float = 5.0) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
async def host() -> AsyncIterator[AgentHost]:
    helper = AgentHost()
    await helper.start()
    yield helper
    await helper.close()


async def test_exit_status_and_both_streams(host: AgentHost) -> None:
    end = await host.run(sh("echo out; echo err >&2; exit 7"))
    assert (end.how, end.code, end.stdout, end.stderr) == (How.EXITED, 7, b"out\n", b"err\n")


async def test_input_reaches_the_agent_even_when_large(host: AgentHost) -> None:
    end = await host.run(sh("wc -c", stdin=b"x" * 300_000))
    assert end.stdout.strip() == b"300000"


async def test_agent_that_ignores_its_input_is_no_error(host: AgentHost) -> None:
    end = await host.run(sh("exit 0", stdin=b"x" * 300_000))
    assert (end.how, end.code) == (How.EXITED, 0)


async def test_signal_is_told(host: AgentHost) -> None:
    end = await host.run(sh("kill -TERM $$"))
    assert (end.how, end.code) == (How.SIGNALED, signal.SIGTERM)


async def test_missing_program_gives_its_errno(host: AgentHost) -> None:
    end = await host.run(AgentCall(("/nonexistent/agent", "start"), ENV, 1000))
    assert (end.how, end.code) == (How.UNSTARTABLE, 2)


async def test_unknown_user_is_refused(host: AgentHost) -> None:
    end = await host.run(sh("true", user="no-such-user-here"))
    assert end.how is How.UNSTARTABLE


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
async def test_user_is_taken_with_its_own_group_alone(host: AgentHost) -> None:
    end = await host.run(sh("id -un; id -G | wc -w", user="nobody"))
    assert end.stdout.split() == [b"nobody", b"1"]


async def test_timeout_kills_the_whole_group(host: AgentHost, tmp_path: Path) -> None:
    end = await host.run(sh(f"sleep 100 & echo $! > {tmp_path}/child; trap '' TERM; wait", timeout_ms=200))
    assert end.how is How.TIMEOUT
    assert 200 <= end.exec_time_ms < 2000
    await until(lambda: not alive(int((tmp_path / "child").read_text())))


async def test_background_service_survives_its_start_and_does_not_delay_it(host: AgentHost) -> None:
    end = await host.run(sh("sleep 100 & echo $!"))
    child = int(end.stdout)
    assert end.exec_time_ms < 2000
    assert alive(child)
    os.kill(child, signal.SIGKILL)


async def test_output_is_capped_to_head_and_tail(host: AgentHost) -> None:
    end = await host.run(sh("echo first; head -c 1000000 /dev/zero; echo; echo last", cap=1000))
    assert end.stdout.startswith(b"first\n") and end.stdout.endswith(b"last\n")
    assert b"bytes left out" in end.stdout and len(end.stdout) < 1100


async def test_cancel_kills_the_group(host: AgentHost, tmp_path: Path) -> None:
    number, done = host.submit(sh(f"sleep 100 & echo $! > {tmp_path}/c; mv {tmp_path}/c {tmp_path}/child; wait"))
    await until((tmp_path / "child").exists)
    host.cancel(number)
    assert (await done).how is How.CANCELLED
    await until(lambda: not alive(int((tmp_path / "child").read_text())))


async def test_agents_run_side_by_side(host: AgentHost) -> None:
    began = time.monotonic()
    await asyncio.gather(*(host.run(sh("sleep 0.3")) for _ in range(10)))
    assert time.monotonic() - began < 2.0


async def test_killed_helper_is_replaced_and_its_agents_are_lost_and_dead(host: AgentHost) -> None:
    groups: list[int] = []
    _, done = host.submit(sh("sleep 100"), lambda pgid, _: groups.append(pgid))
    await until(lambda: groups)
    os.kill(host.pid, signal.SIGKILL)
    assert (await done).how is How.LOST
    assert not alive(groups[0])
    assert (await host.run(sh("exit 3"))).code == 3


async def test_helper_that_loses_its_daemon_kills_the_agents(host: AgentHost) -> None:
    groups: list[int] = []
    host.submit(sh("sleep 100"), lambda pgid, _: groups.append(pgid))
    await until(lambda: groups)
    helper = host.pid
    await host.close()
    await until(lambda: not alive(groups[0]) and not alive(helper))


async def test_leftover_group_ends_even_without_its_leader(host: AgentHost) -> None:
    groups: list[tuple[int, int]] = []
    _, done = host.submit(sh("sleep 100 & echo $!"), lambda pgid, started: groups.append((pgid, started)))
    child = int((await done).stdout)
    assert await end_group_surely(*groups[0])
    assert not alive(child)


async def test_number_that_was_used_anew_is_left_alone(host: AgentHost) -> None:
    groups: list[tuple[int, int]] = []
    number, done = host.submit(sh("sleep 100"), lambda pgid, started: groups.append((pgid, started)))
    await until(lambda: groups)
    pgid, started = groups[0]
    assert await end_group_surely(pgid, started - 1)
    assert alive(pgid)
    host.cancel(number)
    await done
