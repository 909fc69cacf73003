"""Resources as commands name them: with or without the number of an instance."""

import time
from collections.abc import Iterable
from typing import NamedTuple

from pcmk._core import Cib, Element, NodeState, ResourceState, cluster_state
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.xml import quoted

KINDS = ("primitive", "group", "clone", "bundle", "master", "template")


class Cluster(NamedTuple):
    """Resources and nodes as a CIB tells them."""

    cib: Cib
    resources: tuple[ResourceState, ...]
    nodes: tuple[NodeState, ...]

    @staticmethod
    def read(cib: Cib) -> "Cluster":
        """What holds now."""
        resources, nodes = cluster_state(cib, now=int(time.time()))
        return Cluster(cib, tuple(resources), tuple(nodes))

    def find(self, name: str) -> ResourceState:
        """A resource by its id, or the first instance of that name if instances are alike; raises `PcmkError`
        (NOSUCH)."""
        alike = (each for each in self.resources if not each.unique or each.id == name)
        return _first(alike, name)

    def defined(self, name: str) -> ResourceState:
        """A resource whose definition is meant, by its id or as the first instance of that name; raises `PcmkError`
        (NOSUCH)."""
        return _first(self.resources, name)

    def by_id(self, resource_id: str) -> ResourceState:
        """A resource that is known to be there."""
        return next(resource for resource in self.resources if resource.id == resource_id)

    def parent(self, resource: ResourceState) -> ResourceState | None:
        """The collective it belongs to."""
        return None if resource.parent is None else self.by_id(resource.parent)

    def outermost(self, resource: ResourceState) -> ResourceState:
        """The collective that it belongs to in the end, bundles included; itself if there is none."""
        parent = self.parent(resource)
        return resource if parent is None else self.outermost(parent)

    def top(self, resource: ResourceState) -> ResourceState:
        """The collective that it belongs to in the end, short of a bundle; itself if there is none."""
        parent = self.parent(resource)
        return resource if parent is None or parent.kind == "bundle" else self.top(parent)

    def children(self, resource: ResourceState) -> list[ResourceState]:
        """Members or instances."""
        return [self.by_id(child) for child in resource.children]

    def instances(self, name: str) -> list[ResourceState]:
        """The resource of that name, or all instances that are alike, by the name that history has for them; of a clone
        and of a bundle what they consist of. Raises `PcmkError` (NOSUCH)."""
        found = self.find(name)
        if found.kind == "clone":
            return self.children(found)
        if found.kind == "bundle":
            inside = [instance for child in self.children(found) for instance in self.children(child)]
            return [found, *inside]
        is_shared = found.id != name and found.history_id == name
        return self.children(self.top(found)) if is_shared else [found]

    def is_promoted(self, resource: ResourceState) -> bool:
        """Whether it, or a member of it, runs in the promoted role."""
        return resource.role == "Promoted" or any(map(self.is_promoted, self.children(resource)))

    def expect_no_instance(self, name: str) -> None:
        """Raises `PcmkError`: NOSUCH if there is no such resource, INVALID_PARAM for an instance of a clone."""
        resource = self.find(name)
        parent = self.parent(resource)
        if parent is not None and parent.kind == "clone" and name == resource.id != resource.xml_id:
            raise PcmkError(ExitCode.INVALID_PARAM, f"Cannot operate on clone resource instance '{name}'")

    def node(self, name: str) -> NodeState:
        """A node by name; raises `PcmkError` (NOSUCH)."""
        for node in self.nodes:
            if node.name.lower() == name.lower():
                return node
        raise PcmkError(ExitCode.NOSUCH, f"Node '{name}' not found")


def _first(resources: Iterable[ResourceState], name: str) -> ResourceState:
    found = next((each for each in resources if name in (each.id, each.xml_id)), None)
    if found is None:
        raise PcmkError(ExitCode.NOSUCH, f"Resource '{name}' not found")
    return found


def definition(cib: Cib, name: str) -> Element | None:
    """The element that configures a resource."""
    found = cib.find(f"/cib/configuration/resources//*[@id={quoted(name)}]")
    return next((element for element in found if element.name in KINDS), None)
