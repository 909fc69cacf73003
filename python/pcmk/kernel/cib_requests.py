"""Modifications in messages as the engine takes them."""

from typing import TYPE_CHECKING

from pcmk._core import CibRequest
from pcmk.kernel.errors import CibError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibOperation

if TYPE_CHECKING:
    from pcmk._core import Operation

_OPERATIONS: "tuple[Operation, ...]" = (
    "create", "modify", "replace", "delete", "apply_diff", "erase", "bump", "upgrade"
)  # fmt: skip


def cib_request(operation: CibOperation, *, keep_version: bool = False) -> CibRequest:
    """The request for a modification. Raises `CibError` for one that is not known or whose input is no XML."""
    name: Operation | None = next((name for name in _OPERATIONS if name == operation.operation), None)
    if name is None:
        raise CibError(ExitCode.USAGE, f"'{operation.operation}' is no CIB operation")
    return CibRequest(
        name,
        operation.section,
        xpath=operation.xpath,
        input_xml=operation.input_xml,
        allow_create=operation.options.allow_create,
        multiple=operation.options.multiple,
        score_update=operation.options.score_update,
        keep_version=keep_version,
    )
