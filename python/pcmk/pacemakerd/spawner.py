"""The spawner: a process that has imported what the daemons share and forks each of them from itself.

It never starts gRPC or a thread, so forking from it is safe, and what it has imported is memory that all daemons share.
What only one of them runs it does not import: each of the others would have that as well.
It speaks with pacemakerd over a socket pair of packets, one JSON object each:

    in   {"start": DAEMON, "respawned": BOOL}
    out  {"ready": PID}  {"started": DAEMON, "pid": N}  {"failed": DAEMON, "reason": TEXT}
         {"exited": PID, "code": N}  {"exited": PID, "signal": N}

When pacemakerd dies the spawner ends; the daemons go on and are taken over by the next pacemakerd. The resident, which
is its child as well, ends with it.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from functools import partial

from pcmk.kernel.daemons import Daemon
from pcmk.pacemakerd.installed import Installed
from pcmk.pacemakerd.resident import Resident
from pcmk.runtime.forks import as_process, ended_children, part
from pcmk.runtime.memory import give_back
from pcmk.runtime.proctitle import set_title

SHARED = ("grpc", "grpc.aio", "google.protobuf.any_pb2", "pcmk._core", "pcmk.runtime.daemon", "pcmk.runtime.network")
"""What all daemons import, pacemakerd among them."""
MOST = ("pcmk.kernel.cib_replica", "pcmk.kernel.cib_requests", "pcmk.membership")
"""What most others do."""

PACKET = 65536

Main = Callable[[], int]
Run = Callable[[Daemon], int]
"""Is a daemon in a fresh process, and returns its exit code."""


def package_of(daemon: Daemon) -> str:
    """The package of a daemon."""
    return f"pcmk.{daemon.value.removeprefix('pacemaker-')}"


def preload(modules: Iterable[str]) -> None:
    """Import modules for all who will be forked, then keep the collector from touching (and so copying) their pages.

    A module that can't be imported is left to the daemon that needs it, which reports it and exits.
    """
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one daemon must not keep the others down
            print(f"pacemakerd: {name}: {error}", file=sys.stderr)
    gc.collect()
    give_back()
    gc.freeze()


def daemon_main(daemon: Daemon, installed: Installed) -> int:
    """Be that daemon until it ends.

    If the code on disk is another one by now, it is that of a new program: what is imported from it would not go with
    what the spawner had imported.
    """
    if installed.is_other():
        os.execv(sys.executable, [sys.executable, "-P", "-m", package_of(daemon)])
    main: Main = importlib.import_module(f"{package_of(daemon)}.__main__").main
    return main()


def fork_spawner() -> tuple[int, socket.socket]:
    """Fork a spawner from this process, which must not have started a thread; its number, and the way to talk to it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        ours.close()
        as_process(lambda: _live(theirs))
    theirs.close()
    return pid, ours


def _live(channel: socket.socket) -> int:
    installed = Installed()
    # Not before the fork: pacemakerd needs none of it.
    preload(MOST)
    return serve(channel, partial(daemon_main, installed=installed), Resident())


def serve(channel: socket.socket, run: Run, resident: Resident | None = None) -> int:
    """Be the spawner on this socket until the other side closes it; with a resident, if there is to be one."""
    # Not in the group of pacemakerd's terminal: an interrupt there asks pacemakerd to shut down, and only that.
    if os.getsid(0) != os.getpid():
        os.setsid()
    set_title("pacemakerd-spawner")
    wake_in, wake_out = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.set_wakeup_fd(wake_out)
    inherited = (channel.fileno(), wake_in, wake_out, *(resident.files if resident is not None else ()))
    _tell(channel, {"ready": os.getpid()})
    while True:
        pause = resident.start_when_due() if resident is not None else None
        readable, _, _ = select.select([channel, wake_in], [], [], pause)
        if wake_in in readable:
            os.read(wake_in, PACKET)
            for pid, status in ended_children():
                if resident is None or not resident.has_ended(pid):
                    _report_exit(channel, pid, status)
        if channel in readable:
            try:
                packet = channel.recv(PACKET)
            except ConnectionResetError:
                # The other side went without having read what was told.
                packet = b""
            if not packet:
                return 0
            command = json.loads(packet)
            _start(channel, Daemon(command["start"]), command["respawned"], run, inherited)


def _start(channel: socket.socket, daemon: Daemon, respawned: bool, run: Run, inherited: tuple[int, ...]) -> None:
    try:
        pid = os.fork()
    except OSError as error:
        _tell(channel, {"failed": daemon.value, "reason": error.strerror})
        return
    if pid == 0:
        as_process(lambda: _become(daemon, respawned, run, inherited))
    _tell(channel, {"started": daemon.value, "pid": pid})


def _become(daemon: Daemon, respawned: bool, run: Run, inherited: tuple[int, ...]) -> int:
    part(inherited)
    set_title(daemon.value)
    # Only pacemakerd speaks to the service manager.
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        os.environ.pop(name, None)
    if respawned:
        os.environ["PCMK_respawned"] = "true"  # noqa: SIM112 - the field's name
    return run(daemon)


def _report_exit(channel: socket.socket, pid: int, status: int) -> None:
    if os.WIFSIGNALED(status):
        _tell(channel, {"exited": pid, "signal": os.WTERMSIG(status)})
    else:
        _tell(channel, {"exited": pid, "code": os.WEXITSTATUS(status)})


def _tell(channel: socket.socket, message: dict[str, object]) -> None:
    try:
        channel.send(json.dumps(message).encode())
    except OSError:
        # pacemakerd is gone; the next read finds the end of the stream.
        return


def main() -> int:
    """A spawner that replaces one that died: `python -m pcmk.pacemakerd.spawner FD`."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(channel.fileno(), False)
    preload(SHARED)
    return _live(channel)


if __name__ == "__main__":
    sys.exit(main())
