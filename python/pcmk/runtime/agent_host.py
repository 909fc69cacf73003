"""The helper process that runs agents: one thread, standard library only, no gRPC.

It is started as a script (`python -I -S agent_host.py FD`) and imports nothing of pcmk, so it is small, quick to
start, and safe to start children from. `pcmk.runtime.agents` speaks with it over a stream socket: frames of a four
byte length and a marshalled tuple.

    in   ("run", id, argv, env, stdin, timeout_ms, user, cap)   ("cancel", id)
    out  ("started", id, pid, start_ticks)   ("done", id, how, code, stdout, stderr, milliseconds)

`how` is exited (code is the exit status), signaled (code is the signal), timeout, cancelled or unstartable (code is an
errno). Every agent leads a session of its own. On timeout and cancellation its whole process group is killed with
SIGKILL; after an exit in time the group is left alone, because a started service may live in it. When the socket
closes, the daemon is gone: what still runs is killed, for its successor will run it again.
"""

import errno
import marshal
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from typing import Any

CHUNK = 65536
REAP_GRACE = 5.0
"""Seconds after the kill until an agent that does not die (stuck in the kernel) is reported as timed out."""


class Captured:
    """What an agent printed on one stream: the first and the last half of `cap` bytes."""

    def __init__(self, fd: int, cap: int) -> None:
        self.fd = fd
        self.half = max(cap // 2, 1)
        self.head = bytearray()
        self.tail = bytearray()
        self.dropped = 0

    def add(self, data: bytes) -> None:
        """Take in what was read."""
        room = self.half - len(self.head)
        self.head += data[:room]
        self.tail += data[room:] if room < len(data) else b""
        excess = len(self.tail) - self.half
        if excess > 0:
            del self.tail[:excess]
            self.dropped += excess

    def text(self) -> bytes:
        """Everything kept, with a mark where bytes are missing."""
        mark = b"\n[%d bytes left out]\n" % self.dropped if self.dropped else b""
        return bytes(self.head) + mark + bytes(self.tail)


class Run:
    """An agent that was started and is not reported yet."""

    def __init__(self, key: int, process: "subprocess.Popen[bytes]", stdin: bytes, timeout_ms: int, cap: int) -> None:
        if process.stdout is None or process.stderr is None:
            raise OSError(errno.EBADF, "agent without output pipes")
        self.key = key
        self.process = process
        self.pidfd = os.pidfd_open(process.pid)
        self.outputs = (Captured(process.stdout.fileno(), cap), Captured(process.stderr.fileno(), cap))
        self.stdin = stdin
        self.began = time.monotonic()
        self.deadline = self.began + timeout_ms / 1000 if timeout_ms > 0 else None
        self.ended_by = ""
        self.reported = False

    def kill(self, why: str) -> None:
        """Kill the group. The leader is not reaped yet, so its number can't belong to anybody else."""
        if not self.ended_by:
            self.ended_by = why
        self.deadline = time.monotonic() + REAP_GRACE
        kill_group(self.process.pid)


def kill_group(pid: int) -> None:
    """SIGKILL to a process group that may be gone already."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def start_ticks(pid: int) -> int:
    """When a process started, in clock ticks since boot; together with the pid it names a process for good."""
    with open(f"/proc/{pid}/stat", "rb") as stat:
        return int(stat.read().rpartition(b")")[2].split()[19])


class Host:
    """The loop: requests of the daemon, output and exits of agents, deadlines."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.epoll = select.epoll()
        self.epoll.register(control.fileno(), select.EPOLLIN)
        self.received = bytearray()
        self.runs: dict[int, Run] = {}
        self.watched: dict[int, tuple[Run, str]] = {}

    def serve(self) -> None:
        """Work until the daemon closes the socket."""
        while True:
            for fd, _ in self.epoll.poll(self._patience()):
                if fd == self.control.fileno():
                    if not self._read_requests():
                        self._abandon()
                        return
                elif fd in self.watched:
                    self._attend(fd)
            self._enforce_deadlines()

    def _patience(self) -> float | None:
        """Seconds until the next deadline; None is for ever."""
        deadlines = [run.deadline for run in self.runs.values() if run.deadline is not None]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None

    def _read_requests(self) -> bool:
        """Take what the daemon sent; false when it closed the socket."""
        try:
            data = self.control.recv(CHUNK)
        except ConnectionResetError:
            return False
        if not data:
            return False
        self.received += data
        while len(self.received) >= 4:
            (length,) = struct.unpack_from("!I", self.received)
            if len(self.received) < 4 + length:
                break
            frame = marshal.loads(self.received[4 : 4 + length])
            del self.received[: 4 + length]
            self._obey(frame)
        return True

    def _obey(self, frame: tuple[Any, ...]) -> None:
        """Carry out one request."""
        if frame[0] == "run":
            self._start(*frame[1:])
        elif frame[0] == "cancel" and frame[1] in self.runs:
            self.runs[frame[1]].kill("cancelled")

    def _start(
        self,
        key: int,
        argv: list[str],
        env: dict[str, str],
        stdin: bytes,
        timeout_ms: int,
        user: str,
        cap: int,
    ) -> None:
        """Start an agent and watch it."""
        try:
            uid, gid, groups = identity(user)
            process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                env=env,
                cwd="/",
                start_new_session=True,
                user=uid,
                group=gid,
                extra_groups=groups,
            )
        except (OSError, KeyError, ValueError, subprocess.SubprocessError) as error:
            code = error.errno if isinstance(error, OSError) and error.errno else errno.EINVAL
            self._send("done", key, "unstartable", code, b"", str(error).encode(), 0)
            return
        run = Run(key, process, stdin, timeout_ms, cap)
        self.runs[key] = run
        self._send("started", key, process.pid, start_ticks(process.pid))
        self._watch(run.pidfd, run, "exit", select.EPOLLIN)
        for output in run.outputs:
            os.set_blocking(output.fd, False)
            self._watch(output.fd, run, "output", select.EPOLLIN)
        if process.stdin is not None:
            os.set_blocking(process.stdin.fileno(), False)
            self._watch(process.stdin.fileno(), run, "input", select.EPOLLOUT)

    def _watch(self, fd: int, run: Run, what: str, events: int) -> None:
        self.watched[fd] = (run, what)
        self.epoll.register(fd, events)

    def _unwatch(self, fd: int) -> None:
        if self.watched.pop(fd, None) is not None:
            self.epoll.unregister(fd)

    def _attend(self, fd: int) -> None:
        """An agent printed, takes input, or exited."""
        run, what = self.watched[fd]
        if what == "output":
            self._read_output(run, fd)
        elif what == "input":
            self._write_input(run, fd)
        else:
            self._finish(run)

    def _read_output(self, run: Run, fd: int) -> bool:
        """Read a chunk; false when there is nothing more for now."""
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            return False
        if not data:
            self._unwatch(fd)
            return False
        for output in run.outputs:
            if output.fd == fd:
                output.add(data)
        return True

    def _write_input(self, run: Run, fd: int) -> None:
        try:
            run.stdin = run.stdin[os.write(fd, run.stdin) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            run.stdin = b""
        if not run.stdin and run.process.stdin is not None:
            self._unwatch(fd)
            run.process.stdin.close()

    def _finish(self, run: Run) -> None:
        """The leader exited: report it with what was printed until now; background children don't delay that."""
        code = run.process.poll()
        if code is None:
            return
        for output in run.outputs:
            while output.fd in self.watched and self._read_output(run, output.fd):
                pass
        if run.ended_by:
            self._report(run, run.ended_by, 0)
        elif code < 0:
            self._report(run, "signaled", -code)
        else:
            self._report(run, "exited", code)
        self._release(run)

    def _release(self, run: Run) -> None:
        """Close all that belongs to a run."""
        del self.runs[run.key]
        self._unwatch(run.pidfd)
        os.close(run.pidfd)
        for stream in (run.process.stdin, run.process.stdout, run.process.stderr):
            if stream is not None and not stream.closed:
                self._unwatch(stream.fileno())
                stream.close()

    def _report(self, run: Run, how: str, code: int) -> None:
        if run.reported:
            return
        run.reported = True
        out, err = (output.text() for output in run.outputs)
        self._send("done", run.key, how, code, out, err, round((time.monotonic() - run.began) * 1000))

    def _enforce_deadlines(self) -> None:
        """Kill what ran out of time; give up waiting for what does not even die of that."""
        now = time.monotonic()
        for run in list(self.runs.values()):
            if run.deadline is None or run.deadline > now:
                continue
            if run.ended_by:
                self._report(run, run.ended_by, 0)
                run.deadline = None
            else:
                run.kill("timeout")

    def _send(self, *frame: Any) -> None:
        data = marshal.dumps(frame)
        try:
            self.control.sendall(struct.pack("!I", len(data)) + data)
        except BrokenPipeError:
            self._abandon()
            sys.exit(0)

    def _abandon(self) -> None:
        """The daemon is gone: kill what it had started."""
        for run in self.runs.values():
            kill_group(run.process.pid)


def identity(user: str) -> tuple[int | None, int | None, list[int] | None]:
    """The user, group and further groups to take: none of them for the daemon's own user. KeyError if unknown."""
    if not user:
        return None, None, None
    import pwd

    entry = pwd.getpwnam(user)
    if entry.pw_uid == os.geteuid():
        return None, None, None
    return entry.pw_uid, entry.pw_gid, []


if __name__ == "__main__":
    Host(socket.socket(fileno=int(sys.argv[1]))).serve()
