"""Clients of a replicated PostgreSQL that write all the time, and what must hold of what was acknowledged to them."""

import itertools
import subprocess
import threading
import time
from typing import NamedTuple

from tests.e2e.lab.lab import Lab

_TIMELINE = "timeline text NOT NULL DEFAULT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"
SCHEMA = f"""
CREATE TABLE rows (n bigint PRIMARY KEY, {_TIMELINE});
CREATE TABLE seen (node text NOT NULL, {_TIMELINE});
GRANT ALL ON rows TO app;
"""
_PAUSE = 0.05
_LOCAL_PAUSE = 0.5


class Acknowledged(NamedTuple):
    """A write that a server acknowledged, on the timeline that its promotion began. `node` is empty for a client."""

    begin: float
    end: float
    timeline: str
    node: str
    row: int


class Writers:
    """One client that writes numbered rows through an address, and one on each node that writes to the server there,
    whatever it is: a copy refuses, a primary that should not be one does not. They write until `close`."""

    def __init__(self, lab: Lab, address: str) -> None:
        self._lab = lab
        self._address = address
        self._lock = threading.Lock()
        self._acknowledged: list[Acknowledged] = []
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._client, daemon=True)]
        self._threads += [threading.Thread(target=self._local, args=(name,), daemon=True) for name in lab.nodes]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Write no more."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def acknowledged(self) -> list[Acknowledged]:
        """All that was acknowledged until now."""
        with self._lock:
            return list(self._acknowledged)

    def rows(self) -> list[Acknowledged]:
        """What was acknowledged to the client."""
        return [write for write in self.acknowledged() if not write.node]

    def gap(self, since: float) -> float:
        """The longest time between two rows acknowledged to the client from a time on."""
        ends = [write.end for write in self.rows()]
        last = max((end for end in ends if end <= since), default=since)
        later = [last, *(end for end in ends if end > since)]
        return max((after - before for before, after in itertools.pairwise(later)), default=0.0)

    def _client(self) -> None:
        row = 0
        where = f"host={self._address} user=app dbname=app password=app-secret connect_timeout=2"
        while not self._ended.wait(_PAUSE):
            row += 1
            statement = f"INSERT INTO rows (n) VALUES ({row}) RETURNING timeline"
            psql = self._lab.switch.beside("timeout", "3", "psql", where, "-XqtAc", statement)
            self._write("", row, psql)

    def _local(self, name: str) -> None:
        statement = f"INSERT INTO seen (node) VALUES ('{name}') RETURNING timeline"
        psql = ("timeout", "2", "runuser", "-u", "postgres", "--", "psql", "-h", "/run/postgresql", "app")
        while not self._ended.wait(_LOCAL_PAUSE):
            if self._lab.nodes[name].is_on:
                self._write(name, 0, self._lab.nodes[name].inside(*psql, "-XqtAc", statement))

    def _write(self, node: str, row: int, command: tuple[str, ...]) -> None:
        begin = time.monotonic()
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd="/")
        if done.returncode == 0:
            with self._lock:
                self._acknowledged.append(Acknowledged(begin, time.monotonic(), done.stdout.strip(), node, row))


def lost(acknowledged: list[Acknowledged], stored: set[int]) -> list[int]:
    """Rows that were acknowledged to the client and are not there."""
    return sorted({write.row for write in acknowledged if not write.node} - stored)


def check_one_primary(acknowledged: list[Acknowledged]) -> None:
    """AssertionError if a server acknowledged a write that began after one of a later timeline was acknowledged, or if
    two servers wrote to one timeline."""
    nodes: dict[str, str] = {}
    events = sorted(
        [(write.end, 0, write) for write in acknowledged] + [(write.begin, 1, write) for write in acknowledged]
    )
    newest = ""
    for _, begins, write in events:
        if begins:
            assert write.timeline >= newest, f"a primary wrote on beside that of timeline {newest}: {write}"
        else:
            newest = max(newest, write.timeline)
            if write.node:
                owner = nodes.setdefault(write.timeline, write.node)
                assert owner == write.node, f"{owner} and {write.node} wrote to timeline {write.timeline}"
