"""What a command is going to write, looked at before it does."""

import difflib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.runtime.files import put

SECRET = 0o400
PUBLIC = 0o644


class PlannedFile(Struct, frozen=True):
    """`summary` says in words what is in it. What is there now is kept beside it (`NAME.old`) if `keep` is set."""

    path: Path
    content: bytes
    mode: int
    summary: str
    keep: bool = False
    folder_mode: int = 0o755

    @property
    def is_secret(self) -> bool:
        """Whether its content is for nobody's eyes."""
        return not self.mode & 0o077

    @property
    def kept(self) -> Path | None:
        """Where what is there now goes."""
        return self.path.with_name(f"{self.path.name}.old") if self.keep and self.path.exists() else None

    def changes(self) -> Iterator[str]:
        """What changes in the text, line by line; nothing if it is secret."""
        if self.is_secret:
            return
        before = self.path.read_text(errors="replace") if self.path.exists() else ""
        lines = difflib.unified_diff(before.splitlines(), self.content.decode().splitlines(), n=2, lineterm="")
        yield from list(lines)[2:]


class Plan(Struct, frozen=True):
    """Files in the order in which they are written, and what remains to be done by hand."""

    files: tuple[PlannedFile, ...]
    then: tuple[str, ...] = ()

    def carry_out(self) -> None:
        """Write the files; raises `PcmkError` (CANTCREAT) at the first that can't be."""
        for file in self.files:
            try:
                file.path.parent.mkdir(mode=file.folder_mode, parents=True, exist_ok=True)
                if file.kept is not None:
                    put(file.kept, file.path.read_bytes(), file.path.stat().st_mode & 0o777)
                put(file.path, file.content, file.mode)
            except OSError as error:
                raise PcmkError(ExitCode.CANTCREAT, f"{file.path}: {error.strerror}") from error
