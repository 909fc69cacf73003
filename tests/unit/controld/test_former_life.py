"""Entries of a node's history that are not of its present life."""

import pytest

from pcmk._core import Element
from pcmk.controld.member import (
    doubtful_resources,
    missing_history,
    stale_history,
    unknown_outcomes,
    unrecorded_resources,
)

LRM = Element.parse(
    '<lrm id="1"><lrm_resources>'
    '<lrm_resource id="db" class="ocf" provider="pacemaker" type="Dummy">'
    '<lrm_rsc_op id="db_last_0" transition-key="old"/><lrm_rsc_op id="db_monitor_10000" transition-key="old"/>'
    "</lrm_resource>"
    '<lrm_resource id="web" class="ocf" provider="pacemaker" type="Dummy">'
    '<lrm_rsc_op id="web_last_0" transition-key="new"/><lrm_rsc_op id="web_monitor_10000" transition-key="old"/>'
    "</lrm_resource></lrm_resources></lrm>"
)


def stale(known: set[tuple[str, str]]) -> list[str]:
    return [operation.xpath for operation in stale_history("1", known, LRM, lambda key: key == "new")]


def test_what_was_neither_known_nor_begun_goes_and_a_resource_without_entries_goes_whole():
    path = "/cib/status/node_state[@id='1']/lrm/lrm_resources/lrm_resource"
    assert [xpath.replace('"', "'") for xpath in stale(set())] == [
        f"{path}[@id='db']",
        f"{path}[@id='web']/lrm_rsc_op[@id='web_monitor_10000']",
    ]


def test_what_the_node_knows_stays():
    everything = {(rsc, f"{rsc}_{entry}") for rsc in ("db", "web") for entry in ("last_0", "monitor_10000")}
    assert stale(everything) == []
    assert stale_history("1", set(), None, lambda _: False) == ()


def history(key: str, call: int) -> Element:
    return Element.parse(
        '<lrm id="1"><lrm_resources><lrm_resource id="db" class="ocf" provider="pacemaker" type="Dummy">'
        f'<lrm_rsc_op id="db_last_0" transition-key="{key}" transition-magic="0:0;{key}" call-id="{call}"/>'
        '<lrm_rsc_op id="db_monitor_10000" transition-key="own" call-id="9"/></lrm_resource></lrm_resources></lrm>'
    )


@pytest.mark.parametrize(
    ("key", "call", "doubtful", "written"),
    [
        ("old", 6, True, 0),
        ("old", 3, True, 0),
        ("old", 2, False, 1),
        ("mine", 3, False, 0),
        ("own", 6, False, 0),
        ("own", 2, False, 1),
    ],
)
def test_what_a_former_life_did_is_not_later_because_it_has_a_higher_call_id(
    key: str, call: int, doubtful: bool, written: int
):
    """The node knows call 3 of key `mine`, and has begun the operations of key `own`."""
    (resource,) = history("mine", 3).find("/lrm/lrm_resources/lrm_resource")
    kept = {("db", "db_last_0"): (resource, resource.children[0])}
    present = history(key, call)
    found = doubtful_resources(kept, present, lambda key: key == "own")
    assert found == (frozenset({"db"}) if doubtful else frozenset())
    gone = stale_history("1", kept, present, lambda key: key == "own", found)
    path = "/cib/status/node_state[@id='1']/lrm/lrm_resources/lrm_resource[@id='db']"
    assert [operation.xpath.replace('"', "'") for operation in gone] == ([path] if doubtful else [])
    back = missing_history("1", "n1", {} if doubtful else kept, present, lambda key: key == "own")
    assert len(back) == written


def test_what_the_node_has_done_in_this_life_is_later_than_all_that_it_has_not():
    """An admin writes a status of a former life over that of a node: it is written back, not found out anew."""
    (resource,) = history("own", 3).find("/lrm/lrm_resources/lrm_resource")
    kept = {("db", "db_last_0"): (resource, resource.children[0])}
    present = history("old", 6)
    assert doubtful_resources(kept, present, lambda key: key == "own") == frozenset()
    assert stale_history("1", kept, present, lambda key: key == "own") == ()
    (back,) = missing_history("1", "n1", kept, present, lambda key: key == "own")
    assert 'transition-key="own"' in back.input_xml


@pytest.mark.parametrize(
    ("ended", "kept", "unrecorded"),
    [
        ({"db": "mine"}, False, False),
        ({"db": "own", "gone": "own"}, False, False),
        ({"db": ""}, False, False),
        ({"db": "later"}, False, True),
        ({"db": "later"}, True, False),
        ({}, False, True),
    ],
)
def test_the_result_of_what_the_executor_did_last_is_in_the_history_or_that_is_of_no_use(
    ended: dict[str, str], kept: bool, unrecorded: bool
):
    (resource,) = history("later", 4).find("/lrm/lrm_resources/lrm_resource")
    back = {("db", "db_last_0"): (resource, resource.children[0])} if kept else {}
    found = unrecorded_resources(ended, history("mine", 3), back)
    assert found == (frozenset({"db"}) if unrecorded else frozenset())


def test_what_is_under_way_is_later_than_any_result():
    """A start that was begun in another partition is no less under way because the CIB that won has a probe."""
    pending = Element.parse('<lrm_rsc_op id="db_last_0" transition-key="mine" op-status="-1" call-id="-1"/>')
    present = history("own", 9)
    (resource,) = present.find("/lrm/lrm_resources/lrm_resource")
    kept = {("db", "db_last_0"): (resource, pending)}
    for is_own in (lambda key: key == "own", lambda _: False):
        assert doubtful_resources(kept, present, is_own) == frozenset()
        (back,) = missing_history("1", "n1", kept, present, is_own)
        assert 'transition-key="mine"' in back.input_xml


@pytest.mark.parametrize(
    ("present", "unknown"),
    [
        (history("own", 6), False),
        (history("other", 6), True),
        (Element.parse(history("own", 6).to_xml().replace('call-id="6"', 'call-id="-1" op-status="-1"')), True),
        (Element.parse(history("own", 6).to_xml().replace('id="db_last_0"', 'id="db_last_failure_0"')), True),
        (None, False),
    ],
)
def test_an_acknowledged_result_that_is_not_in_the_cib_that_won_is_found_out_anew(
    present: Element | None, unknown: bool
):
    found = unknown_outcomes([("db", "db_last_0")], present, lambda key: key == "own")
    assert found == (frozenset({"db"}) if unknown else frozenset())
