"""The resident of a node: a process that has imported the commands that agents call every few seconds, and has forks of
itself carry the calls out (`pcmk.compat.resident_worker`). What calls it is the launcher
(`rust/launcher/src/resident.rs` has what is said).

A fork runs with the rights of this process, so it works for nobody who has fewer (`pcmk.compat.resident_rights`): they
are told nothing, and start an interpreter of their own, as does everybody when there is no resident.

The resident never starts a thread, so forking from it is safe. It ends when its pacemakerd does.
"""

import gc
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from importlib import import_module

from pcmk.compat.launched import COMMANDS
from pcmk.compat.resident_worker import ASKED, NEWS, PLACES, WAITS, work
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.rpc.convert import prepare
from pcmk.rpc.services import service_of
from pcmk.runtime.forks import as_process, ended_children
from pcmk.runtime.memory import give_back
from pcmk.runtime.proctitle import set_title
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
    "xml.parsers.expat",
)
"""What commands import, some of it only when they need it."""

AGAIN_MS = 10
"""Milliseconds that somebody waits until another fork is made for them, if as many as may wait are all at work, or none
could be made: about what it takes to make one."""


def main(alive: int) -> int:
    """Be the resident of the node that the environment names until nobody has the other end of the pipe `alive`."""
    os.set_inheritable(alive, False)
    set_title("pacemakerd-commands")
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
    give_back()
    gc.freeze()


def serve(listener: socket.socket, alive: int) -> int:
    """Have forks carry out what comes. As many as may wait are kept; more are made while all of these are at work and
    somebody waits for longer than it takes to make one."""
    wake_in, wake_out = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    news_in, news_out = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    # Nobody writes to it, and nobody else has this end of it: when it closes, this process is gone.
    missed, own = os.pipe2(os.O_CLOEXEC)
    places = os.memfd_create("places")
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wake_out)
    listener.setblocking(False)
    poll = select.poll()
    for descriptor in (wake_in, news_in, alive):
        poll.register(descriptor, select.POLLIN)
    coming: set[int] = set()
    waiting: set[int] = set()
    working: set[int] = set()
    late = False
    while True:
        if not coming and not waiting and (late or len(working) < PLACES):
            with suppress(OSError):
                coming.add(
                    _forked(partial(work, listener, news_out, missed, places), (wake_in, wake_out, news_in, own, alive))
                )
        heard = poll.poll() if coming or waiting else _poll_with(listener, poll)
        late = not heard
        if any(descriptor == alive for descriptor, _ in heard):
            return ExitCode.OK
        _read(wake_in)
        # In this order: what one has told, it told before it ended.
        ended = list(ended_children())
        for pid, what in NEWS.iter_unpack(_read(news_in)):
            coming.discard(pid)
            now, before = (waiting, working) if what == WAITS else (working, waiting)
            now.add(pid)
            before.discard(pid)
        for pid, status in ended:
            if pid in coming and status:
                # It would be the same with the next one.
                return ExitCode.SOFTWARE
            if pid in working and os.WIFSIGNALED(status) and os.WTERMSIG(status) != signal.SIGIO:
                # Its caller says that it is gone, but not why.
                print(f"pacemakerd: a command was ended by signal {os.WTERMSIG(status)}", file=sys.stderr, flush=True)
            for those in (coming, waiting, working):
                those.discard(pid)


def _poll_with(listener: socket.socket, poll: select.poll) -> list[tuple[int, int]]:
    """What is heard besides callers; nothing if one of them has waited long enough."""
    poll.register(listener, select.POLLIN)
    heard = poll.poll()
    poll.unregister(listener)
    return [event for event in heard if event[0] != listener.fileno()] or poll.poll(AGAIN_MS)


def _forked(life: Callable[[], int], not_theirs: Iterable[int]) -> int:
    """A new process that lives that life without some of our files. Raises `OSError` if none could be made."""
    pid = os.fork()
    if pid == 0:
        for descriptor in not_theirs:
            os.close(descriptor)
        as_process(life)
    return pid


def _read(pipe: int) -> bytes:
    try:
        return os.read(pipe, 4096)
    except BlockingIOError:
        return b""


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
