"""Commands that go on in the background: the process, and the file that names it."""

import os
from pathlib import Path

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.runtime.forks import let_go


def go_to_background(program: str, pid_file: Path | None) -> None:
    """Go on in a new process that no terminal reaches; the calling process ends here with exit status 0.

    The file, if any, has the number of the new process before this one ends. Raises `PcmkError`, and nothing was
    started: ERROR if a process of that name is alive that the file names, CANTCREAT if it can't be written.
    """
    descriptor = None if pid_file is None else _claimed(program, pid_file)
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid:
        if descriptor is not None:
            os.write(descriptor, f"{pid}\n".encode())
        # Now the new process may begin: whatever it does to the file comes after this.
        os.close(theirs)
        os._exit(ExitCode.OK)
    os.close(theirs)
    os.read(ours, 1)
    os.close(ours)
    if descriptor is not None:
        os.close(descriptor)
    os.setsid()
    let_go()


def release(pid_file: Path | None) -> None:
    """Remove the file, if it names this process."""
    if pid_file is not None and _named(pid_file) == os.getpid():
        pid_file.unlink(missing_ok=True)


def _claimed(program: str, pid_file: Path) -> int:
    """A file to write the number to."""
    old = _named(pid_file)
    if old is not None and _runs(program, old):
        raise PcmkError(ExitCode.ERROR, f"already running [pid {old} in {pid_file}]")
    try:
        return os.open(pid_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise PcmkError(ExitCode.CANTCREAT, f"Could not write {pid_file}: {error.strerror}") from error


def _named(pid_file: Path) -> int | None:
    try:
        text = pid_file.read_text().strip()
    except (OSError, UnicodeDecodeError):
        # Nobody is named by a file that can't be read; if it can't be written either, that is told.
        return None
    return int(text) if text.isdecimal() else None


def _runs(program: str, pid: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return any(os.path.basename(word) == program.encode() for word in words)
