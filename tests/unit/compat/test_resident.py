"""The launcher and the resident: a command is the same whoever carries it out."""

import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from pcmk import __version__
from pcmk.compat.resident_worker import CALLS, PLACES

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[3]
RESIDENT = "import sys; from pcmk.compat.resident import main; sys.exit(main(int(sys.argv[1])))"
CIB = (
    '<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" admin_epoch="0" epoch="1" num_updates="0">'
    "<configuration><crm_config/><nodes/><resources/><constraints/></configuration><status/></cib>"
)
NO_INTERPRETER = 5


@dataclass
class Place:
    """A run folder, a CIB, and the launcher with no interpreter beside it: what it does, the resident does."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        own = {"PCMK_RUN_DIR": str(self.folder / "run"), "CIB_file": str(self.folder / "cib.xml")}
        return {**os.environ, **own, "PCMK_NODE_NAME": "alpha", "LANG": "C.UTF-8"}

    @property
    def told(self) -> Path:
        """What a resident says itself."""
        return self.folder / "resident.err"

    def command(self, program: str, *arguments: str | bytes, **how: object) -> subprocess.CompletedProcess[str]:
        where = {"cwd": self.folder, "env": self.environment, "capture_output": True, "text": True, "timeout": 60}
        words = [self.folder / "bin" / program, *arguments]
        return subprocess.run(words, **(where | how))  # pyright: ignore

    def resident(self) -> tuple[subprocess.Popen[bytes], int]:
        """A resident that listens, and the end of the pipe that keeps it."""
        inner, outer = os.pipe()
        words = [sys.executable, "-c", RESIDENT, str(inner)]
        with self.told.open("w") as errors:
            process = subprocess.Popen(words, pass_fds=[inner], env=self.environment, cwd="/", stderr=errors)
        os.close(inner)
        until(lambda: self.listens())
        return process, outer

    def listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as caller:
            return caller.connect_ex(str(self.folder / "run/commands.sock")) == 0


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "bin").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "cib.xml").write_text(CIB)
    for program in ("crm_attribute", "cibadmin", "crm_node", "crm_standby", "attrd_updater"):
        shutil.copy(BIN / program, tmp_path / "bin")
    return Place(tmp_path)


@pytest.fixture
def resident(place: Place) -> Iterator[subprocess.Popen[bytes]]:
    process, keeper = place.resident()
    yield process
    process.send_signal(signal.SIGCONT)
    os.close(keeper)
    assert process.wait(20) == 0


@pytest.mark.usefixtures("resident")
@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("crm_attribute -n color -v blue", None),
        ("crm_attribute -n color -G", None),
        ("crm_attribute --no-such-option", None),
        ("crm_standby --help", None),
        ("crm_node -n", None),
        ("attrd_updater -n x -Q", None),
        ("cibadmin -Q -o nodes", None),
        ("cibadmin -C -o resources -p", '<primitive id="é" class="ocf" provider="p" type="t"/>'),
        ("cibadmin -C -o resources -p", "no XML"),
        ("cibadmin -R -x cib.xml", None),
    ],
)
def test_a_command_is_the_same_by_the_resident_and_by_an_interpreter(place: Place, line: str, given: str | None):
    program, *arguments = line.split()
    by_resident = place.command(program, *arguments, input=given)
    left = (place.folder / "cib.xml").read_text()
    (place.folder / "cib.xml").write_text(CIB)
    by_interpreter = place.command(str(BIN / "pcmk-command"), program, *arguments, input=given)
    assert by_resident.returncode != NO_INTERPRETER
    assert (by_resident.returncode, by_resident.stdout, by_resident.stderr) == (
        by_interpreter.returncode,
        by_interpreter.stdout,
        by_interpreter.stderr,
    )
    assert _undated(left) == _undated((place.folder / "cib.xml").read_text())


def _undated(cib: str) -> list[str]:
    return [word for word in cib.split() if not word.startswith("cib-last-written")]


def test_connections_last_as_long_as_the_daemon_at_their_end(place: Place, resident: subprocess.Popen[bytes]):
    def ask() -> str:
        return place.command("attrd_updater", "-Q", "-n", "x", "-N", "n").stdout

    def sockets(fork: int) -> set[str]:
        files = (os.readlink(file) for file in Path(f"/proc/{fork}/fd").iterdir())
        return {file for file in files if file.startswith("socket:")}

    def connections() -> set[str]:
        return {file for fork in _forks(resident) for file in sockets(fork)} - sockets(resident.pid)

    asked = _attributes(place, "blue")
    assert {ask() for _ in range(5 * PLACES)} == {'name="x" host="n" value="blue"\n'}
    made = connections()
    assert made
    assert {ask() for _ in range(5 * PLACES)} == {'name="x" host="n" value="blue"\n'}
    assert made & connections()
    # It does not wait for those who have nothing to ask.
    asked.terminate()
    assert asked.wait(20) == 0
    until(lambda: connections() == set())
    asked = _attributes(place, "red")
    assert {ask() for _ in range(5 * PLACES)} == {'name="x" host="n" value="red"\n'}
    asked.kill()
    asked.wait()
    asked = _attributes(place, "green")
    assert {ask() for _ in range(5 * PLACES)} == {'name="x" host="n" value="green"\n'}
    asked.terminate()
    asked.wait()


def _attributes(place: Place, value: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, Path(__file__).with_name("toy_attributes.py"), value]
    daemon = subprocess.Popen(words, env=place.environment)
    until(lambda: place.command("attrd_updater", "-Q", "-n", "x", "-N", "n").returncode == 0)
    return daemon


@pytest.mark.usefixtures("resident")
def test_files_are_made_with_the_callers_mask_where_the_caller_is(place: Place):
    done = place.command("cibadmin", "-Q", "--output-to=told.xml", umask=0o137)
    assert (done.returncode, done.stderr) == (0, "")
    assert (place.folder / "told.xml").stat().st_mode & 0o777 == 0o640


@pytest.mark.usefixtures("resident")
def test_arguments_of_any_length_and_content_arrive(place: Place):
    value = "x" * 100_000 + "\n\t€"
    assert place.command("crm_attribute", "-n", "long", "-v", value).returncode == 0
    assert place.command("crm_attribute", "-n", "long", "-G", "-q").stdout == f"{value}\n"
    assert place.command("crm_attribute", "-n", "empty", "-v", "").returncode == 0


@pytest.mark.usefixtures("resident")
def test_many_at_once(place: Place):
    words = [place.folder / "bin/cibadmin", "-Q"]
    started = [subprocess.Popen(words, env=place.environment, stdout=subprocess.PIPE, text=True) for _ in range(50)]
    assert {process.communicate()[0] for process in started} == {place.command("cibadmin", "-Q").stdout}
    assert {process.returncode for process in started} == {0}


def _forks(resident: subprocess.Popen[bytes]) -> set[int]:
    return {int(pid) for pid in Path(f"/proc/{resident.pid}/task/{resident.pid}/children").read_text().split()}


def test_of_many_few_stay(place: Place, resident: subprocess.Popen[bytes]):
    words = [place.folder / "bin/cibadmin", "-C", "-o", "resources", "-p"]
    pipe = subprocess.PIPE
    started = [subprocess.Popen(words, env=place.environment, stdin=pipe, stderr=pipe) for _ in range(9)]
    until(lambda: len(_forks(resident)) == 9)
    for process in started:
        process.communicate(b"no XML")
    until(lambda: len(_forks(resident)) == PLACES)


def test_a_fork_goes_on_but_not_for_ever(place: Place, resident: subprocess.Popen[bytes]):
    seen: set[int] = set()
    for _ in range(PLACES * CALLS + 1):
        assert place.command("crm_node", "-n").stdout == "alpha\n"
        seen |= _forks(resident)
    assert PLACES < len(seen) < 10


def test_forks_that_are_killed_as_they_wait_are_replaced(place: Place, resident: subprocess.Popen[bytes]):
    for _ in range(5):
        until(lambda: 0 < len(_forks(resident)) == len(_waiting(resident)))
        for fork in _waiting(resident):
            os.kill(fork, signal.SIGKILL)
        assert place.command("crm_node", "-n").stdout == "alpha\n"


def _waiting(resident: subprocess.Popen[bytes]) -> set[int]:
    """Forks that have a place to wait (proc_locks(5)), and sleep."""
    holders = {int(line.split()[4]) for line in Path("/proc/locks").read_text().splitlines()}
    return {fork for fork in _forks(resident) & holders if _state(fork) == "S"}


def _state(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0]


@pytest.mark.usefixtures("resident")
def test_a_command_has_nothing_of_the_one_before(place: Place):
    other = {"env": place.environment | {"PCMK_NODE_NAME": "beta"}, "cwd": place.folder / "run", "umask": 0o177}
    for _ in range(2 * PLACES):
        assert place.command("crm_node", "-n", **other).stdout == "beta\n"
        place.command("cibadmin", "-Q", "--output-to=there.xml", **other)
        assert place.command("crm_node", "-n").stdout == "alpha\n"
        place.command("cibadmin", "-Q", "--output-to=here.xml", umask=0o022)
    for path, mode in (("run/there.xml", 0o600), ("here.xml", 0o644)):
        assert (place.folder / path).stat().st_mode & 0o777 == mode


@pytest.mark.usefixtures("resident")
def test_what_one_could_not_print_is_not_printed_by_the_next(place: Place):
    reader, writer = os.pipe()
    os.close(reader)
    for _ in range(2 * PLACES):
        place.command("cibadmin", "-Q", capture_output=False, stdout=writer)
        assert place.command("crm_node", "-n").stdout == "alpha\n"
    os.close(writer)


@pytest.mark.usefixtures("resident")
def test_a_fork_holds_nothing_of_whom_it_worked_for(place: Place):
    """Who reads a command's output waits for everybody who could write to it."""
    inner, outer = os.pipe()
    assert place.command("crm_node", "-n", capture_output=False, stdout=outer, stderr=outer).returncode == 0
    os.close(outer)
    with open(inner) as output:
        assert output.read() == "alpha\n"


