"""The scheduler's service."""

from pcmk.kernel.messages.scheduler import Schedule, Scheduled
from pcmk.rpc.services import Service

SERVICE = Service(
    name="Scheduler",
    file="scheduler",
    methods=((Schedule, Scheduled),),
    # A plan is made from the whole CIB, and has the parameters of all resources.
    privileged=frozenset({Schedule}),
)
