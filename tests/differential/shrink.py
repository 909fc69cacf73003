"""Taking away from a CIB what has nothing to do with a difference."""

from collections.abc import Callable, Iterable, Sequence

from lxml import etree

from tests.differential.answers import Differences, ReferenceFailedError, differences

WORTH = ("scores", "summary", "graph", "before", "executed", "after", "result", "exit")
"""Aspects; of those that differ the first is what is kept."""
STEPS = (
    ("constraints/*",), ("resources/*",), ("node_state", "lrm_resource"), ("lrm_rsc_op",), ("group/primitive",),
    ("nvpair", "op", "resource_set", "resource_ref", "rule", "instance_attributes", "meta_attributes", "operations"),
    ("nodes/node",),
)  # fmt: skip
"""What is taken away, step by step, as much at once as leaves the difference."""


def shrunk(reference: str, document: str, arguments: Sequence[str]) -> str:
    """A smaller CIB with the same kind of difference; the CIB itself if there is none."""
    root = etree.fromstring(document)
    first = differences(reference, document, arguments)
    aspect = next((each for each in WORTH if each in first), None)
    if aspect is None:
        return document

    def still_differs() -> bool:
        return aspect in _safely(reference, etree.tostring(root, encoding="unicode"), arguments)

    for step in STEPS:
        candidates = [each for way in step for each in root.iterfind(f".//{way}")]
        size = max(1, len(candidates) // 2)
        while size:
            for begin in range(0, len(candidates), size):
                _without(candidates[begin : begin + size], still_differs)
            candidates = [each for each in candidates if each.getparent() is not None]
            size //= 2
    return etree.tostring(root, encoding="unicode")


def _safely(reference: str, document: str, arguments: Sequence[str]) -> Differences:
    try:
        return differences(reference, document, arguments)
    except ReferenceFailedError:
        return {}


def _without(elements: Iterable[etree._Element], still_differs: Callable[[], bool]) -> None:
    """Take elements away, and put them back if then nothing differs."""
    taken: list[tuple[etree._Element, int, etree._Element]] = []
    for element in elements:
        parent = element.getparent()
        if parent is not None:
            taken.append((parent, parent.index(element), element))
            parent.remove(element)
    if taken and not still_differs():
        for parent, place, element in reversed(taken):
            parent.insert(place, element)
