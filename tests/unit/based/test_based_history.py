import os
import re
from pathlib import Path

import pytest
from stored_node import StoredNode

from pcmk._core import Cib, Element
from pcmk.based.history import Course, configuration_changes
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.based_peer import Entry, Position
from pcmk.kernel.messages.cib import CibAnswer, CibOperation, CibOptions, CibVersion
from pcmk.kernel.messages.common import Failure

OPTIONS = "<crm_config><cluster_property_set id='o'>{}</cluster_property_set></crm_config>"
ENABLED = "<nvpair id='a' name='enable-acl' value='true'/>"
REFERENCE = "<nvpair id-ref='a'/>"
ACLS = (
    f"<configuration>{OPTIONS.format(ENABLED)}</configuration>",
    f"<configuration>{OPTIONS.format(REFERENCE)}"
    f"<rsc_defaults><meta_attributes id='d'>{ENABLED}</meta_attributes></rsc_defaults></configuration>",
)
"""That ACLs are in force, said directly and by reference."""


@pytest.fixture(autouse=True)
def no_loss_of_power(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here depends on when writes are safe, and waiting for it takes long."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
    monkeypatch.setattr(os, "fdatasync", lambda _descriptor: None)


def configuration(xml: str) -> str:
    return "".join(Cib.parse(xml).query("configuration"))


def restored(node: StoredNode, version: CibVersion) -> str:
    answer = node.at(version)
    assert isinstance(answer, CibAnswer), answer
    assert (answer.version.admin_epoch, answer.version.epoch) == (version.admin_epoch, version.epoch)
    assert not Cib.parse(answer.xml).find("/cib/status/*")
    return configuration(answer.xml)


def work(node: StoredNode, known: dict[CibVersion, str], count: int, prefix: str = "r") -> None:
    """Changes of the configuration among many of the status; what each of them led to is noted."""
    for number in range(count):
        for value in range(8):
            node.report(value)
        version = node.create(f"{prefix}{number}")
        known[version] = configuration(node.cib().xml)


def test_it_tells_what_changed_when_and_by_whom(tmp_path: Path) -> None:
    node = StoredNode(tmp_path)
    node.report(1)
    version = node.create("web")
    node.report(2)
    [change] = [change for change in node.history().changes if change.client]
    assert (change.version, change.user, change.origin, change.client) == (version, "alice", "n1", "editor")
    assert change.time == 1e9 + 2
    [made] = Element.parse(change.patchset).find("//change[@operation='create']")
    assert made.get("path") == "/cib/configuration/resources" and made.children[0].get("id") == "web"


def test_every_version_can_be_restored_whatever_was_moved_to_the_archive(tmp_path: Path) -> None:
    node = StoredNode(tmp_path)
    known: dict[CibVersion, str] = {}
    work(node, known, 30)
    assert len(list((tmp_path / "history").iterdir())) == 1
    history = node.history()
    assert [change.version for change in history.changes if change.client] == sorted(known, reverse=True)
    assert history.complete
    assert {version: restored(node, version) for version in known} == known
    newest = node.history(limit=3)
    assert newest.changes == history.changes[:3] and not newest.complete


def test_it_survives_restarts(tmp_path: Path) -> None:
    known: dict[CibVersion, str] = {}
    for life in range(4):
        node = StoredNode(tmp_path, fresh=life != 1)
        work(node, known, 12, f"life{life}-")
        node.close()
    node = StoredNode(tmp_path)
    changes = node.history().changes
    assert [change.version for change in changes if change.client] == sorted(known, reverse=True)
    assert {version: restored(node, version) for version in known} == known


def test_the_oldest_goes_first_when_it_takes_too_much_room(tmp_path: Path) -> None:
    size = 50_000
    node = StoredNode(tmp_path, history_bytes=size)
    known: dict[CibVersion, str] = {}
    work(node, known, 120)
    files = list((tmp_path / "history").iterdir())
    assert len(files) > 1 and sum(path.stat().st_size for path in files) <= size
    history = node.history()
    told = [change.version for change in history.changes if change.client]
    assert 10 < len(told) < 120 and told == sorted(known, reverse=True)[: len(told)]
    assert {version: restored(node, version) for version in told} == {version: known[version] for version in told}
    gone = node.at(min(known))
    assert isinstance(gone, Failure) and gone.code == ExitCode.NOSUCH


def test_with_no_room_only_what_the_journals_have_is_known(tmp_path: Path) -> None:
    node = StoredNode(tmp_path, history_bytes=0)
    known: dict[CibVersion, str] = {}
    work(node, known, 30)
    assert not (tmp_path / "history").exists()
    assert 0 < len([change for change in node.history().changes if change.client]) < 30


def test_a_torn_tail_of_the_archive_is_written_over(tmp_path: Path) -> None:
    node = StoredNode(tmp_path)
    known: dict[CibVersion, str] = {}
    work(node, known, 20, "before-")
    node.close()
    [file] = (tmp_path / "history").iterdir()
    with file.open("ab") as archive:
        archive.write(b'0000abcd ["entry",{"torn')
    node = StoredNode(tmp_path)
    work(node, known, 20, "after-")
    assert b"torn" not in file.read_bytes()
    told = [change.version for change in node.history().changes if change.client]
    assert told == sorted(known, reverse=True)
    assert restored(node, min(known)) == known[min(known)]


def test_a_change_of_both_sections_is_told_without_the_status(tmp_path: Path) -> None:
    node = StoredNode(tmp_path)
    state = "<node_state id='1' uname='n1'/>"
    both = (
        CibOperation("create", "resources", input_xml="<primitive id='a' class='ocf' provider='p' type='t'/>"),
        CibOperation("create", "status", input_xml=state),
    )
    version = node.change(*both).version
    expected = configuration(node.cib().xml)
    after = node.change(CibOperation("erase")).version
    erased = configuration(node.cib().xml)
    assert "node_state" in node.cib().xml or "<status/>" in node.cib().xml
    assert restored(node, version) == expected and restored(node, after) == erased
    assert not any(re.search("node_state|<status", change.patchset) for change in node.history().changes)


def test_what_a_partition_lost_is_no_history() -> None:
    course = Course((Position(1, 1, 5, "a"), Position(3, 1, 9, "b")), Position(3, 1, 8, "b"))
    assert course.has(Position()) and course.has(Position(1, 1, 5, "a")) and course.has(Position(3, 1, 8, "b"))
    assert not course.has(Position(1, 1, 6, "a"))
    assert not course.has(Position(2, 1, 1, "c"))
    assert not course.has(Position(3, 1, 9, "b")), "not committed"


def test_status_changes_are_no_history() -> None:
    def entry(seq: int, epoch: int, updates: int) -> Entry:
        return Entry(Position(1, 1, seq, "a"), True, CibVersion(0, epoch, updates), "<diff/>")

    records = (entry(1, 4, 1), entry(2, 5, 0), entry(3, 5, 1), entry(4, 6, 0))
    assert [each.position.seq for each in configuration_changes(CibVersion(0, 4, 0), records)] == [2, 4]


@pytest.mark.parametrize("configuration", ACLS)
def test_whom_access_control_lists_restrict_is_told_nothing(tmp_path: Path, configuration: str) -> None:
    node = StoredNode(tmp_path)
    version = node.create("secret")
    options = CibOptions(allow_create=True)
    node.change(CibOperation("modify", "configuration", input_xml=configuration, options=options))
    refused = node.at(version)
    assert isinstance(refused, Failure) and refused.code == ExitCode.INSUFFICIENT_PRIV


@pytest.mark.parametrize("version", [CibVersion(0, 4711), CibVersion(7, 1)])
def test_a_version_that_never_was_is_not_found(tmp_path: Path, version: CibVersion) -> None:
    answer = StoredNode(tmp_path).at(version)
    assert isinstance(answer, Failure) and answer.code == ExitCode.NOSUCH
