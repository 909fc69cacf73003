"""The summary of a cluster on a page."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pcmk.output.html import Tag, listing, span

if TYPE_CHECKING:
    from pcmk._core import Element

_QUORUM_POLICIES = {
    "freeze": "Freeze resources",
    "stop": "Stop ALL resources",
    "demote": "Demote promotable resources and stop all other resources",
    "ignore": "Ignore",
    "fence": "Fence nodes in partition",
}


def summary(told: Sequence["Element"], detail: bool) -> list[Tag]:
    """The lists of the parts of a `summary` element, in their order; with `detail` the DC's id is shown, too."""
    lines: dict[str, Callable[[Element], list[Tag]]] = {
        "stack": lambda part: [_labelled("Stack", span(part.get("type", "")))],
        "current_dc": lambda part: [_dc(part, detail)],
        "last_update": lambda part: [_labelled("Last updated", *_update(part))],
        "last_change": lambda part: [_labelled("Last change", span(_change(part)))],
        "nodes_configured": lambda part: [Tag("li", [span(f"{_counted(part, 'node')} configured")])],
        "resources_configured": lambda part: [Tag("li", _resources(part))],
    }
    found = [line for part in told if part.name in lines for line in lines[part.name](part)]
    options = [line for part in told if part.name == "cluster_options" for line in _options(part)]
    return [
        *(listing("Cluster Summary", found) if found else ()),
        *(listing("Config Options", options) if options else ()),
    ]


def _labelled(label: str, *texts: Tag) -> Tag:
    return Tag("li", [span(f"{label}: ", "bold"), *texts])


def _dc(part: "Element", detail: bool) -> Tag:
    if part.get("present") != "true":
        return _labelled("Current DC", span("NONE", "warning"))
    name, id = part.get("name", ""), part.get("id", "")
    shown = f"{name} ({id})" if detail and name.lower() != id.lower() else name
    texts = [span(f"{shown} (version {part.get('version') or 'unknown'}) -")]
    if part.get("mixed_version") == "true":
        texts.append(span(" MIXED-VERSION", "warning"))
    quorum = span(" with") if part.get("with_quorum") == "true" else span(" WITHOUT", "warning")
    return _labelled("Current DC", *texts, span(" partition"), quorum, span(" quorum"))


def _update(part: "Element") -> list[Tag]:
    origin = part.get("origin")
    return [span(part.get("time", "")), *((span(" on "), span(origin)) if origin else ())]


def _change(part: "Element") -> str:
    by = (("user", "by"), ("client", "via"), ("origin", "on"))
    return part.get("time", "") + "".join(f" {word} {part.get(name)}" for name, word in by if part.get(name))


def _counted(part: "Element", noun: str) -> str:
    number = part.get("number", "0")
    return f"{number} {noun}{'' if number == '1' else 's'}"


def _resources(part: "Element") -> list[Tag]:
    start = f"{_counted(part, 'resource instance')} configured"
    disabled, blocked = (int(part.get(name, "0")) for name in ("disabled", "blocked"))
    if not disabled and not blocked:
        return [span(start)]
    why = " from further action due to failure)"
    texts = [span(f"{start} ({disabled or blocked} "), span("DISABLED" if disabled else "BLOCKED", "bold")]
    if disabled and blocked:
        texts += [span(f", {blocked} "), span("BLOCKED", "bold")]
    return [*texts, span(why if blocked else ")")]


def _options(part: "Element") -> list[Tag]:
    management = [Tag("li", "Resource management: enabled")]
    for name, state, why in (
        ("maintenance-mode", "DISABLED", "will not attempt to start, stop, or recover services"),
        ("stop-all-resources", "STOPPED", "will keep all resources stopped"),
    ):
        if part.get(name) == "true":
            texts = [span("Resource management: "), span(state, "bold"), span(f" (the cluster {why})")]
            management = [Tag("li", texts)]
            break
    policy = part.get("no-quorum-policy", "")
    return [
        Tag("li", f"Fencing of failed nodes {'enabled' if part.get('fencing-enabled') == 'true' else 'disabled'}"),
        Tag("li", f"Cluster is {'symmetric' if part.get('symmetric-cluster') == 'true' else 'asymmetric'}"),
        Tag("li", f"No quorum policy: {_QUORUM_POLICIES.get(policy, policy)}"),
        *management,
    ]
