"""Transactions as documents: `cib_transaction` with one `cib_command` a request, carried out together or not at all.

The format is that of the reference's commit of a transaction (specification of the CIB manager, sections 3, 4 and 10).
"""

from pcmk._core import Element
from pcmk.kernel.errors import CibError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibOperation, CibOptions

ROOT = "cib_transaction"
"""The name of a transaction's outermost element."""

_OPERATIONS = {
    "cib_create": "create",
    "cib_modify": "modify",
    "cib_replace": "replace",
    "cib_delete": "delete",
    "cib_erase": "erase",
    "cib_bump": "bump",
    "cib_apply_diff": "apply_diff",
    "cib_upgrade": "upgrade",
}
_XPATH, _MULTIPLE, _CAN_CREATE, _DRY_RUN, _SCORE_UPDATE, _NO_MTIME = 1 << 1, 1 << 2, 1 << 3, 1 << 9, 1 << 11, 1 << 13


def read_transaction(xml: str) -> tuple[CibOperation, ...]:
    """The requests of a transaction, in their order.

    Raises `CibError`: CONFIG for what is no XML, PROTOCOL for what is no transaction, UNIMPLEMENT_FEATURE for requests
    that have no place in one: queries, requests to one node or about the cluster, transactions, and dry runs, since
    those would leave nothing to the requests after them.
    """
    try:
        root = Element.parse(xml)
    except ValueError as error:
        raise CibError(ExitCode.CONFIG, f"the transaction is no XML: {error}") from error
    if root.name != ROOT:
        raise CibError(ExitCode.PROTOCOL, f"a transaction is a {ROOT} element, not {root.name}")
    return tuple(_operation(number, child) for number, child in enumerate(root.children, start=1))


def _operation(number: int, command: Element) -> CibOperation:
    about = f"request {number} of the transaction"
    if command.name != "cib_command":
        raise CibError(ExitCode.PROTOCOL, f"{about} is a cib_command element, not {command.name}")
    name = command.get("cib_op", "")
    operation = _OPERATIONS.get(name)
    bits = _bits(about, command.get("cib_callopt", "0"))
    if operation is None:
        raise CibError(ExitCode.UNIMPLEMENT_FEATURE, f"{about}: '{name}' can't be part of a transaction")
    if command.get("cib_host"):
        raise CibError(ExitCode.UNIMPLEMENT_FEATURE, f"{about}: a request to one node can't be part of a transaction")
    if bits & _DRY_RUN:
        raise CibError(ExitCode.UNIMPLEMENT_FEATURE, f"{about}: a dry run can't be part of a transaction")
    scope = command.get("cib_section", "")
    return CibOperation(
        operation,
        section="" if bits & _XPATH else scope,
        xpath=scope if bits & _XPATH else "",
        input_xml=_input(about, command),
        options=CibOptions(
            allow_create=bool(bits & _CAN_CREATE),
            multiple=bool(bits & _MULTIPLE),
            score_update=bool(bits & _SCORE_UPDATE),
            keep_mtime=bool(bits & _NO_MTIME),
        ),
    )


def _bits(about: str, text: str) -> int:
    if not text.isdecimal():
        raise CibError(ExitCode.PROTOCOL, f"{about}: cib_callopt is a number, not '{text}'")
    return int(text)


def _input(about: str, command: Element) -> str:
    data = command.child("cib_calldata")
    inputs = data.children if data is not None else []
    if len(inputs) > 1:
        raise CibError(ExitCode.PROTOCOL, f"{about} has {len(inputs)} inputs; it takes one")
    return inputs[0].to_xml() if inputs else ""
