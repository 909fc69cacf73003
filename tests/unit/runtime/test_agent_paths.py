"""The environment of agents."""

import sys
from pathlib import Path

from pcmk.runtime.agent_paths import agent_environment
from pcmk.runtime.settings import from_environment


def test_agents_find_our_commands_and_their_nodes_folders(tmp_path: Path) -> None:
    given = {
        "PCMK_NODE_NAME": "n1",
        "PCMK_RUN_DIR": str(tmp_path),
        "HA_SBIN_DIR": "/elsewhere",
        "NOTIFY_SOCKET": "/run/s",
    }
    environment = agent_environment(from_environment(given), {**given, "PATH": "/usr/bin"})
    commands = str(Path(sys.executable).parent)
    assert environment["PATH"] == f"{commands}:/usr/bin"
    assert environment["HA_SBIN_DIR"] == commands
    assert environment["HA_RSCTMP"] == str(tmp_path / "resource-agents")
    assert "NOTIFY_SOCKET" not in environment
