"""Requests that are too large, too deep or senseless: each gets a clear answer, and the next one is served."""

from pathlib import Path

import pytest
from stored_node import DUMMY, StoredNode

from pcmk.based.store import Store
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibModify, CibOperation, CibOptions, CibQuery
from pcmk.kernel.messages.common import Failure

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]><primitive id="x" class="ocf" type="&l9;"/>'
DEEP = "<group>" * 10_000 + "</group>" * 10_000
NOWHERE = (
    '<diff format="2"><change operation="create" path="/cib/configuration/resources/group[@id=\'no\']" position="0">'
    '<primitive id="x"/></change></diff>'
)
TWICE = f"<group id='g'>{DUMMY.format('x')}{DUMMY.format('x')}</group>"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> StoredNode:
    return StoredNode(tmp_path_factory.mktemp("cib"))


def create(xml: str) -> CibOperation:
    return CibOperation("create", "resources", input_xml=xml)


@pytest.mark.parametrize(
    ("operation", "code", "told"),
    [
        pytest.param(create(BOMB), ExitCode.CONFIG, "DTDs are refused", id="billion-laughs"),
        pytest.param(create(DEEP), ExitCode.CONFIG, "nested deeper than 256 levels", id="deep"),
        pytest.param(create("<group>" * 210 + "</group>" * 210), ExitCode.CONFIG, "nested too deep", id="too-deep"),
        pytest.param(create(TWICE), ExitCode.CONFIG, "the id 'x' is in use already", id="duplicate-ids"),
        pytest.param(
            create("<a " + " ".join(f"b{n}=''" for n in range(2000)) + "/>"), ExitCode.CONFIG, "1024", id="wide"
        ),
        pytest.param(create("<a b='\x00'/>"), ExitCode.CONFIG, "line 1", id="control-character"),
        pytest.param(CibOperation("apply_diff", input_xml=NOWHERE), ExitCode.ERROR, "group[@id='no']", id="nowhere"),
        pytest.param(CibOperation("delete", xpath="//*[" * 5000), ExitCode.NOSUCH, "XPath", id="xpath"),
        pytest.param(
            CibOperation("modify", "no-section", input_xml="<a/>"), ExitCode.SOFTWARE, "no-section", id="section"
        ),
        pytest.param(CibOperation("dance"), ExitCode.USAGE, "dance", id="operation"),
    ],
)
def test_it_is_refused_with_the_reason(node: StoredNode, operation: CibOperation, code: int, told: str) -> None:
    before = node.cib()
    answer = node.ask(CibModify((operation,), "test"))
    assert isinstance(answer, Failure), answer
    assert answer.code == code and told in answer.message and len(answer.message) < 30_000
    assert node.cib() == before
    node.report(1)


@pytest.mark.parametrize("query", [CibQuery(xpath="]]"), CibQuery(xpath="//*[" * 5000), CibQuery("no-section")])
def test_a_query_is_refused_with_the_reason(node: StoredNode, query: Message) -> None:
    answer = node.ask(query)
    assert isinstance(answer, Failure) and answer.code == ExitCode.NOSUCH and answer.message


def test_a_cib_of_64_megabytes_works(tmp_path: Path) -> None:
    node = StoredNode(tmp_path, compact_weight=1 << 20)
    value = "x" * 1000
    pairs = "".join(f"<nvpair id='n{number}' name='n{number}' value='{value}'/>" for number in range(64_000))
    node.change(
        create(
            "<template id='t' class='ocf' provider='heartbeat' type='d'>"
            f"<meta_attributes id='m'>{pairs}</meta_attributes></template>"
        )
    )
    assert len(node.cib().xml) > 64_000_000
    change = "<nvpair id='n4711' value='changed'/>"
    node.change(CibOperation("modify", "resources", input_xml=change, options=CibOptions()))
    node.close()
    image = Store(tmp_path).load()
    assert not image.reports
    again = StoredNode(tmp_path)
    assert 'value="changed"' in again.cib().xml
