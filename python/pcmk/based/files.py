"""Files of the CIB: finding those with numbers, and writing so that it is safe."""

import os
from pathlib import Path

JOURNAL = "journal-"
"""What the files of journals are called, before their number."""


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of it, in as many calls as it takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def numbered(folder: Path, prefix: str) -> list[int]:
    """The numbers of the files in a folder that are called by a prefix and a number, highest first."""
    names = (path.name.removeprefix(prefix) for path in folder.glob(f"{prefix}*"))
    return sorted((int(name) for name in names if name.isdecimal()), reverse=True)


def sync_file(path: Path) -> None:
    """Have the content of a file safe on disk."""
    _sync(path, os.O_RDONLY)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder safe on disk."""
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
