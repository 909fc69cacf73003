"""The environment of an agent's action (OCF Resource Agent API 1.1)."""

from pcmk.execd.results import REASON_PREFIX
from pcmk.kernel.messages.executor import ExecuteOp


def agent_environment(op: ExecuteOp) -> dict[str, str]:
    """Variables for one action. Parameters are an OCF notion: init scripts get none."""
    if op.standard != "ocf":
        return {}
    variables = {f"OCF_RESKEY_{name}": value for name, value in op.params.items() if name != "OCF_CHECK_LEVEL"}
    if "OCF_CHECK_LEVEL" in op.params:
        variables["OCF_CHECK_LEVEL"] = op.params["OCF_CHECK_LEVEL"]
    variables |= {
        "OCF_RA_VERSION_MAJOR": "1",
        "OCF_RA_VERSION_MINOR": "1",
        "OCF_EXIT_REASON_PREFIX": REASON_PREFIX,
        "OCF_RESOURCE_INSTANCE": op.resource,
        "OCF_RESOURCE_TYPE": op.type,
        "OCF_RESOURCE_PROVIDER": op.provider,
    }
    return variables


def start_parameters(params: dict[str, str]) -> dict[str, str]:
    """The parameters of a start without what the cluster adds to every action."""
    return {
        name: value for name, value in params.items() if not name.startswith("CRM_meta_") and name != "crm_feature_set"
    }
