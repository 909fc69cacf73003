"""A disk that fails and loses power, under code that calls `os`.

The folder on the real disk is what processes see. Beside it this keeps what would be there after a loss of power: of a
file what was synced, of a folder the names that were there when it was synced. Anything later may have got through, in
part, in any order, or not at all.
"""

import errno
import fcntl
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


class Killed(BaseException):
    """The process is gone; no code of its own runs any more."""


@dataclass(eq=False)
class _File:
    safe: bytes = b""
    # Where it was written with what, or cut off if there is nothing.
    pending: list[tuple[int, bytes | None]] = field(default_factory=list[tuple[int, bytes | None]])


@dataclass
class _Folder:
    safe: dict[str, _File] = field(default_factory=dict[str, _File])
    # Names that came or, with None, went, together in one step.
    pending: list[dict[str, _File | None]] = field(default_factory=list[dict[str, _File | None]])

    def now(self) -> dict[str, _File]:
        names = dict(self.safe)
        for step in self.pending:
            _apply(names, step)
        return names


def _apply(names: dict[str, _File], step: dict[str, _File | None]) -> None:
    for name, file in step.items():
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file


class FaultyDisk:
    """Watches one folder tree. `calls_left` is after how many calls the process is killed; `failures` is the chance of
    a call to fail. Folders themselves are taken to survive."""

    def __init__(self, root: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.random = random.Random(seed)
        self.calls_left = -1
        self.failures = 0.0
        self.kills = 0
        self._folders: dict[Path, _Folder] = {}
        self._open: dict[int, _File] = {}
        self._open_folders: dict[int, Path] = {}
        self._real: dict[str, Callable[..., Any]] = {}
        for name in (
            "open", "close", "write", "pwrite", "ftruncate", "fsync", "fdatasync", "link", "rename", "replace", "unlink"
        ):  # fmt: skip
            self._real[name] = getattr(os, name)
            monkeypatch.setattr(os, name, getattr(self, f"_call_{name}"))

    def restart(self, *, power_lost: bool) -> None:
        """The process is gone, and maybe the power was."""
        self.calls_left = -1
        self.failures = 0.0
        for descriptor in [*self._open, *self._open_folders]:
            self._real["close"](descriptor)
        self._open.clear()
        self._open_folders.clear()
        if not power_lost:
            return
        for path, folder in self._folders.items():
            names = dict(folder.safe)
            for step in folder.pending:
                if self.random.random() < 0.5:
                    _apply(names, step)
            folder.safe, folder.pending = names, []
            for known in path.iterdir():
                if not known.is_dir():
                    self._real["unlink"](known)
        survivors = dict.fromkeys(file for folder in self._folders.values() for file in folder.safe.values())
        for file in survivors:
            self._settle(file)
        for path, folder in self._folders.items():
            for name, file in folder.safe.items():
                descriptor = self._real["open"](path / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                self._real["write"](descriptor, file.safe)
                self._real["close"](descriptor)

    def erase(self) -> None:
        """Begin with an empty disk."""
        self.restart(power_lost=False)
        shutil.rmtree(self.root, ignore_errors=True)
        self._folders.clear()

    def _settle(self, file: _File) -> None:
        """What is left of a file's unsynced changes."""
        content = bytearray(file.safe)
        for offset, data in file.pending:
            if self.random.random() < 0.4:
                continue
            if data is None:
                del content[offset:]
                continue
            if self.random.random() < 0.4:
                data = data[: self.random.randint(0, len(data))]
            content.extend(bytes(max(0, offset - len(content))))
            content[offset : offset + len(data)] = data
        file.safe, file.pending = bytes(content), []

    # ---- calls ------------------------------------------------------------------------------------

    def _is_here(self, path: Any) -> bool:
        return isinstance(path, str | os.PathLike) and Path(path).is_relative_to(self.root)

    def _folder(self, path: Any) -> _Folder:
        return self._folders.setdefault(Path(path).parent, _Folder())

    def _step(self, may_fail: bool = True) -> None:
        if self.calls_left == 0:
            self.kills += 1
            raise Killed
        self.calls_left -= 1
        if may_fail and self.random.random() < self.failures:
            raise OSError(errno.ENOSPC, "No space left on device")

    def _call_open(self, path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        if not self._is_here(path):
            return self._real["open"](path, flags, mode, **more)
        if flags & os.O_DIRECTORY:
            descriptor = self._real["open"](path, flags, mode, **more)
            self._open_folders[descriptor] = Path(path)
            return descriptor
        self._step()
        descriptor = self._real["open"](path, flags, mode, **more)
        folder, name = self._folder(path), Path(path).name
        file = folder.now().get(name)
        if file is None:
            file = _File()
            folder.pending.append({name: file})
        elif flags & os.O_TRUNC:
            file.pending.append((0, None))
        self._open[descriptor] = file
        return descriptor

    def _call_close(self, descriptor: int) -> None:
        self._open.pop(descriptor, None)
        self._open_folders.pop(descriptor, None)
        self._real["close"](descriptor)

    def _call_write(self, descriptor: int, data: Any) -> int:
        file = self._open.get(descriptor)
        if file is None:
            return self._real["write"](descriptor, data)
        offset = os.lseek(descriptor, 0, os.SEEK_CUR)
        if self._is_appending(descriptor):
            offset = os.fstat(descriptor).st_size
        return self._put(file, offset, bytes(data), lambda part: self._real["write"](descriptor, part))

    def _call_pwrite(self, descriptor: int, data: Any, offset: int) -> int:
        file = self._open.get(descriptor)
        if file is None:
            return self._real["pwrite"](descriptor, data, offset)
        return self._put(file, offset, bytes(data), lambda part: self._real["pwrite"](descriptor, part, offset))

    def _put(self, file: _File, offset: int, data: bytes, write: Callable[[bytes], int]) -> int:
        """A write, of which a part may be done when the process is killed or the disk is full."""
        try:
            self._step()
        except BaseException:
            part = data[: self.random.randint(0, len(data))]
            file.pending.append((offset, part))
            write(part)
            raise
        file.pending.append((offset, data))
        return write(data)

    def _call_ftruncate(self, descriptor: int, size: int) -> None:
        file = self._open.get(descriptor)
        if file is not None:
            self._step()
            file.pending.append((size, None))
        self._real["ftruncate"](descriptor, size)

    def _call_fsync(self, descriptor: int) -> None:
        file, path = self._open.get(descriptor), self._open_folders.get(descriptor)
        if path is not None:
            self._step()
            folder = self._folders.setdefault(path, _Folder())
            folder.safe, folder.pending = folder.now(), []
        elif file is not None:
            try:
                self._step()
            except OSError:
                # The system has given up on what it could not write: a later sync does not bring it there.
                self._settle(file)
                raise
            file.safe, file.pending = self._content(descriptor), []
        else:
            self._real["fsync"](descriptor)

    _call_fdatasync = _call_fsync

    def _content(self, descriptor: int) -> bytes:
        path = os.readlink(f"/proc/self/fd/{descriptor}")
        with open(path, "rb") as file:
            return file.read()

    def _is_appending(self, descriptor: int) -> bool:
        return bool(fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_APPEND)

    def _call_link(self, source: Any, target: Any, **more: Any) -> None:
        if self._is_here(target):
            self._step()
            file = self._folder(source).now()[Path(source).name]
            self._folder(target).pending.append({Path(target).name: file})
        self._real["link"](source, target, **more)

    def _call_rename(self, source: Any, target: Any, **more: Any) -> None:
        if self._is_here(source):
            self._step()
            assert Path(source).parent == Path(target).parent
            folder = self._folder(source)
            file = folder.now().get(Path(source).name)
            if file is not None:
                folder.pending.append({Path(source).name: None, Path(target).name: file})
        self._real["rename"](source, target, **more)

    _call_replace = _call_rename

    def _call_unlink(self, path: Any, **more: Any) -> None:
        if self._is_here(path):
            self._step(may_fail=False)
            folder = self._folder(path)
            if Path(path).name in folder.now():
                folder.pending.append({Path(path).name: None})
        self._real["unlink"](path, **more)
