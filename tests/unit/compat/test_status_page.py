"""What the parts of a status page look like in states that are rarely seen."""

import pytest

from pcmk._core import Element
from pcmk.compat import fencing_status
from pcmk.compat.status_page import disconnected
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.fencer import FenceEvent, FenceHistory
from pcmk.output.html import Tag, document, listing, span, sublist
from pcmk.output.outline import items, lists, outline
from pcmk.output.resource_lines import resource_item
from pcmk.output.sections import FENCING, Sections
from pcmk.output.status_nodes import attribute_items, node_items
from pcmk.output.status_page import StatusPage
from pcmk.output.status_summary import summary


def shown(tags: Tag | list[Tag]) -> str:
    """What a body is written as, on one line."""
    page = document([tags] if isinstance(tags, Tag) else tags, "")
    return page.partition("<body>")[2].partition("</body>")[0].replace("\n", "")


def looks(tag: Tag) -> list[tuple[str, str]]:
    """The texts of the spans in an item, with their classes."""
    assert not isinstance(tag.content, str)
    return [(str(each.content), each.attributes.get("class", "")) for each in tag.content]


def test_lines_end_only_between_blocks() -> None:
    page = document([*listing("A <b>", [Tag("li", '"x" & y')]), *listing("B", [sublist("c", [])])], "t", "s.css", 7)
    head, _, body = page.partition("<body>\n")
    assert head.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>t</title>\n<meta charset="utf-8">\n')
    assert '\n<meta http-equiv="refresh" content="7">\n<style>.bold { font-weight: bold }\n' in head
    assert head.endswith('</style>\n<link rel="stylesheet" href="s.css">\n</head>\n')
    assert body == (
        '<h2>A &lt;b&gt;</h2>\n<ul><li>"x" &amp; y</li></ul>\n'
        "<h2>B</h2>\n<ul><li>\n<h3>c</h3>\n<ul></ul>\n</li></ul>\n</body>\n</html>\n"
    )
    assert "<li>\n<span>a</span><span>b</span>\n</li>" in document([Tag("li", [span("a"), span("b")])], "")


def test_texts_are_taken_apart_by_their_indents() -> None:
    text = "Top:\n  * one\n  * Replica[0]\n    * deep\n  * empty:\n\nSecond:\n\nno list\n"
    top, second, line = outline(text)
    assert [(entry.text, entry.below is None) for entry in (top, second, line)] == [
        ("Top", False), ("Second", False), ("no list", True)
    ]  # fmt: skip
    assert shown(items(top.below or ())) == (
        "<li>one</li><li><h3>Replica[0]</h3><ul><li>deep</li></ul></li><li><h3>empty</h3><ul></ul></li>"
    )
    assert shown(lists(text)).endswith("<h2>Second</h2><ul></ul><div>no list</div>")


NODE = '<node name="n" id="1" online="{online}" resources_running="{running}" {more}/>'


@pytest.mark.parametrize(
    ("online", "running", "more", "expected"),
    [
        ("false", 0, 'unclean="true"', [(" OFFLINE", "offline")]),
        ("true", 0, 'standby="true"', [(" online", "online"), (" (in standby)", "standby")]),
        (
            "true", 2, 'standby="true" standby_onfail="true"',
            [(" online", "online"), (" (in standby due to on-fail, with active resources)", "standby")],
        ),
        (
            "false", 0, 'standby_onfail="true" maintenance="true"',
            [
                (" OFFLINE", "offline"),
                (" (in standby due to on-fail)", "standby"),
                (" (in maintenance mode)", "maint"),
            ],
        ),
        ("true", 0, 'health="green" feature_set="3.20"', [(" online", "online"), (", feature set 3.20", "")]),
        ("true", 0, 'health="red"', [(" online", "online"), (" (health is RED)", "health_red")]),
    ],
)  # fmt: skip
def test_nodes_have_their_states(online: str, running: int, more: str, expected: list[tuple[str, str]]) -> None:
    node = Element.parse(NODE.format(online=online, running=running, more=more))
    (item,) = node_items([node], {"n": "n@host"}, None, detail=True)
    assert looks(item) == [("n@host:", "bold"), *expected]


def test_feature_sets_are_details() -> None:
    node = Element.parse(NODE.format(online="true", running=0, more='feature_set="3.20"'))
    assert looks(node_items([node], {}, None, detail=False)[0]) == [("n:", "bold"), (" online", "online")]


