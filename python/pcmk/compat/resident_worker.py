"""A fork of the resident that carries commands out, one after the other, each as if by a process of its own.

It goes on only while a command leaves it as it was, so that no command has anything of another one.
"""

import fcntl
import gc
import os
import resource
import select
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from functools import cache, lru_cache

from msgspec import Struct

from pcmk import __version__
from pcmk.compat.launched import COMMANDS, carry_out
from pcmk.compat.resident_rights import Standing, may_borrow, standing_of
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.rpc.calls import Calls, caller_to
from pcmk.rpc.claim import link_socket
from pcmk.runtime.forks import let_go, outcome
from pcmk.runtime.listener import peer
from pcmk.runtime.settings import from_environment

PATIENCE = 5.0
"""Seconds that a caller may take to say what it wants."""

PLACES = 2
"""Forks that may wait; others end."""
CALLS = 100
"""Commands after which a fork ends: what each leaves behind in its memory adds up."""

FATTER_KB = 16 << 10
"""Kilobytes by which its largest size may have grown."""

ASKED = (Daemon.ATTRD, Daemon.BASED, Daemon.CONTROLD)
"""The daemons that commands speak with. A connection to one, once made, is there for the next command, too."""

WAITS, TAKEN = 1, 0
NEWS = struct.Struct("ii")
"""What a fork tells the resident: its process id, and `WAITS` or `TAKEN`."""

_FILES = 5
_ACCEPTED, _GO = b"A", b"G"


class Request(Struct, frozen=True):
    """What a launcher asks for: a command with its arguments and environment."""

    version: str
    program: str
    arguments: list[str]
    variables: tuple[bytes, ...]
    """Of the environment: `NAME=VALUE`."""

    @classmethod
    def read(cls, connection: socket.socket) -> "Request":
        """Read one. Raises `OSError`, and `ValueError` for what is none."""
        (length,) = struct.unpack("<I", _exactly(connection, 4))
        version, program, count, *rest = _exactly(connection, length).split(b"\0")[:-1]
        arguments, variables = rest[: int(count)], rest[int(count) :]
        return cls(os.fsdecode(version), os.fsdecode(program), list(map(os.fsdecode, arguments)), tuple(variables))


def work(listener: socket.socket, news: int, missed: int, places: int) -> int:
    """Answer who calls, until the resident is missed, or this fork is not wanted or no longer fit; the exit code.

    `news` is a pipe to the resident, `missed` one that closes with it, and `places` a file whose first bytes are locked
    by those who wait (a lock goes with its holder, however that ends).
    """
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    gc.disable()
    settings = from_environment()
    for daemon in ASKED:
        way_in = link_socket(settings.socket(daemon))
        Calls.lasting[way_in] = caller_to(way_in)
    _take_off()
    _rehearse()
    possessions, fat = _possessions(), _largest() + FATTER_KB
    for _ in range(CALLS):
        if not _found_place(places):
            break
        os.write(news, NEWS.pack(os.getpid(), WAITS))
        connection = _next_caller(listener, missed)
        if connection is None:
            break
        os.write(news, NEWS.pack(os.getpid(), TAKEN))
        fcntl.lockf(places, fcntl.LOCK_UN, PLACES)
        with connection:
            as_before = _answer(connection)
        if not as_before or _possessions() != possessions or _largest() > fat:
            break
    return ExitCode.OK


def _possessions() -> tuple[object, ...]:
    """What a command could leave to the next one and must not, as far as the kernel knows of it: files, threads,
    children."""
    try:
        children = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        children = None
    lasting = {str(caller.file) for caller in Calls.lasting.values()}
    files = [file for file in os.listdir("/proc/self/fd") if file not in lasting]
    return files, os.listdir("/proc/self/task"), children


