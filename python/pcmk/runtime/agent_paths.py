"""Where agents are, and the environment that all of them are started with."""

import errno
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from pcmk.runtime.settings import Settings

OWN_AGENTS = Path(__file__).resolve().parents[1] / "agents"
"""The agents that come with pcmk: `ocf/<provider>/<type>` and `fence/fence_*`."""

_SBIN = ("/usr/sbin", "/usr/local/sbin", "/sbin")
_INIT_SCRIPTS = Path("/etc/init.d")
_NOT_INSTALLED = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENOEXEC)
_DENIED = (errno.EACCES, errno.EPERM)


def agent_environment(settings: Settings, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What every agent of a node is given: the daemon's own environment, this node's folders, and our commands, which
    come first on the PATH and are where agents of the field look (`HA_SBIN_DIR`): others of the same names may be
    installed, too."""
    own = {name: value for name, value in environment.items() if name != "NOTIFY_SOCKET"}
    commands = str(Path(sys.executable).parent)
    own["PATH"] = os.pathsep.join((commands, environment.get("PATH") or os.defpath))
    own["HA_SBIN_DIR"] = commands
    own["OCF_ROOT"] = str(settings.ocf_root)
    own["HA_RSCTMP"] = str(agents_folder(settings))
    return own


def agents_folder(settings: Settings) -> Path:
    """The folder for state files of agents: as short-lived as the run folder, and this node's alone."""
    return settings.run_dir / "resource-agents"


def find_resource_agent(ocf_root: Path, provider: str, name: str) -> Path | None:
    """An OCF agent: the administrator's, else the one that comes with pcmk."""
    if not (_plain(provider) and _plain(name)):
        return None
    for folder in _resource_folders(ocf_root):
        path = folder / provider / name
        if path.exists():
            return path
    return None


def find_init_script(name: str) -> Path | None:
    """An LSB init script by its name or absolute path."""
    path = Path(name) if name.startswith("/") else _INIT_SCRIPTS / name
    return path if path.is_file() else None


def find_fence_agent(name: str) -> Path | None:
    """A fence agent by the name that a device's `type` has."""
    if not (_plain(name) and name.startswith("fence_")):
        return None
    for folder in _fence_folders():
        path = folder / name
        if _executable(path):
            return path
    return None


def ocf_providers(ocf_root: Path) -> tuple[str, ...]:
    """Names of the OCF providers, sorted."""
    return _sorted(path.name for folder in _resource_folders(ocf_root) for path in _entries(folder) if path.is_dir())


def resource_agents(ocf_root: Path, provider: str) -> tuple[str, ...]:
    """Names of a provider's OCF agents, sorted; of all providers when it is empty."""
    if provider and not _plain(provider):
        return ()
    providers = (provider,) if provider else ocf_providers(ocf_root)
    return _sorted(
        path.name
        for folder in _resource_folders(ocf_root)
        for name in providers
        for path in _entries(folder / name)
        if _executable(path)
    )


def init_scripts() -> tuple[str, ...]:
    """Names of the LSB init scripts, sorted."""
    return _sorted(path.name for path in _entries(_INIT_SCRIPTS) if _executable(path))


def fence_agents() -> tuple[str, ...]:
    """Names of the fence agents, sorted."""
    return _sorted(
        path.name
        for folder in _fence_folders()
        for path in _entries(folder)
        if path.name.startswith("fence_") and _executable(path)
    )


def why_unstartable(code: int) -> str:
    """What an errno of starting a program means: `not_installed`, `denied` or `failed`."""
    if code in _NOT_INSTALLED:
        return "not_installed"
    return "denied" if code in _DENIED else "failed"


def _resource_folders(ocf_root: Path) -> tuple[Path, ...]:
    return (ocf_root / "resource.d", OWN_AGENTS / "ocf")


def _fence_folders() -> tuple[Path, ...]:
    searched = (folder for folder in os.environ.get("PATH", "").split(os.pathsep) if folder.startswith("/"))
    return (*(Path(folder) for folder in dict.fromkeys((*searched, *_SBIN))), OWN_AGENTS / "fence")


def _entries(folder: Path) -> Iterator[Path]:
    try:
        yield from (path for path in folder.iterdir() if not path.name.startswith((".", "_")))
    except OSError as error:
        if error.errno not in (*_NOT_INSTALLED, *_DENIED):
            raise


def _executable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _plain(name: str) -> bool:
    return bool(name) and "/" not in name and "\0" not in name and not name.startswith(".")


def _sorted(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
