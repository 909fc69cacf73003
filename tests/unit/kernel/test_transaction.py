import pytest

from pcmk.kernel.errors import CibError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibOperation, CibOptions
from pcmk.kernel.transaction import read_transaction


def transaction(*commands: str) -> str:
    return f"<cib_transaction>{''.join(commands)}</cib_transaction>"


def test_requests_come_in_their_order_with_their_own_options() -> None:
    document = transaction(
        '<cib_command t="cib" cib_op="cib_create" cib_section="resources" cib_callopt="4096">'
        '<cib_calldata><primitive id="a"/></cib_calldata></cib_command>',
        '<cib_command cib_op="cib_modify" cib_section="status" cib_callopt="10248">'
        '<cib_calldata><node_state id="1"/></cib_calldata></cib_command>',
        '<cib_command cib_op="cib_delete" cib_section="//lrm_resource" cib_callopt="6"/>',
        '<cib_command cib_op="cib_bump"/>',
    )
    assert read_transaction(document) == (
        CibOperation("create", "resources", input_xml='<primitive id="a"/>'),
        CibOperation(
            "modify",
            "status",
            input_xml='<node_state id="1"/>',
            options=CibOptions(allow_create=True, score_update=True, keep_mtime=True),
        ),
        CibOperation("delete", xpath="//lrm_resource", options=CibOptions(multiple=True)),
        CibOperation("bump"),
    )
    assert read_transaction(transaction()) == ()


@pytest.mark.parametrize(
    ("document", "code", "told"),
    [
        ("<cib_transaction>", ExitCode.CONFIG, "line 1"),
        ("<cib_command cib_op='cib_bump'/>", ExitCode.PROTOCOL, "not cib_command"),
        (transaction("<primitive id='a'/>"), ExitCode.PROTOCOL, "request 1 "),
        (transaction("<cib_command cib_op='cib_bump'/>", "<cib_command/>"), ExitCode.UNIMPLEMENT_FEATURE, "request 2 "),
        (transaction("<cib_command cib_op='cib_query'/>"), ExitCode.UNIMPLEMENT_FEATURE, "'cib_query'"),
        (transaction("<cib_command cib_op='cib_delete_alt'/>"), ExitCode.UNIMPLEMENT_FEATURE, "'cib_delete_alt'"),
        (transaction("<cib_command cib_op='cib_commit_transact'/>"), ExitCode.UNIMPLEMENT_FEATURE, "commit_transact"),
        (transaction("<cib_command cib_op='cib_bump' cib_host='node1'/>"), ExitCode.UNIMPLEMENT_FEATURE, "one node"),
        (transaction("<cib_command cib_op='cib_bump' cib_callopt='512'/>"), ExitCode.UNIMPLEMENT_FEATURE, "dry run"),
        (transaction("<cib_command cib_op='cib_bump' cib_callopt='-1'/>"), ExitCode.PROTOCOL, "'-1'"),
        (
            transaction("<cib_command cib_op='cib_create'><cib_calldata><a/><b/></cib_calldata></cib_command>"),
            ExitCode.PROTOCOL,
            "2 inputs",
        ),
    ],
)
def test_what_has_no_place_in_a_transaction_is_refused(document: str, code: int, told: str) -> None:
    with pytest.raises(CibError) as refused:
        read_transaction(document)
    assert refused.value.code == code and told in refused.value.message
