"""Requests of clients carried out on a CIB."""

from datetime import UTC, datetime

from msgspec import Struct

from pcmk._core import Cib, CibRequest, CibUser
from pcmk.based.access import seen
from pcmk.based.chain import version_of
from pcmk.based.language import objection, upgrade_of
from pcmk.kernel.cib_requests import cib_request
from pcmk.kernel.errors import CibError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.markup import tag
from pcmk.kernel.messages.cib import CibAnswer, CibModified, CibModify, CibQuery
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.users import subject

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Outcome(Struct, frozen=True):
    """What a request does to a CIB: the new one and the patchset to it, empty when nothing changes."""

    cib: Cib
    patchset: str
    answer: CibModified | Failure


def modify(cib: Cib, request: CibModify, origin: str, wall: float) -> Outcome:
    """Carry out all operations of a request, or none. The author is noted where the configuration changes, as
    `cib-last-written` and `update-*`, except with `keep_mtime`."""
    try:
        who = subject(request.user, request.groups, wall)
        keep_mtime = any(operation.options.keep_mtime for operation in request.operations)
        changed, patchset = cib.apply_all(
            _requests(cib, request, who),
            written=None if keep_mtime else time_text(wall),
            origin=origin,
            client=request.client or None,
            user=request.user or None,
            acting=who,
        )
    except CibError as error:
        return Outcome(cib, "", Failure(error.code, error.message))
    refused = objection(cib, changed, who)
    if refused is not None:
        return Outcome(cib, "", refused)
    answer = CibModified(version_of(changed))
    if any(operation.options.dry_run for operation in request.operations):
        return Outcome(cib, "", answer)
    return Outcome(changed, patchset, answer)


def query(committed: Cib, request: CibQuery, term: int, wall: float) -> CibAnswer | Failure:
    """Answer a query from what its user may read. Several matches of an XPath come wrapped in `xpath-query`; with
    `path_only` their paths do, in `xpath-query-path` elements."""
    try:
        cib = seen(committed, request, wall)
        if request.without_history:
            cib = cib.without_history()
        if request.path_only:
            return CibAnswer(_wrapped_paths(cib.addresses(request.xpath)), version_of(committed), term)
        found = cib.query(request.section, xpath=request.xpath, no_children=request.no_children)
    except CibError as error:
        return Failure(error.code, error.message)
    xml = found[0] if len(found) == 1 else f"<xpath-query>{''.join(found)}</xpath-query>"
    return CibAnswer(xml, version_of(committed), term)


def _wrapped_paths(paths: list[str]) -> str:
    inner = [tag("xpath-query-path", {"id": path}) for path in paths]
    return inner[0] if len(inner) == 1 else tag("xpath-query", {}, *inner)


def time_text(wall: float) -> str:
    """A time as `cib-last-written` has it, in UTC, such as `Fri Jul 13 13:51:10 2012`."""
    time = datetime.fromtimestamp(int(wall), UTC)
    clock = f"{time.hour:02}:{time.minute:02}:{time.second:02}"
    return f"{_DAYS[time.weekday()]} {_MONTHS[time.month - 1]} {time.day:2} {clock} {time.year}"


def _requests(cib: Cib, request: CibModify, who: CibUser | None) -> list[CibRequest]:
    if any(operation.operation == "upgrade" for operation in request.operations):
        if len(request.operations) > 1:
            raise CibError(ExitCode.USAGE, "the schema is upgraded alone, not with other changes")
        return [upgrade_of(cib, who)]
    return [cib_request(operation) for operation in request.operations]
