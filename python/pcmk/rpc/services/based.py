"""The CIB manager's service."""

from pcmk.kernel.messages.cib import (
    CibAnswer,
    CibChanged,
    CibDisk,
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
        (CibStatusQuery, CibStatus),
        (SetPrimary, Done),
    ),
    notices=(CibChanged, CibReplaced, CibReady, CibTermRefused, CibDisk),
)
