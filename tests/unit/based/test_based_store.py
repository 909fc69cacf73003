import os
from pathlib import Path

import pytest

from pcmk._core import Cib
from pcmk.based.disk import Base, KeepConflict
from pcmk.based.store import Store, StoreError
from pcmk.kernel.messages.based_peer import Ballot, Entry, Position, RequestId
from pcmk.kernel.messages.cib import CibVersion


def base(number: int = 1) -> Base:
    cib = Cib.empty("pacemaker-4.0", "3.20.5").with_attrs({"epoch": str(number)})
    at = Position(number, 1, 1, "node1")
    return Base(cib, at, at, (at,), (), Ballot(number, 1, "node1"), committed=cib, committed_position=Position())


def entry(number: int) -> Entry:
    request = RequestId("node1", "life", number, 1)
    return Entry(Position(1, 1, number, "node1"), True, CibVersion(0, number, 0), "<diff/>\n", request, "test", "é")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = Store(tmp_path / "cib")
    assert store.load().base is None
    store.write(base(), (entry(2),))
    store.write(None, (entry(3), Ballot(2, 1, "node2")))
    store.close()
    return tmp_path / "cib"


def test_what_was_written_is_read_again(folder: Path) -> None:
    image = Store(folder).load()
    assert image.base == base()
    assert image.records == (entry(2), entry(3), Ballot(2, 1, "node2"))
    assert not image.reports
    assert (folder / "cib.xml").read_text() == base().cib.to_xml()
    assert (folder / "cib.xml.sig").read_text() == base().cib.on_disk_digest()


def test_a_torn_tail_is_cut_off_and_written_over(folder: Path) -> None:
    with (folder / "journal-1").open("ab") as journal:
        journal.write(b"0000abcd [torn")
    store = Store(folder)
    image = store.load()
    assert image.records[-1] == Ballot(2, 1, "node2") and not image.reports
    store.write(None, (entry(4),))
    store.close()
    assert Store(folder).load().records[-1] == entry(4)


def test_damage_in_the_middle_is_reported_and_kept(folder: Path) -> None:
    journal = folder / "journal-1"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:2], lines[2].replace(b"node1", b"nodeX"), *lines[3:]]))
    image = Store(folder).load()
    assert image.records == (entry(2),)
    assert len(image.reports) == 1 and (folder / "damaged-journal-1").exists()


def test_a_damaged_generation_is_set_aside_for_the_one_before(folder: Path) -> None:
    store = Store(folder)
    store.load()
    store.write(base(5), ())
    store.close()
    (folder / "cib-2.xml").write_text(base(6).cib.to_xml())
    image = Store(folder).load()
    assert image.base == base() and image.records[-1] == Ballot(2, 1, "node2")
    assert len(image.reports) == 1 and (folder / "damaged-cib-2.xml").exists()
    again = Store(folder)
    assert again.load().base == base()
    again.write(base(7), ())
    again.close()
    assert Store(folder).load().base == base(7)


def test_an_unfinished_generation_does_not_count(folder: Path) -> None:
    (folder / "cib-2.xml").write_text("<cib")
    image = Store(folder).load()
    assert image.base == base() and not image.reports


def test_a_cib_that_was_put_there_is_used_when_there_is_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "cib.xml").write_text(base(9).cib.to_xml())
    image = Store(tmp_path).load()
    assert image.base is not None and image.base.cib == base(9).cib and image.base.position == Position()


def test_a_failed_append_leaves_the_journal_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(folder)
    store.load()

    def full(descriptor: int, data: bytes) -> int:
        real(descriptor, bytes(data)[:5])
        raise OSError(28, "No space left on device")

    real = os.write
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StoreError) as caught:
        store.write(None, (entry(4),))
    assert caught.value.reason == "No space left on device" and not caught.value.needs_base
    with pytest.raises(StoreError):
        store.write(base(8), ())
    monkeypatch.undo()
    store.write(None, (entry(5),))
    store.close()
    image = Store(folder).load()
    assert image.records[-1] == entry(5) and not image.reports


