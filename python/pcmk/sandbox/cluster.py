"""A sandbox as an object: what the command `pcmk sandbox` and end-to-end tests do with it."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.membership import record
from pcmk.membership.coordinator import Record
from pcmk.runtime.listener import listener
from pcmk.sandbox import control, layout, ports, processes
from pcmk.sandbox.configuration import default_cib, read_cib
from pcmk.sandbox.layout import Layout, Node

KILL_PATIENCE = 20.0
START_PATIENCE = 10.0
PAUSE = 0.05
LOG_TAIL = 5


class Sandbox:
    """One cluster on this machine. Every method raises `PcmkError` with what is wrong and where."""

    def __init__(self, place: Layout, supervisor: tuple[str, ...] = ()) -> None:
        self.place = place
        self._supervisor = supervisor
        self._children: list[subprocess.Popen[bytes]] = []

    # ---- as a whole -----------------------------------------------------------------------------

    @classmethod
    def launch(
        cls,
        folder: Path,
        nodes: int = 3,
        cib: Path | None = None,
        hang_time: float = 2.0,
        keep: bool = False,
        supervisor: tuple[str, ...] = (),
    ) -> "Sandbox":
        """Make a sandbox in a folder and start every node; does not wait for the cluster.

        With `keep` the nodes go on with the CIB that they had; without, everything of them is moved to `previous`.
        `supervisor` is a command that stands in for pacemakerd, for tests.
        """
        folder = Path(os.path.realpath(folder))
        configuration = read_cib(cib) if cib is not None else None
        # What can't be is refused before anything is made.
        if keep:
            layout.load(folder)
        else:
            _check(folder, nodes, hang_time)
        with _exclusively(folder):
            if processes.nodes_alive(str(folder)):
                raise PcmkError(
                    ExitCode.EXISTS,
                    f"{folder}: a sandbox runs there already; look at it with `pcmk sandbox status`, end it with"
                    " `pcmk sandbox down`, or use another --dir",
                )
            _end_coordinator(folder / layout.COORDINATOR_SOCKET)
            place = layout.load(folder) if keep else _prepare(folder, nodes, configuration, hang_time)
            sandbox = cls(place, supervisor)
            # Nobody is a member now; only the ids of views go on.
            record.save(place.coordinator_state, Record(record.load(place.coordinator_state).last_view))
            sandbox._start_coordinator()
            for node in place.nodes:
                sandbox._start_node(node)
        return sandbox

    @classmethod
    def open(cls, folder: Path) -> "Sandbox":
        """The sandbox that was made in a folder."""
        return cls(layout.load(Path(os.path.realpath(folder))))

    def down(self) -> None:
        """End every process of the sandbox, services included, at once."""
        with _exclusively(self.place.folder):
            _end_coordinator(self.place.coordinator_socket)
            for node in self.place.nodes:
                self._kill(node.name)
            self._collect()

    # ---- nodes ----------------------------------------------------------------------------------

    def start(self, name: str) -> None:
        """Switch a node on, as after a fencing: what it had in its run folder is gone, its state is there."""
        node = self.place.node(name)
        with _exclusively(self.place.folder):
            if self.is_alive(name):
                raise PcmkError(ExitCode.EXISTS, f"{name} runs already")
            if listener(self.place.coordinator_socket) is None:
                self._start_coordinator()
            self._start_node(node)

    def stop(self, name: str) -> None:
        """Ask a node to shut down cleanly; does not wait for it."""
        self.place.node(name)
        for pid in processes.processes_of(self.place.mark(name)):
            if b"pcmk.sandbox.agent" in _command_line(pid):
                os.kill(pid, signal.SIGTERM)
                return
        raise _not_running(name)

    def kill(self, name: str) -> int:
        """Pull the plug: SIGKILL every process of a node; how many there were."""
        self.place.node(name)
        killed = self._kill(name)
        self._collect()
        return killed

    def pause(self, name: str) -> int:
        """Let a node hang: SIGSTOP every process of it; how many there are."""
        self._must_run(name)
        return processes.stop_all(self.place.mark(name))

    def resume(self, name: str) -> int:
        """Let a node that hangs go on."""
        self._must_run(name)
        return processes.continue_all(self.place.mark(name))

    def is_alive(self, name: str) -> bool:
        """Whether a node has processes."""
        self._collect()
        return bool(processes.processes_of(self.place.mark(name)))

    def is_paused(self, name: str) -> bool:
        """Whether the processes of a node are stopped."""
        found = processes.processes_of(self.place.mark(name))
        return bool(found) and all(processes.is_stopped(pid) for pid in found)

    # ---- network --------------------------------------------------------------------------------

    def split(self, *groups: tuple[str, ...]) -> None:
        """Let nodes see each other only within a group; nodes that no group names are one more."""
        named = [name for group in groups for name in group]
        for name in named:
            self.place.node(name)
            if named.count(name) > 1:
                raise PcmkError(ExitCode.USAGE, f"{name} is named more than once")
        control.split(self.place.coordinator_socket, groups)

    def heal(self) -> None:
        """Let all nodes see each other again."""
        control.split(self.place.coordinator_socket, ())

    def membership(self) -> control.Membership:
        """What the coordinator knows."""
        return control.membership(self.place.coordinator_socket)

    def fence_mode(self, name: str, mode: str) -> None:
        """Have the fencing of a node `fail` or `hang`; empty: work."""
        self.place.node(name)
        path = self.place.fence_folder / f"{name}.mode"
        if mode:
            path.write_text(mode + "\n")
        else:
            path.unlink(missing_ok=True)

    # ---- for tests ------------------------------------------------------------------------------

    def environment(self, name: str) -> Mapping[str, str]:
        """The environment in which commands talk to a node."""
        self.place.node(name)
        return self.place.environment(name)

    def run(self, name: str, *command: str, timeout: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run a command that talks to a node, with its output."""
        return subprocess.run(
            command, env=self.environment(name), capture_output=True, text=True, timeout=timeout, check=False
        )

    def wait_until(self, what: str, predicate: Callable[[], bool], timeout: float = 30.0) -> float:
        """Wait until something holds; the seconds it took. `PcmkError` (TIMEOUT) that says what was waited for."""
        began = time.monotonic()
        while not predicate():
            if time.monotonic() - began > timeout:
                raise PcmkError(ExitCode.TIMEOUT, f"{self.place.folder}: after {timeout:g} s still not: {what}")
            time.sleep(PAUSE)
        return time.monotonic() - began

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.down()

    # ---- inside ---------------------------------------------------------------------------------

    def _must_run(self, name: str) -> None:
        self.place.node(name)
        if not self.is_alive(name):
            raise _not_running(name)

    def _start_coordinator(self) -> None:
        place = self.place
        votes = str(len(place.nodes))
        command = [sys.executable, "-m", "pcmk.membership", "--socket", str(place.coordinator_socket)]
        command += ["--state", str(place.coordinator_state), "--votes", votes, "--hang-time", str(place.hang_time)]
        command += ["--wait-for-all"] + (["--two-node"] if len(place.nodes) == 2 else [])
        environment = place.environment(place.nodes[0].name)
        child = self._spawn(command, environment, place.coordinator_log)
        deadline = time.monotonic() + START_PATIENCE
        while listener(place.coordinator_socket) is None:
            if child.poll() is not None or time.monotonic() > deadline:
                raise PcmkError(
                    ExitCode.UNAVAILABLE, f"the coordinator did not start:\n{tail(place.coordinator_log, LOG_TAIL)}"
                )
            time.sleep(PAUSE / 5)

    def _start_node(self, node: Node) -> None:
        run_dir = self.place.run_dir(node.name)
        if run_dir.exists():
            shutil.rmtree(run_dir)
        for folder in (run_dir, self.place.agents_dir(node.name), self.place.state_dir(node.name)):
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        self._spawn(
            [sys.executable, "-m", "pcmk.sandbox.agent", str(self.place.folder), node.name, *self._supervisor],
            self.place.node_environment(node.name),
            self.place.log_file(node.name),
        )

    def _spawn(self, command: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                start_new_session=True,
                cwd="/",
            )
        self._children.append(child)
        return child

    def _kill(self, name: str) -> int:
        killed = processes.kill_all(self.place.mark(name), KILL_PATIENCE)
        if killed is None:
            raise PcmkError(ExitCode.TIMEOUT, f"{name}: processes are left after {KILL_PATIENCE:g} s")
        return killed

    def _collect(self) -> None:
        self._children = [child for child in self._children if child.poll() is None]


