"""The CIB manager's service."""

from msgspec.structs import replace

from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import (
    CibAnswer,
    CibAtQuery,
    CibChanged,
    CibChanges,
    CibChangesQuery,
    CibConflicts,
    CibConflictsQuery,
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
    DropCibConflict,
)
from pcmk.kernel.messages.common import Done, SetPrimary
from pcmk.rpc.services import Service, Stream


def _public(notice: Message) -> Message | None:
    """A patchset has all that changed, whether or not somebody may read it: they are told to read anew."""
    return CibReplaced(notice.version, notice.term) if isinstance(notice, CibChanged) else notice


def _now(query: CibChangesQuery) -> CibChangesQuery:
    return replace(query, wait=False)


def _next(query: CibChangesQuery, told: CibChanges) -> CibChangesQuery:
    return replace(query, since=told.at, wait=True)


SERVICE = Service(
    name="Cib",
    file="cib",
    methods=(
        (CibQuery, CibAnswer),
        (CibModify, CibModified),
        (CibChangesQuery, CibChanges),
        (CibHistoryQuery, CibHistory),
        (CibAtQuery, CibAnswer),
        (CibStatusQuery, CibStatus),
        (CibConflictsQuery, CibConflicts),
        (DropCibConflict, Done),
        (SetPrimary, Done),
    ),
    notices=(CibChanged, CibReplaced, CibReady, CibTermRefused, CibDisk),
    streams=(Stream("Follow", CibChangesQuery, CibChanges, _now, _next, _now),),
    privileged=frozenset({SetPrimary}),
    public=_public,
    can_wait=frozenset({CibChanged}),
)