def test_after_a_failed_sync_only_a_new_generation_is_trusted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(folder)
    store.load()

    def broken(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", broken)
    with pytest.raises(StoreError) as caught:
        store.write(None, (entry(4),))
    assert caught.value.needs_base
    monkeypatch.undo()
    with pytest.raises(StoreError):
        store.write(None, (entry(4),))
    store.write(base(8), ())
    store.close()
    assert Store(folder).load().base == base(8)


def test_the_mark_is_read_again_also_when_a_longer_one_was_there(folder: Path) -> None:
    store = Store(folder)
    store.load()
    store.mark(Position(100, 1, 1, "a-long-name-of-a-node"))
    store.mark(Position(3, 1, 1, "n"))
    store.close()
    assert Store(folder).load().committed == Position(3, 1, 1, "n")


def test_old_generations_are_dropped(folder: Path) -> None:
    store = Store(folder)
    store.load()
    for number in range(2, 9):
        store.write(base(number), ())
        store.retire()
    assert sorted(path.name for path in folder.glob("journal-*")) == ["journal-6", "journal-7", "journal-8"]


def test_conflicts_are_kept_and_listed(folder: Path) -> None:
    store = Store(folder)
    store.load()
    store.keep_conflict(KeepConflict("conflict-1-1-1-node1.xml", "<diff/>"))
    store.close()
    assert Store(folder).load().conflicts == ("conflict-1-1-1-node1.xml",)


def two_generations(folder: Path) -> None:
    """A second generation that begins with three records."""
    store = Store(folder)
    store.load()
    store.write(base(5), (entry(7), entry(8), entry(9)))
    store.write(None, (entry(10),))
    store.close()


@pytest.mark.parametrize("kept", [0, 10, 0.4, 1.0, 1.5, 2.0, 3.0])
def test_a_generation_that_was_being_written_does_not_count_before_it_has_all_its_records(
    folder: Path, kept: float
) -> None:
    two_generations(folder)
    journal = folder / "journal-2"
    lines = journal.read_bytes().splitlines(keepends=True)
    part = int(kept) if kept > 3 else int(len(lines[int(kept)]) * (kept % 1))
    journal.write_bytes(b"".join(lines[: int(kept) if kept <= 3 else 0]) + lines[int(kept) if kept <= 3 else 0][:part])
    # It becomes `cib.xml` when it is complete.
    (folder / "cib.xml").unlink()
    os.link(folder / "cib-1.xml", folder / "cib.xml")
    store = Store(folder)
    image = store.load()
    assert image.base == base() and image.records[-1] == Ballot(2, 1, "node2") and not image.reports
    assert not list(folder.glob("*-2*"))
    store.write(None, (entry(4),))
    store.close()
    assert Store(folder).load().records[-1] == entry(4)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 4
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [cut, flip, empty, Path.unlink])
@pytest.mark.parametrize("name", ["cib-2.xml", "journal-2"])
def test_the_newest_sound_generation_is_used_and_a_damaged_one_kept_aside(folder: Path, damage, name: str) -> None:
    store = Store(folder)
    store.load()
    store.write(base(5), (entry(7),))
    store.close()
    damage(folder / name)
    image = Store(folder).load()
    assert image.base == base() and image.records[-1] == Ballot(2, 1, "node2")
    if not (name == "journal-2" and damage is Path.unlink):
        assert "generation 2 can't be used" in image.reports[0]
        assert list(folder.glob("damaged-*-2*"))


@pytest.mark.parametrize("damage", [flip, empty, Path.unlink])
def test_a_wrong_signature_is_told_of(folder: Path, damage) -> None:
    damage(folder / "cib-1.xml.sig")
    image = Store(folder).load()
    assert image.base == base() and "cib-1.xml.sig" in image.reports[0]


def test_a_cib_that_was_put_there_and_is_not_what_was_signed_is_kept_aside(tmp_path: Path) -> None:
    (tmp_path / "cib.xml").write_text(base(9).cib.to_xml())
    (tmp_path / "cib.xml.sig").write_text(base(9).cib.on_disk_digest())
    assert Store(tmp_path).load().base is not None
    (tmp_path / "cib.xml").write_text(base(8).cib.to_xml())
    image = Store(tmp_path).load()
    assert image.base is None and "not what was signed" in image.reports[0]
    assert (tmp_path / "damaged-cib.xml").exists() and not (tmp_path / "cib.xml").exists()


def test_nothing_is_added_to_a_generation_while_a_newer_one_could_come_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(folder)
    store.load()

    def broken(_folder: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("pcmk.based.store.sync_folder", broken)
    with pytest.raises(StoreError) as caught:
        store.write(base(5), ())
    assert caught.value.needs_base
    monkeypatch.undo()
    with pytest.raises(StoreError):
        store.write(None, (entry(4),))
    store.write(base(6), (entry(4),))
    store.close()
    assert Store(folder).load().base == base(6)
