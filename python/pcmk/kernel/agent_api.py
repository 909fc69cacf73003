"""How agents are called and what their exit codes mean (OCF Resource Agent API 1.1, LSB init scripts)."""

from collections.abc import Mapping

from pcmk.kernel.exitcodes import ExitCode

REASON_PREFIX = "ocf-exit-reason:"
CHECK_LEVEL = "OCF_CHECK_LEVEL"
SECRET = "lrm://"
"""The value of a parameter whose real value is kept on the nodes (`pcmk.runtime.secrets`)."""

NO_SECRETS = "Unable to load CIB secrets"

_OCF_CODES = frozenset(range(10)) | {ExitCode.DEGRADED, ExitCode.DEGRADED_PROMOTED}
_LSB_NOT_INSTALLED = 150
_LSB_DENIED = 151
_LSB_STATUS = {
    0: ExitCode.OK,
    1: ExitCode.NOT_RUNNING,
    2: ExitCode.NOT_RUNNING,
    3: ExitCode.NOT_RUNNING,
    _LSB_NOT_INSTALLED: ExitCode.NOT_INSTALLED,
    _LSB_DENIED: ExitCode.INSUFFICIENT_PRIV,
}


def parameter_variable(name: str) -> str:
    """The variable in which an OCF agent finds a parameter."""
    return f"OCF_RESKEY_{name}"


def ocf_variables(resource: str, provider: str, name: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """The environment in which an OCF agent finds what it is to act on."""
    variables = {parameter_variable(name): value for name, value in parameters.items() if name != CHECK_LEVEL}
    if CHECK_LEVEL in parameters:
        variables[CHECK_LEVEL] = parameters[CHECK_LEVEL]
    return variables | {
        "OCF_RA_VERSION_MAJOR": "1",
        "OCF_RA_VERSION_MINOR": "1",
        "OCF_EXIT_REASON_PREFIX": REASON_PREFIX,
        "OCF_RESOURCE_INSTANCE": resource,
        "OCF_RESOURCE_TYPE": name,
        "OCF_RESOURCE_PROVIDER": provider,
    }


def ocf_code(standard: str, action: str, code: int) -> int:
    """What the exit code of an agent of this standard means, as OCF says it."""
    if standard != "lsb":
        return code if code in _OCF_CODES else ExitCode.ERROR
    if action in ("monitor", "status"):
        return _LSB_STATUS.get(code, ExitCode.ERROR)
    return code if code <= ExitCode.NOT_RUNNING else ExitCode.ERROR


def exit_reason(stderr: str) -> str:
    """What the agent printed after the last `ocf-exit-reason:`, to the end of that line."""
    _, found, text = stderr.rpartition(REASON_PREFIX)
    return text.partition("\n")[0].strip() if found else ""
