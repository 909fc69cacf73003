"""Carries out the fencer's effects: fence agents, their metadata, random numbers."""

import random
from pathlib import Path
from typing import Any

from pcmk.fenced.events import AgentDone, Draw, Drawn, MetadataRead, ReadAgentMetadata, RunFenceAgent
from pcmk.kernel.errors import PcmkError
from pcmk.runtime import agent_paths
from pcmk.runtime.actor import Actor
from pcmk.runtime.agents import AgentCall, AgentExit, AgentHost, How
from pcmk.runtime.secrets import SecretStore

METADATA_TIMEOUT_MS = 20_000
METADATA_CAP = 1 << 21


class FencedShell:
    """The fencer's hands on one node."""

    def __init__(self, actor: Actor, host: AgentHost) -> None:
        self._actor = actor
        self._host = host
        self._environment = agent_paths.agent_environment(actor.settings)
        self._secrets = SecretStore.of(actor.settings)
        # Two nodes that shoot at each other must not draw the same delay.
        self._random = random.SystemRandom()

    def carry_out(self, effect: Any) -> None:
        """Begin to carry out an effect."""
        match effect:
            case RunFenceAgent():
                self._actor.spawn(self._run(effect), f"fence agent run {effect.run}")
            case ReadAgentMetadata(agent=agent):
                self._actor.spawn(self._read_metadata(agent), f"metadata of {agent}")
            case Draw(key=key):
                self._actor.post(Drawn(key, self._random.random()))
            case _:
                raise TypeError(f"unknown effect {type(effect).__name__}")

    async def close(self) -> None:
        """End the helper."""
        await self._host.close()

    async def _run(self, effect: RunFenceAgent) -> None:
        path = agent_paths.find_fence_agent(effect.agent)
        if path is None:
            reason = f"Fence agent {effect.agent} is not installed"
            self._actor.post(AgentDone(effect.run, "not_installed", reason=reason))
            return
        try:
            options = self._secrets.substituted(effect.device, dict(effect.options))
        except PcmkError as error:
            self._actor.post(AgentDone(effect.run, "no_secrets", reason=f"Failed to get CIB secrets: {error.message}"))
            return
        stdin = "".join(f"{name}={value}\n" for name, value in options.items()).encode(errors="surrogateescape")
        ended = await self._host.run(self._call(path, stdin, round(effect.timeout * 1000)))
        self._actor.post(_done(effect, path, ended))

    async def _read_metadata(self, agent: str) -> None:
        path = agent_paths.find_fence_agent(agent)
        if path is None:
            self._actor.post(MetadataRead(agent, "", "it is not installed"))
            return
        ended = await self._host.run(self._call(path, b"action=metadata\n", METADATA_TIMEOUT_MS, METADATA_CAP))
        xml = ended.stdout.decode(errors="replace")
        if ended.how is How.EXITED and ended.code == 0 and xml.strip():
            self._actor.post(MetadataRead(agent, xml))
        else:
            self._actor.post(MetadataRead(agent, "", f"the agent ended with {ended.how} {ended.code}"))

    def _call(self, path: Path, stdin: bytes, timeout_ms: int, cap: int = 65536) -> AgentCall:
        return AgentCall((str(path),), self._environment, timeout_ms, stdin, cap=cap)


def _done(effect: RunFenceAgent, path: Path, ended: AgentExit) -> AgentDone:
    stderr = ended.stderr.decode(errors="replace")
    if ended.how is How.UNSTARTABLE:
        how = agent_paths.why_unstartable(ended.code)
        return AgentDone(effect.run, how, reason=f"{path} can't be run: {stderr}")
    return AgentDone(effect.run, ended.how.value, ended.code, ended.stdout.decode(errors="replace"), stderr)
