"""The code on disk, which an upgrade replaces while processes go on with what they have imported."""

import importlib.util
from collections.abc import Iterable
from pathlib import Path


def marks() -> list[Path]:
    """Files of this package that every installation of it writes anew."""
    specs = (importlib.util.find_spec(name) for name in ("pcmk", "pcmk._core"))
    return [Path(spec.origin) for spec in specs if spec is not None and spec.origin is not None]


class Installed:
    """Tells whether the code on disk is still that which was there when this was made."""

    def __init__(self, files: Iterable[Path] | None = None) -> None:
        self._files = list(marks() if files is None else files)
        self._was = self._state()

    def is_other(self) -> bool:
        """Whether something was replaced, or is missing."""
        return self._state() != self._was

    def _state(self) -> list[tuple[int, int, int] | None]:
        return [_state(file) for file in self._files]


def _state(file: Path) -> tuple[int, int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size
