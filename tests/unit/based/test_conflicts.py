"""What is kept of configuration changes that lost when partitions merged."""

import os
from pathlib import Path

import pytest
from based_world import World
from stored_node import DUMMY, StoredNode

from pcmk._core import Cib
from pcmk.based.disk import KEPT_CONFLICTS
from pcmk.kernel.core import Client, Instant, PeerDown, Reply, Request
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.based_peer import Copy, Position
from pcmk.kernel.messages.cib import (
    CibConflict,
    CibConflicts,
    CibConflictsQuery,
    CibModified,
    CibOperation,
    CibStatus,
    CibStatusQuery,
    DropCibConflict,
)
from pcmk.kernel.messages.common import Done, Failure, SetPrimary


@pytest.fixture(autouse=True)
def no_loss_of_power(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here depends on when writes are safe, and waiting for it takes long."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
    monkeypatch.setattr(os, "fdatasync", lambda _descriptor: None)


class Partition:
    """A node that was cut off from others, which have quorum and create `won` meanwhile."""

    def __init__(self, node: StoredNode, won: str = "won") -> None:
        self.node = node
        chain = node.core.state.chain
        self._lineage = tuple(chain.lineage)
        self._won, _ = chain.head.apply("create", "resources", input_xml=DUMMY.format(won))

    def heal(self) -> None:
        """The node takes over the copy of the others."""
        state = self.node.core.state
        won = self._won.with_attrs({"epoch": str(state.chain.head.version[1] + 9)})
        head = Position(state.term + 1, 1, 1, "n2")
        state.adopt(Copy(head.ballot, won.to_xml(), head, head, (*self._lineage, head), ()))
        state.commit(head)
        # Something has to happen for the effects of that to be carried out.
        self.node.ask(CibStatusQuery())


def kept(node: StoredNode) -> tuple[CibConflict, ...]:
    answer = node.ask(CibConflictsQuery())
    assert isinstance(answer, CibConflicts), answer
    return answer.conflicts


def status(node: StoredNode) -> CibStatus:
    answer = node.ask(CibStatusQuery())
    assert isinstance(answer, CibStatus)
    return answer


def test_what_lost_leads_from_where_the_two_parted(tmp_path: Path) -> None:
    node = StoredNode(tmp_path, compact_weight=10**9)
    node.create("common")
    partition = Partition(node)
    node.create("lost")
    partition.heal()
    [conflict] = kept(node)
    assert 'id="lost"' in conflict.patchset and "won" not in conflict.patchset and not conflict.from_winner
    assert status(node).conflicts == (conflict.name,)
    assert any(conflict.name in text for text in node.logs)


@pytest.mark.parametrize("reports", [10, 400])
def test_so_it_does_when_that_is_on_disk_alone(tmp_path: Path, reports: int) -> None:
    node = StoredNode(tmp_path)
    node.create("common")
    partition = Partition(node)
    node.create("lost")
    for value in range(reports):
        node.report(value)
    node.create("lost-too")
    partition.heal()
    [conflict] = kept(node)
    assert 'id="lost"' in conflict.patchset and 'id="lost-too"' in conflict.patchset
    assert "won" not in conflict.patchset and "node_state" not in conflict.patchset and not conflict.from_winner


@pytest.mark.parametrize("reports", [10, 400])
def test_where_nothing_was_changed_nothing_was_lost(tmp_path: Path, reports: int) -> None:
    """That the status went on and the others changed the configuration is no conflict."""
    node = StoredNode(tmp_path)
    node.create("common")
    partition = Partition(node)
    for value in range(reports):
        node.report(value)
    partition.heal()
    assert kept(node) == () and status(node).conflicts == ()
    assert not any("changed both here and elsewhere" in text for text in node.logs)


def test_what_is_kept_without_knowing_where_they_parted_says_so(tmp_path: Path) -> None:
    node = StoredNode(tmp_path, history_bytes=0)
    node.create("common")
    partition = Partition(node)
    node.create("lost")
    for value in range(400):
        node.report(value)
    partition.heal()
    [conflict] = kept(node)
    assert conflict.from_winner
    assert 'id="lost"' in conflict.patchset and "primitive[@id='won']" in conflict.patchset
    assert conflict.patchset.startswith("<diff ")


def test_it_is_kept_over_a_restart_and_until_it_is_dropped(tmp_path: Path) -> None:
    node = StoredNode(tmp_path)
    partition = Partition(node)
    node.create("lost")
    partition.heal()
    before = kept(node)
    node.close()
    node = StoredNode(tmp_path)
    assert kept(node) == before
    [conflict] = before
    assert node.ask(CibConflictsQuery(conflict.name)) == CibConflicts(before)
    assert node.ask(DropCibConflict(conflict.name)) == Done()
    assert kept(node) == () and not list((tmp_path / "conflicts").iterdir())
    again = node.ask(DropCibConflict(conflict.name))
    assert isinstance(again, Failure) and again.code == ExitCode.NOSUCH


@pytest.mark.parametrize("name", ["../cib.xml", "conflict-1-1-1-n9.xml"])
def test_a_name_that_is_not_known_leads_nowhere(tmp_path: Path, name: str) -> None:
    node = StoredNode(tmp_path)
    for request in (CibConflictsQuery(name), DropCibConflict(name)):
        answer = node.ask(request)
        assert isinstance(answer, Failure) and answer.code == ExitCode.NOSUCH


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    node = StoredNode(tmp_path)
    for number in range(KEPT_CONFLICTS + 2):
        partition = Partition(node, f"won{number}")
        node.create(f"lost{number}")
        partition.heal()
        node.ask(SetPrimary(node.core.state.term + 1, "n1", ()))
    names = status(node).conflicts
    assert len(names) == KEPT_CONFLICTS
    assert {each.name for each in kept(node)} == set(names)


ACLS = (
    "<configuration><crm_config><cluster_property_set id='o'><nvpair id='o-a' name='enable-acl' value='true'/>"
    "</cluster_property_set></crm_config><acls><acl_target id='alice'><role id='r'/></acl_target>"
    "<acl_role id='r'><acl_permission id='p' kind='read' xpath='/cib'/></acl_role></acls></configuration>"
)


def test_who_is_subject_to_acls_is_not_shown_what_may_be_hidden(tmp_path: Path) -> None:
    node = StoredNode(tmp_path)
    partition = Partition(node)
    node.change(CibOperation("modify", "configuration", input_xml=ACLS))
    for request in (CibConflictsQuery(), DropCibConflict("any")):
        answer = node.ask(request)
        assert isinstance(answer, Failure) and answer.code == ExitCode.INSUFFICIENT_PRIV
    partition.heal()


def test_every_member_says_who_keeps_some(tmp_path: Path) -> None:
    world = World(3, 7)
    world.settle()
    world.partition(["n1"], ["n2", "n3"])
    world.settle()
    lost = world.client_writes("n1")
    world.client_writes("n2")
    world.settle()
    assert isinstance(lost.answer, CibModified)
    world.heal()
    world.check_healed()
    assert [len(world_status(world, name).conflicts) for name in ("n1", "n2", "n3")] == [1, 0, 0]
    assert [world_status(world, name).conflicts_on for name in ("n1", "n2", "n3")] == [(), ("n1",), ("n1",)]
    world.give("n2", PeerDown("n1"))
    assert world_status(world, "n2").conflicts_on == ()


def world_status(world: World, name: str) -> CibStatus:
    core = world.nodes[name].core
    assert core is not None
    request = Request(999_999, Client("test"), CibStatusQuery())
    for effect in core.handle(request, Instant(world.clock, 1e9 + world.clock)):
        if isinstance(effect, Reply) and isinstance(effect.body, CibStatus):
            return effect.body
    raise AssertionError("no answer")


def test_a_patchset_that_is_kept_fits_what_it_was_made_for(tmp_path: Path) -> None:
    node = StoredNode(tmp_path)
    node.create("common")
    partition = Partition(node)
    before = Cib.parse(node.cib().xml)
    node.create("lost")
    wanted = Cib.parse(node.cib().xml)
    partition.heal()
    [conflict] = kept(node)
    made = before.apply_patchset(conflict.patchset, check_version=False)
    assert made.query("configuration") == wanted.query("configuration")
