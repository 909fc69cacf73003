"""A host of the lab."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.e2e.lab.switch import NETWORK, Switch

AGENTS = Path(__file__).parent / "agents"
INIT = Path(__file__).parent / "init.sh"
BIN = Path(sys.executable).parent
_NAMESPACES = ("-n", "-m", "-p", "-i", "-u")
_PATIENCE = 20.0


class LabNode:
    """Namespaces around a process 1; when that is killed, everything in them is. `settings` are added to the
    environment of what is started on it."""

    def __init__(self, name: str, number: int, folder: Path, switch: Switch, own: tuple[str, ...] = ()) -> None:
        self.name = name
        self.address = f"{NETWORK}.{number}"
        self.folder = folder
        self.build: Path | None = None
        """Where the package is that its commands and daemons run; this one, if none is named."""
        self.settings: dict[str, str] = {}
        self._own = own
        self._number = number
        self._switch = switch
        self._init: subprocess.Popen[bytes] | None = None
        self._pid = 0
        for part in ("corosync/uidgid.d", "var", "log", "state", "config"):
            (folder / part).mkdir(parents=True)

    @property
    def is_on(self) -> bool:
        """Whether the node has power."""
        return self._init is not None and self._init.poll() is None

    def path(self, inside: str) -> Path:
        """A file of the node that has power, as this machine reaches it."""
        return Path(f"/proc/{self._pid}/root{inside}")

    def processes(self) -> set[int]:
        """The processes that run on the node, process 1 among them, by the numbers that they have on this machine."""
        return _processes(os.readlink(f"/proc/{self._pid}/ns/pid")) if self.is_on else set()

    def power_on(self) -> None:
        """Start the machine; nothing runs on it yet."""
        ready = self.folder / "ready"
        ready.unlink(missing_ok=True)
        command = ("unshare", *_NAMESPACES, "-f", "--mount-proc", "--propagation", "private", str(INIT), self.name)
        with (self.folder / "init.log").open("ab") as log:
            self._init = subprocess.Popen(
                (*command, str(self.folder), *self._own),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._await(ready.exists)
        children = Path(f"/proc/{self._init.pid}/task/{self._init.pid}/children").read_text().split()
        self._pid = int(children[0])
        self._switch.plug_in(self.name, self._number, self._pid)

    def power_off(self) -> None:
        """All processes die at once; returns when they have."""
        if self._init is None or self._init.poll() is not None:
            return
        namespace = os.readlink(f"/proc/{self._pid}/ns/pid")
        outside = {_parent(pid) for pid in _processes(namespace) if pid != self._pid} - _processes(namespace)
        os.kill(self._pid, signal.SIGKILL)
        # What entered a node that then froze stands still as well, and would never learn that its child died.
        for pid in outside - {0}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self._init.wait()
        with (self.folder.parent / "record").open("a") as record:
            record.write(f"{time.time():.9f} off - {self.name}\n")

    def freeze(self) -> None:
        """All processes stand still, though the network card goes on answering."""
        namespace = os.readlink(f"/proc/{self._pid}/ns/pid")
        stopped: set[int] = set()
        while running := _processes(namespace) - stopped:
            for pid in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            stopped |= running

    def environment(self) -> dict[str, str]:
        """What processes of the cluster are started with."""
        build = {"PYTHONPATH": str(self.build)} if self.build is not None else {}
        return build | {
            "PATH": os.pathsep.join((str(BIN), str(AGENTS), os.environ.get("PATH", os.defpath))),
            "PCMK_MEMBERSHIP": "corosync",
            "PCMK_STATE_DIR": str(self.folder / "state"),
            "PCMK_RUN_DIR": "/run/pcmk",
            "PCMK_CONFIG_DIR": str(self.folder / "config"),
            "PCMK_LOG_FILE": str(self.folder / "pcmk.log"),
            "OCF_ROOT": str(self.folder.parent / "ocf"),
            **self.settings,
        }

    def start(self, *command: str, log: str) -> None:
        """Start a program on the node that goes on by itself."""
        with (self.folder / log).open("ab") as file:
            subprocess.Popen(
                self.inside(*command), stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
            )

    def run(self, *command: str, check: bool = True, timeout: float = 60.0) -> str:
        """The output of a program on the node; `RuntimeError` with all its words if it fails, unless `check` is off."""
        done = subprocess.run(
            self.inside(*command),
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"{self.name}: {' '.join(command)}: {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def kill(self, name: str, number: signal.Signals) -> None:
        """Send a signal to all processes of a name."""
        self.run("pkill", f"-{number.value}", "-x", name[:15])

    def inside(self, *command: str) -> tuple[str, ...]:
        """A command as a program outside starts it on the node."""
        variables = [f"{name}={value}" for name, value in self.environment().items()]
        enter = ("nsenter", "-t", str(self._pid), *_NAMESPACES, "--")
        return (*enter, "env", *variables, *command)

    def _await(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE
        while not condition():
            if time.monotonic() > end or not self.is_on:
                raise RuntimeError(f"{self.name} does not come up: {(self.folder / 'init.log').read_text()}")
            time.sleep(0.01)


def _parent(pid: int) -> int:
    """The parent of a process; 0 if it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _processes(namespace: str) -> set[int]:
    """The processes whose PID namespace this is; those of this machine that nobody may look at are of none."""
    found: set[int] = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(FileNotFoundError, PermissionError, ProcessLookupError):
                if os.readlink(entry / "ns" / "pid") == namespace:
                    found.add(int(entry.name))
    return found
