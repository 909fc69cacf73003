"""The fencer's service."""

from pcmk.kernel.messages.common import Done
from pcmk.kernel.messages.fencer import (
    ConfirmFenced,
    DeregisterDevice,
    DeregisterLevel,
    DeviceAnswer,
    DeviceCommand,
    Devices,
    DevicesQuery,
    Fence,
    FenceHistory,
    FenceHistoryClean,
    FenceHistoryQuery,
    FenceResult,
    RegisterDevice,
    RegisterLevel,
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
        (RegisterDevice, Done),
        (DeregisterDevice, Done),
        (RegisterLevel, Done),
        (DeregisterLevel, Done),
    ),
    notices=(FenceResult,),
    # Agents of devices run with the permissions of root. Others may configure devices, as the CIB lets them.
    privileged=frozenset({RegisterDevice, DeregisterDevice, RegisterLevel, DeregisterLevel}),
)
