"""Rules in the CIB as far as they depend on a node alone.

Conditions of time can't be judged when the CIB changes, for they come true without a change; a rule that depends on
one counts as not holding.
"""

import operator
import re
from collections.abc import Callable, Mapping

from pcmk._core import Element

_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}


def node_attributes(root: Element, node: str) -> dict[str, str]:
    """A node's permanent attributes, with the built-in ones that name it."""
    attributes = {"#uname": node, "#kind": "cluster"}
    for element in root.find("/cib/configuration/nodes/node"):
        if element.get("uname") == node:
            attributes["#id"] = element.get("id", "")
            for block in element.children:
                if block.name == "instance_attributes":
                    for pair in block.children:
                        if pair.name == "nvpair":
                            attributes.setdefault(pair.get("name", ""), pair.get("value", ""))
    return attributes


def holds(rule: Element, attributes: Mapping[str, str]) -> bool:
    """Whether a rule certainly holds on the node."""
    return _judge(rule, attributes) is True


def _judge(rule: Element, attributes: Mapping[str, str]) -> bool | None:
    """Three-valued: None where it can't be said."""
    either = rule.get("boolean-op", "and") == "or"
    verdicts: list[bool | None] = []
    for child in rule.children:
        match child.name:
            case "rule":
                verdicts.append(_judge(child, attributes))
            case "expression":
                verdicts.append(_compare(child, attributes))
            case "date_expression":
                verdicts.append(None)
            case _:
                verdicts.append(False)
    if either:
        return True if True in verdicts else None if None in verdicts else False
    return False if False in verdicts else None if None in verdicts else bool(verdicts)


def _compare(expression: Element, attributes: Mapping[str, str]) -> bool | None:
    found = attributes.get(expression.get("attribute", ""))
    operation = expression.get("operation", "")
    if operation == "defined":
        return found is not None
    if operation == "not_defined":
        return found is None
    if operation not in _COMPARISONS or expression.get("value-source", "literal") != "literal":
        return None
    if found is None:
        return operation == "ne"
    return _COMPARISONS[operation](_order(found, expression.get("value", ""), expression.get("type", "")), 0)


def _order(left: str, right: str, kind: str) -> int:
    numeric = kind in ("number", "integer") or (not kind and _is_number(left) and _is_number(right))
    if numeric and _is_number(left) and _is_number(right):
        return (float(left) > float(right)) - (float(left) < float(right))
    return (left.lower() > right.lower()) - (left.lower() < right.lower())


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.\d+)?", text) is not None
