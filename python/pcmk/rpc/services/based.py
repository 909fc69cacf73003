"""The CIB manager's service."""

from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import (
    CibAnswer,
    CibAtQuery,
    CibChanged,
    CibDisk,
    CibHistory,
    CibHistoryQuery,
    CibModified,
    CibModify,
    CibQuery,
    CibReady,
    CibReplaced,
    CibStatus,
    CibStatusQuery,
    CibTermRefused,
)
from pcmk.kernel.messages.common import Done, SetPrimary
from pcmk.rpc.services import Service


def _public(notice: Message) -> Message | None:
    """A patchset has all that changed, whether or not somebody may read it: they are told to read anew."""
    return CibReplaced(notice.version, notice.term) if isinstance(notice, CibChanged) else notice


SERVICE = Service(
    name="Cib",
    file="cib",
    methods=(
        (CibQuery, CibAnswer),
        (CibModify, CibModified),
        (CibHistoryQuery, CibHistory),
        (CibAtQuery, CibAnswer),
        (CibStatusQuery, CibStatus),
        (SetPrimary, Done),
    ),
    notices=(CibChanged, CibReplaced, CibReady, CibTermRefused, CibDisk),
    privileged=frozenset({SetPrimary}),
    public=_public,
    can_wait=frozenset({CibChanged}),
)
