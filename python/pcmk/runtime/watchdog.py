"""The watchdog device of a node (Documentation/watchdog/watchdog-api.rst of the kernel)."""

import errno
import fcntl
import os
import stat
import struct
from pathlib import Path

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

_SETTIMEOUT = 0xC0045706
_MAGIC_CLOSE = b"V"


class WatchdogDevice:
    """A device that resets the machine when it gets no sign of life for a while. To open it is such a sign. It goes on
    to count when this process ends, however that ends, but for `disarm`.

    A FIFO stands in for it where there is none, in tests: whoever reads it is the device, and knows its time by itself.
    """

    def __init__(self, path: Path, timeout: float) -> None:
        """`timeout` in seconds."""
        self._path = path
        self._timeout = int(timeout)
        self._descriptor: int | None = None

    def open(self) -> None:
        """Open it and set its timeout. Raises `PcmkError` (CONFIG) that tells what is wrong with it."""
        try:
            # Without waiting for a reader that a FIFO may not have.
            descriptor = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            text = f"The watchdog device {self._path} can't be opened: {_why(error)}"
            raise PcmkError(ExitCode.CONFIG, text) from error
        try:
            mode = os.fstat(descriptor).st_mode
            if stat.S_ISCHR(mode):
                self._set_timeout(descriptor)
            elif not stat.S_ISFIFO(mode):
                raise PcmkError(ExitCode.CONFIG, f"{self._path} is no watchdog device")
        except PcmkError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def pet(self) -> None:
        """Give a sign of life. Raises `OSError`, and `PcmkError` as `open`."""
        if self._descriptor is None:
            self.open()
        assert self._descriptor is not None
        os.write(self._descriptor, b"\0")

    def disarm(self) -> None:
        """Have it rest, and close it. Raises `OSError`, and `PcmkError` as `open`: if it counts since a former process
        had it, it has to be opened for that."""
        if self._descriptor is None:
            self.open()
        descriptor, self._descriptor = self._descriptor, None
        assert descriptor is not None
        try:
            os.write(descriptor, _MAGIC_CLOSE)
        finally:
            os.close(descriptor)

    def _set_timeout(self, descriptor: int) -> None:
        seconds = self._timeout
        try:
            answer = fcntl.ioctl(descriptor, _SETTIMEOUT, struct.pack("i", seconds))
        except OSError as error:
            text = f"The timeout of {self._path} can't be set to {seconds} s: {error.strerror}"
            raise PcmkError(ExitCode.CONFIG, text) from error
        really = struct.unpack("i", answer)[0]
        if really > seconds:
            text = f"{self._path} takes {really} s at least; SBD_WATCHDOG_TIMEOUT must not be less"
            raise PcmkError(ExitCode.CONFIG, text)


def _why(error: OSError) -> str:
    if error.errno == errno.EBUSY:
        return "another program keeps it (sbd, or systemd's RuntimeWatchdogSec)"
    if error.errno == errno.ENXIO:
        return "nobody reads this FIFO, or there is no driver"
    return error.strerror or str(error)
