"""ACLs where a daemon changes the CIB for a client, with its own permissions: it holds the change against the client's
first, on the copy of the CIB that it follows."""

from collections.abc import Iterable

from pcmk._core import Cib
from pcmk.kernel.cib_requests import cib_request
from pcmk.kernel.core import Client
from pcmk.kernel.errors import CibError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibOperation
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.users import subject


def refusal(cib: Cib | None, client: Client, operations: Iterable[CibOperation], wall: float) -> Failure | None:
    """Why a client may not have a daemon carry out these operations; None if it may."""
    user = None if client.privileged else subject(client.user, client.groups, wall)
    if user is None:
        return None
    if cib is None:
        return Failure(ExitCode.TEMPFAIL, "the CIB is not known yet, so nobody knows who may do what")
    try:
        requests = [cib_request(operation, keep_version=True) for operation in operations]
        user.check(cib, cib.apply_all(requests)[0])
    except CibError as error:
        return Failure(error.code, error.message)
    return None
