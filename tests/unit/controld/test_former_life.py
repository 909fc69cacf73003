"""Entries of a node's history that are not of its present life."""

from pcmk._core import Element
from pcmk.controld.member import stale_history

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