def test_without_a_resident_there_is_an_interpreter(place: Place):
    assert place.command("crm_node", "-n").returncode == NO_INTERPRETER
    (place.folder / "bin/pcmk-command").symlink_to(BIN / "pcmk-command")
    assert place.command("crm_node", "-n").stdout == "alpha\n"


def test_a_resident_that_hangs_is_not_waited_for_and_does_nothing_later(
    place: Place, resident: subprocess.Popen[bytes]
):
    resident.send_signal(signal.SIGSTOP)
    (place.folder / "bin/pcmk-command").symlink_to(BIN / "pcmk-command")
    assert place.command("crm_attribute", "-n", "color", "-v", "blue").returncode == 0
    (place.folder / "cib.xml").write_text(CIB)
    resident.send_signal(signal.SIGCONT)
    # Asked after the other one, answered after it.
    assert place.command("crm_attribute", "-n", "color", "-G", "-d", "none", "-q").stdout == "none\n"


def test_what_was_begun_ends_with_who_called(place: Place, resident: subprocess.Popen[bytes]):
    caller, fork = _begun(place, resident)
    caller.kill()
    # Not by the end of its input, which ends with ours.
    caller.wait()
    until(lambda: not Path(f"/proc/{fork}").exists())
    caller.communicate()
    assert place.command("crm_node", "-n").returncode == 0
    assert place.told.read_text() == ""


