"""The CIB that a command works on: the cluster's, or the one in a file.

`CIB_shadow` names a copy (in `CIB_shadow_dir`), `CIB_file` a file; without either the CIB manager of this node is
asked. Both ways look the same to a command: it reads a CIB and asks for changes. `CIB_user` names a user as whom to do
so: what ACLs do not let that user read is not there, and what they do not let it write is refused.
"""

import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from pcmk._core import Cib, CibRequest, Element
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

if TYPE_CHECKING:
    from pcmk._core import CibUser, Operation
    from pcmk.client import Connection
    from pcmk.kernel.messages.cib import CibOperation

TIMEOUT = 30.0
STANDARD_INPUT = Path("-")
FILE_VARIABLE = "CIB_file"
SHADOW_VARIABLE = "CIB_shadow"
USER_VARIABLE = "CIB_user"
SHADOW_FOLDER_VARIABLE = "CIB_shadow_dir"
ROOT_SHADOW_FOLDER = Path("/var/lib/pacemaker/cib")


class CibAccess(Protocol):
    """Reads and changes a CIB. Every failure is a `PcmkError`, and then nothing was changed."""

    @property
    def is_live(self) -> bool:
        """Whether it is the CIB of the running cluster."""
        ...

    def read(self, *, history: bool = True) -> Cib:
        """The CIB as it is now. Who does not need the history of operations, most of a large one, may do without."""
        ...

    def query(self, section: str, *, xpath: str = "", no_children: bool = False) -> list[str]:
        """A section, or all elements that an XPath selects, as indented XML. NOSUCH if there is none."""
        ...

    def select(self, xpath: str) -> list[Element]:
        """All elements that an XPath selects, which may be none."""
        ...

    def addresses(self, xpath: str) -> list[str]:
        """Where the elements are that an XPath selects (see `pcmk._core.Cib.addresses`). NOSUCH if there is none."""
        ...

    def change(self, *changes: "Change") -> None:
        """Carry out changes, all or none. In a file each raises the version, as if it had been asked for alone."""
        ...

    def transact(self, *changes: "Change") -> None:
        """Carry out changes as one, all or none."""
        ...


class Change:
    """One operation, as `pcmk._core.Cib.apply` takes it."""

    __slots__ = ("allow_create", "input_xml", "keep_mtime", "multiple", "operation", "score_update", "section", "xpath")

    def __init__(
        self,
        operation: "Operation",
        section: str = "",
        input_xml: str = "",
        *,
        xpath: str = "",
        allow_create: bool = False,
        multiple: bool = False,
        score_update: bool = False,
        keep_mtime: bool = False,
    ) -> None:
        self.operation: Operation = operation
        self.section = section
        self.input_xml = input_xml
        self.xpath = xpath
        self.allow_create = allow_create
        self.multiple = multiple
        self.score_update = score_update
        self.keep_mtime = keep_mtime

    def on(self, cib: Cib) -> CibRequest:
        """The change as the engine takes it; what an upgrade makes of a CIB is worked out here. Raises `PcmkError`."""
        return CibRequest(
            self.operation,
            self.section,
            xpath=self.xpath,
            input_xml=self.input_xml if self.operation != "upgrade" else _upgraded(cib).to_xml(),
            allow_create=self.allow_create,
            multiple=self.multiple,
            score_update=self.score_update,
        )


def transaction(xml: str) -> tuple[Change, ...]:
    """The changes that a `cib_transaction` asks for; see `pcmk.kernel.transaction` for what is refused."""
    from pcmk.kernel.transaction import read_transaction

    return tuple(
        Change(
            cast("Operation", request.operation),
            request.section,
            request.input_xml,
            xpath=request.xpath,
            allow_create=request.options.allow_create,
            multiple=request.options.multiple,
            score_update=request.options.score_update,
            keep_mtime=request.options.keep_mtime,
        )
        for request in read_transaction(xml)
    )


def open_cib(
    program: str, *, file: str | None = None, user: str = "", timeout: float = TIMEOUT, shadow: bool = True
) -> CibAccess:
    """The CIB in a file, or else the one that the environment names; without `shadow` what lies behind a shadow copy.

    `user` is on whose behalf the CIB is read and changed, by default the one that the environment names.
    """
    user = user or os.environ.get(USER_VARIABLE, "")
    path = Path(file) if file is not None else file_in_environment(shadow=shadow)
    if path is None:
        return LiveCib(program, user, timeout)
    return InputCib() if path == STANDARD_INPUT else FileCib(path, user)


