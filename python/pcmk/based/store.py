"""The CIB on disk.

    cib-N.xml, cib-N.xml.sig ... a snapshot and its digest; N counts up
    journal-N .................. what the snapshot is, then entries and promises after it
    cib.xml, cib.xml.sig ....... the newest snapshot, for tools and people
    committed .................. the last committed position; not synced, for the next life of the process only
    conflicts/ ................. configuration changes that lost against another partition
    history/ ................... configuration changes of generations that are gone; see `archive`

A generation counts once its journal is complete; until then the one before does, which is kept beside it. Damaged files
get the prefix `damaged-` and are reported; the newest of them are kept.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from pcmk._core import Cib
from pcmk.based.archive import Archive
from pcmk.based.disk import KEPT_CONFLICTS, Base, Image, KeepConflict, Parting, Record
from pcmk.based.files import JOURNAL, numbered, sync_file, sync_folder, write_all
from pcmk.based.history import Course, cib_at
from pcmk.based.records import base_line, from_line, read_base, read_record, record_line, to_line
from pcmk.based.takeover import lost_since
from pcmk.kernel.errors import CibError
from pcmk.kernel.messages.based_peer import Ballot, Position
from pcmk.kernel.messages.cib import CibConflict
from pcmk.runtime.files import put

KEPT_GENERATIONS = 3
HISTORY_BYTES = 64 * 2**20
KEPT_DAMAGED = 30
_DAMAGED = "damaged-"
# Before a patchset that leads from the configuration that won.
_OF_WINNER = "<!-- from the configuration that won -->\n"


class StoreError(Exception):
    """A write failed and left nothing behind; with `needs_base` the journal can't be added to any more."""

    def __init__(self, reason: str, needs_base: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.needs_base = needs_base


class _Generation(Struct, frozen=True):
    base: Base
    records: tuple[Record, ...]
    size: int


class Store:
    """The folder. `load` comes first; later one `write` at a time, from any thread; the rest from the loop's thread."""

    def __init__(self, folder: Path, history_bytes: int = HISTORY_BYTES) -> None:
        self._folder = folder
        self.archive = Archive(folder, history_bytes)
        # Numbers are not used again, so that files of two attempts to write a generation never mix.
        self._last_number = 0
        # The newest generation written, and what of the older ones is history.
        self._complete = 0, Course((), Position())
        self._journal: int | None = None
        self._size = 0
        self._mark: int | None = None
        self._reports: list[str] = []

    # ---- reading ----------------------------------------------------------------------------------

    def load(self) -> Image:
        """What is on disk: the newest generation that is whole. OSError when the folder can't be used at all."""
        self._folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        sync_folder(self._folder.parent)
        self._conflicts.mkdir(mode=0o750, exist_ok=True)
        generations = self._generations()
        self._last_number = generations[0] if generations else 0
        self._mark = os.open(self._folder / "committed", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        conflicts = tuple(path.name for path in self._kept_conflicts())
        if generations and self._is_unfinished(generations[0]):
            self._drop(generations.pop(0))
        for number in generations:
            found = self._read_generation(number)
            if found is None:
                continue
            if number == generations[0]:
                self._journal = os.open(self._journal_path(number), os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
                self._size = found.size
                os.ftruncate(self._journal, found.size)
                self._make_safe(number)
            return Image(found.base, found.records, self._read_mark(), tuple(self._reports), conflicts)
        return Image(self._import(), (), Position(), tuple(self._reports), conflicts)

    def _make_safe(self, number: int) -> None:
        """What is added to a generation counts on all that was there before, and a process that was killed may have
        left it in the system's memory, the names of its files too."""
        for path in (self._snapshot_path(number), self._journal_path(number)):
            sync_file(path)
        sync_folder(self._folder)

    def _generations(self) -> list[int]:
        return numbered(self._folder, JOURNAL)

    def _read_generation(self, number: int) -> _Generation | None:
        try:
            lines = self._journal_path(number).read_bytes().splitlines(keepends=True)
            first = from_line(lines[0]) if lines else None
            if first is None or first[0] != "base":
                raise ValueError(f"{JOURNAL}{number} has no beginning")
            cib = Cib.parse(self._snapshot_path(number).read_bytes())
            if cib.on_disk_digest() != first[1]["digest"]:
                raise ValueError(f"{self._snapshot_path(number).name} is not what was written")
            base = read_base(first[1], cib)
        except (OSError, ValueError, KeyError, TypeError, CibError) as error:
            self._set_aside(number, str(error))
            return None
        records: list[Record] = []
        size = len(lines[0])
        for index, line in enumerate(lines[1:], start=1):
            read = from_line(line)
            if read is None:
                self._judge_tail(number, lines[index + 1 :])
                break
            records.append(read_record(*read))
            size += len(line)
        if len(records) < first[1].get("records", 0):
            self._set_aside(number, f"{JOURNAL}{number} lacks records that it had from the beginning")
            return None
        self._check_signature(number, first[1]["digest"])
        return _Generation(base, tuple(records), size)

    def _check_signature(self, number: int, digest: str) -> None:
        """The journal has the digest, too, so nothing depends on the signature; but that it is wrong is told."""
        path = self._signature_path(number)
        try:
            signature = path.read_text().strip()
        except (OSError, UnicodeDecodeError):
            signature = ""
        if signature != digest:
            found = "damaged" if signature else "missing"
            self._reports.append(f"{path.name} is {found}; {JOURNAL}{number} says that the CIB is what was written")

    def _is_unfinished(self, number: int) -> bool:
        """Whether the process was killed, or the power lost, while the newest generation was being written. That is no
        damage, and what it was to have is in the one before."""
        path = self._journal_path(number)
        if self._is_newest_snapshot(number):
            return False
        try:
            lines = path.read_bytes().splitlines(keepends=True)
        except OSError:
            return False
        whole = [read for read in map(from_line, lines) if read is not None]
        # All but the last line are whole, and that is torn or was to have others after it.
        torn = len(whole) == len(lines) - 1 and not lines[-1].endswith(b"\n")
        expected = whole[0][1].get("records", 0) + 1 if whole else 1
        return (torn or len(whole) == len(lines)) and len(whole) < expected

    def _is_newest_snapshot(self, number: int) -> bool:
        """Whether `cib.xml` is that of a generation, which it becomes when that is complete."""
        try:
            return self._snapshot_path(number).samefile(self._folder / "cib.xml")
        except OSError:
            return False

    def _judge_tail(self, number: int, rest: list[bytes]) -> None:
        """A line that can't be read is a write that power loss cut off, unless whole lines come after it."""
        if not any(from_line(line) is not None for line in rest):
            return
        name = f"{_DAMAGED}{JOURNAL}{number}"
        self._reports.append(f"{JOURNAL}{number} is damaged in the middle and was used up to there; kept as {name}")
        (self._folder / name).write_bytes(self._journal_path(number).read_bytes())

    def _set_aside(self, number: int, reason: str) -> None:
        self._reports.append(f"generation {number} can't be used and is set aside as damaged-*: {reason}")
        for path in (self._journal_path(number), self._snapshot_path(number), self._signature_path(number)):
            with suppress(FileNotFoundError):
                path.rename(path.with_name(f"{_DAMAGED}{path.name}"))

    def _import(self) -> Base | None:
        """A CIB that an administrator put there, if there is nothing else."""
        path = self._folder / "cib.xml"
        if not path.exists():
            return None
        signature = path.with_name("cib.xml.sig")
        try:
            cib = Cib.parse(path.read_bytes())
            if signature.exists() and signature.read_text().strip() != cib.on_disk_digest():
                raise ValueError("it is not what was signed")
        except (OSError, ValueError, CibError) as error:
            self._reports.append(f"cib.xml can't be used and is set aside as damaged-*: {error}")
            for bad in (path, signature):
                with suppress(OSError):
                    bad.rename(bad.with_name(f"{_DAMAGED}{bad.name}"))
            return None
        return Base(cib, Position(), Position(), (), (), Ballot())

    def _read_mark(self) -> Position:
        assert self._mark is not None
        read = from_line(os.pread(self._mark, 4096, 0).partition(b"\n")[0] + b"\n")
        return Position(**read[1]) if read is not None and read[0] == "committed" else Position()

    # ---- writing ----------------------------------------------------------------------------------

    def write(self, base: Base | None, records: tuple[Record, ...]) -> None:
        """Have a base and records safe on disk when this returns. Raises StoreError."""
        if base is not None:
            self._write_generation(base, records)
        else:
            self._append(b"".join(map(record_line, records)))

    def _append(self, data: bytes) -> None:
        if self._journal is None:
            raise StoreError("there is no journal to add to", needs_base=True)
        try:
            write_all(self._journal, data)
        except OSError as error:
            raise StoreError(_reason(error), needs_base=not self._cut_off()) from error
        try:
            os.fdatasync(self._journal)
        except OSError as error:
            # After a failed sync nobody knows what of the file is on disk, and a second sync would not tell.
            self._close_journal()
            raise StoreError(_reason(error), needs_base=True) from error
        self._size += len(data)

    def _cut_off(self) -> bool:
        """Remove what a failed write left at the end of the journal."""
        assert self._journal is not None
        try:
            os.ftruncate(self._journal, self._size)
        except OSError:
            self._close_journal()
            return False
        return True

    def _write_generation(self, base: Base, records: tuple[Record, ...]) -> None:
        self._last_number += 1
        number = self._last_number
        journal = base_line(base, len(records)) + b"".join(map(record_line, records))
        paths = (self._snapshot_path(number), self._signature_path(number), self._journal_path(number))
        contents = (base.cib.to_xml().encode(), base.cib.on_disk_digest().encode(), journal)
        descriptors: list[int] = []
        try:
            for path, content in zip(paths, contents, strict=True):
                descriptors.append(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600))
                write_all(descriptors[-1], content)
                os.fsync(descriptors[-1])
                if path is paths[1]:
                    # The journal makes the generation count, so the others must be in the folder before.
                    sync_folder(self._folder)
            sync_folder(self._folder)
        except OSError as error:
            for descriptor in descriptors:
                os.close(descriptor)
            raise StoreError(_reason(error), needs_base=not self._undo(number)) from error
        for descriptor in descriptors[:-1]:
            os.close(descriptor)
        self._close_journal()
        self._journal, self._size = descriptors[-1], len(journal)
        self._complete = number, Course((*base.lineage, base.position), base.position)
        self._tidy(paths)

    def _undo(self, number: int) -> bool:
        """Remove a generation that could not be written. False if it may be there again after a loss of power, and be
        taken for the newest; then nothing may be added to the one before any more."""
        try:
            self._journal_path(number).unlink(missing_ok=True)
            sync_folder(self._folder)
            self._drop(number)
        except OSError:
            self._close_journal()
            return False
        return True

    def _tidy(self, newest: tuple[Path, Path, Path]) -> None:
        """Point `cib.xml` at the newest snapshot; not worth failing for."""
        with suppress(OSError):
            for path, name in ((newest[0], "cib.xml"), (newest[1], "cib.xml.sig")):
                spare = self._folder / f"{name}.new"
                spare.unlink(missing_ok=True)
                os.link(path, spare)
                spare.replace(self._folder / name)

    def retire(self) -> None:
        """Move the history of old generations to the archive and remove them, and what crashes left behind.

        Not worth failing for: the next call tries again. One call at a time, from any thread, also beside a `write`.
        """
        newest, course = self._complete
        with suppress(OSError):
            # A newer one may be in the making.
            complete = [number for number in self._generations() if number <= newest]
            for number in reversed(complete[KEPT_GENERATIONS:]):
                # What can't be read any more is no history either.
                with suppress(CibError, FileNotFoundError):
                    self.archive.absorb(number, course)
                self._drop(number)
            self._clear_away(newest, set(complete[:KEPT_GENERATIONS]))

    def _clear_away(self, newest: int, kept: set[int]) -> None:
        """Remove snapshots whose journal is gone or never was, and the oldest damaged files."""
        for path in self._folder.glob("cib-*.xml*"):
            number = path.name.removeprefix("cib-").partition(".")[0]
            if number.isdecimal() and int(number) <= newest and int(number) not in kept:
                path.unlink()
        for path in sorted(self._folder.glob(f"{_DAMAGED}*"), key=_age)[:-KEPT_DAMAGED]:
            path.unlink()

    def _drop(self, number: int) -> None:
        # The journal first: without it the rest does not count.
        for path in (self._journal_path(number), self._snapshot_path(number), self._signature_path(number)):
            path.unlink(missing_ok=True)

    def mark(self, position: Position) -> None:
        """Note what is committed; survives the process."""
        assert self._mark is not None
        with suppress(OSError):
            # Without the mark the next life only takes longer to show what this one has shown.
            os.pwrite(self._mark, to_line("committed", position), 0)

    def keep_conflict(self, conflict: KeepConflict) -> bool:
        """Keep a conflict file, safe on disk before the copy that it lost against is, and the newest of the others;
        False if nothing was lost. Raises OSError."""
        text = conflict.text
        if conflict.parting is not None:
            before = self._at_parting(conflict.parting)
            text = _OF_WINNER + text if before is None else lost_since(before, Cib.parse(conflict.parting.lost))
        if not text:
            return False
        put(self._conflicts / conflict.name, text.encode(), 0o600)
        for old in self._kept_conflicts()[:-KEPT_CONFLICTS]:
            old.unlink()
        return True

    def _at_parting(self, parting: Parting) -> Cib | None:
        """The configuration from which two histories parted, if it is known."""
        try:
            return cib_at(self.archive.stretches(), Course(parting.lineage, parting.committed), parting.position)
        except (CibError, OSError):
            # What is known of what was lost is kept all the same.
            return None

    def read_conflicts(self, names: Iterable[str]) -> tuple[CibConflict, ...]:
        """What is in conflict files. Raises OSError."""
        found: list[CibConflict] = []
        for path in (self._conflicts / name for name in names):
            text = path.read_text()
            of_winner = text.startswith(_OF_WINNER)
            found.append(CibConflict(path.name, path.stat().st_mtime, text.removeprefix(_OF_WINNER), of_winner))
        return tuple(found)

    def drop_conflict(self, name: str) -> None:
        """Delete a conflict file. Raises OSError."""
        (self._conflicts / name).unlink(missing_ok=True)

    def _kept_conflicts(self) -> list[Path]:
        return sorted(self._conflicts.glob("conflict-*.xml"), key=_age)

    def close(self) -> None:
        """Close the files."""
        self._close_journal()
        if self._mark is not None:
            os.close(self._mark)
            self._mark = None

    def _close_journal(self) -> None:
        if self._journal is not None:
            os.close(self._journal)
            self._journal = None

    @property
    def _conflicts(self) -> Path:
        return self._folder / "conflicts"

    def _journal_path(self, number: int) -> Path:
        return self._folder / f"{JOURNAL}{number}"

    def _snapshot_path(self, number: int) -> Path:
        return self._folder / f"cib-{number}.xml"

    def _signature_path(self, number: int) -> Path:
        return self._folder / f"cib-{number}.xml.sig"


def _age(path: Path) -> tuple[float, str]:
    return path.stat().st_mtime, path.name


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