def test_a_fork_that_is_killed_is_a_failure_that_is_told(place: Place, resident: subprocess.Popen[bytes]):
    caller, fork = _begun(place, resident)
    os.kill(fork, signal.SIGKILL)
    _, told = caller.communicate()
    assert (caller.returncode, told) == (70, "cibadmin: The process that carried this out is gone\n")
    until(lambda: place.told.read_text() == "pacemakerd: a command was ended by signal 9\n")


def test_what_comes_of_the_caller_while_it_lives_is_no_end(place: Place, resident: subprocess.Popen[bytes]):
    """The kernel may tell of it late: a signal that "go" has come found the command under way, and ended it."""
    words = (__version__, "cibadmin", "4", "-C", "-o", "resources", "-p", f"CIB_file={place.folder}/cib.xml")
    request_text = "".join(f"{word}\0" for word in words).encode()
    with ExitStack() as kept:
        (inner, given), (missed, _alive) = (
            [kept.enter_context(os.fdopen(end, mode)) for end, mode in zip(os.pipe(), ("r", "w"), strict=True)]
            for _ in range(2)
        )
        nothing = kept.enter_context(open(os.devnull, "w"))
        caller = kept.enter_context(socket.socket(socket.AF_UNIX))
        folder = os.open(place.folder, os.O_RDONLY)
        kept.callback(os.close, folder)
        caller.connect(str(place.folder / "run/commands.sock"))
        caller.sendall(struct.pack("<I", len(request_text)) + request_text)
        assert caller.recv(1) == b"A"
        files = (inner, nothing, nothing)
        socket.send_fds(caller, [b"G"], [*(file.fileno() for file in files), folder, missed.fileno()])
        until(lambda: [_state(fork) for fork in _forks_in(place.folder, resident)] == ["S"])
        caller.sendall(b"x")
        given.write('<primitive id="late" class="ocf" provider="p" type="t"/>')
        given.close()
        assert caller.recv(1) == b"\0"
    assert 'id="late"' in (place.folder / "cib.xml").read_text()


