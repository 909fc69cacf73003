"""The status of the cluster as a page for browsers, with the options of `crm_mon`."""

from typing import TYPE_CHECKING

from pcmk._core import Element
from pcmk.compat import status_views
from pcmk.compat.cib_access import CibAccess
from pcmk.compat.nodes import local_name
from pcmk.compat.options import Given
from pcmk.output.html import Tag, span
from pcmk.output.sections import FENCING, SUMMARY, Sections
from pcmk.output.status_page import StatusPage

if TYPE_CHECKING:
    from pcmk._core import StatusSection


def body(program: str, access: CibAccess, given: Given, sections: Sections) -> list[Tag]:
    """The content of the page with the sections that are shown."""
    cib = access.read()
    shown = set(sections.shown)
    # Resources have their classes from the document, and those of nodes are in it below their nodes.
    facts = status_views.of_cib(Sections({"nodes", "resources", *(shown & {"attributes", *SUMMARY})}))
    told = status_views.elements(cib, given, facts, "", local_name() if access.is_live else "")
    of_text = status_views.of_text(Sections(shown - set(SUMMARY)))
    listed: list[StatusSection] = [each for each in of_text if each != "no-dc"]
    by_node, detail = given.has("group-by-node"), given.has("show-detail")
    page = StatusPage(
        status_views.text(cib, given, listed, sections.ban_prefix),
        Element.parse(f"<status>{told}</status>"),
        status_views.node_lines(cib, given) if detail else "",
        by_node,
        detail,
    )
    fencing: list[Tag] = []
    if access.is_live and any(sections.has(name) for name in FENCING):
        from pcmk.compat.fencing_status import lists

        fencing = lists(program, sections, detail)
    return page.body(fencing)


def disconnected(reason: str) -> list[Tag]:
    """The content of the page while there is no status to show."""
    return [span("Not connected to CIB"), span(": "), span(reason)]