def test_resources_are_below_their_nodes() -> None:
    resource = '<resource id="r" resource_agent="a:b" role="Started" managed="true" nodes_running_on="1"/>'
    nodes = [
        Element.parse(f'<node name="n1" online="true" resources_running="1">{resource}</node>'),
        Element.parse('<node name="n2" online="true" resources_running="0"/>'),
        Element.parse('<node name="n3" online="true" resources_running="1"/>'),
    ]
    text = "N:\n  * Node n1: online:\n    * Resources:\n      * r\t(a:b):\t Started\n"
    text += "  * Node n2: online:\n    * Resources:\n"
    first, second, third = node_items(nodes, {}, outline(text)[0].below, detail=False)
    state = '<span>Status:</span><span class="online"> online</span>'
    item = '<li><span class="rsc-ok">r\t(a:b):\t Started</span></li>'
    inner = f"<li><h3>Resources</h3><ul>{item}</ul></li>"
    assert shown(first) == f"<li><h3>n1:</h3><ul><li>{state}{inner}</li></ul></li>"
    assert shown(second) == f"<li><h3>n2:</h3><ul><li>{state}</li></ul></li>"
    assert shown(third) == f"<li><h3>n3:</h3><ul><li>{state}</li></ul></li>"


def test_connectivity_is_in_words() -> None:
    values = (("200", "200"), ("200", "150"), ("200", "0"), ("200", "none"), (None, "x"))
    attributes = "".join(
        f'<attribute name="reach" value="{value}"{f" expected={expected!r}" if expected else ""}/>'
        for expected, value in values
    )
    (item,) = attribute_items([Element.parse(f'<node name="n">{attributes}</node>')], {"n": "n (1)"})
    text = shown(item)
    assert text.startswith("<li><h3>n (1):</h3><ul><li><span>reach: 200</span></li>")
    assert '<span>reach: 150</span><span class="bold">(connectivity is degraded -- expected 200)</span>' in text
    assert text.count('<span class="bold">(connectivity is lost)</span>') == 2
    assert text.endswith("<li>reach: x</li></ul></li>")


def told(inner: str, *, detail: bool = False) -> str:
    return shown(summary(Element.parse(f"<summary>{inner}</summary>").children, detail))


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ('<current_dc present="false"/>', '<span class="bold">Current DC: </span><span class="warning">NONE</span>'),
        (
            '<current_dc present="true" version="3" name="a" id="1" with_quorum="false" mixed_version="true"/>',
            '<span class="bold">Current DC: </span><span>a (1) (version 3) -</span>'
            '<span class="warning"> MIXED-VERSION</span><span> partition</span>'
            '<span class="warning"> WITHOUT</span><span> quorum</span>',
        ),
        (
            '<last_update time="T" origin="a"/>',
            '<span class="bold">Last updated: </span><span>T</span><span> on </span><span>a</span>',
        ),
        (
            '<last_change time="T" user="u" client="c" origin="o"/>',
            '<span class="bold">Last change: </span><span>T by u via c on o</span>',
        ),
        ('<nodes_configured number="1"/>', "<span>1 node configured</span>"),
        (
            '<resources_configured number="9" disabled="2" blocked="1"/>',
            '<span>9 resource instances configured (2 </span><span class="bold">DISABLED</span><span>, 1 </span>'
            '<span class="bold">BLOCKED</span><span> from further action due to failure)</span>',
        ),
        (
            '<resources_configured number="1" disabled="0" blocked="1"/>',
            '<span>1 resource instance configured (1 </span><span class="bold">BLOCKED</span>'
            "<span> from further action due to failure)</span>",
        ),
    ],
)
def test_the_summary_has_the_facts_of_the_document(inner: str, expected: str) -> None:
    assert told(inner, detail=True) == f"<h2>Cluster Summary</h2><ul><li>{expected}</li></ul>"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", "<li>Resource management: enabled</li>"),
        (
            'maintenance-mode="true" stop-all-resources="true"',
            '<li><span>Resource management: </span><span class="bold">DISABLED</span>'
            "<span> (the cluster will not attempt to start, stop, or recover services)</span></li>",
        ),
        (
            'stop-all-resources="true"',
            '<li><span>Resource management: </span><span class="bold">STOPPED</span>'
            "<span> (the cluster will keep all resources stopped)</span></li>",
        ),
    ],
)
def test_options_have_a_list_of_their_own(more: str, expected: str) -> None:
    options = f'<cluster_options fencing-enabled="true" no-quorum-policy="stop" symmetric-cluster="false" {more}/>'
    assert told(options) == (
        "<h2>Config Options</h2><ul><li>Fencing of failed nodes enabled</li><li>Cluster is asymmetric</li>"
        f"<li>No quorum policy: Stop ALL resources</li>{expected}</ul>"
    )


