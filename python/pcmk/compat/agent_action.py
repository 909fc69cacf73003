"""One action of an agent on this machine, carried out directly, without a daemon."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pcmk.kernel.agent_api import NO_SECRETS, exit_reason, ocf_code, ocf_variables
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.runtime import agent_paths
from pcmk.runtime.secrets import SecretStore
from pcmk.runtime.settings import from_environment

DONE, TIMEOUT, ERROR, NOT_INSTALLED = 0, 2, 4, 7
"""What became of an operation, as its record says it."""


class Agent(NamedTuple):
    """An agent by its standard, provider (empty if it has none) and type."""

    standard: str
    provider: str
    name: str

    @staticmethod
    def parse(text: str) -> "Agent":
        """Read `ocf:pacemaker:Dummy` or `lsb:x`."""
        words = text.split(":")
        return Agent(words[0], words[1] if len(words) > 2 else "", words[-1])

    def __str__(self) -> str:
        return ":".join(filter(None, (self.standard, self.provider, self.name)))


class Ended(NamedTuple):
    """How an action ended. `code` is the agent's as OCF says it, `status` what became of it all."""

    code: int
    status: int
    reason: str = ""
    stdout: str = ""
    stderr: str = ""


def carry_out(
    agent: Agent,
    action: str,
    resource: str,
    parameters: Mapping[str, str],
    timeout_ms: int,
    level: str,
    verbosity: int,
) -> Ended:
    """Have an agent do something; with a verbosity it is asked to tell more. `level` is that of a check, if any."""
    program = _program(agent)
    if program is None:
        if agent.standard in ("ocf", "lsb", "service"):
            return Ended(ExitCode.NOT_INSTALLED, NOT_INSTALLED, "it is not installed")
        reason = f"Manual execution of the {agent.standard or 'unspecified'} standard is unsupported"
        return Ended(ExitCode.UNIMPLEMENT_FEATURE, ERROR, reason)
    path, standard = program
    settings = from_environment()
    environment = agent_paths.agent_environment(settings)
    if standard == "ocf":
        # As the executor finds it; without the right to make it, the agent says what is missing.
        with suppress(OSError):
            agent_paths.agents_folder(settings).mkdir(mode=0o755, parents=True, exist_ok=True)
        try:
            parameters = SecretStore.of(settings).substituted(resource, parameters)
        except PcmkError as error:
            if action != "stop":
                return Ended(ExitCode.INVALID_PARAM, DONE, f"{NO_SECRETS}: {error.message}")
        environment |= ocf_variables(resource, agent.provider, agent.name, parameters)
    environment |= {"PCMK_debug": str(int(verbosity > 0)), "OCF_TRACE_FILE": "/dev/stderr"}
    environment |= {"OCF_CHECK_LEVEL": level} if level else {}
    environment |= {"OCF_TRACE_RA": "1"} if verbosity > 1 else {}
    verb = "status" if standard == "lsb" and action == "monitor" else action
    return _run((str(path), verb), environment, standard, action, timeout_ms)


def _program(agent: Agent) -> tuple[Path, str] | None:
    """The agent's file, and the standard by which it is called."""
    match agent.standard:
        case "ocf":
            path = agent_paths.find_resource_agent(from_environment().ocf_root, agent.provider, agent.name)
            return None if path is None else (path, "ocf")
        case "lsb" | "service":
            path = agent_paths.find_init_script(agent.name)
            return None if path is None else (path, "lsb")
        case _:
            return None


def _run(
    arguments: Sequence[str], environment: Mapping[str, str], standard: str, action: str, timeout_ms: int
) -> Ended:
    started = subprocess.Popen(
        arguments,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        stdout, stderr = started.communicate(timeout=timeout_ms / 1000)
    except subprocess.TimeoutExpired:
        # What the agent has started goes with it.
        os.killpg(started.pid, 9)
        started.communicate()
        return Ended(ExitCode.ERROR, TIMEOUT, f"Resource agent did not complete within {timeout_ms}ms")
    out, err = stdout.decode(errors="replace"), stderr.decode(errors="replace")
    if started.returncode < 0:
        return Ended(ExitCode.ERROR, ERROR, f"Resource agent was interrupted by signal {-started.returncode}", out, err)
    reason = exit_reason(err) if standard == "ocf" else ""
    return Ended(ocf_code(standard, action, started.returncode), DONE, reason, out, err)