def file_in_environment(*, shadow: bool = True) -> Path | None:
    """The file that stands for the cluster's CIB, if the environment names one."""
    name = os.environ.get(SHADOW_VARIABLE)
    if shadow and name:
        return shadow_file(name)
    file = os.environ.get(FILE_VARIABLE)
    return Path(file) if file else None


def shadow_folder() -> Path:
    """Where shadow copies are: `CIB_shadow_dir`, else a folder of the user's own; root's is the one where clients look,
    unless this node's state is somewhere else.
    """
    named = os.environ.get(SHADOW_FOLDER_VARIABLE)
    if named:
        return Path(named)
    if os.geteuid() != 0:
        return Path.home() / ".cib"
    if not os.environ.get("PCMK_STATE_DIR"):
        return ROOT_SHADOW_FOLDER
    from pcmk.runtime.settings import from_environment

    return from_environment().state_dir / "cib"


def shadow_file(name: str) -> Path:
    """Where a shadow copy is."""
    if "/" in name:
        raise PcmkError(ExitCode.USAGE, f"{name!r} is no name of a shadow copy: it must not have slashes")
    return shadow_folder() / f"shadow.{name}"


class LocalCib(ABC):
    """A CIB that is read here."""

    @property
    def is_live(self) -> bool:
        """No cluster is behind it."""
        return False

    @abstractmethod
    def read(self, *, history: bool = True) -> Cib:
        """All of it."""

    def query(self, section: str, *, xpath: str = "", no_children: bool = False) -> list[str]:
        """A part of it."""
        return self.read().query(section, xpath=xpath, no_children=no_children, pretty=True)

    def select(self, xpath: str) -> list[Element]:
        """Parts of it."""
        return self.read().find(xpath)

    def addresses(self, xpath: str) -> list[str]:
        """Where parts of it are."""
        return self.read().addresses(xpath)


class FileCib(LocalCib):
    """A CIB in a file; a change writes all of it. Without a user, whoever may read the file may read all of it."""

    def __init__(self, path: Path, user: str = "") -> None:
        self._path = path
        self._user = user

    def read(self, *, history: bool = True) -> Cib:
        """Read the file."""
        cib, user = self._read(), _subject(self._user)
        return cib if user is None else user.view(cib)

    def _read(self) -> Cib:
        try:
            return Cib.parse(self._path.read_bytes())
        except OSError as error:
            code = ExitCode.NOSUCH if isinstance(error, FileNotFoundError) else ExitCode.IOERR
            raise PcmkError(code, f"Could not read the CIB in {self._path}: {error.strerror}") from error

    def change(self, *changes: Change) -> None:
        """Change the file."""
        self._change([(change,) for change in changes])

    def transact(self, *changes: Change) -> None:
        """Change the file."""
        self._change([changes])

    def _change(self, steps: Sequence[tuple[Change, ...]]) -> None:
        before = after = self._read()
        user = _subject(self._user)
        for changes in steps:
            # Who changed it and when is noted of the cluster's CIB alone: clients compare the copies that they edit.
            after, _ = after.apply_all([change.on(after) for change in changes], acting=user)
        if after != before:
            if not after.alike_to_schema(before):
                _refuse_if_invalid(before, after)
            self.write(after)

    def write(self, cib: Cib) -> None:
        """Put another CIB into the file, which must exist."""
        content = memoryview(cib.to_xml(pretty=True).encode())
        try:
            # Clients hold the file open and read it again after a command, so it stays the same file. Room for the new
            # content is made before the old one is touched.
            with open(self._path, "r+b", buffering=0) as file:
                before = os.fstat(file.fileno()).st_size
                try:
                    os.posix_fallocate(file.fileno(), 0, len(content))
                except OSError:
                    file.truncate(before)
                    raise
                rest = content
                while rest:
                    rest = rest[file.write(rest) :]
                file.truncate()
                os.fsync(file.fileno())
        except OSError as error:
            raise PcmkError(ExitCode.IOERR, f"Could not write the CIB to {self._path}: {error.strerror}") from error


