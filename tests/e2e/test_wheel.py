"""A machine without Rust and without the sources: what the wheel carries is enough."""

import os
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

from pcmk.compat.launched import COMMANDS as LAUNCHED

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
SCRIPTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
COMMANDS = sorted({*SCRIPTS, *LAUNCHED} - {"pcmk-command"})


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment in which the wheel is installed; what it depends on is lent by that of the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    # The profile of a checkout: what was built for it is only packed.
    build = [Path(sys.executable).with_name("maturin"), "build", "--quiet", "--profile", "fast", "--out", folder]
    subprocess.run(build, cwd=ROOT, check=True)
    (wheel,) = folder.glob("pcmk-*-cp311-abi3-*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    pip = [sys.executable, "-m", "pip", "--python", folder / "venv/bin/python", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--no-index", "--disable-pip-version-check", wheel], env=_environment(folder), check=True)
    return folder / "venv"


def _environment(machine: Path) -> dict[str, str]:
    return {
        "PATH": f"{machine}/bin:/usr/bin:/bin",
        "HOME": str(machine),
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _run(machine: Path, *arguments: str | Path) -> str:
    done = subprocess.run(arguments, env=_environment(machine), cwd=machine, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_installed(machine: Path, command: str) -> None:
    assert command in _run(machine, machine / "bin" / command, "--help")


def test_nothing_comes_from_the_sources(machine: Path) -> None:
    lines = _run(machine, machine / "bin/python", "-c", "import pcmk._core; print(pcmk.__file__, pcmk._core.__file__)")
    assert all(path.startswith(str(machine)) for path in lines.split())


def test_agents_can_be_executed(machine: Path) -> None:
    where = "from pcmk.runtime.agent_paths import OWN_AGENTS; print(OWN_AGENTS)"
    agents = Path(_run(machine, machine / "bin/python", "-c", where).strip())
    assert agents.is_relative_to(machine)
    found = [path for path in agents.glob("*/**/*") if path.is_file() and path.suffix != ".sh"]
    assert {path.name for path in found} >= {"Dummy", "Stateful", "HttpServer", "fence_sandbox"}
    for path in found:
        assert os.access(path, os.X_OK), path
        assert "<resource-agent" in _run(machine, path, "meta-data" if "ocf" in path.parts else "--action=metadata")
