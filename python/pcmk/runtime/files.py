"""Files that are there whole or not at all."""

import os
from pathlib import Path


def put(path: Path, data: bytes, mode: int) -> None:
    """Have a file with this content and mode, safe on disk when this returns; whoever reads it meanwhile reads the old
    one. It has its mode from the first moment. Raises OSError."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with open(descriptor, "wb") as file:
        # What the file mode creation mask took away.
        os.fchmod(descriptor, mode)
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
