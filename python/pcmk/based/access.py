"""ACLs in the CIB manager: on whose behalf a client reads and writes, and what that lets it see.

Queries are answered from what the user may read (`seen`). A change carries its user to the primary, wherever its client
is, and is held against the ACLs of the CIB that it is made on (`pcmk._core.Cib.apply_all`). Of changes, unprivileged
subscribers learn no more than that there was one (`pcmk.rpc.services`).
"""

from typing import TypeVar

from msgspec.structs import replace

from pcmk._core import Cib
from pcmk.kernel.core import Client
from pcmk.kernel.messages.cib import CibChangesQuery, CibModify, CibQuery
from pcmk.kernel.users import acting, subject

R = TypeVar("R", CibQuery, CibChangesQuery, CibModify)


def of_client(request: R, client: Client) -> R:
    """A request with the user on whose behalf it is."""
    user, groups = acting(client, request.user, request.groups)
    return replace(request, user=user, groups=groups)


def seen(cib: Cib, query: CibQuery | CibChangesQuery, wall: float) -> Cib:
    """What the user of a query may read of a CIB. Raises `CibError` (INSUFFICIENT_PRIV) if that is nothing."""
    user = subject(query.user, query.groups, wall)
    return cib if user is None else user.view(cib)
