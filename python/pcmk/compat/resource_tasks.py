"""What the tasks of `crm_resource` have in common."""

from collections.abc import Callable, Sequence

from pcmk.compat.cib_access import CibAccess, open_cib
from pcmk.compat.options import Given, usage
from pcmk.compat.resources import Cluster
from pcmk.output.report import Report

PROGRAM = "crm_resource"
BY_HAND = ("class", "provider", "agent", "option")
"""Options that describe an agent instead of a resource."""

Task = Callable[[Given, str, Report], int]
"""Carries out a task: the command line, the value of the option that chose it, and whom to tell."""


def named(given: Given) -> str:
    """The resource that was named."""
    name = given.get("resource")
    if not name:
        usage("Must supply a resource ID with -r/--resource")
    return name


def opened() -> tuple[CibAccess, Cluster]:
    """The CIB, and what it says now."""
    access = open_cib(PROGRAM)
    return access, Cluster.read(access.read())


def chosen(given: Given) -> tuple[CibAccess, Cluster, str, str]:
    """The CIB, the resource and the node that were given, empty for all; both are known."""
    access, cluster = opened()
    name, node = given.get("resource") or "", given.get("node") or ""
    if name:
        cluster.find(name)
    if node:
        node = cluster.node(node).name
    return access, cluster, name, node


def pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    """Words of the form NAME=VALUE."""
    found: list[tuple[str, str]] = []
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals):
            usage(f"Error parsing '{word}' as a name=value pair")
        found.append((name, value))
    return found
