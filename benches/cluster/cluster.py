"""A cluster of a product in a lab. What its resources do is seen from outside, by the files of their agents: both
products are looked at alike, and neither is given work by that."""

import re
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime

from benches.cluster.cib import ten
from benches.cluster.meters import ours
from benches.cluster.products import Product
from tests.e2e.lab import Lab
from tests.e2e.lab.look import is_idle, online

PATIENCE = 120.0
_POLL = 0.004
_SETTLED = 3
_LOST = re.compile(r"^(\w+ +\d+ [\d:.]+) .*A new membership .* was formed\. Members left", re.M)


class Cluster:
    """Nodes with a product's daemons and the ten instances, all active."""

    def __init__(self, product: Product, lab: Lab, *, patient: bool) -> None:
        self.product = product
        self.lab = lab
        lab.start()
        self.wait("all nodes are online", lambda: online(lab, "n1") == set(lab.nodes), pause=0.3)
        self.load("configuration", ten(str(lab.folder), patient=patient))
        self.settle()

    def load(self, section: str, xml: str) -> None:
        """Add to a section of the configuration."""
        file = self.lab.folder / "load.xml"
        file.write_text(xml)
        self.run("cibadmin", "--modify", "--allow-create", "-o", section, "--xml-file", str(file))

    def run(self, *command: str, on: str = "") -> str:
        """The output of a command on a node, the first one that has power if none is named."""
        return self.lab.nodes[on or self.up()[0]].run(*command, timeout=PATIENCE)

    def up(self) -> list[str]:
        """The nodes that have power."""
        return [name for name, node in self.lab.nodes.items() if node.is_on]

    def others(self, *nodes: str) -> list[str]:
        """All nodes but some."""
        return [name for name in self.lab.nodes if name not in nodes]

    def dc(self) -> str:
        """The DC, once all who are up agree on one."""
        told = {self.run("crmadmin", "-D", "-q", on=name).split(":")[-1].strip() for name in self.up()}
        if len(told) != 1:
            raise AssertionError(f"{told} are DC at once")
        return told.pop()

    def dummies(self, resource: str, nodes: Iterable[str]) -> list[str]:
        """Where a Dummy is active."""
        files = (f"{self.product.agents}/Dummy-{resource}.state", f"{self.product.agents}/Dummy-{resource}:0.state")
        return [name for name in nodes if any(self.lab.nodes[name].path(file).exists() for file in files)]

    def roles(self, nodes: Iterable[str]) -> dict[str, str]:
        """The roles of the instances of the promotable clone."""
        told = {name: self.lab.nodes[name].path("/run/p1s.state") for name in nodes}
        return {name: path.read_text().strip() for name, path in told.items() if path.exists()}

    def promoted(self) -> str:
        """Where the promotable clone is promoted."""
        return next(name for name, role in self.roles(self.up()).items() if role == "Promoted")

    def all_active(self, nodes: list[str]) -> bool:
        """Whether the ten instances, or as many as these nodes may have, are active on them."""
        return (
            len(self.dummies("d1", nodes)) == len(self.dummies("d2", nodes)) == 1
            and self.dummies("c1d", nodes) == nodes
            and sorted(self.roles(nodes).values()) == ["Promoted", *["Unpromoted"] * (len(nodes) - 1)]
        )

    def none_active(self, node: str) -> bool:
        """Whether nothing is active on a node."""
        return not any(self.dummies(each, [node]) for each in ("d1", "d2", "c1d")) and not self.roles([node])

    def wait(self, what: str, condition: Callable[[], bool], patience: float = PATIENCE, pause: float = _POLL) -> float:
        """Wait for something; the time (epoch seconds) at which it held."""
        self.lab.await_that(what, condition, patience, pause)
        return time.time()

    def settle(self, patience: float = PATIENCE) -> None:
        """Wait until all is active everywhere, and there is nothing to do, several times in a row."""
        calm = 0

        def settled() -> bool:
            nonlocal calm
            everywhere = online(self.lab, "n1") == set(self.lab.nodes) and self.all_active(list(self.lab.nodes))
            calm = calm + 1 if everywhere and is_idle(self.lab, "n1") else 0
            return calm == _SETTLED

        self.wait("the cluster is settled", settled, patience, 0.3)

    def stop(self) -> None:
        """Shut the daemons down on all nodes, at the same time."""
        with ThreadPoolExecutor() as pool:
            ends = [pool.submit(self.run, "pacemakerd", "--shutdown", on=name) for name in self.lab.nodes]
        for end in ends:
            end.result()
        self.wait("all has ended", lambda: not any(list(ours(node)) for node in self.lab.nodes.values()), pause=0.1)

    def start(self) -> float:
        """Start the daemons on all nodes; when (epoch seconds) that began. Corosync runs already."""
        began = time.time()
        for node in self.lab.nodes.values():
            node.start("pacemakerd", log="pacemakerd.out")
        return began

    def missed(self, viewer: str, since: float) -> float:
        """When Corosync told a node that others are lost, after a time."""
        log = self.lab.nodes[viewer].folder / "log" / "corosync" / "corosync.log"

        def told() -> list[float]:
            return [each for each in _losses(log.read_text(errors="replace")) if each > since]

        self.wait("Corosync tells of the loss", lambda: bool(told()))
        return told()[0]


def _losses(log: str) -> list[float]:
    year = datetime.now().year
    return [datetime.strptime(f"{year} {each}", "%Y %b %d %H:%M:%S.%f").timestamp() for each in _LOST.findall(log)]


@contextmanager
def running(product: Product, nodes: int = 3, token: int | None = 300) -> Generator[Cluster]:
    """A cluster whose ten instances are active; without a token, with the defaults of Corosync and of the product."""
    with product.lab(nodes, token) as lab:
        yield Cluster(product, lab, patient=token is None)
