import subprocess
from pathlib import Path

import pytest
from lxml import etree

import pcmk
from pcmk.runtime.agent_paths import fence_agents


def ask(*arguments: str, lines: str = "") -> subprocess.CompletedProcess[str]:
    # The system may have one of its own.
    path = Path(pcmk.__file__).parent / "agents" / "fence" / "fence_watchdog"
    return subprocess.run([path, *arguments], input=lines, capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize(
    "arguments, lines",
    [(("-o", "metadata"), ""), (("--action=metadata",), ""), (("--action", "metadata"), ""), ((), "action=metadata\n")],
)
def test_it_describes_itself(arguments: tuple[str, ...], lines: str) -> None:
    assert "fence_watchdog" in fence_agents()
    said = ask(*arguments, lines=lines)
    assert said.returncode == 0, said.stderr
    described = etree.fromstring(said.stdout.encode())
    assert described.get("name") == "fence_watchdog"
    assert {action.get("name") for action in described.iter("action")} == {
        "off",
        "reboot",
        "list",
        "monitor",
        "metadata",
    }


@pytest.mark.parametrize("lines", ["action=off\nplug=a\n", "action=on\n", ""])
def test_it_does_nothing(lines: str) -> None:
    said = ask(lines=lines)
    assert said.returncode == 1
    assert "only the fencer" in said.stderr
