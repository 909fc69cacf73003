"""Log lines of a daemon, in the shape that the field's tools read.

`Mon DD HH:MM:SS.mmm HOST DAEMON[PID] level: text`, followed by the record's fields as a JSON object if it has any.
"""

import errno
import json
import os
import time
from pathlib import Path

LEVELS = ("trace", "debug", "info", "notice", "warning", "error", "crit", "alert", "emerg")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Logger:
    """Writes records; made by `open_log`."""

    def __init__(self, program: str, host: str, threshold: int, sinks: "_Sinks") -> None:
        self._program = program
        self._host = host
        self._threshold = threshold
        self._sinks = sinks

    def log(self, level: str, text: str, /, **fields: str) -> None:
        """Write one record; `level` is one of `LEVELS`, `text` the human sentence."""
        if LEVELS.index(level) < self._threshold:
            return
        wall = time.time()
        day = time.localtime(wall)
        stamp = (
            f"{_MONTHS[day.tm_mon - 1]} {day.tm_mday:02d} {time.strftime('%H:%M:%S', day)}.{int(wall % 1 * 1000):03d}"
        )
        line = text.replace("\n", "\\n")
        tail = " " + json.dumps(fields, ensure_ascii=False) if fields else ""
        self._sinks.write(f"{stamp} {self._host} {self._program}[{os.getpid()}] {level}: {line}{tail}\n")


def open_log(program: str, host: str, file: Path | None, debug: bool = False) -> Logger:
    """Log to standard error and, if given, to a file that may be shared by all daemons of the node.

    A file that can't be opened is reported on standard error and done without.
    """
    sinks = [2]
    problem = ""
    if file is not None:
        try:
            sinks.append(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o660))
        except OSError as error:
            problem = f"Cannot write the log file {file}: {error.strerror}"
    threshold = LEVELS.index("debug" if debug else "info")
    logger = Logger(program, host, threshold, _Sinks(sinks))
    if problem:
        logger.log("warning", problem)
    return logger


class _Sinks:
    """Appends whole lines to descriptors, so that lines of several processes never mix."""

    def __init__(self, descriptors: list[int]) -> None:
        self._lost = dict.fromkeys(descriptors, 0)

    def write(self, line: str) -> None:
        data = line.encode("utf-8", "backslashreplace")
        for descriptor, lost in list(self._lost.items()):
            # A line may have been cut off in the middle.
            note = f"\n{lost} lines could not be written here\n".encode() if lost else b""
            try:
                whole = os.write(descriptor, note + data) == len(note + data)
            except OSError as error:
                # A full disk must not stop the daemon, and it may have space again; a closed descriptor is done with.
                whole = False
                if error.errno in (errno.EBADF, errno.EPIPE):
                    del self._lost[descriptor]
                    continue
            self._lost[descriptor] = 0 if whole else lost + 1