def _begun(place: Place, resident: subprocess.Popen[bytes]) -> tuple[subprocess.Popen[str], int]:
    """A command that reads what nobody writes, and the fork that carries it out."""
    words = [place.folder / "bin/cibadmin", "-C", "-o", "resources", "-p"]
    pipe = subprocess.PIPE
    caller = subprocess.Popen(words, env=place.environment, stdin=pipe, stderr=pipe, cwd=place.folder, text=True)
    until(lambda: _forks_in(place.folder, resident) != [])
    return caller, _forks_in(place.folder, resident)[0]


def _forks_in(folder: Path, resident: subprocess.Popen[bytes]) -> list[int]:
    found: list[int] = []
    for child in _forks(resident):
        # One that has just ended is in none.
        with suppress(OSError):
            if os.path.samefile(f"/proc/{child}/cwd", folder):
                found.append(child)
    return found


@pytest.mark.usefixtures("resident")
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be somebody else")
@pytest.mark.parametrize(
    "somebody",
    [
        {"user": 65534, "group": 65534, "extra_groups": []},
        {"group": 65534},
        {"preexec_fn": lambda: os.setresuid(65534, 0, 0)},
    ],
    ids=["user", "group", "real user"],
)
def test_nobody_else_is_worked_for(place: Place, somebody: dict[str, object]):
    for folder in (place.folder, *list(place.folder.parents)[:3]):
        folder.chmod(0o755)
    (place.folder / "run/commands.sock").chmod(0o777)
    assert place.command("crm_node", "-n").returncode == 0
    assert place.command("crm_node", "-n", **somebody).returncode == NO_INTERPRETER


@pytest.mark.usefixtures("resident")
@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="needs root and unshare")
@pytest.mark.parametrize("namespace", ["--mount", "--net"])
def test_nobody_in_another_world_is_worked_for(place: Place, namespace: str):
    words = ["unshare", namespace, str(place.folder / "bin/crm_node"), "-n"]
    assert subprocess.run(words, env=place.environment, check=False).returncode == NO_INTERPRETER


