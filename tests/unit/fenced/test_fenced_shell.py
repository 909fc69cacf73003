"""Secrets of fence devices, with a real agent."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from pcmk.fenced.events import AgentDone, RunFenceAgent
from pcmk.fenced.shell import FencedShell
from pcmk.fenced.status import Status, verdict_of
from pcmk.runtime.agents import AgentHost
from pcmk.runtime.secrets import SecretStore
from pcmk.runtime.settings import from_environment

OPTIONS = (("action", "off"), ("nodename", "a"), ("passwd", "lrm://"))


class Actor:
    """Carries out what the shell begins, and hears what came of it."""

    def __init__(self, folder: Path) -> None:
        names = {"PCMK_STATE_DIR": "state", "PCMK_RUN_DIR": "run"}
        self.settings = from_environment({name: str(folder / place) for name, place in names.items()})
        self.tasks: list[asyncio.Task[None]] = []
        self.events: list[Any] = []

    def spawn(self, work: Coroutine[Any, Any, None], _what: str) -> None:
        self.tasks.append(asyncio.ensure_future(work))

    def post(self, event: Any) -> None:
        self.events.append(event)


@pytest.fixture
def actor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Actor:
    agent = tmp_path / "fence_tried"
    agent.write_text("#!/bin/sh\ncat\n")
    agent.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return Actor(tmp_path)


async def run(actor: Actor, effect: RunFenceAgent) -> AgentDone:
    host = AgentHost()
    await host.start()
    shell = FencedShell(actor, host)  # pyright: ignore[reportArgumentType]
    shell.carry_out(effect)
    await asyncio.gather(*actor.tasks)
    await shell.close()
    (event,) = actor.events
    return event


async def test_the_agent_is_told_the_secret_and_nobody_else(actor: Actor) -> None:
    SecretStore.of(actor.settings).write("device", "passwd", "s3 cret")
    effect = RunFenceAgent(1, "device", "fence_tried", OPTIONS, 10.0)
    done = await run(actor, effect)
    assert (done.how, done.code) == ("exited", 0)
    assert done.stdout == "action=off\nnodename=a\npasswd=s3 cret\n"
    assert "s3 cret" not in repr(effect)


async def test_without_its_secret_no_agent_is_run(actor: Actor) -> None:
    done = await run(actor, RunFenceAgent(1, "device", "fence_tried", OPTIONS, 10.0))
    verdict = verdict_of(done, 10.0)
    assert (verdict.status, verdict.ran, verdict.ok) == (Status.NO_SECRETS, False, False)
    assert verdict.reason.startswith("Failed to get CIB secrets: no value in")
