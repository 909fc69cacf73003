"""The CIB manager's service."""

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
)
