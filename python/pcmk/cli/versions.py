"""CIBs as the `pcmk cib` commands name them: the current one, one in a file, or one of the history."""

import re
import sys
from pathlib import Path

from pcmk._core import Cib, Element
from pcmk.client import Connection
from pcmk.compat.cib_access import file_in_environment, open_cib
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import (
    CibAnswer,
    CibAtQuery,
    CibChange,
    CibConflict,
    CibConflicts,
    CibConflictsQuery,
    CibHistory,
    CibHistoryQuery,
    CibStatus,
    CibStatusQuery,
    CibVersion,
    DropCibConflict,
)
from pcmk.kernel.messages.common import Done
from pcmk.runtime.settings import from_environment

PROGRAM = "pcmk"
CURRENT = "current"

_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")


def text_of(version: CibVersion) -> str:
    """A version as people write it. Of `num_updates` the history knows nothing."""
    return f"{version.admin_epoch}.{version.epoch}"


def source_of(change: CibChange) -> str:
    """The version that a change was made on."""
    [source] = Element.parse(change.patchset).find("/diff/version/source")
    return f"{source.get('admin_epoch')}.{source.get('epoch')}"


def version_of(text: str) -> CibVersion:
    """Read a version; raises `PcmkError` (USAGE)."""
    version = version_of_name(text)
    if version is None:
        raise PcmkError(
            ExitCode.USAGE, f"{text!r} is no version; versions look like 0.12, as `pcmk cib history` has them"
        )
    return version


def version_of_name(text: str) -> CibVersion | None:
    """The version that a name means, if it looks like one."""
    match = _VERSION.fullmatch(text)
    return CibVersion(int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def named(name: str) -> Cib:
    """The CIB of that name: `current`, a version, `-` for standard input, or else a file."""
    if name == CURRENT:
        return open_cib(PROGRAM).read()
    version = version_of_name(name)
    return at(version) if version is not None else Cib.parse(content(name))


def content(file: str) -> bytes:
    """What is in a file, `-` for standard input."""
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise PcmkError(ExitCode.NOINPUT, f"{file}: {error.strerror}") from error


def at(version: CibVersion) -> Cib:
    """The CIB with the configuration of a version, from the history of this node."""
    with manager("has a history") as connection:
        return Cib.parse(connection.ask(Daemon.BASED, CibAtQuery(version), CibAnswer).xml)


def history(limit: int) -> CibHistory:
    """The newest changes that this node has kept; all for a limit of 0."""
    with manager("has a history") as connection:
        return connection.ask(Daemon.BASED, CibHistoryQuery(limit), CibHistory)


def kept_conflicts(name: str = "") -> tuple[CibConflict, ...]:
    """The changes that lost at a merge, as this node has kept them; of that name, or all."""
    with manager("keeps changes that lost") as connection:
        return connection.ask(Daemon.BASED, CibConflictsQuery(name), CibConflicts).conflicts


def conflicts_elsewhere() -> tuple[str, ...]:
    """The other members that have kept changes that lost."""
    with manager("keeps changes that lost") as connection:
        return connection.ask(Daemon.BASED, CibStatusQuery(), CibStatus).conflicts_on


def drop_conflict(name: str) -> None:
    """Have a change that lost no longer kept."""
    with manager("keeps changes that lost") as connection:
        connection.ask(Daemon.BASED, DropCibConflict(name), Done)


def manager(what: str) -> Connection:
    """The CIB manager of this node; `PcmkError` if a file is worked on, which is not `what` the cluster's CIB is."""
    file = file_in_environment()
    if file is not None:
        raise PcmkError(ExitCode.UNIMPLEMENT_FEATURE, f"only the cluster's CIB {what}, not {file}")
    return Connection(from_environment(), PROGRAM)
