"""`crm_resource --why`: whether resources run, and what in the configuration says that they do not."""

from collections.abc import Callable, Iterable

from pcmk._core import NodeState, ResourceState
from pcmk.compat.resources import Cluster
from pcmk.kernel.booleans import is_true
from pcmk.output.xml import element

HEALTH_STRATEGY = "node-health-strategy"


def reasons(cluster: Cluster, name: str, node: str) -> tuple[str, str]:
    """About one resource or (without a name) all, on one node or anywhere; as text and as an element."""
    checks = _Checks(cluster, node)
    if not name:
        return _several(cluster, node, checks)
    resource = cluster.find(name)
    runs = _runs(resource, node)
    where = f" on host {node}" if node else ""
    lines = [f"Resource {resource.id} is {'' if runs else 'not '}running{where}", *checks.lines(resource)]
    about = {"running_on": node if runs else None} if node else {"running": _yes(runs)}
    return _text(lines), element("reason", about, checks.item(resource))


def _several(cluster: Cluster, node: str, checks: "_Checks") -> tuple[str, str]:
    lines: list[str] = []
    items: list[str] = []
    if node:
        resources = [cluster.by_id(each) for each in cluster.node(node).running]
    else:
        resources = [each for each in cluster.resources if each.parent is None]
    for resource in resources:
        runs = _runs(resource, node)
        where = f" on host {node}" if node else ""
        lines += [f"Resource {resource.id} is {'' if runs else 'not '}running{where}", *checks.lines(resource)]
        about = {"id": resource.id, "running": _yes(runs), "host": node or None}
        items.append(element("resource", about, checks.item(resource)))
    return _text(lines), element("reason", {}, element("resources", {}, "".join(items)))


class _Checks:
    """What in the configuration keeps resources from running, on a node or (empty) anywhere."""

    def __init__(self, cluster: Cluster, node: str) -> None:
        self._cluster = cluster
        self._nodes: list[NodeState] = [cluster.node(node)] if node else list(cluster.nodes)

    def lines(self, resource: ResourceState) -> list[str]:
        """In words."""
        top = self._cluster.top(resource).id
        said: tuple[tuple[Callable[[ResourceState], bool], str], ...] = (
            (self._stopped, f"Configuration specifies '{top}' should remain stopped"),
            (self._unpromoted, f"Configuration specifies '{top}' should not be promoted"),
            (self._unmanaged, f"Configuration prevents cluster from stopping or starting unmanaged '{top}'"),
            (_locked, f"'{top}' is locked to node {resource.lock_node} due to shutdown"),
            (self._unhealthy, f"'{top}' cannot run on unhealthy nodes due to {HEALTH_STRATEGY}='{self._strategy()}'"),
        )
        return [text for holds, text in said if holds(resource)]

    def item(self, resource: ResourceState) -> str:
        """As an element."""
        about = {
            "id": self._cluster.top(resource).id,
            "remain_stopped": "true" if self._stopped(resource) else None,
            "promotable": "false" if self._unpromoted(resource) else None,
            "unmanaged": "true" if self._unmanaged(resource) else None,
            "locked-to": resource.lock_node,
            "unhealthy": "true" if self._unhealthy(resource) else None,
        }
        return element("check", about)

    def _stopped(self, resource: ResourceState) -> bool:
        return _target(resource) == "stopped"

    def _unpromoted(self, resource: ResourceState) -> bool:
        return _target(resource) in ("unpromoted", "slave") and self._cluster.top(resource).promotable

    def _unmanaged(self, resource: ResourceState) -> bool:
        managed = resource.meta.get("is-managed")
        return managed is not None and not is_true(managed)

    def _unhealthy(self, _resource: ResourceState) -> bool:
        return bool(self._nodes) and all(node.unhealthy for node in self._nodes)

    def _strategy(self) -> str:
        pairs = self._cluster.cib.find(f"/cib/configuration/crm_config//nvpair[@name='{HEALTH_STRATEGY}']")
        return pairs[0].get("value", "") if pairs else ""


def _target(resource: ResourceState) -> str:
    return resource.meta.get("target-role", "").lower()


def _locked(resource: ResourceState) -> bool:
    return resource.lock_node is not None


def _runs(resource: ResourceState, node: str) -> bool:
    return any(not node or each == node for each in resource.active_on)


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _yes(value: bool) -> str:
    return "true" if value else "false"
