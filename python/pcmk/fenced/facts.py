"""What a fence agent's metadata says about it."""

from msgspec import Struct

from pcmk._core import Element
from pcmk.kernel.booleans import is_true


class AgentFacts(Struct, frozen=True):
    """What the cluster needs to know of an agent. `on_target`: actions that must run on the target itself;
    `automatic_on`: the device must take part when a node is unfenced; `host_argument`: the parameter for the target,
    empty if it has none."""

    actions: frozenset[str]
    on_target: frozenset[str]
    automatic_on: bool
    host_argument: str


def facts_of(xml: str) -> AgentFacts:
    """Read an agent's metadata; raises ValueError if it is no XML."""
    root = Element.parse(xml)
    actions = root.find("//actions/action")
    parameters = {parameter.get("name", "") for parameter in root.find("//parameters/parameter")}
    return AgentFacts(
        actions=frozenset(action.get("name", "") for action in actions),
        on_target=frozenset(action.get("name", "") for action in actions if _is(action, "on_target")),
        automatic_on=any(
            action.get("name") == "on" and (_is(action, "automatic") or _is(action, "required")) for action in actions
        ),
        host_argument=next((name for name in ("plug", "port") if name in parameters), ""),
    )


def _is(element: Element, name: str) -> bool:
    return is_true(element.get(name, ""))
