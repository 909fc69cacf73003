"""Requests of clients carried out on a CIB."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from pcmk._core import Cib, CibRequest
from pcmk.based.chain import version_of
from pcmk.kernel.booleans import is_true
from pcmk.kernel.errors import CibError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibAnswer, CibModified, CibModify, CibOperation, CibQuery
from pcmk.kernel.messages.common import Failure

if TYPE_CHECKING:
    from pcmk._core import Operation

_OPERATIONS: "tuple[Operation, ...]" = (
    "create", "modify", "replace", "delete", "apply_diff", "erase", "bump", "upgrade"
)  # fmt: skip
UNRESTRICTED = ("root", "hacluster")
"""Users for whom there are no access control lists."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a request does to a CIB: the new one and the patchset to it, empty when nothing changes."""

    cib: Cib
    patchset: str
    answer: CibModified | Failure


def modify(cib: Cib, request: CibModify, origin: str, wall: float) -> Outcome:
    """Carry out all operations of a request, or none. The author is noted where the configuration changes, as
    `cib-last-written` and `update-*`, except with `keep_mtime`."""
    try:
        keep_mtime = any(operation.options.keep_mtime for operation in request.operations)
        changed, patchset = cib.apply_all(
            [_operation(operation) for operation in request.operations],
            written=None if keep_mtime else time_text(wall),
            origin=origin,
            client=request.client or None,
            user=request.user or None,
        )
    except CibError as error:
        return Outcome(cib, "", Failure(error.code, error.message))
    answer = CibModified(version_of(changed))
    if any(operation.options.dry_run for operation in request.operations):
        return Outcome(cib, "", answer)
    return Outcome(changed, patchset, answer)


def query(cib: Cib, request: CibQuery, term: int) -> CibAnswer | Failure:
    """Answer a query. Several matches of an XPath come wrapped in `xpath-query`; with `path_only` their paths do, in
    `xpath-query-path` elements."""
    try:
        if request.path_only:
            return CibAnswer(_wrapped_paths(cib.addresses(request.xpath)), version_of(cib), term)
        found = cib.query(request.section, xpath=request.xpath, no_children=request.no_children)
    except CibError as error:
        return Failure(error.code, error.message)
    xml = found[0] if len(found) == 1 else f"<xpath-query>{''.join(found)}</xpath-query>"
    return CibAnswer(xml, version_of(cib), term)


def is_restricted(cib: Cib, *users: str) -> bool:
    """Whether access control lists are in force for one of the users."""
    if all(user in UNRESTRICTED for user in users):
        return False
    values = cib.find("/cib/configuration/crm_config//nvpair[@name='enable-acl']")
    return any(is_true(value.get("value", "")) for value in values)


def _wrapped_paths(paths: list[str]) -> str:
    inner = "".join(f"<xpath-query-path id={quoteattr(path)}/>" for path in paths)
    return inner if len(paths) == 1 else f"<xpath-query>{inner}</xpath-query>"


def time_text(wall: float) -> str:
    """A time as `cib-last-written` has it, in UTC, such as `Fri Jul 13 13:51:10 2012`."""
    time = datetime.fromtimestamp(int(wall), UTC)
    clock = f"{time.hour:02}:{time.minute:02}:{time.second:02}"
    return f"{_DAYS[time.weekday()]} {_MONTHS[time.month - 1]} {time.day:2} {clock} {time.year}"


def _operation(operation: CibOperation) -> CibRequest:
    name: Operation | None = next((name for name in _OPERATIONS if name == operation.operation), None)
    if name is None:
        raise CibError(ExitCode.USAGE, f"'{operation.operation}' is no CIB operation")
    return CibRequest(
        name,
        operation.section,
        xpath=operation.xpath,
        input_xml=operation.input_xml,
        allow_create=operation.options.allow_create,
        multiple=operation.options.multiple,
        score_update=operation.options.score_update,
    )
