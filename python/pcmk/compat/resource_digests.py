"""`crm_resource --digests`: by what the cluster notices that a resource is defined anew."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.xml import element

if TYPE_CHECKING:
    from pcmk._core import Digest, ResourceState


def shown(resource: "ResourceState", node: str, given: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The digests of a primitive on a node as text and as an element; `given` are parameters instead of those that are
    configured. Raises `PcmkError` (UNIMPLEMENT_FEATURE) for what is no primitive."""
    if resource.kind != "primitive":
        raise PcmkError(ExitCode.UNIMPLEMENT_FEATURE, f"{resource.id} is no primitive, only those have digests")
    found = resource.digests(node, given)
    kinds: tuple[tuple[str, str, Digest | None], ...] = (
        ("all", "all parameters", found.all),
        ("nonprivate", "non-private parameters", found.public),
        ("nonreloadable", "non-reloadable parameters", found.restart),
    )
    there = [(kind, words, digest) for kind, words, digest in kinds if digest is not None]
    about = {"resource": resource.id, "node": node, "task": found.task, "interval": f"{found.interval_ms}ms"}
    text = "".join(f"{digest.hash} ({words})\n" for _, words, digest in there)
    return text, element("digests", about, "".join(_item(kind, digest) for kind, _, digest in there))


def _item(kind: str, digest: "Digest") -> str:
    return element("digest", {"type": kind, "hash": digest.hash}, element("parameters", dict(digest.parameters)))
