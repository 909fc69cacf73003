"""The supervisor's service."""

from pcmk.kernel.messages.common import Done
from pcmk.kernel.messages.pacemakerd import ShutdownRequest, SupervisorQuery, SupervisorStatus
from pcmk.rpc.services import Service

SERVICE = Service(
    name="Supervisor",
    file="pacemakerd",
    methods=((SupervisorQuery, SupervisorStatus), (ShutdownRequest, Done)),
    notices=(SupervisorStatus,),
    privileged=frozenset({ShutdownRequest}),
)
