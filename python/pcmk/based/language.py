"""What the CIB's schema has to say when it is changed."""

from pcmk._core import Cib, CibRequest, CibUser
from pcmk.kernel.errors import CibError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import Failure
from pcmk.schema.check import problems_of, refusal, told
from pcmk.schema.upgrade import refused, upgraded


def upgrade_of(cib: Cib, who: CibUser | None) -> CibRequest:
    """The request that brings a CIB to the newest schema. CibError if it can't be."""
    try:
        return CibRequest("upgrade", input_xml=upgraded(cib).cib.to_xml())
    except ValueError as error:
        code, reason = refused(error)
        raise CibError(code, _told(reason, cib, who)) from error


def objection(before: Cib, after: Cib, who: CibUser | None) -> Failure | None:
    """The answer to a change after which a CIB does not conform to its schema any more; None if it may be made."""
    reason = refusal(before, after)
    return Failure(ExitCode.CONFIG, _told(reason, after, who)) if reason else None


def _told(reason: str, cib: Cib, who: CibUser | None) -> str:
    """A reason without what it says of single elements, for someone who may not read all of them."""
    return reason if who is None or _reads_all(cib, who) else reason.partition("\n")[0]


def _reads_all(cib: Cib, who: CibUser) -> bool:
    try:
        return who.view(cib) == cib
    except CibError:
        return False


def complaint(cib: Cib) -> str:
    """Why a CIB does not conform to its schema; empty if it does, or is not to be checked."""
    try:
        found = problems_of(cib)
    except ValueError as error:
        return str(error)
    return told(f"it does not conform to its schema, {cib.root.get('validate-with')}", found) if found else ""
