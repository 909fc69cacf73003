"""What is measured: pcmk, and Debian's Pacemaker as the reference, each as the nodes of a lab run it."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from tests.e2e.lab import Lab
from tests.e2e.lab.node import AGENTS as FENCE_AGENTS
from tests.e2e.lab.node import LabNode

AGENTS = Path(__file__).parent / "agents"
_PREPARE = f"""set -e
for folder in cib pengine cores blackbox; do
    install -d -o hacluster -g haclient -m 750 /var/lib/pacemaker/$folder
done
install -d -o hacluster -g haclient -m 770 /var/log/pacemaker
mount -t overlay -o lowerdir={FENCE_AGENTS}:/usr/sbin overlay /usr/sbin
mount -t overlay -o lowerdir={AGENTS}:/usr/lib/ocf/resource.d overlay /usr/lib/ocf/resource.d
"""


class ReferenceNode(LabNode):
    """A node with Debian's commands and daemons; it alone sees the lab's agents where those look for agents."""

    def power_on(self) -> None:
        """Start the machine, with its folders as the package makes them."""
        super().power_on()
        self.run("sh", "-c", _PREPARE)

    def environment(self) -> dict[str, str]:
        """What processes of the cluster are started with."""
        return {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "PCMK_logfile": "/var/log/pacemaker/pacemaker.log",
        }


class Product(Struct, frozen=True):
    """A cluster manager."""

    name: str
    node: type[LabNode]
    own: tuple[str, ...]
    """Folders of the machine that each node has for itself."""
    agents: str
    """Where its agents have their state files."""

    @contextmanager
    def lab(self, count: int, token: int | None) -> Generator[Lab]:
        """A lab in which it can be started; see `Lab` for the token."""
        with (
            TemporaryDirectory(prefix="pcmk-bench-", ignore_cleanup_errors=True) as folder,
            Lab(Path(folder), count, token, self.own, machine=self.node) as lab,
        ):
            providers = lab.folder / "ocf" / "resource.d"
            (providers / "bench").symlink_to(AGENTS / "bench")
            os.symlink("/usr/lib/ocf/resource.d/pacemaker", providers / "pacemaker")
            yield lab


PCMK = Product("pcmk", LabNode, (), "/run/pcmk/resource-agents")
REFERENCE = Product("Pacemaker", ReferenceNode, ("/var/lib/pacemaker",), "/run/resource-agents")
