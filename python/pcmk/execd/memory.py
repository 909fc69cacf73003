"""The executor's memory across its own death: records appended to a file of the run folder."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

_SLACK = 1000


class Memory:
    """Key-value records in a file, one JSON line a change; written anew when most lines are out of date.

    The run folder lives no longer than the machine's uptime, so nothing is synced: it must outlive a process only.
    """

    def __init__(self, path: Path, *, fresh: bool) -> None:
        """Open the file; with `fresh` what is in it belongs to a former life of the node and is removed."""
        self._path = path
        self._lines = 0
        self.records: dict[str, str] = {}
        if fresh:
            path.unlink(missing_ok=True)
        else:
            self._read()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def write(self, changes: Iterable[tuple[str, str | None]]) -> None:
        """Keep records, and drop those whose value is None. Raises OSError if the file can't take them."""
        lines: list[str] = []
        for key, value in changes:
            if value is None:
                self.records.pop(key, None)
            else:
                self.records[key] = value
            lines.append(json.dumps((key, value)))
        self._lines += len(lines)
        if self._lines > 2 * len(self.records) + _SLACK:
            self._write_anew()
        else:
            os.write(self._file, ("\n".join(lines) + "\n").encode())

    def close(self) -> None:
        """Close the file; it stays."""
        os.close(self._file)

    def _read(self) -> None:
        try:
            text = self._path.read_bytes().decode(errors="replace")
        except FileNotFoundError:
            return
        for line in text.splitlines():
            self._lines += 1
            try:
                key, value = json.loads(line)
            except (ValueError, TypeError):
                # The end of a line may be missing after a kill or on a full disk; the change was told to nobody.
                continue
            if value is None:
                self.records.pop(key, None)
            else:
                self.records[key] = value

    def _write_anew(self) -> None:
        new = self._path.with_suffix(".new")
        new.write_text("".join(json.dumps(record) + "\n" for record in self.records.items()))
        new.chmod(0o600)
        new.rename(self._path)
        os.close(self._file)
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        self._lines = len(self.records)