def _largest() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _found_place(places: int) -> bool:
    for place in range(PLACES):
        try:
            fcntl.lockf(places, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except OSError:
            continue
        return True
    return False


def _next_caller(listener: socket.socket, missed: int) -> socket.socket | None:
    while True:
        lasting = {caller.file: caller for caller in Calls.lasting.values() if caller.file is not None}
        poll = select.poll()
        for file in (listener.fileno(), missed, *lasting):
            poll.register(file, select.POLLIN)
        heard = {file for file, _ in poll.poll()}
        if missed in heard:
            return None
        for file in heard & lasting.keys():
            lasting[file].look_after()
        if listener.fileno() in heard:
            try:
                return listener.accept()[0]
            except OSError:
                # Another one was first, or the caller has hung up.
                continue


def _rehearse() -> None:
    """Answer a call that leads nowhere: what that writes to is copied now, and not while somebody waits."""
    words = ("attrd_updater", "3", "-n", "x", "-Q", f"PCMK_RUN_DIR={os.devnull}")
    fields = "".join(f"{word}\0" for word in (__version__, *words)).encode()
    caller, connection = socket.socketpair()
    with caller, connection, open(os.devnull, "r+b") as nothing:
        folder = os.open("/", os.O_RDONLY)
        caller.sendall(struct.pack("<I", len(fields)) + fields)
        missed, alive = os.pipe2(os.O_CLOEXEC)
        socket.send_fds(caller, [_GO], [*[nothing.fileno()] * 3, folder, missed])
        os.close(folder)
        os.close(missed)
        _answer(connection)
        os.close(alive)


def _answer(connection: socket.socket) -> bool:
    """Carry a command out, or hang up on who may not ask for it. False if something went wrong with it here."""
    connection.settimeout(PATIENCE)
    try:
        request, theirs = Request.read(connection), standing_of(peer(connection))
        known = request.version == __version__ and request.program in COMMANDS
        if not known or not may_borrow(theirs, _own_standing()):
            return True
        connection.sendall(_ACCEPTED)
        go, files, _, _ = socket.recv_fds(connection, 1, _FILES)
    except (OSError, ValueError, KeyError):
        # A caller that hung up or means something else, or a kernel that does not tell all that is asked.
        return True
    if go != _GO or len(files) != _FILES:
        # What else came is told by the files that are open now.
        return True
    *theirs_to_use, caller = files
    _put_on(request, theirs_to_use, theirs.umask)
    if not _die_with(caller):
        return False
    code = outcome(lambda: carry_out(request.program))
    _take_off()
    _outlive(caller)
    with suppress(OSError):
        connection.sendall(bytes((code & 0xFF,)))
    return code != ExitCode.SOFTWARE


@cache
def _own_standing() -> Standing:
    return standing_of(os.getpid())


def _put_on(request: Request, files: list[int], umask: int) -> None:
    """Take the place of who called; `files` are its standard input, output, error, and the folder that it is in."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    os.fchdir(files[3])
    for file in files:
        os.close(file)
    os.umask(umask)
    _surround_with(request.variables)
    sys.argv = [request.program, *request.arguments]
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False, buffering=1)  # noqa: SIM115


# Most call with the environment that the caller before had, and no command changes it.
@lru_cache(maxsize=1)
def _surround_with(variables: tuple[bytes, ...]) -> None:
    os.environb.clear()
    for variable in variables:
        name, _, value = variable.partition(b"=")
        if name:
            os.environb[name] = value
    time.tzset()


def _take_off() -> None:
    """Let go of what is the caller's."""
    let_go()
    # What they did not take is not for the next one.
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def _die_with(caller: int) -> bool:
    """From now on this process ends when the caller does, as a command does that is interrupted or killed: a pipe that
    closes with it tells, by a signal that nobody handles (fcntl(2), O_ASYNC). False if it has ended already.

    The connection would not do: the kernel wakes who reads what came on it, and only then looks whether a signal that
    it came is wanted. By then it can be wanted for the end.
    """
    fcntl.fcntl(caller, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(caller, fcntl.F_SETFL, os.O_ASYNC)
    poll = select.poll()
    poll.register(caller, select.POLLIN)
    return not poll.poll(0)


def _outlive(caller: int) -> None:
    # The caller may hold this end, too, so that to close it is not enough.
    fcntl.fcntl(caller, fcntl.F_SETFL, 0)
    os.close(caller)


def _exactly(connection: socket.socket, count: int) -> bytes:
    found = bytearray()
    while len(found) < count:
        part = connection.recv(min(count - len(found), 1 << 20))
        if not part:
            raise ValueError("it hung up")
        found += part
    return bytes(found)
