"""The attribute manager's service."""

from pcmk.kernel.messages.attributes import (
    AttributeClearFailures,
    AttributePattern,
    AttributePurge,
    AttributeQuery,
    AttributeRefresh,
    AttributeUpdate,
    AttributeValues,
)
from pcmk.kernel.messages.common import Done, SetPrimary
from pcmk.rpc.services import Service

SERVICE = Service(
    name="Attributes",
    file="attributes",
    methods=(
        (AttributeUpdate, Done),
        (AttributePattern, Done),
        (AttributeQuery, AttributeValues),
        (AttributePurge, Done),
        (AttributeClearFailures, Done),
        (AttributeRefresh, Done),
        (SetPrimary, Done),
    ),
    privileged=frozenset({SetPrimary}),
)
