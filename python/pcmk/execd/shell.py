"""Carries out the executor's effects: agents, their metadata and lists, the memory."""

import asyncio
from pathlib import Path
from typing import Any

from pcmk.execd.events import (
    AgentDone,
    AgentsListed,
    AgentStarted,
    EndLeftover,
    ListAgents,
    MetadataRead,
    ReadMetadata,
    Remember,
    RunAgent,
    SecretsKept,
    StopAgent,
    StoreSecrets,
)
from pcmk.execd.memory import Memory
from pcmk.kernel.agent_api import NO_SECRETS, SECRET, parameter_variable
from pcmk.kernel.errors import PcmkError
from pcmk.runtime import agent_paths
from pcmk.runtime.actor import Actor
from pcmk.runtime.agents import AgentCall, AgentExit, AgentHost, How, end_group_surely
from pcmk.runtime.secrets import SecretStore, SecretValue

STANDARDS = ("ocf", "lsb", "service", "stonith")
METADATA_TIMEOUT_MS = 20_000
METADATA_CAP = 1 << 21
NO_SYSTEMD = "systemd units can't be managed: this build has no D-Bus"


class ExecdShell:
    """The executor's hands on one node."""

    def __init__(self, actor: Actor, host: AgentHost, memory: Memory) -> None:
        self._actor = actor
        self._host = host
        self._memory = memory
        self._environment = agent_paths.agent_environment(actor.settings)
        self._secrets = SecretStore.of(actor.settings)
        self._numbers: dict[int, int] = {}
        self._metadata: dict[Path, tuple[int, str]] = {}

    def carry_out(self, effect: Any) -> None:
        """Begin to carry out an effect."""
        match effect:
            case RunAgent():
                self._run(effect)
            case StopAgent(run=run):
                if run in self._numbers:
                    self._host.cancel(self._numbers[run])
            case EndLeftover():
                self._actor.spawn(self._end_leftover(effect), f"end of leftover {effect.pgid}")
            case ReadMetadata():
                self._actor.spawn(self._read_metadata(effect), f"metadata of {effect.type}")
            case StoreSecrets():
                self._actor.spawn(self._store(effect), "storing of secrets")
            case ListAgents():
                self._actor.post(AgentsListed(effect.request, self._listed(effect)))
            case Remember(records=records):
                self._remember(records)
            case _:
                raise TypeError(f"unknown effect {type(effect).__name__}")

    async def close(self) -> None:
        """End the helper."""
        await self._host.close()
        self._memory.close()

    # ---- agents -----------------------------------------------------------------------------------

    def _run(self, effect: RunAgent) -> None:
        standard, path, reason = self._find(effect.standard, effect.provider, effect.type)
        if path is None:
            self._actor.post(AgentDone(effect.run, "not_installed", reason=reason, standard=standard))
            return
        action = "status" if standard == "lsb" and effect.action == "monitor" else effect.action
        try:
            environment = self._environment | effect.environment | self._secrets_of(effect)
        except PcmkError as error:
            reason = f"{NO_SECRETS}: {error.message}"
            self._actor.post(AgentDone(effect.run, "no_secrets", reason=reason, standard=standard))
            return
        call = AgentCall((str(path), action), environment, effect.timeout_ms)
        number, done = self._host.submit(
            call, lambda pgid, ticks: self._actor.post(AgentStarted(effect.run, pgid, ticks))
        )
        self._numbers[effect.run] = number
        done.add_done_callback(lambda ended: self._ended(effect.run, standard, path, ended))

    def _ended(self, run: int, standard: str, path: Path, ended: "asyncio.Future[AgentExit]") -> None:
        del self._numbers[run]
        if not ended.cancelled():
            self._actor.post(_done(run, standard, path, ended.result()))

    def _find(self, standard: str, provider: str, name: str) -> tuple[str, Path | None, str]:
        """The standard that is really used, the agent's file, and if there is none, why."""
        if standard == "ocf":
            path = agent_paths.find_resource_agent(self._actor.settings.ocf_root, provider, name)
            return "ocf", path, f"OCF agent {provider}:{name} is not installed"
        if standard == "lsb":
            return "lsb", agent_paths.find_init_script(name), f"There is no init script {name}"
        if standard == "service":
            path = agent_paths.find_init_script(name)
            return "lsb", path, f"There is no init script {name}, and {NO_SYSTEMD}"
        return standard, None, NO_SYSTEMD

    # ---- secrets ----------------------------------------------------------------------------------

    def _secrets_of(self, effect: RunAgent) -> dict[str, str]:
        """Variables with the values of secret parameters; raises `PcmkError` if they can't be had."""
        try:
            values = self._secrets.substituted(effect.resource, dict.fromkeys(effect.secrets, SECRET))
        except PcmkError as error:
            if effect.action != "stop":
                raise
            # A resource that can't be stopped would have its node fenced; many agents stop without their parameters.
            self._actor.log("warning", f"Stopping {effect.resource} without its secrets: {error.message}")
            return {}
        return {parameter_variable(name): value for name, value in values.items()}

    async def _store(self, effect: StoreSecrets) -> None:
        values = [
            SecretValue(each.resource, each.parameter, each.value.decode(errors="surrogateescape"))
            for each in effect.keep.secrets
        ]
        try:
            await asyncio.to_thread(self._secrets.keep, values, only=effect.keep.only)
        except PcmkError as error:
            self._actor.post(SecretsKept(effect.request, error.code, error.message))
        else:
            self._actor.post(SecretsKept(effect.request, 0))

    async def _end_leftover(self, effect: EndLeftover) -> None:
        if effect.pgid and not await end_group_surely(effect.pgid, effect.ticks):
            self._actor.log("error", f"Process group {effect.pgid} of a former run can't be killed")
        self._actor.post(AgentDone(effect.run, "lost"))

    # ---- metadata and lists -----------------------------------------------------------------------

    async def _read_metadata(self, effect: ReadMetadata) -> None:
        if effect.standard == "stonith":
            path, reason = agent_paths.find_fence_agent(effect.type), f"Fence agent {effect.type} is not installed"
            call = AgentCall(
                (str(path),), self._environment, METADATA_TIMEOUT_MS, b"action=metadata\n", cap=METADATA_CAP
            )
        else:
            standard, path, reason = self._find(effect.standard, effect.provider, effect.type)
            if path is not None and standard != "ocf":
                path, reason = None, f"Agents of standard {standard} have no metadata"
            variables = {
                "OCF_RESOURCE_INSTANCE": effect.type,
                "OCF_RESOURCE_TYPE": effect.type,
                "OCF_RESOURCE_PROVIDER": effect.provider,
                "OCF_RA_VERSION_MAJOR": "1",
                "OCF_RA_VERSION_MINOR": "1",
            }
            call = AgentCall(
                (str(path), "meta-data"), self._environment | variables, METADATA_TIMEOUT_MS, cap=METADATA_CAP
            )
        if path is None:
            self._actor.post(MetadataRead(effect.request, "", reason))
            return
        self._actor.post(await self._metadata_of(effect.request, path, _changed(path), call))

    async def _metadata_of(self, request: int, path: Path, changed: int, call: AgentCall) -> MetadataRead:
        known = self._metadata.get(path)
        if known is not None and known[0] == changed:
            return MetadataRead(request, known[1])
        ended = await self._host.run(call)
        xml = ended.stdout.decode(errors="replace")
        if ended.how is not How.EXITED or ended.code != 0 or not xml.strip():
            return MetadataRead(request, "", f"{path.name} gave no metadata ({ended.how} {ended.code})")
        self._metadata[path] = (changed, xml)
        return MetadataRead(request, xml)

    def _listed(self, effect: ListAgents) -> tuple[str, ...]:
        ocf_root = self._actor.settings.ocf_root
        match effect.what, effect.standard:
            case "standards", _:
                return STANDARDS
            case "providers", "ocf" | "":
                return agent_paths.ocf_providers(ocf_root)
            case "agents", "ocf" | "":
                return agent_paths.resource_agents(ocf_root, effect.provider)
            case "agents", "lsb" | "service":
                return agent_paths.init_scripts()
            case "agents", "stonith":
                return agent_paths.fence_agents()
            case _:
                return ()

    # ---- memory -----------------------------------------------------------------------------------

    def _remember(self, records: tuple[tuple[str, str | None], ...]) -> None:
        try:
            self._memory.write(records)
        except OSError as error:
            # Going on is the better evil: without the memory only a respawn of this daemon would lose something.
            self._actor.log("error", f"The executor's memory can't be written: {error}")


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns


def _done(run: int, standard: str, path: Path, ended: AgentExit) -> AgentDone:
    stderr = ended.stderr.decode(errors="replace")
    if ended.how is How.UNSTARTABLE:
        how = agent_paths.why_unstartable(ended.code)
        return AgentDone(run, how, reason=f"{path} can't be run: {stderr}", standard=standard)
    stdout = ended.stdout.decode(errors="replace")
    return AgentDone(run, ended.how.value, ended.code, stdout, stderr, "", standard)