def _upgraded(cib: Cib) -> Cib:
    from pcmk.schema.upgrade import refused, upgraded

    try:
        return upgraded(cib).cib
    except ValueError as error:
        raise PcmkError(*refused(error)) from error


def _refuse_if_invalid(before: Cib, after: Cib) -> None:
    from pcmk.schema.check import refusal

    reason = refusal(before, after)
    if reason:
        raise PcmkError(ExitCode.CONFIG, reason)


class InputCib(LocalCib):
    """A CIB on standard input, which can be read once and not be changed."""

    def __init__(self) -> None:
        self._cib: Cib | None = None

    def read(self, *, history: bool = True) -> Cib:
        """The CIB that came in."""
        if self._cib is None:
            self._cib = Cib.parse(sys.stdin.buffer.read())
        return self._cib

    def change(self, *changes: Change) -> None:
        """Refused."""
        raise PcmkError(ExitCode.UNIMPLEMENT_FEATURE, "a CIB from standard input can't be changed")

    def transact(self, *changes: Change) -> None:
        """Refused."""
        self.change(*changes)


class LiveCib:
    """The cluster's CIB, by way of this node's CIB manager."""

    def __init__(self, program: str, user: str, timeout: float) -> None:
        self._program = program
        self._user = user
        self._timeout = timeout
        self._connection: Connection | None = None

    @property
    def is_live(self) -> bool:
        """It is the running cluster's."""
        return True

    def read(self, *, history: bool = True) -> Cib:
        """The newest committed CIB that this node has."""
        return Cib.parse(self._asked(without_history=not history))

    def query(self, section: str, *, xpath: str = "", no_children: bool = False) -> list[str]:
        """A part of it."""
        found = _unwrapped(self._asked(section=section, xpath=xpath, no_children=no_children))
        return [element.to_xml(pretty=True) for element in found]

    def select(self, xpath: str) -> list[Element]:
        """Parts of it: who needs but these does not wait for all of a large CIB."""
        try:
            return _unwrapped(self._asked(xpath=xpath))
        except PcmkError as error:
            if error.code != ExitCode.NOSUCH:
                raise
            return []

    def addresses(self, xpath: str) -> list[str]:
        """Where parts of it are."""
        return [element.get("id", "") for element in _unwrapped(self._asked(xpath=xpath, path_only=True))]

    def _asked(self, **what: Any) -> str:
        """What the CIB manager answers a `CibQuery` of this content."""
        from pcmk.kernel.daemons import Daemon
        from pcmk.kernel.messages.cib import CibAnswer, CibQuery

        query = CibQuery(**what, user=self._user, groups=_groups(self._user))
        return self._connected().ask(Daemon.BASED, query, CibAnswer, self._timeout).xml

    def change(self, *changes: Change) -> None:
        """Have the changes made and committed; at once, so that the scheduler never sees a part of them."""
        self.transact(*changes)

    def transact(self, *changes: Change) -> None:
        """Have the changes made and committed."""
        from pcmk.kernel.daemons import Daemon
        from pcmk.kernel.messages.cib import CibModified, CibModify

        operations = tuple(map(_message, changes))
        request = CibModify(operations, client=self._program, user=self._user, groups=_groups(self._user))
        self._connected().ask(Daemon.BASED, request, CibModified, self._timeout)

    def _connected(self) -> "Connection":
        if self._connection is None:
            from pcmk.client import Connection
            from pcmk.runtime.settings import from_environment

            self._connection = Connection(from_environment(), self._program)
        return self._connection


def _unwrapped(answer: str) -> list[Element]:
    """The elements that a CIB manager found: itself if it is one, else in a wrapper."""
    found = Element.parse(answer)
    return found.children if found.name == "xpath-query" else [found]


def _subject(user: str) -> "CibUser | None":
    if not user:
        return None
    import time

    from pcmk.kernel.users import subject

    return subject(user, _groups(user), time.time())


def _groups(user: str) -> tuple[str, ...]:
    if not user:
        return ()
    from pcmk.rpc.users import groups_of

    return groups_of(user)


def _message(change: Change) -> "CibOperation":
    from pcmk.kernel.messages.cib import CibOperation, CibOptions

    options = CibOptions(
        change.allow_create, change.multiple, score_update=change.score_update, keep_mtime=change.keep_mtime
    )
    return CibOperation(change.operation, change.section, change.xpath, change.input_xml, options)
