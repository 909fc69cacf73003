"""Tasks of `crm_resource` that look and change nothing."""

import time

from pcmk._core import status_xml
from pcmk.compat import resource_attributes, resource_show
from pcmk.compat.cib_access import open_cib
from pcmk.compat.options import Given, usage
from pcmk.compat.resource_attributes import pair_of
from pcmk.compat.resource_tasks import PROGRAM, Task, chosen, named, opened, pairs
from pcmk.compat.resources import definition
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import cdata, element, escape


def list_all(_given: Given, _value: str, report: Report) -> int:
    """All resources with their state."""
    cib = open_cib(PROGRAM).read()
    if report.is_text:
        report.write(resource_show.listing(cib))
    else:
        report.item(status_xml(cib, now=int(time.time()), now_text="", origin="", sections=["resources"]))
    return ExitCode.OK


def list_raw(_given: Given, _value: str, report: Report) -> int:
    """Ids of primitives and instances."""
    found = resource_show.raw_ids(opened()[1])
    if not found:
        raise PcmkError(ExitCode.NOSUCH, "NO resources configured")
    items = "".join(element("item", {"name": "resource"}, escape(name)) for name in found)
    about = {"name": "resource names", "count": str(len(found))}
    report.say("\n".join(found), element("list", about, items))
    return ExitCode.OK


def list_for_tests(_given: Given, _value: str, report: Report) -> int:
    """All that test programs want to know."""
    from pcmk.compat.resource_flags import lines

    report.write("".join(f"{line}\n" for line in lines(opened()[1])))
    return ExitCode.OK


def list_operations(given: Given, _value: str, report: Report) -> int:
    """The history of operations since the last start."""
    return _operations(given, report, active=True)


def list_all_operations(given: Given, _value: str, report: Report) -> int:
    """The whole history of operations."""
    return _operations(given, report, active=False)


def _operations(given: Given, report: Report, *, active: bool) -> int:
    cluster = opened()[1]
    found = resource_show.operations(cluster, given.get("resource") or "", given.get("node") or "", active=active)
    if found:
        item = element("operations", {}, "".join(operation.item for operation in found))
        report.write("".join(f"{operation.line}\n" for operation in found), item)
    return ExitCode.OK


def query_xml(given: Given, _value: str, report: Report) -> int:
    """A resource's definition, with its state."""
    cluster = opened()[1]
    resource = cluster.defined(named(given))
    own = definition(cluster.cib, resource.xml_id) if given.has("query-xml-raw") else None
    # Only with a template there are two.
    xml = own.to_xml(pretty=True) if own is not None and own.get("template") else resource.xml
    item = element("resource_config", {}, resource.item + element("xml", {}, cdata(xml))) if not report.is_text else ""
    report.write("\n".join([*resource.lines, "Resource XML:", xml]), item)
    return ExitCode.OK


def locate(given: Given, _value: str, report: Report) -> int:
    """Where a resource runs."""
    name = named(given)
    found = resource_show.locations(opened()[1], name)
    for node, promoted in found:
        role = " Promoted" if promoted else ""
        report.say(node if given.has("quiet") else f"resource {name} is running on: {node}{role}")
    items = (element("node", {"state": "promoted" if promoted else None}, escape(node)) for node, promoted in found)
    report.item(element("nodes", {"resource": name}, "".join(items)))
    if not found and report.is_text:
        report.warn(f"resource {name} is NOT running")
    return ExitCode.OK


def why(given: Given, _value: str, report: Report) -> int:
    """Whether resources run, and what in the configuration says that they do not."""
    from pcmk.compat.resource_reasons import reasons

    _, cluster, name, node = chosen(given)
    text, item = reasons(cluster, name, node)
    report.write(text, item)
    return ExitCode.OK


def get(given: Given, wanted: str, report: Report) -> int:
    """A parameter."""
    name = named(given)
    cluster = opened()[1]
    value = resource_attributes.value(cluster, cluster.defined(name), pair_of(given, wanted))
    if value is None:
        report.warn(f"Attribute '{wanted}' not found for '{name}'")
    else:
        item = element("item", {"name": wanted}, escape(value))
        report.say(value, element("list", {"name": "attributes", "count": "1"}, item))
    return ExitCode.OK


def constraints(given: Given, _value: str, report: Report) -> int:
    """What the configuration says about where a resource runs: with `--stack` also about what it is colocated with."""
    from pcmk._core import resource_constraints
    from pcmk.compat.resource_constraints import listing

    name = named(given)
    cluster = opened()[1]
    resource = cluster.find(name)
    about = resource if given.has("force") else cluster.outermost(resource)
    of_all = resource_constraints(cluster.cib, now=int(time.time()))
    found = listing(of_all, about.id, recursive=given.has("stack"))
    report.write(found.text, found.item)
    return ExitCode.OK


def digests(given: Given, _value: str, report: Report) -> int:
    """By what the cluster notices that a resource is defined anew."""
    from pcmk.compat.resource_digests import shown

    named(given)
    if not given.get("node"):
        usage("Must supply a node name with -N/--node")
    _, cluster, name, node = chosen(given)
    report.write(*shown(cluster.find(name), node, pairs(given.words)))
    return ExitCode.OK


TASKS: dict[str, Task] = {
    "list": list_all,
    "list-raw": list_raw,
    "list-cts": list_for_tests,
    "list-operations": list_operations,
    "list-all-operations": list_all_operations,
    "query-xml": query_xml,
    "query-xml-raw": query_xml,
    "locate": locate,
    "why": why,
    "get-parameter": get,
    "constraints": constraints,
    "stack": constraints,
    "digests": digests,
}
