"""The history's files: configuration changes of generations that are gone, within a size.

    history/N ... a CIB without status, then changes without a gap; lines as in the journal, N counts up

The oldest file goes when all together are too large. What is in here was on disk before and is only moved, so a torn
tail is no loss: the generation that it came from goes only when this is safe.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct

from pcmk._core import Cib
from pcmk.based.files import JOURNAL, numbered, sync_folder, write_all
from pcmk.based.history import Course, Stretch, configuration_changes, same_configuration
from pcmk.based.records import base_version, from_line, read_record, record_line, to_line
from pcmk.kernel.messages.based_peer import Entry, Position
from pcmk.kernel.messages.cib import CibVersion

# A file takes this part of the size, beside the CIB it begins with; then the next one begins.
_FILES = 4


class _Newest(Struct):
    """The file that is added to: where it ends, and how much of it is what it begins with."""

    number: int
    end: Position
    version: CibVersion
    start_size: int
    size: int


class Archive:
    """The folder `history/` beside the generations of a store. One writer; any number of readers in other threads."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._generations = folder
        self._folder = folder / "history"
        self._most_bytes = most_bytes
        self._newest: _Newest | None = None

    # ---- writing ----------------------------------------------------------------------------------

    def absorb(self, number: int, course: Course) -> None:
        """Keep the changes of a generation that is about to go, as far as they count. Raises OSError, and `CibError` if
        the generation can't be read."""
        generation = self._read_generation(number)
        if generation is None or not self._most_bytes:
            return
        newest = self._newest or self._find_newest()
        end = newest.end if newest is not None else Position()
        kept = [entry for entry in generation.entries if course.has(entry.position) and entry.position > end]
        if not kept:
            return
        if newest is None or not self._goes_on(newest, generation, course):
            newest = self._begin(1 + newest.number if newest is not None else 1, generation)
        # Nothing is known of the file until all is well.
        self._newest = None
        data = b"".join(map(record_line, kept))
        _append(self._folder / str(newest.number), newest.size, data)
        newest.size += len(data)
        newest.end, newest.version = kept[-1].position, kept[-1].version
        self._newest = newest
        self._prune()

    def _goes_on(self, newest: _Newest, generation: Stretch, course: Course) -> bool:
        full = newest.size - newest.start_size > self._most_bytes // _FILES
        return not full and same_configuration(newest.version, generation.version) and course.has(newest.end)

    def _find_newest(self) -> _Newest | None:
        for path in self._files():
            file = _read(path)
            if file.kind == "start":
                last = file.entries[-1] if file.entries else None
                position = last.position if last is not None else Position(**file.value["position"])
                version = last.version if last is not None else CibVersion(**file.value["version"])
                return _Newest(int(path.name), position, version, file.start_size, file.size)
        return None

    def _begin(self, number: int, generation: Stretch) -> _Newest:
        position, version = generation.position, generation.version
        line = to_line("start", {"position": position, "version": version, "cib": generation.load().to_xml()})
        self._folder.mkdir(mode=0o750, exist_ok=True)
        spare = self._folder / "new"
        _append(spare, 0, line)
        spare.rename(self._folder / str(number))
        sync_folder(self._folder)
        sync_folder(self._generations)
        return _Newest(number, position, version, len(line), len(line))

    def _prune(self) -> None:
        total = 0
        for path in self._files():
            total += path.stat().st_size
            if total > self._most_bytes and self._newest is not None and path.name != str(self._newest.number):
                path.unlink()

    # ---- reading ----------------------------------------------------------------------------------

    def stretches(self) -> Iterator[Stretch]:
        """All that is known, newest first: the generations, then what is left of former ones."""
        for number in numbered(self._generations, JOURNAL):
            found = self._read_generation(number)
            if found is not None:
                yield found
        for path in self._files():
            found = self._read_file(path)
            if found is not None:
                yield found

    def _files(self) -> Iterator[Path]:
        return (self._folder / str(number) for number in numbered(self._folder, ""))

    def _read_generation(self, number: int) -> Stretch | None:
        load = partial(_without_status, self._generations / f"cib-{number}.xml")
        with suppress(FileNotFoundError):
            file = _read(self._generations / f"{JOURNAL}{number}")
            if file.kind == "base":
                version = base_version(file.value) or CibVersion(*load().version)
                changes = tuple(configuration_changes(version, file.entries))
                return Stretch(Position(**file.value["position"]), version, changes, load)
        return None

    def _read_file(self, path: Path) -> Stretch | None:
        with suppress(FileNotFoundError):
            file = _read(path)
            if file.kind == "start":
                position, version = Position(**file.value["position"]), CibVersion(**file.value["version"])
                return Stretch(position, version, file.entries, partial(Cib.parse, file.value["cib"]))
        return None


class _File(Struct, frozen=True):
    """A first line, and the entries after it up to the end or to what can't be read."""

    kind: str
    value: dict[str, Any]
    entries: tuple[Entry, ...]
    start_size: int
    size: int


def _read(path: Path) -> _File:
    lines = path.read_bytes().splitlines(keepends=True)
    first = from_line(lines[0]) if lines else None
    if first is None:
        return _File("", {}, (), 0, 0)
    entries: list[Entry] = []
    size = len(lines[0])
    for line in lines[1:]:
        read = from_line(line)
        if read is None:
            break
        record = read_record(*read)
        if isinstance(record, Entry):
            entries.append(record)
        size += len(line)
    return _File(*first, tuple(entries), len(lines[0]), size)


def _append(path: Path, size: int, data: bytes) -> None:
    """Have a file that goes on with the data after so many bytes, safe on disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(descriptor, size)
        os.lseek(descriptor, size, os.SEEK_SET)
        write_all(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _without_status(snapshot: Path) -> Cib:
    cib = Cib.parse(snapshot.read_bytes())
    if not cib.find("/cib/status/*"):
        return cib
    bare, _ = cib.apply("delete", xpath="/cib/status/*", multiple=True)
    return bare.with_attrs({name: cib.root.get(name) for name in ("admin_epoch", "epoch", "num_updates")})
