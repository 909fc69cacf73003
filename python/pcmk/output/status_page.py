"""The status of the cluster as a page for browsers.

The page has the lists of the text, so they are taken from it. What the text leaves out is in the status document: every
node with its state, and what of each resource is well.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from pcmk.output.html import Tag, listing, sublist
from pcmk.output.outline import Entry, items, outline
from pcmk.output.resource_lines import resource_item
from pcmk.output.status_nodes import attribute_items, display_names, node_items
from pcmk.output.status_summary import summary

if TYPE_CHECKING:
    from pcmk._core import Element

_RESOURCES = ("Active Resources", "Full List of Resources", "Inactive Resources")
_HISTORY = ("Operations", "Migration Summary")
_AFTER_FENCING = ("Tickets", "Negative Location Constraints")
_NODE = "Node: "


class StatusPage(NamedTuple):
    """What a page is made of: the text of all sections but the summary, the `document` with summary, nodes, resources
    and attributes, and a text with one line for each node of the document, if nodes are called other than by their
    names. All are made with the same filters."""

    text: str
    document: "Element"
    node_lines: str = ""
    by_node: bool = False
    detail: bool = False

    def body(self, fencing: Sequence[Tag]) -> list[Tag]:
        """The content of the page; `fencing` are the lists of fencing actions."""
        told = self.document.find("/*/summary/*")
        nodes = self.document.find("/*/nodes/node")
        names = display_names([each for top in outline(self.node_lines) for each in top.below or ()], nodes)
        before: list[Tag] = []
        after: list[Tag] = []
        for block in outline(self.text):
            (after if block.text in _AFTER_FENCING else before).extend(self._block(block, nodes, names))
        return [*summary(told, self.detail), *before, *fencing, *after]

    def _block(self, block: Entry, nodes: Sequence["Element"], names: dict[str, str]) -> list[Tag]:
        entries = block.below or []
        if block.text == "Node List":
            found = node_items(nodes, names, entries if self.by_node else None, self.detail)
        elif block.text in _RESOURCES:
            found = items(entries, resource_item(self.document))
        elif block.text == "Node Attributes":
            found = attribute_items(self.document.find("/*/node_attributes/node"), names)
        elif block.text in _HISTORY:
            found = [sublist(f"{each.text.removeprefix(_NODE)}:", items(each.below or ())) for each in entries]
        else:
            found = items(entries)
        return listing(block.text, found)
