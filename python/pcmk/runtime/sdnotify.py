"""Notes to the service manager by the sd_notify(3) protocol; silently none where there is no manager."""

import os
import socket
from collections.abc import Mapping


class Notifier:
    """Sends to the datagram socket named by `NOTIFY_SOCKET`."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        # A leading @ stands for the abstract name space.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_seconds = _watchdog(environment)

    def ready(self, status: str = "") -> None:
        """Start-up is finished."""
        self._send("READY=1" + (f"\nSTATUS={status}" if status else ""))

    def status(self, text: str) -> None:
        """One line for people."""
        self._send(f"STATUS={text}")

    def stopping(self) -> None:
        """The service begins to shut down."""
        self._send("STOPPING=1")

    def watchdog(self) -> None:
        """Still alive; due more often than every `watchdog_seconds`."""
        self._send("WATCHDOG=1")

    def _send(self, text: str) -> None:
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
            try:
                sender.sendto(text.encode(), self._address)
            except OSError:
                # The manager went away or is being restarted; the service goes on without it.
                return


def _watchdog(environment: Mapping[str, str]) -> float | None:
    """How often the manager wants to hear from this process; None when it does not watch this one."""
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    microseconds = environment.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1e6 if microseconds.isdigit() and int(microseconds) else None
