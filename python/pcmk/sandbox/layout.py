"""Where everything of a sandbox is: one folder, described by its `sandbox.json`."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from msgspec import Struct, to_builtins

import pcmk
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.sandbox import processes
from pcmk.sandbox.ports import HOST

FOLDER_VARIABLE = "PCMK_SANDBOX"
DESCRIPTION = "sandbox.json"
COORDINATOR_SOCKET = "coordinator.sock"
LONGEST_SOCKET_PATH = 107


class Node(Struct, frozen=True):
    """A node of the sandbox; its daemons' peers reach it at `port` and the ports after it."""

    name: str
    id: int
    port: int


class Layout(Struct, frozen=True):
    """A sandbox: its folder, its nodes, when a silent node counts as hung, and the port of the HTTP service that the
    default configuration (`default_cib`) has."""

    folder: Path
    nodes: tuple[Node, ...]
    http_port: int
    hang_time: float
    default_cib: bool

    @property
    def coordinator_socket(self) -> Path:
        """Where the coordinator listens."""
        return self.folder / COORDINATOR_SOCKET

    @property
    def coordinator_state(self) -> Path:
        """The coordinator's record."""
        return self.folder / "coordinator.json"

    @property
    def coordinator_log(self) -> Path:
        """What the coordinator prints."""
        return self.folder / "coordinator.log"

    @property
    def http_address(self) -> str:
        """Where the HTTP service of the default configuration answers."""
        return f"http://{HOST}:{self.http_port}/"

    @property
    def fence_folder(self) -> Path:
        """How fencing is told to go wrong (`NODE.mode`), and its log."""
        return self.folder / "fence"

    @property
    def certificates(self) -> Path:
        """The sandbox's certificate authority."""
        return self.folder / "tls"

    def home(self, node: str) -> Path:
        """The folder of a node."""
        return self.folder / "nodes" / node

    def state_dir(self, node: str) -> Path:
        """What a node keeps when it is switched off."""
        return self.home(node) / "state"

    def run_dir(self, node: str) -> Path:
        """What a node loses when it is switched off."""
        return self.home(node) / "run"

    def config_dir(self, node: str) -> Path:
        """The node's certificates."""
        return self.home(node) / "etc"

    def agents_dir(self, node: str) -> Path:
        """Where a node's agents keep their state files; lost when it is switched off."""
        return self.run_dir(node) / "resource-agents"

    def log_file(self, node: str) -> Path:
        """What the processes of a node print."""
        return self.home(node) / "log"

    def membership_socket(self, node: str) -> Path:
        """Where the node's agent serves views."""
        return self.run_dir(node) / "membership.sock"

    def node(self, name: str) -> Node:
        """The node of that name; `PcmkError` (NOSUCH) if there is none."""
        for node in self.nodes:
            if node.name == name:
                return node
        names = ", ".join(node.name for node in self.nodes)
        raise PcmkError(ExitCode.NOSUCH, f"the sandbox has no node {name!r}; it has {names}")

    def mark(self, node: str) -> str:
        """What marks the processes of a node (see `pcmk.sandbox.processes`)."""
        return processes.mark(str(self.folder), node)

    def environment(self, node: str, base: Mapping[str, str] = os.environ) -> dict[str, str]:
        """The environment in which commands talk to that node."""
        # A watchdog device of this machine would reset it for what a node of a sandbox does.
        own = ("PCMK_", "OCF_", "SBD_")
        environment = {name: value for name, value in base.items() if not name.startswith(own)}
        package = Path(pcmk.__file__).parent
        bin_dir = Path(sys.executable).parent
        return environment | {
            FOLDER_VARIABLE: str(self.folder),
            "PCMK_NODE_NAME": node,
            "PCMK_STATE_DIR": str(self.state_dir(node)),
            "PCMK_RUN_DIR": str(self.run_dir(node)),
            "PCMK_CONFIG_DIR": str(self.config_dir(node)),
            "PCMK_LOG_FILE": "none",
            "PCMK_MEMBERSHIP": "local",
            "PCMK_MEMBERSHIP_SOCKET": str(self.membership_socket(node)),
            "OCF_ROOT": base.get("OCF_ROOT", "") or "/usr/lib/ocf",
            "HA_RSCTMP": str(self.agents_dir(node)),
            # Agents of the machine's own packages keep their state there; the nodes must not see each other's.
            "HA_VARRUN": str(self.agents_dir(node)),
            "PATH": f"{bin_dir}:{base.get('PATH', os.defpath)}",
            "PYTHONPATH": os.pathsep.join(path for path in (str(package.parent), base.get("PYTHONPATH", "")) if path),
        }

    def node_environment(self, node: str) -> dict[str, str]:
        """The environment of the node's own processes: marked, so that all of them can be found."""
        return self.environment(node) | {processes.VARIABLE: self.mark(node)}

    def check_paths(self) -> None:
        """`PcmkError` when the folder's path is too long for the sockets in it."""
        longest = max(len(str(self.run_dir(node.name) / "pacemaker-schedulerd.sock")) for node in self.nodes)
        if longest > LONGEST_SOCKET_PATH:
            raise PcmkError(
                ExitCode.CANTCREAT,
                f"{self.folder}: the path is {longest - LONGEST_SOCKET_PATH} characters too long for the Unix sockets"
                " below it; choose another folder with --dir",
            )

    def save(self) -> None:
        """Write the description."""
        description = {"nodes": to_builtins(self.nodes)} | {
            "http_port": self.http_port,
            "hang_time": self.hang_time,
            "default_cib": self.default_cib,
        }
        (self.folder / DESCRIPTION).write_text(json.dumps(description, indent=1) + "\n")


def load(folder: Path) -> Layout:
    """The sandbox in a folder; `PcmkError` when there is none or its description is damaged."""
    path = folder / DESCRIPTION
    try:
        text = path.read_text()
    except (FileNotFoundError, NotADirectoryError):
        raise PcmkError(ExitCode.NOSUCH, f"{folder}: no sandbox here; start one with `pcmk sandbox up`") from None
    except OSError as error:
        raise PcmkError(ExitCode.NOINPUT, f"{path}: {error.strerror}") from error
    try:
        data = cast(dict[str, object], json.loads(text))
        nodes = tuple(
            Node(str(node["name"]), int(cast(int, node["id"])), int(cast(int, node["port"])))
            for node in cast(list[dict[str, object]], data["nodes"])
        )
        http_port, hang_time = int(cast(int, data["http_port"])), float(cast(float, data["hang_time"]))
        return Layout(folder, nodes, http_port, hang_time, bool(data["default_cib"]))
    except (ValueError, TypeError, KeyError) as error:
        raise PcmkError(ExitCode.DATAERR, f"{path}: damaged: {error}") from error


def default_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """`PCMK_SANDBOX`, or `pcmk-sandbox` in the user's folder for state (XDG base directories)."""
    if folder := environment.get(FOLDER_VARIABLE, ""):
        return Path(folder)
    state = environment.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return base / "pcmk-sandbox"
