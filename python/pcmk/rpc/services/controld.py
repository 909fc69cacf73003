"""The controller's service."""

from pcmk.kernel.messages.common import Done
from pcmk.kernel.messages.controller import (
    CleanupResource,
    ConfigureCorosync,
    ControllerQuery,
    ControllerStatus,
    FailResource,
    KnownNodes,
    NodesQuery,
    RefreshResource,
    RemoveNode,
    SecretsShared,
    ShareSecrets,
    WatchdogAnswer,
    WatchdogQuery,
)
from pcmk.rpc.services import Service

SERVICE = Service(
    name="Controller",
    file="controller",
    methods=(
        (ControllerQuery, ControllerStatus),
        (NodesQuery, KnownNodes),
        (RemoveNode, Done),
        (ConfigureCorosync, Done),
        (RefreshResource, Done),
        (CleanupResource, Done),
        (FailResource, Done),
        (ShareSecrets, SecretsShared),
        (WatchdogQuery, WatchdogAnswer),
    ),
    privileged=frozenset({FailResource, ShareSecrets, ConfigureCorosync, WatchdogQuery}),
)
