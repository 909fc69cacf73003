"""The executor's service."""

from pcmk.kernel.messages.common import Done
from pcmk.kernel.messages.executor import (
    AckResults,
    Agents,
    AgentsQuery,
    CancelOp,
    ExecState,
    ExecStateQuery,
    ExecuteOp,
    ForgetResource,
    KeepSecrets,
    Metadata,
    MetadataQuery,
    OpAccepted,
    OpResult,
    ReportAgain,
)
from pcmk.rpc.services import Service

SERVICE = Service(
    name="Executor",
    file="executor",
    methods=(
        (ExecuteOp, OpAccepted),
        (CancelOp, Done),
        (ForgetResource, Done),
        (ReportAgain, Done),
        (AckResults, Done),
        (ExecStateQuery, ExecState),
        (KeepSecrets, Done),
        (MetadataQuery, Metadata),
        (AgentsQuery, Agents),
    ),
    notices=(OpResult,),
    # Operations and their results have parameters of resources, and run with the permissions of root.
    privileged=frozenset(
        {ExecuteOp, CancelOp, ForgetResource, ReportAgain, AckResults, ExecStateQuery, KeepSecrets},
    ),
    public=lambda _notice: None,
)