def tail(path: Path, lines: int) -> str:
    """The last lines of a log; empty when there is none."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""


def _end_coordinator(socket: Path) -> None:
    """Kill the coordinator, if there is one: without nodes it is nobody's."""
    deadline = time.monotonic() + KILL_PATIENCE
    while (pid := listener(socket)) is not None:
        if time.monotonic() > deadline:
            raise PcmkError(ExitCode.TIMEOUT, f"the coordinator, process {pid}, can't be killed")
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        time.sleep(PAUSE / 5)


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


@contextmanager
def _exclusively(folder: Path) -> Generator[None]:
    """Keep other commands from changing the same sandbox meanwhile; makes the folder."""
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise PcmkError(ExitCode.CANTCREAT, f"{folder}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PcmkError(ExitCode.TEMPFAIL, f"{folder}: another `pcmk sandbox` command is at work there") from None
        yield
    except OSError as error:
        raise PcmkError(ExitCode.CANTCREAT, f"{error.filename or folder}: {error.strerror or error}") from error
    finally:
        os.close(lock)


def _not_running(name: str) -> PcmkError:
    return PcmkError(ExitCode.NOT_RUNNING, f"{name} does not run")


def _check(folder: Path, nodes: int, hang_time: float) -> None:
    """`PcmkError` if there can't be such a sandbox in that folder."""
    if not 1 <= nodes <= 32:
        raise PcmkError(ExitCode.USAGE, f"a sandbox has 1 to 32 nodes, not {nodes}")
    if hang_time < 0.2:
        raise PcmkError(ExitCode.USAGE, f"a hang time of {hang_time:g} s is too short; at least 0.2 s")
    try:
        others = folder.is_dir() and any(path.name != "lock" for path in folder.iterdir())
    except OSError as error:
        raise PcmkError(ExitCode.CANTCREAT, f"{folder}: {error.strerror}") from error
    if others and not (folder / layout.DESCRIPTION).exists():
        raise PcmkError(ExitCode.CANTCREAT, f"{folder}: not empty and no sandbox; choose another folder with --dir")


def _prepare(folder: Path, nodes: int, configuration: str | None, hang_time: float) -> Layout:
    from pcmk.runtime.certificates import make_ca, make_node

    first_ports = ports.node_ports(folder, nodes)
    place = Layout(
        folder=folder,
        nodes=tuple(Node(f"node{number}", number, first_ports[number - 1]) for number in range(1, nodes + 1)),
        http_port=ports.http_port(folder, preferred=folder == layout.default_folder()),
        hang_time=hang_time,
        default_cib=configuration is None,
    )
    place.check_paths()
    _move_away(folder)
    place.fence_folder.mkdir()
    make_ca(place.certificates)
    for node in place.nodes:
        place.state_dir(node.name).mkdir(mode=0o750, parents=True)
        make_node(place.certificates, place.config_dir(node.name) / "tls", node.name)
    _install_cib(place, configuration if configuration is not None else default_cib(place))
    place.save()
    return place


def _move_away(folder: Path) -> None:
    """What an earlier sandbox left goes to `previous`; what was there before that is deleted."""
    previous = folder / "previous"
    if previous.exists():
        shutil.rmtree(previous)
    left = [path for path in folder.iterdir() if path.name != "lock"]
    if left:
        previous.mkdir()
    for path in left:
        path.rename(previous / path.name)


def _install_cib(place: Layout, text: str) -> None:
    for node in place.nodes:
        folder = place.state_dir(node.name) / "cib"
        folder.mkdir(mode=0o750)
        (folder / "cib.xml").write_text(text)
