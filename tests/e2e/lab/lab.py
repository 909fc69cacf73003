"""Hosts, their switch and their power switch."""

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

from pcmk.runtime.certificates import make_ca, make_node
from tests.e2e.lab import record
from tests.e2e.lab.node import AGENTS, LabNode
from tests.e2e.lab.power import PowerSwitch
from tests.e2e.lab.switch import Switch

_RESOURCES = Path("/usr/lib/ocf")


class Lab:
    """Nodes `n1`, `n2`, ... that have power, certificates and a configuration of Corosync; closed at the end of `with`.

    `token` is how long (milliseconds) Corosync waits for a silent node; it takes twice that and more to give it up;
    without one, Corosync has all of its defaults. `own` are folders of this machine that each node has for itself,
    empty at first. `bare` hosts have neither certificates nor a configuration yet. `machine` makes the nodes.
    """

    def __init__(
        self,
        folder: Path,
        count: int,
        token: int | None = 300,
        own: tuple[str, ...] = (),
        *,
        bare: bool = False,
        machine: type[LabNode] = LabNode,
    ) -> None:
        self.folder = folder
        self._open = contextlib.ExitStack()
        switch = Switch(f"pcmk-lab-{os.getpid()}")
        self.switch = switch
        self._open.callback(switch.remove)
        self.nodes = {
            f"n{number}": machine(f"n{number}", number, folder / f"n{number}", switch, own)
            for number in range(1, count + 1)
        }
        self.power = PowerSwitch(folder / "power", self.nodes)
        self._open.callback(self.power.close)
        self._open.callback(self._all_off)
        try:
            self._provide_agents()
            if not bare:
                self._make_members(token)
            for node in self.nodes.values():
                node.power_on()
        except BaseException:
            self._open.close()
            raise

    def __enter__(self) -> "Lab":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._open.close()

    def start(self, *names: str) -> None:
        """Start Corosync and the cluster on nodes (all if none is named)."""
        for name in names or self.nodes:
            node = self.nodes[name]
            if not node.is_on:
                node.power_on()
            node.start("corosync", "-f", log="corosync.out")
            node.start("pacemakerd", log="pacemakerd.out")

    def await_that(self, what: str, condition: Callable[[], bool], seconds: float = 30.0, pause: float = 0.02) -> float:
        """Wait for something; how long it took. AssertionError with the nodes' last words when it takes too long."""
        began = time.monotonic()
        while not condition():
            if time.monotonic() - began > seconds:
                raise AssertionError(f"Not within {seconds:g} s: {what}\n{self.logs()}")
            time.sleep(pause)
        return time.monotonic() - began

    def split(self, *groups: Iterable[str]) -> None:
        """Cut the network between groups of nodes."""
        self.switch.split(*(tuple(group) for group in groups))

    def heal(self) -> None:
        """Connect all nodes that have power."""
        self.switch.heal(*(node.name for node in self.nodes.values() if node.is_on))

    def record(self) -> list[record.Entry]:
        """What recording agents wrote, and when nodes lost power."""
        return record.read(self.folder / "record")

    def active(self) -> dict[str, list[str]]:
        """Where recording resources are active; AssertionError if one ever was so twice."""
        return record.active(self.record())

    def logs(self) -> str:
        """The ends of all logs."""
        texts: list[str] = []
        for node in self.nodes.values():
            for file in sorted(node.folder.glob("*.log")) + sorted(node.folder.glob("*.out")):
                texts.append(f"==> {file}\n" + "\n".join(file.read_text(errors="replace").splitlines()[-60:]))
        return "\n".join(texts)

    def _all_off(self) -> None:
        for node in self.nodes.values():
            node.power_off()

    def _provide_agents(self) -> None:
        resources = self.folder / "ocf" / "resource.d" / "lab"
        resources.mkdir(parents=True)
        (resources / "Recorder").symlink_to(AGENTS / "Recorder")
        (self.folder / "ocf" / "lib").symlink_to(_RESOURCES / "lib")
        (self.folder / "ocf" / "resource.d" / "heartbeat").symlink_to(_RESOURCES / "resource.d" / "heartbeat")

    def _make_members(self, token: int | None) -> None:
        configuration = corosync_conf(list(self.nodes.values()), token)
        make_ca(self.folder / "ca")
        for node in self.nodes.values():
            make_node(self.folder / "ca", node.folder / "config" / "tls", node.name)
            (node.folder / "corosync" / "corosync.conf").write_text(configuration)


def corosync_conf(nodes: list[LabNode], token: int | None) -> str:
    """A configuration that is quick to form a ring and to miss a node; that of Corosync's defaults without a token."""
    pace = "transport: knet" if token is None else f"transport: udpu\n  token: {token}\n  token_coefficient: 0"
    listed = "".join(
        f"  node {{\n    ring0_addr: {node.address}\n    name: {node.name}\n    nodeid: {number}\n  }}\n"
        for number, node in enumerate(nodes, 1)
    )
    return f"""totem {{
  version: 2
  cluster_name: lab
  {pace}
}}
nodelist {{
{listed}}}
quorum {{
  provider: corosync_votequorum
}}
system {{
  sched_rr: no
  move_to_root_cgroup: no
}}
logging {{
  to_stderr: no
  to_syslog: no
  to_logfile: yes
  logfile: /var/log/corosync/corosync.log
  timestamp: hires
}}
"""
