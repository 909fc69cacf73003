"""The status of the cluster, as text for people and as elements for programs, with the options of `crm_mon`."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pcmk._core import Cib, status_text, status_xml
from pcmk.compat.nodes import local_name
from pcmk.compat.options import Given
from pcmk.output.sections import Sections

if TYPE_CHECKING:
    from pcmk._core import StatusSection


def text(cib: Cib, given: Given, sections: "Sequence[StatusSection]", ban_prefix: str) -> str:
    """The sections as text, in the order given."""
    now = int(time.time())
    return status_text(
        cib,
        now=now,
        now_text=f"{_clock(now)} on {local_name()}",
        sections=sections,
        inactive=given.has("inactive"),
        by_node=given.has("group-by-node"),
        detail=given.has("show-detail"),
        timing=given.has("timing-details"),
        brief=given.has("brief"),
        description=_descriptions(given),
        ban_prefix=ban_prefix,
        node=_filter(given.get("node")),
        resource=_filter(given.get("resource")),
    )


def elements(cib: Cib, given: Given, sections: "Sequence[StatusSection]", ban_prefix: str, origin: str) -> str:
    """The sections as XML elements; `origin` is the node that tells."""
    now = int(time.time())
    return status_xml(
        cib,
        now=now,
        now_text=_clock(now),
        origin=origin,
        sections=sections,
        by_node=given.has("group-by-node"),
        description=_descriptions(given),
        ban_prefix=ban_prefix,
        node=_filter(given.get("node")),
        resource=_filter(given.get("resource")),
    )


def node_lines(cib: Cib, given: Given) -> str:
    """A line for each node that is shown, in their order, as text."""
    node = _filter(given.get("node"))
    return status_text(cib, now=int(time.time()), now_text="", sections=["nodes"], by_node=True, detail=True, node=node)


def of_cib(sections: Sections) -> "list[StatusSection]":
    """What the CIB tells of the sections that are shown, in order. That there is no DC is told in any case."""
    known: tuple[StatusSection, ...] = (
        "stack", "dc", "times", "counts", "options", "maint-mode", "nodes", "resources", "attributes", "operations",
        "failcounts", "failures", "tickets", "bans",
    )  # fmt: skip
    shown: list[StatusSection] = [name for name in known if sections.has(name)]
    return shown if sections.has("dc") else ["no-dc", *shown]


def of_text(sections: Sections) -> "list[StatusSection]":
    """The same for texts, where the history of operations has the fail counts."""
    without = "failcounts" if sections.has("operations") else ""
    return [name for name in of_cib(sections) if name != without]


def _descriptions(given: Given) -> bool:
    return given.has("show-description") or given.has("show-detail")


def _filter(name: str | None) -> str | None:
    """A name to show alone; a star stands for all."""
    return None if name == "*" else name


def _clock(now: int) -> str:
    return time.asctime(time.localtime(now))
