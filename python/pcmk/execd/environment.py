"""The environment of an agent's action (OCF Resource Agent API 1.1)."""

from pcmk.kernel.agent_api import SECRET, ocf_variables
from pcmk.kernel.messages.executor import ExecuteOp


def agent_environment(op: ExecuteOp) -> dict[str, str]:
    """Variables for one action. Parameters are an OCF notion: init scripts get none."""
    if op.standard != "ocf":
        return {}
    return ocf_variables(op.resource, op.provider, op.type, op.params)


def secret_parameters(op: ExecuteOp) -> tuple[str, ...]:
    """The parameters whose values are not in the CIB. What is recorded of an operation, digests too, has but a mark."""
    return tuple(name for name, value in op.params.items() if op.standard == "ocf" and value == SECRET)


def start_parameters(params: dict[str, str]) -> dict[str, str]:
    """The parameters of a start without what the cluster adds to every action."""
    return {
        name: value for name, value in params.items() if not name.startswith("CRM_meta_") and name != "crm_feature_set"
    }
