"""One action of a fence agent on this machine, carried out directly, without a daemon."""

import subprocess
from collections.abc import Mapping
from typing import NamedTuple

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.runtime import agent_paths
from pcmk.runtime.secrets import SecretStore
from pcmk.runtime.settings import from_environment


class FenceAgentEnded(NamedTuple):
    """How an agent ended: its exit status, and what it printed."""

    code: int
    stdout: str
    stderr: str


def carry_out(agent: str, action: str, device: str, parameters: Mapping[str, str], timeout: float) -> FenceAgentEnded:
    """Run an agent. Parameters of the cluster (`pcmk_*`) are not for it; secrets are those of `device`.

    Raises `PcmkError`: NOSUCH if it is not installed, ERROR if it can't be run, TIMEOUT if it takes longer.
    """
    path = agent_paths.find_fence_agent(agent)
    if path is None:
        raise PcmkError(ExitCode.NOSUCH, f"Fence agent {agent} is not installed")
    own = {name: value for name, value in parameters.items() if not name.startswith("pcmk_") and name != "action"}
    settings = from_environment()
    known = SecretStore.of(settings).substituted(device, own) if device else own
    stdin = "".join(f"{name}={value}\n" for name, value in {**known, "action": action}.items())
    try:
        ended = subprocess.run(
            (str(path),),
            env=agent_paths.agent_environment(settings),
            input=stdin.encode(errors="surrogateescape"),
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except OSError as error:
        raise PcmkError(ExitCode.ERROR, f"{path} can't be run: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise PcmkError(ExitCode.TIMEOUT, f"{agent} did not end within {timeout:g}s") from error
    return FenceAgentEnded(
        ended.returncode, ended.stdout.decode(errors="replace"), ended.stderr.decode(errors="replace")
    )
