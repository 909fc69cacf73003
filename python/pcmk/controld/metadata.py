"""What the controller needs of an agent's metadata."""

from msgspec import Struct

from pcmk._core import Element
from pcmk.kernel.booleans import is_true

_PRIVATE_BY_NAME = ("password", "passwd", "user")


class Metadata(Struct, frozen=True):
    """Parameters by their properties, and how the agent is reloaded (`reload-agent`, `reload` or empty)."""

    reload_action: str = ""
    parameters: tuple[str, ...] = ()
    not_reloadable: tuple[str, ...] = ()
    private: tuple[str, ...] = ()


def metadata_of(xml: str) -> Metadata | None:
    """Read metadata; None if it is not XML.

    From OCF 1.1 on, an agent with the action `reload-agent` reloads the parameters marked `reloadable`. An older one
    with the action `reload` reloads those that are not `unique`.
    """
    try:
        root = Element.parse(xml)
    except ValueError:
        return None
    parameters = root.find("/resource-agent/parameters/parameter")
    actions = {action.get("name", "") for action in root.find("/resource-agent/actions/action")}
    modern = _version(root) >= (1, 1)
    reload_action = ""
    if modern and "reload-agent" in actions:
        reload_action = "reload-agent"
    elif not modern and "reload" in actions:
        reload_action = "reload"

    def names(attribute: str, wanted: bool) -> tuple[str, ...]:
        return tuple(p.get("name", "") for p in parameters if is_true(p.get(attribute, "")) is wanted)

    declared = tuple(p.get("name", "") for p in parameters)
    private = names("private", True) or tuple(name for name in _PRIVATE_BY_NAME if name in declared)
    fixed = names("reloadable", False) if modern else names("unique", True)
    return Metadata(reload_action, declared, fixed if reload_action else (), private)


def _version(root: Element) -> tuple[int, ...]:
    child = root.child("version")
    text = child.text.strip() if child is not None else ""
    numbers = tuple(int(part) for part in text.split(".") if part.isdecimal())
    return numbers or (0, 1)