@pytest.mark.usefixtures("resident")
@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root and setpriv")
def test_who_has_given_up_rights_does_not_get_them_back(place: Place):
    words = ["setpriv", "--bounding-set=-chown", "--inh-caps=-chown", str(place.folder / "bin/crm_node"), "-n"]
    assert subprocess.run(words, env=place.environment, check=False).returncode == NO_INTERPRETER


@pytest.mark.parametrize(
    "request_text",
    [
        f"{__version__}.other\0crm_node\x001\0-n\0",
        f"{__version__}\0crm_mon\x001\0-1\0",
        f"{__version__}\0crm_node\0many\0",
        f"{__version__}\0",
        f"{__version__}\0crm_node",
        "",
    ],
    ids=["version", "program", "count", "short", "cut", "empty"],
)
def test_what_is_not_understood_is_declined(place: Place, resident: subprocess.Popen[bytes], request_text: str):
    until(lambda: _forks(resident) != set())
    before = _forks(resident)
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(place.folder / "run/commands.sock"))
        caller.sendall(struct.pack("<I", len(request_text)) + request_text.encode())
        assert caller.recv(1) == b""
    assert place.command("crm_node", "-n").returncode == 0
    assert before <= _forks(resident)


def test_commands_import_nothing_after_the_resident_has():
    """Whatever they import in a fork is imported in every fork."""
    program = """
import os, sys
from pcmk.compat import resident
from pcmk.compat.entry import outcome
resident.preload()
before = set(sys.modules)
for program, *arguments in (
    ("crm_attribute", "-n", "x", "-v", "1"), ("crm_attribute", "-n", "x", "-G"), ("cibadmin", "-Q"),
    ("cibadmin", "-C", "-o", "nodes", "-X", '<node id="1" uname="a"/>'), ("crm_node", "-n"),
    ("crm_standby", "-G", "-N", "alpha"), ("crm_failcount", "-G", "-r", "x", "-N", "alpha"),
):
    module = sys.modules[f"pcmk.compat.{program}"]
    outcome(module.ABOUT, module.command, arguments)
del os.environ["CIB_file"]
for program, *arguments in (
    ("attrd_updater", "-n", "x", "-Q"), ("attrd_updater", "-n", "x", "-U", "1"), ("crm_node", "-l"), ("cibadmin", "-Q"),
    ("crm_attribute", "-n", "x", "-G"), ("crm_attribute", "-n", "x", "-v", "1", "-t", "status", "-N", "alpha"),
):
    module = sys.modules[f"pcmk.compat.{program}"]
    outcome(module.ABOUT, module.command, arguments)
print(sorted(set(sys.modules) - before), file=sys.stderr)
"""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        (Path(folder) / "cib.xml").write_text(CIB)
        done = subprocess.run(
            [sys.executable, "-c", program], env=place.environment, capture_output=True, text=True, check=True
        )
    assert done.stderr.splitlines()[-1] == "[]"


def test_the_launcher_goes_by_the_names_that_the_resident_knows():
    from pcmk.compat.launched import COMMANDS

    text = (ROOT / "rust/py/build.rs").read_text()
    assert all(f'"{command}"' in text for command in COMMANDS)
    assert text.partition("COMMANDS: [&str; ")[2].partition("]")[0] == str(len(COMMANDS))


def test_where_no_process_can_be_made_it_is_tried_again(monkeypatch: pytest.MonkeyPatch):
    """And not only when somebody calls, whom nobody would answer."""
    from pcmk.compat import resident

    tries: list[float] = []
    alive, keeper = os.pipe()

    def fork() -> int:
        tries.append(time.monotonic())
        if len(tries) == 3:
            os.close(keeper)
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", fork)
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    monkeypatch.setattr(signal, "set_wakeup_fd", lambda descriptor: -1)
    with socket.socket(socket.AF_UNIX) as listener:
        assert resident.serve(listener, alive) == 0
    os.close(alive)
    assert len(tries) == 3
