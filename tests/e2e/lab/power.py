"""The power switch, outside of all nodes: what `agents/fence_lab` talks to."""

import socketserver
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Machine(Protocol):
    """What can be switched."""

    name: str

    @property
    def is_on(self) -> bool: ...

    def power_off(self) -> None: ...


class PowerSwitch:
    """Serves a Unix socket; its path works from inside every node."""

    def __init__(self, path: Path, machines: Mapping[str, Machine]) -> None:
        self.fenced: list[str] = []
        """Who lost power by it, in order."""
        self.asked: list[float] = []
        """When it was asked to take power from somebody (epoch seconds)."""
        self._machines = machines
        switch = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                action, _, plug = self.rfile.readline().decode().strip().partition(" ")
                self.wfile.write(switch.answer(action, plug).encode())

        self._server = socketserver.ThreadingUnixStreamServer(str(path), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def answer(self, action: str, plug: str) -> str:
        """The exit code of the fence agent, a newline, and what it prints."""
        machine = self._machines.get(plug)
        match action:
            case "monitor":
                return "0\n"
            case "list":
                return "0\n" + "".join(f"{name},\n" for name in sorted(self._machines))
            case "status" if machine is not None:
                return "0\n" if machine.is_on else "2\n"
            case "off" | "reboot" if machine is not None:
                self.asked.append(time.time())
                machine.power_off()
                self.fenced.append(plug)
                return "0\n"
            case "on" if machine is not None:
                return "0\n"
            case _:
                return "1\n"

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
