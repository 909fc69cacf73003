"""CIB managers and nodes that are killed while clients write: nothing acknowledged is lost. And the history of it."""

import json
import os
import random
import signal
import threading

import pytest
from commands import command, configuration, done, refused
from conftest import START_LIMIT, Cluster

from pcmk._core import Cib
from pcmk.client import Connection
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibModified, CibModify, CibOperation, CibOptions
from pcmk.runtime.settings import from_environment
from pcmk.sandbox.readiness import wait_until_ready

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("undisturbed")]

DAEMON_KILLS = 12
NODE_KILLS = 2
WRITES_BETWEEN = 15


class Writer(threading.Thread):
    """Counts an attribute up by way of one node; goes on whatever happens to that."""

    def __init__(self, cluster: Cluster, node: str) -> None:
        super().__init__(daemon=True)
        self._cluster = cluster
        self._node = node
        self.acknowledged = 0
        self.tried = 0
        self.acknowledgements = 0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            self.tried += 1
            try:
                with Connection(
                    from_environment(self._cluster.sandbox.environment(self._node)), "writer"
                ) as connection:
                    connection.ask(Daemon.BASED, self._request(self.tried), CibModified, 10.0)
            except PcmkError:
                self.ended.wait(0.05)
            else:
                self.acknowledged = self.tried
                self.acknowledgements += 1

    def _request(self, value: int) -> CibModify:
        pair = f"<nvpair id='w-{self._node}' name='w-{self._node}' value='{value}'/>"
        xml = f"<crm_config><cluster_property_set id='writers'>{pair}</cluster_property_set></crm_config>"
        return CibModify(
            (CibOperation("modify", "crm_config", input_xml=xml, options=CibOptions(allow_create=True)),), "writer"
        )


def test_nothing_acknowledged_is_lost_when_cib_managers_and_nodes_are_killed(shared: Cluster) -> None:
    chance = random.Random(7)
    writers = [Writer(shared, node) for node in shared.names]
    for writer in writers:
        writer.start()

    def written(count: int) -> None:
        goal = sum(writer.acknowledgements for writer in writers) + count
        shared.wait("clients go on writing", lambda: sum(each.acknowledgements for each in writers) >= goal, 60.0)

    def kill_a_daemon() -> None:
        node = chance.choice(shared.names)
        shared.wait("its daemons are up", lambda: shared.daemons_are_up(node))
        os.kill(shared.pids(node)[Daemon.BASED.value], signal.SIGKILL)

    kinds = ["daemon"] * DAEMON_KILLS + ["node"] * NODE_KILLS
    chance.shuffle(kinds)
    try:
        for kind in kinds:
            written(WRITES_BETWEEN + chance.randrange(WRITES_BETWEEN))
            if kind == "daemon":
                kill_a_daemon()
            else:
                node = chance.choice(shared.names)
                fencings = len(shared.fencings())
                shared.sandbox.kill(node)
                written(WRITES_BETWEEN)
                shared.wait("it is fenced", lambda before=fencings: len(shared.fencings()) > before)
                shared.sandbox.start(node)
                shared.wait("its daemons are up", lambda node=node: shared.daemons_are_up(node))
        written(WRITES_BETWEEN)
    finally:
        for writer in writers:
            writer.ended.set()
        for writer in writers:
            writer.join(30.0)
    wait_until_ready(shared.sandbox, START_LIMIT)
    shared.wait("the cluster is sound", shared.is_sound)
    for node in shared.names:
        cib = Cib.parse(done(shared, node, "cibadmin", "-Q"))
        for writer in writers:
            [pair] = cib.find(f"//nvpair[@id='{f'w-{writer._node}'}']")
            assert writer.acknowledged <= int(pair.get("value", "0")) <= writer.tried
        assert "can't be used" not in shared.place.log_file(node).read_text()
    done(shared, "node1", "cibadmin", "-D", "-X", "<cluster_property_set id='writers'/>")


def test_a_transaction_is_one_change_in_the_history_and_can_be_reverted(shared: Cluster) -> None:
    before = configuration(shared, "node2")
    start = done(shared, "node1", "cibadmin", "-Q", "-A", "/cib", "-n")
    requests = "".join(
        f'<cib_command cib_op="cib_create" cib_section="constraints"><cib_calldata>'
        f'<rsc_location id="like-{node}" rsc="web" node="{node}" score="0"/></cib_calldata></cib_command>'
        for node in shared.names
    )
    document = f"<cib_transaction>{requests}</cib_transaction>"
    done(shared, "node2", "cibadmin", "--commit-transaction", "-X", document)
    refused(ExitCode.EXISTS, "like-node1", command(shared, "node3", "cibadmin", "--commit-transaction", "-X", document))
    for node in shared.names:
        shared.wait("it is there", lambda node=node: "like-node3" in configuration(shared, node))
        [newest, *_] = json.loads(done(shared, node, "pcmk", "cib", "history", "--json"))["changes"]
        assert (newest["client"], newest["node"]) == ("cibadmin", "node2") and newest["user"]
        assert newest["patchset"].count("<rsc_location ") == len(shared.names)
    root = Cib.parse(start).root
    version = f"{root.get('admin_epoch')}.{root.get('epoch')}"
    assert "like-node1" not in done(shared, "node3", "pcmk", "cib", "show", "--at", version)
    shown = done(shared, "node3", "pcmk", "cib", "revert", version, "--dry-run")
    assert "-- /cib/configuration/constraints/rsc_location[@id='like-node1']" in shown
    assert "like-node1" in configuration(shared, "node1")
    done(shared, "node3", "pcmk", "cib", "revert", version, "--yes")
    assert configuration(shared, "node3") == before
    assert " with pcmk on node3" in done(shared, "node3", "pcmk", "cib", "history", "--short", "-n", "1")
    shared.wait_idle()
