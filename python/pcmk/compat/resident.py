"""The resident of a node: a process that has imported the commands that agents call every few seconds, and carries each
call out in a fork of itself. What calls it is the launcher (`rust/launcher/src/resident.rs` has what is said).

A fork runs with the rights of this process, so it works for nobody else: who calls must be the same user, with no fewer
capabilities and no filter of system calls, in the same namespaces and with the same label of a security module.
Everybody else is told nothing, and starts an interpreter of their own, as does everybody when there is no resident.

The resident never starts a thread, so forking from it is safe. It ends when its pacemakerd does.
"""

import gc
import os
import select
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass
from fcntl import F_SETFL, F_SETOWN, fcntl
from functools import partial
from importlib import import_module
from pathlib import Path

from pcmk import __version__
from pcmk.compat.launched import COMMANDS, carry_out
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.rpc.convert import prepare
from pcmk.rpc.services import service_of
from pcmk.runtime.forks import as_process, outcome
from pcmk.runtime.settings import from_environment

SOCKET = "commands.sock"
NEEDED = (
    *(f"pcmk.compat.{command}" for command in COMMANDS),
    "pcmk.client",
    "pcmk.compat.cib_access",
    "pcmk.kernel.transaction",
    "pcmk.kernel.users",
    "pcmk.rpc.calls",
    "pcmk.rpc.probe",
    "pcmk.rpc.users",
    "pcmk.schema.check",
    "pcmk.schema.upgrade",
)
"""What commands import, some of it only when they need it."""

ASKED = (Daemon.ATTRD, Daemon.BASED, Daemon.CONTROLD)
"""The daemons that commands speak with."""

PATIENCE = 5.0
"""Seconds that a caller may take to say what it wants."""
_FILES = 4
_ACCEPTED, _GO = b"A", b"G"
_SURROUNDINGS = ("ns/mnt", "ns/net", "ns/pid", "ns/user", "root")


@dataclass(frozen=True, slots=True)
class Request:
    """What a launcher asks for: a command with its arguments and environment."""

    version: str
    program: str
    arguments: list[str]
    environment: dict[str, str]

    @classmethod
    def read(cls, connection: socket.socket) -> "Request":
        """Read one. Raises `OSError`, and `ValueError` for what is none."""
        (length,) = struct.unpack("<I", _exactly(connection, 4))
        fields = _exactly(connection, length).split(b"\0")
        version, program, count, *rest = (os.fsdecode(field) for field in fields[:-1])
        arguments, variables = rest[: int(count)], rest[int(count) :]
        return cls(version, program, arguments, dict(_variable(text) for text in variables))


def main(alive: int) -> int:
    """Be the resident of the node that the environment names until nobody has the other end of the pipe `alive`."""
    preload()
    path = from_environment().run_dir / SOCKET
    with socket.socket(socket.AF_UNIX) as listener:
        try:
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            before = os.umask(0o177)
            listener.bind(str(path))
            os.umask(before)
            listener.listen(128)
        except OSError as error:
            print(f"pacemakerd: {path}: {error.strerror}; commands start as everywhere", file=sys.stderr)
            return ExitCode.CANTCREAT
        return serve(listener, alive)


def preload() -> None:
    """Import all that commands need, then keep the collector from touching (and so copying) its pages."""
    for name in NEEDED:
        import_module(name)
    for daemon in ASKED:
        for request, answer in service_of(daemon).methods:
            prepare(request)
            prepare(answer)
    gc.collect()
    gc.freeze()


def serve(listener: socket.socket, alive: int) -> int:
    """Carry out what comes."""
    signal.set_wakeup_fd(-1)
    # Who has ended is reaped by the kernel.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    poll.register(alive, select.POLLIN)
    while True:
        if any(descriptor == alive for descriptor, _ in poll.poll()):
            return ExitCode.OK
        try:
            connection, _ = listener.accept()
        except OSError:
            # It has hung up, or there are too many files; the others wait, and help themselves after a while.
            time.sleep(0.01)
            continue
        with connection:
            try:
                pid = os.fork()
            except OSError:
                continue
            if pid == 0:
                listener.close()
                os.close(alive)
                as_process(partial(_answer, connection))


def _answer(connection: socket.socket) -> int:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    connection.settimeout(PATIENCE)
    try:
        request = Request.read(connection)
        if request.version != __version__ or request.program not in COMMANDS or not _is_one_of_us(connection):
            return ExitCode.OK
        connection.sendall(_ACCEPTED)
        go, files, _, _ = socket.recv_fds(connection, 1, _FILES)
        if go != _GO or len(files) != _FILES:
            return ExitCode.OK
    except (OSError, ValueError):
        return ExitCode.OK
    _put_on(request, files, _status(_caller(connection)[0]).get("Umask", ""))
    if not _die_with(connection):
        return ExitCode.OK
    code = outcome(lambda: carry_out(request.program))
    connection.setblocking(True)
    connection.sendall(bytes((code & 0xFF,)))
    return ExitCode.OK


def _put_on(request: Request, files: list[int], umask: str) -> None:
    """Take the place of who called; `files` are its standard input, output, error, and the folder that it is in."""
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    os.fchdir(files[3])
    for file in files:
        os.close(file)
    if umask:
        os.umask(int(umask, 8))
    os.environ.clear()
    os.environ.update(request.environment)
    time.tzset()
    sys.argv = [request.program, *request.arguments]
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False, buffering=1)  # noqa: SIM115


def _die_with(connection: socket.socket) -> bool:
    """From now on this process ends when the caller does, as a command does that is interrupted or killed: its end of
    the connection tells, by a signal that nobody handles (fcntl(2), O_ASYNC). False if it has ended already."""
    fcntl(connection, F_SETOWN, os.getpid())
    fcntl(connection, F_SETFL, os.O_ASYNC)
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return not poll.poll(0)


# ---- whom a fork works for ----------------------------------------------------------------------------


def _is_one_of_us(connection: socket.socket) -> bool:
    pid, user = _caller(connection)
    if user != os.geteuid():
        return False
    theirs, ours = _status(pid), _status(os.getpid())
    # Groups give root no right that it does not have.
    alike = ("Uid", "Gid") if user == 0 else ("Uid", "Gid", "Groups")
    return (
        all(theirs.get(name) == ours.get(name) for name in alike)
        and int(theirs.get("CapEff", "0"), 16) & (own := int(ours.get("CapEff", "0"), 16)) == own
        and theirs.get("Seccomp", "0") == "0"
        and all(os.path.samefile(f"/proc/{pid}/{name}", f"/proc/self/{name}") for name in _SURROUNDINGS)
        and _label(pid) == _label(os.getpid())
    )


def _caller(connection: socket.socket) -> tuple[int, int]:
    """The process and user that called (unix(7), SO_PEERCRED)."""
    size = struct.calcsize("3i")
    pid, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return pid, user


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _label(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/attr/current").read_bytes()
    except OSError:
        # No security module has anything to say.
        return b""


def _exactly(connection: socket.socket, count: int) -> bytes:
    found = bytearray()
    while len(found) < count:
        part = connection.recv(min(count - len(found), 1 << 20))
        if not part:
            raise ValueError("it hung up")
        found += part
    return bytes(found)


def _variable(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value
