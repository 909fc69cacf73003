"""A replicated PostgreSQL that fails over, set up and mended by the commands of `docs/tutorials/postgresql.md`.

A client writes numbered rows through the database's address all the time, and one on each host to the server there.
After all that happens, each acknowledged row is there, and no two servers ever acknowledged writes at the same time.
The fencing device is the lab's power switch.
"""

import re
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.lab import Lab
from tests.e2e.lab.look import is_idle, members, online, where
from tests.e2e.lab.needs import needs
from tests.e2e.lab.writers import SCHEMA, Acknowledged, Writers, check_one_primary, lost

pytestmark = needs(
    "NO DATABASE THAT FAILS OVER WAS TESTED",
    "psql",
    files=("/usr/lib/postgresql/15/bin/postgres", "/usr/lib/ocf/resource.d/heartbeat/pgsql"),
)

PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "postgresql.md"
ADDRESS = "10.77.0.100"
PATIENCE = 90.0
FENCING = """<resources>
  <primitive id="fence" class="stonith" type="fence_lab">
    <instance_attributes id="fence-a">
      <nvpair id="fence-a-s" name="switch" value="{folder}/power"/>
    </instance_attributes>
  </primitive>
</resources>
"""


class Database:
    """The database on the nodes of a lab, and those who write to it."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self._blocks: dict[str, str] = dict(re.findall(r"^```sh (\w+)\n(.*?)^```$", PAGE.read_text(), re.M | re.S))
        self.set_up()
        self.writers = Writers(lab, ADDRESS)

    def follow(self, step: str, *nodes: str) -> None:
        """Do on nodes what a block of the tutorial says."""
        for node in nodes:
            self.lab.nodes[node].run("bash", "-euo", "pipefail", "-c", self._blocks[step], timeout=2 * PATIENCE)

    def set_up(self) -> None:
        self.follow("database", "n1")
        self.follow("roles", "n1")
        self.sql("n1", SCHEMA)
        self.follow("password", *self.lab.nodes)
        self.follow("copies", "n2", "n3")
        self.follow("stop", "n1")
        self.follow("cluster", "n1")
        self.await_health("n1")
        self.follow("look", "n1")
        self.follow("client", "n2")

    def sql(self, node: str, statement: str) -> list[str]:
        """What the server on a node answers; nothing if it doesn't."""
        psql = ("runuser", "-u", "postgres", "--", "timeout", "5", "psql", "-h", "/run/postgresql", "app")
        return self.lab.nodes[node].run(*psql, "-XqtAc", statement, check=False).split()

    def primary(self, viewer: str) -> str:
        """Where the cluster has the address of clients; empty if nowhere."""
        return next(iter(where(self.lab, viewer, "address")), "")

    def others(self, node: str) -> list[str]:
        return [name for name in self.lab.nodes if name != node]

    def copies(self, primary: str) -> dict[str, str]:
        """The copies that stream from the primary: `sync`, `async` or `potential`."""
        told = self.sql(
            primary, "SELECT application_name, sync_state FROM pg_stat_replication WHERE state = 'streaming'"
        )
        return {name: state for name, _, state in (line.partition("|") for line in told)}

    def is_healthy(self, viewer: str, *down: str) -> bool:
        """Whether all nodes that are not down have the database, and one copy would follow the primary."""
        up = set(self.lab.nodes) - set(down)
        primary = self.primary(viewer)
        if primary not in up:
            return False
        copies = self.copies(primary)
        return set(copies) == up - {primary} and "sync" in copies.values() and is_idle(self.lab, viewer)

    def await_health(self, viewer: str, *down: str) -> None:
        self.lab.await_that("the database has its copies", lambda: self.is_healthy(viewer, *down), PATIENCE, 0.3)

    def survives(self, what: str, lost: str, fault: Callable[[], None]) -> None:
        """A fault of the primary's host: another takes over, and the client writes on."""
        began = time.monotonic()
        before = len(self.writers.rows())
        fault()
        others = self.others(lost)
        self.lab.await_that("another host has the address", lambda: self.primary(others[0]) in others, PATIENCE, 0.3)
        self.lab.await_that("rows are acknowledged", lambda: len(self.written_since(began, before)) > 0, PATIENCE)
        print(f"{what}: no row was acknowledged for {self.writers.gap(began):.1f} s")

    def written_since(self, began: float, before: int) -> list[Acknowledged]:
        """Rows whose writing began after a time and that another server than the one before acknowledged."""
        rows = self.writers.rows()
        old = rows[before - 1].timeline if before else ""
        return [row for row in rows if row.begin > began and row.timeline > old]

    def mend(self, node: str) -> None:
        """What the tutorial does with a host that failed, and with a copy that has rows that the primary hasn't."""
        viewer = self.others(node)[0]
        if not self.lab.nodes[node].is_on:
            self.lab.heal()
            self.lab.start(node)
        self.await_all("all are online", online, viewer)
        self.follow("again", node)
        self.await_health(viewer)

    def await_all(self, what: str, nodes: Callable[[Lab, str], set[str]], viewer: str) -> None:
        """Wait until a view of the cluster has all nodes."""
        self.lab.await_that(what, lambda: nodes(self.lab, viewer) == set(self.lab.nodes), PATIENCE, 0.3)


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    own = ("/var/lib/postgresql",)
    with tempfile.TemporaryDirectory(prefix="pcmk-lab-") as name, Lab(Path(name), 3, own=own) as lab:
        lab.start()
        lab.await_that("three nodes are online", lambda: online(lab, "n1") == set(lab.nodes))
        lab.nodes["n1"].run(
            "cibadmin", "--modify", "-o", "resources", "--allow-create", "-X", FENCING.format(folder=name)
        )
        database = Database(lab)
        try:
            yield database
        finally:
            database.writers.close()


