"""From what the engine answers to the classes of `pcmk.scheduler.facts`."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from pcmk.scheduler.facts import (
    ActionAnswer,
    ActionRef,
    Cause,
    Choice,
    Failures,
    Fencing,
    Hop,
    Obstacle,
    Operation,
    Placement,
    ResourceAnswer,
    Rule,
    ScoreLine,
    ScorePart,
    Test,
    Wait,
)

T = TypeVar("T")
Data = Mapping[str, Any]


def each(make: Callable[[Data], T], items: Iterable[Data]) -> tuple[T, ...]:
    """All of them."""
    return tuple(make(item) for item in items)


def optional(make: Callable[[Data], T], item: Data | None) -> T | None:
    """It, if it is there."""
    return None if item is None else make(item)


def placement(data: Data) -> Placement:
    """A primitive and what becomes of it."""
    nested: dict[str, Any] = {"nodes": tuple(data["nodes"])}
    return Placement(**{**data, **nested})


def score_line(data: Data) -> ScoreLine:
    """A line of the score table."""
    nested: dict[str, Any] = {"parts": each(score_part, data["parts"])}
    return ScoreLine(**{**data, **nested})


def score_part(data: Data) -> ScorePart:
    """A change of a score; what is not given has its default."""
    nested: dict[str, Any] = {}
    if "operation" in data:
        nested["operation"] = Operation(**data["operation"])
    if "path" in data:
        nested["path"] = each(lambda item: Hop(**item), data["path"])
    if "parts" in data:
        nested["parts"] = each(score_part, data["parts"])
    return ScorePart(**{**data, **nested})


def choice(data: Data) -> Choice:
    """A node as a resource sees it."""
    nested: dict[str, Any] = {
        "parts": each(score_part, data["parts"]),
        "unusable": tuple(data["unusable"]),
        "rules": each(rule, data["rules"]),
        "failures": optional(lambda item: Failures(**item), data["failures"]),
    }
    return Choice(**{**data, **nested})


def rule(data: Data) -> Rule:
    """A rule with its conditions."""
    nested: dict[str, Any] = {"tests": each(lambda item: Test(**item), data["tests"])}
    return Rule(**{**data, **nested})


def action_ref(data: Data) -> ActionRef:
    """An action."""
    return ActionRef(**data)


def cause(data: Data) -> Cause:
    """Why an action is as it is."""
    nested: dict[str, Any] = {
        "action": optional(action_ref, data["action"]),
        "ordering": tuple(data["ordering"]),
        "constraints": tuple(data["constraints"]),
        "nodes": tuple(data["nodes"]),
    }
    return Cause(**{**data, **nested})


def wait(data: Data) -> Wait:
    """What an action waits for."""
    return Wait(action_ref(data["action"]), tuple(data["constraints"]))


def action(data: Data) -> ActionAnswer:
    """An action with its reasons."""
    nested: dict[str, Any] = {
        "action": action_ref(data["action"]),
        "required_by": each(cause, data["required_by"]),
        "blocked_by": each(cause, data["blocked_by"]),
        "waits_for": each(wait, data["waits_for"]),
    }
    return ActionAnswer(**{**data, **nested})


def fencing(data: Data) -> Fencing:
    """The fencing of a node."""
    nested: dict[str, Any] = {"action": action(data["action"]), "reasons": tuple(data["reasons"])}
    return Fencing(**{**data, **nested})


def obstacle(data: Data) -> Obstacle:
    """Why a resource does not run."""
    nested: dict[str, Any] = {"action": optional(action, data["action"])}
    return Obstacle(**{**data, **nested})


def resource(data: Data) -> ResourceAnswer:
    """A resource with all that speaks for and against."""
    nested: dict[str, Any] = {
        "children": tuple(data["children"]),
        "nodes": tuple(data["nodes"]),
        "obstacles": each(obstacle, data["obstacles"]),
        "promotion": optional(score_line, data["promotion"]),
        "choices": each(choice, data["choices"]),
        "actions": each(action, data["actions"]),
    }
    return ResourceAnswer(**{**data, **nested})
