"""The resident of a node: a process that has imported the commands that agents call every few seconds, and carries each
call out in a fork of itself. What calls it is the launcher (`rust/launcher/src/resident.rs` has what is said).

A fork runs with the rights of this process, so it works for nobody who has fewer (`pcmk.compat.resident_rights`): they
are told nothing, and start an interpreter of their own, as does everybody when there is no resident.

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
from functools import cache, partial
from importlib import import_module

from pcmk import __version__
from pcmk.compat.launched import COMMANDS, carry_out
from pcmk.compat.resident_rights import Standing, may_borrow, standing_of
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.rpc.convert import prepare
from pcmk.rpc.services import service_of
from pcmk.runtime.forks import as_process, ended_children, outcome
from pcmk.runtime.listener import peer
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
SPARE = 2
"""Forks that wait."""

AGAIN_MS = 100
"""Milliseconds until another try to make one."""

YOUNG = 1.0
"""Seconds after which a fork that dies while it waits was killed, and not wrong from the beginning."""
_FILES = 4
_ACCEPTED, _GO = b"A", b"G"


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
    try:
        path = from_environment().run_dir / SOCKET
    except PcmkError as error:
        # The daemons say so, too.
        return error.code
    preload()
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
    """Carry out what comes. There are always some forks that wait, so that nobody waits for one to be made."""
    wake_in, wake_out = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    taken_in, taken_out = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    # Nobody writes to it, and nobody else has this end of it: when it closes, this process is gone.
    missed, own = os.pipe2(os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wake_out)
    listener.setblocking(False)
    poll = select.poll()
    for descriptor in (wake_in, taken_in, alive):
        poll.register(descriptor, select.POLLIN)
    waiting: dict[int, float] = {}
    while True:
        while len(waiting) < SPARE:
            try:
                pid = os.fork()
            except OSError:
                break
            if pid == 0:
                for descriptor in (wake_in, wake_out, taken_in, own, alive):
                    os.close(descriptor)
                as_process(partial(_wait, listener, taken_out, missed))
            waiting[pid] = time.monotonic()
        # Where none could be made, soon again; whoever calls in between helps themselves.
        if any(descriptor == alive for descriptor, _ in poll.poll(None if len(waiting) == SPARE else AGAIN_MS)):
            return ExitCode.OK
        _read(wake_in)
        # In this order: one that was taken said so before it ended.
        ended = [pid for pid, _ in ended_children()]
        for (pid,) in struct.iter_unpack("i", _read(taken_in)):
            waiting.pop(pid, None)
        if any(time.monotonic() - waiting.pop(pid) < YOUNG for pid in ended if pid in waiting):
            # It would be the same with the next one.
            return ExitCode.SOFTWARE


def _read(pipe: int) -> bytes:
    try:
        return os.read(pipe, 4096)
    except BlockingIOError:
        return b""


def _wait(listener: socket.socket, taken: int, missed: int) -> int:
    """Wait for a caller and answer it; end when the parent is missed."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _rehearse()
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    poll.register(missed, select.POLLIN)
    while True:
        if any(descriptor == missed for descriptor, _ in poll.poll()):
            return ExitCode.OK
        try:
            connection, _ = listener.accept()
        except OSError:
            # Another one was first, or the caller has hung up.
            continue
        os.write(taken, struct.pack("i", os.getpid()))
        for descriptor in (taken, missed):
            os.close(descriptor)
        listener.close()
        return _answer(connection)


def _rehearse() -> None:
    """Answer a call that leads nowhere: what that writes to is copied now, and not while somebody waits."""
    gc.disable()
    words = ("attrd_updater", "3", "-n", "x", "-Q", f"PCMK_RUN_DIR={os.devnull}")
    fields = "".join(f"{word}\0" for word in (__version__, *words)).encode()
    caller, connection = socket.socketpair()
    with caller, connection, open(os.devnull, "r+b") as nothing:
        folder = os.open("/", os.O_RDONLY)
        caller.sendall(struct.pack("<I", len(fields)) + fields)
        socket.send_fds(caller, [_GO], [*[nothing.fileno()] * 3, folder])
        os.close(folder)
        _answer(connection)


def _answer(connection: socket.socket) -> int:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    connection.settimeout(PATIENCE)
    try:
        request, theirs = Request.read(connection), standing_of(peer(connection))
        known = request.version == __version__ and request.program in COMMANDS
        if not known or not may_borrow(theirs, _own_standing()):
            return ExitCode.OK
        connection.sendall(_ACCEPTED)
        go, files, _, _ = socket.recv_fds(connection, 1, _FILES)
        if go != _GO or len(files) != _FILES:
            return ExitCode.OK
    except (OSError, ValueError, KeyError):
        # A caller that hung up or means something else, or a kernel that does not tell all that is asked.
        return ExitCode.OK
    _put_on(request, files, theirs.umask)
    if not _die_with(connection):
        return ExitCode.OK
    code = outcome(lambda: carry_out(request.program))
    connection.setblocking(True)
    connection.sendall(bytes((code & 0xFF,)))
    return ExitCode.OK


@cache
def _own_standing() -> Standing:
    return standing_of(os.getpid())


def _put_on(request: Request, files: list[int], umask: int) -> None:
    """Take the place of who called; `files` are its standard input, output, error, and the folder that it is in."""
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    os.fchdir(files[3])
    for file in files:
        os.close(file)
    os.umask(umask)
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