def resource(id: str, nodes: str = "n1", role: str = "Started", **facts: str) -> str:
    names = nodes.split()
    every = {"managed": "true", "failed": "false", "failure_ignored": "false", **facts}
    attributes = "".join(f' {name}="{value}"' for name, value in every.items())
    return (
        f'<resource id="{id}" resource_agent="a:b" role="{role}" nodes_running_on="{len(names)}"{attributes}>'
        + "".join(f'<node name="{name}"/>' for name in names)
        + "</resource>"
    )


@pytest.mark.parametrize(
    ("known", "state", "look"),
    [
        (resource("r"), "Started n1", "rsc-ok"),
        (resource("r", managed="false", failed="true"), "FAILED n1 (blocked)", "rsc-managed"),
        (resource("r", failed="true", failure_ignored="true"), "FAILED n1 (failure ignored)", "rsc-failed"),
        (resource("r", failure_ignored="true"), "Started n1 (failure ignored)", "rsc-failure-ignored"),
        (resource("r", "", "Starting"), "Starting n1", "rsc-failed"),
        (resource("r", "n1 n2"), "Started [ n1 n2 ]", "rsc-multiple"),
        (resource("r") + resource("r", "n2", failed="true"), "FAILED n2", "rsc-failed"),
        (resource("r", managed="false") + resource("r", "n2"), "Started n2", "rsc-ok"),
        (resource("r") + resource("r", "", "Stopped"), "Stopped (Not installed) ", "rsc-failed"),
        (resource("r", managed="false") + resource("r"), "Started (UNCLEAN, unmanaged)", "rsc-managed"),
    ],
)
def test_resources_have_classes(known: str, state: str, look: str) -> None:
    item = resource_item(Element.parse(f"<resources><clone>{known}</clone></resources>"))
    assert looks(item(f"r\t(a:b):\t {state}")) == [(f"r\t(a:b):\t {state}", look)]


def test_replicas_are_named_by_their_connections() -> None:
    connection = resource("box-0").replace("a:b", "ocf:pacemaker:remote")
    replica = f'<replica id="0">{resource("app", failed="true")}{connection}</replica>'
    item = resource_item(Element.parse(f'<resources><bundle id="box">{replica}</bundle></resources>'))
    assert looks(item("box-0 (10.0.0.5)\t(a:b):\t FAILED n1"))[0][1] == "rsc-failed"
    assert looks(item("box-0\t(ocf:pacemaker:remote):\t Started n1"))[0][1] == "rsc-ok"


def test_other_lines_among_resources_are_plain() -> None:
    item = resource_item(Element.parse("<resources/>"))
    for line in ("Started: [ n1 n2 ]", "1/2\t(a:b):\tActive n1", "No active resources"):
        assert item(line) == Tag("li", line)
    assert looks(item("r\t(a:b):\t Started n1")) == [("r\t(a:b):\t Started n1", "")]


def test_fencing_is_told_before_tickets() -> None:
    text = (
        "Operations:\n  * Node: n1:\n    * r: migration-threshold=3:\n      * (1) start\n\nTickets:\n  * t\tgranted\n"
    )
    body = shown(StatusPage(text, Element.parse("<status/>")).body(listing("Fencing History", [])))
    assert body == (
        "<h2>Operations</h2><ul><li><h3>n1:</h3><ul><li><h3>r: migration-threshold=3</h3><ul><li>(1) start</li></ul>"
        "</li></ul></li></ul><h2>Fencing History</h2><ul></ul><h2>Tickets</h2><ul><li>t\tgranted</li></ul>"
    )


def test_fencing_actions_have_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    events = tuple(
        FenceEvent("1", "n1", "off", state, "d", "o", "c", "", completed)
        for completed, state in enumerate(("success", "failed", "pending"))
    )
    monkeypatch.setattr(fencing_status, "ask", lambda *_: FenceHistory(events))
    found = shown(fencing_status.lists("test", Sections(FENCING), detail=False))
    for title, outcome in (
        ("Failed Fencing Actions", "failed"),
        ("Fencing History", "successful"),
        ("Pending Fencing Actions", "pending"),
    ):
        assert f'<h2>{title}</h2><ul><li class="{outcome}-stonith-event">turning off of n1 ' in found


def test_a_page_without_a_status_says_why() -> None:
    assert shown(disconnected("no CIB")) == "<span>Not connected to CIB</span><span>: </span><span>no CIB</span>"


def test_a_fencer_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*_: object) -> FenceHistory:
        raise PcmkError(ExitCode.DISCONNECT, "gone")

    monkeypatch.setattr(fencing_status, "ask", ask)
    assert shown(fencing_status.lists("test", Sections(FENCING), detail=False)) == (
        "<h2>Failed Fencing Actions</h2><ul><li>Failed to get fencing history: gone</li></ul>"
    )
