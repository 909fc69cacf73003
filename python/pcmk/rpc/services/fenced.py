"""The fencer's service."""

from pcmk.kernel.messages.common import Done
from pcmk.kernel.messages.fencer import (
    ConfirmFenced,
    DeviceAnswer,
    DeviceCommand,
    Devices,
    DevicesQuery,
    Fence,
    FenceHistory,
    FenceHistoryClean,
    FenceHistoryQuery,
    FenceResult,
)
from pcmk.rpc.services import Service

SERVICE = Service(
    name="Fencer",
    file="fencer",
    methods=(
        (Fence, FenceResult),
        (ConfirmFenced, FenceResult),
        (FenceHistoryQuery, FenceHistory),
        (FenceHistoryClean, Done),
        (DevicesQuery, Devices),
        (DeviceCommand, DeviceAnswer),
    ),
    notices=(FenceResult,),
)