@pytest.fixture(autouse=True)
def kept(database: Database) -> Iterator[None]:
    """Before and after each test the database is whole; after it, what was acknowledged is there."""
    database.await_health("n1")
    database.lab.power.fenced.clear()
    yield
    database.await_health("n1")
    acknowledged = database.writers.acknowledged()
    stored = database.sql(database.primary("n1"), "SELECT n FROM rows")
    assert lost(acknowledged, {int(row) for row in stored}) == []
    assert any(write.node for write in acknowledged) and any(not write.node for write in acknowledged)
    check_one_primary(acknowledged)


def test_the_primarys_host_loses_power(database: Database):
    old = database.primary("n1")
    database.survives("the primary's host lost power", old, database.lab.nodes[old].power_off)
    assert database.lab.power.fenced == [old]
    database.mend(old)


def test_the_primarys_network_is_cut(database: Database):
    old = database.primary("n1")
    database.survives("the primary's network was cut", old, lambda: database.lab.split([old]))
    assert database.lab.power.fenced == [old]
    database.mend(old)


def test_the_primarys_host_freezes(database: Database):
    old = database.primary("n1")
    database.survives("the primary's host froze", old, database.lab.nodes[old].freeze)
    assert database.lab.power.fenced == [old]
    database.mend(old)


def test_the_primary_alone_is_killed(database: Database):
    old = database.primary("n1")
    database.survives("PostgreSQL was killed", old, lambda: database.lab.nodes[old].kill("postgres", signal.SIGKILL))
    assert database.lab.power.fenced == []
    database.mend(old)


def test_the_primary_goes_to_standby_and_comes_back(database: Database):
    old = database.primary("n1")
    database.survives("the primary went to standby", old, lambda: database.follow("leave", old))
    database.follow("return", old)
    assert database.lab.power.fenced == []


def test_the_cluster_is_restarted_one_node_after_the_other(database: Database):
    began = time.monotonic()
    primary = database.primary("n1")
    for name in (*database.others(primary), primary):
        viewer = database.others(name)[0]
        database.follow("leave", name)
        database.follow("down", name)
        database.lab.nodes[name].kill("corosync", signal.SIGTERM)
        database.lab.await_that("it left", lambda name=name, viewer=viewer: name not in members(database.lab, viewer))
        database.await_health(viewer, name)
        database.lab.start(name)
        database.await_all("all run", members, name)
        database.follow("return", name)
        database.await_health(viewer)
    print(f"the cluster was restarted: no row was acknowledged for {database.writers.gap(began):.1f} s")
    assert database.lab.power.fenced == []
