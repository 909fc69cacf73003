"""Values of parameters that are kept out of the CIB, on each node, in files that only root can read.

A parameter whose value in the CIB is `lrm://` has its value in `FOLDER/RESOURCE/PARAMETER`, and the MD5 sum of it
beside that in `PARAMETER.sign`. The layout, and that white space at the end does not count, is the field's.
"""

import fcntl
import hashlib
import os
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from pcmk.kernel.agent_api import SECRET
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.runtime.settings import Settings

_SIGN = ".sign"
_NEW = ".new"


class SecretValue(Struct, frozen=True):
    """A value, and whose it is."""

    resource: str
    parameter: str
    value: str

    def __repr__(self) -> str:
        return f"SecretValue(resource={self.resource!r}, parameter={self.parameter!r})"


class SecretStore:
    """The secrets of this node. Every failure is a `PcmkError`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @staticmethod
    def of(settings: Settings) -> "SecretStore":
        """The store of the node with these settings."""
        return SecretStore(settings.state_dir / "lrm" / "secrets")

    def file(self, resource: str, parameter: str) -> Path:
        """Where a value is; raises (INVALID_PARAM) for names that can't be those of files."""
        for name in (resource, parameter):
            if name in ("", ".", "..") or "/" in name or "\0" in name:
                raise PcmkError(ExitCode.INVALID_PARAM, f"{name!r} can't be the name of a resource or parameter here")
        return self._folder / resource / parameter

    def read(self, resource: str, parameter: str) -> str:
        """A value. Raises NOSUCH if there is none, OSFILE if it has no sum, DIGEST if the sum is another one."""
        file = self.file(resource, parameter)
        with _locked(file.parent, fcntl.LOCK_SH):
            value, told = _content(file), _content(_sign_of(file))
        if not value:
            raise PcmkError(ExitCode.NOSUCH, f"no value in {file}")
        if not told:
            raise PcmkError(ExitCode.OSFILE, f"no MD5 hash in {_sign_of(file)}")
        if _sum(value) != told.lower():
            raise PcmkError(ExitCode.DIGEST, f"MD5 hash mismatch: {_sign_of(file)} is not that of {file}")
        return value

    def write(self, resource: str, parameter: str, value: str) -> None:
        """Keep a value. What would not be read as it was written is refused (INVALID_PARAM)."""
        if not value or value != value.rstrip() or "\0" in value:
            raise PcmkError(ExitCode.INVALID_PARAM, "a secret must not be empty, nor end with white space")
        file = self.file(resource, parameter)
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            with _locked(file.parent, fcntl.LOCK_EX):
                _put(file, f"{value}\n")
                _put(_sign_of(file), f"{_sum(value)}\n")
                _sync(file.parent)
        except OSError as error:
            raise _failure(error, file) from error

    def remove(self, resource: str, parameter: str) -> bool:
        """Forget a value; whether there was one."""
        file = self.file(resource, parameter)
        there = file.exists()
        with _locked(file.parent, fcntl.LOCK_EX):
            try:
                for each in (file, _sign_of(file)):
                    each.unlink(missing_ok=True)
                if file.parent.is_dir():
                    _sync(file.parent)
            except OSError as error:
                raise _failure(error, file) from error
        return there

    def all(self) -> list[SecretValue]:
        """Everything that is kept, by names; raises for what can't be read or has no good sum."""
        try:
            signs = sorted(self._folder.glob(f"*/*{_SIGN}"))
        except OSError as error:
            raise _failure(error, self._folder) from error
        names = [(sign.parent.name, sign.name.removesuffix(_SIGN)) for sign in signs]
        return [SecretValue(resource, name, self.read(resource, name)) for resource, name in names]

    def keep(self, secrets: Iterable[SecretValue], *, only: bool) -> None:
        """Keep values, and remove those that are empty; with `only` all others too."""
        wanted = list(secrets)
        for each in wanted:
            if each.value:
                self.write(each.resource, each.parameter, each.value)
            else:
                self.remove(each.resource, each.parameter)
        if only:
            known = {(each.resource, each.parameter) for each in wanted}
            for sign in self._folder.glob(f"*/*{_SIGN}"):
                name = sign.parent.name, sign.name.removesuffix(_SIGN)
                if name not in known:
                    self.remove(*name)

    def substituted(self, resource: str, parameters: Mapping[str, str]) -> dict[str, str]:
        """Parameters of a resource, or an instance of one, with their secrets. Raises what `read` raises."""
        name = resource.partition(":")[0]
        return {key: self.read(name, key) if value == SECRET else value for key, value in parameters.items()}


def _sum(value: str) -> str:
    return hashlib.md5(value.encode(errors="surrogateescape"), usedforsecurity=False).hexdigest()


def _sign_of(file: Path) -> Path:
    return file.with_name(file.name + _SIGN)


def _content(file: Path) -> str:
    """What counts of a file; empty if it is not there."""
    try:
        return file.read_bytes().decode(errors="surrogateescape").rstrip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise _failure(error, file) from error


def _put(file: Path, text: str) -> None:
    """Put a file in the place of another, at once and on disk."""
    new = file.with_name(f".{file.name}{_NEW}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with open(descriptor, "wb") as opened:
        os.fchmod(descriptor, 0o600)
        opened.write(text.encode(errors="surrogateescape"))
        opened.flush()
        os.fsync(descriptor)
    new.rename(file)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(folder: Path, how: int) -> Generator[None]:
    """Hold a folder's lock: a value and its sum change together. A folder that is not there needs none."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        yield
        return
    except OSError as error:
        raise _failure(error, folder) from error
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _failure(error: OSError, file: Path) -> PcmkError:
    code = ExitCode.INSUFFICIENT_PRIV if isinstance(error, PermissionError) else ExitCode.OSFILE
    return PcmkError(code, f"{error.filename or file}: {error.strerror}")
