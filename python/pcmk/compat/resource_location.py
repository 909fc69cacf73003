"""Moving resources: location constraints that commands make and remove, by ids `cli-ban-*` and `cli-prefer-*`."""

from collections.abc import Sequence

from pcmk._core import Cib, DateTime, Element, ResourceState
from pcmk.compat.cib_access import Change, CibAccess
from pcmk.compat.resources import Cluster
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import element


def ban(
    access: CibAccess, name: str, node: str, until: str | None, promoted: bool, quiet: bool, report: Report
) -> None:
    """Keep a resource (or its promoted role) away from a node; with `until`, up to that time."""
    if not quiet:
        report.say(_warning(name, node, promoted))
    access.change(_modify(_ban(name, node, until, promoted)))


def leave(
    access: CibAccess, cluster: Cluster, name: str, until: str | None, promoted: bool, quiet: bool, report: Report
) -> None:
    """Ban a resource from the one node where it is; raises `PcmkError` (USAGE) if there is no such node."""
    resource = cluster.find(name)
    if resource.active_count == 1 and resource.current_node is not None:
        ban(access, name, resource.current_node, until, promoted, quiet, report)
        return
    where = _promoted_on(cluster, resource)
    if resource.promotable and len(where) == 1:
        ban(access, name, where[0], until, promoted, quiet, report)
        return
    count = advice = ""
    if resource.promotable:
        count = f" (promoted in {len(where)})"
        advice = f"\nTo prevent '{name}' from being promoted there, specify a node and the --promoted option."
    raise PcmkError(
        ExitCode.USAGE,
        f"Resource '{name}' not moved: active in {resource.active_count} locations{count}.\n"
        f"To prevent '{name}' from running on a specific location, specify a node.{advice}",
    )


def move(
    access: CibAccess,
    cluster: Cluster,
    name: str,
    node: str,
    until: str | None,
    promoted: bool,
    force: bool,
    quiet: bool,
    report: Report,
) -> None:
    """Let a resource prefer a node above all others. With `force`, also ban it from where it is."""
    resource = cluster.find(name)
    target = cluster.node(node).name
    promoted = promoted and resource.promotable
    count, current = resource.active_count, resource.current_node
    where = _promoted_on(cluster, resource) if resource.promotable else []
    if where or (promoted and resource.promotable):
        count, current = len(where), where[-1] if where else None
    if count > 1:
        if resource.kind != "clone" and not where:
            raise PcmkError(ExitCode.MULTIPLE, f"Resource '{name}' is active on several nodes")
        current = None
    if current == target and not force:
        state = "promoted" if promoted else "active"
        raise PcmkError(ExitCode.EXISTS, f"{name} is already {state} on {target}")
    old = [*_own(cluster.cib, name, None, bans=False), *_own(cluster.cib, name, target, bans=True)]
    changes = [*_removals(old), _modify(_prefer(name, target, until, promoted))]
    if force and current is not None and current != target:
        if not quiet:
            report.say(_warning(name, current, promoted))
        changes.append(_modify(_ban(name, current, until, promoted)))
    access.change(*changes)


def clear(access: CibAccess, cluster: Cluster, name: str, node: str | None, now: int | None) -> list[str]:
    """Remove what `ban` and `move` made, for all nodes or one; with `now` only what is over, then also for all
    resources (an empty name). The result are the ids of what was removed."""
    target = None if node is None else cluster.node(node).name
    names = {each.xml_id for each in cluster.resources} if now is not None and not name else {name}
    old = [each for own in sorted(names) for each in _own(cluster.cib, own, target, bans=True)]
    if now is not None:
        old = [each for each in old if _is_over(each, now)]
    if old:
        access.change(*_removals(old))
    return [each.get("id", "") for each in old]


def _is_over(constraint: Element, now: int) -> bool:
    ends = (each.get("end") for each in constraint.find("//date_expression[@end]"))
    return any(DateTime.parse(end, now).epoch < now for end in ends if end is not None)


def _promoted_on(cluster: Cluster, resource: ResourceState) -> list[str]:
    found = [child.current_node for child in cluster.children(resource) if cluster.is_promoted(child)]
    return [node for node in found if node is not None]


def _own(cib: Cib, name: str, node: str | None, *, bans: bool) -> list[Element]:
    """Constraints of our making for a resource; on one node, or on all."""
    found: list[Element] = []
    for each in cib.find("/cib/configuration/constraints/rsc_location"):
        constraint = each.get("id", "")
        named = [expression.get("value") for expression in each.find("//expression[@attribute='#uname']")]
        about = node is None or each.get("node") == node or node in named
        is_ban = constraint.startswith(f"cli-ban-{name}-on-") and each.get("rsc") == name
        if about and ((bans and is_ban) or constraint == f"cli-prefer-{name}"):
            found.append(each)
    return found


def _removals(constraints: Sequence[Element]) -> list[Change]:
    return [Change("delete", "constraints", element("rsc_location", {"id": each.get("id")})) for each in constraints]


def _modify(constraint: str) -> Change:
    return Change("modify", "constraints", element("constraints", {}, constraint))


def _ban(name: str, node: str, until: str | None, promoted: bool) -> str:
    own = f"cli-ban-{name}-on-{node}"
    ids = (f"{own}-rule", f"{own}-expr", f"{own}-lifetime")
    return _location(own, name, node, "-INFINITY", until, promoted, ids)


def _prefer(name: str, node: str, until: str | None, promoted: bool) -> str:
    ids = (f"cli-prefer-rule-{name}", f"cli-prefer-expr-{name}", f"cli-prefer-lifetime-end-{name}")
    return _location(f"cli-prefer-{name}", name, node, "INFINITY", until, promoted, ids)


def _location(
    own: str, name: str, node: str, score: str, until: str | None, promoted: bool, ids: tuple[str, str, str]
) -> str:
    role = "Promoted" if promoted else "Started"
    about = {"id": own, "rsc": name, "role": role}
    if until is None:
        return element("rsc_location", about | {"node": node, "score": score})
    rule, expression, lifetime = ids
    where = {"id": expression, "attribute": "#uname", "operation": "eq", "value": node, "type": "string"}
    conditions = element("expression", where)
    conditions += element("date_expression", {"id": lifetime, "operation": "lt", "end": until})
    return element(
        "rsc_location", about, element("rule", {"id": rule, "score": score, "boolean-op": "and"}, conditions)
    )


def _warning(name: str, node: str, promoted: bool) -> str:
    what = "being promoted" if promoted else "running"
    return (
        f"WARNING: Creating rsc_location constraint 'cli-ban-{name}-on-{node}' with a score of -INFINITY for resource "
        f"{name} on {node}.\n\tThis will prevent {name} from {what} on {node} until the constraint is removed using "
        "the clear option or by editing the CIB with an appropriate tool.\n\tThis will be the case even if "
        f"{node} is the last node in the cluster"
    )
