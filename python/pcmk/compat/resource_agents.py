"""Tasks of `crm_resource` that list agents and show their metadata. They need no CIB."""

from collections.abc import Iterable

from pcmk.compat.options import Given, usage
from pcmk.compat.resource_tasks import Task
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import cdata, element, escape


def list_standards(_given: Given, _value: str, report: Report) -> int:
    """Standards of agents."""
    from pcmk.compat.agent_lists import standards

    found = standards()
    items = _elements("item", found)
    return _listed(report, found, "standards", element("list", {"name": "standards", "count": str(len(found))}, items))


def list_providers(_given: Given, _value: str, report: Report) -> int:
    """Providers of OCF agents."""
    from pcmk.compat.agent_lists import providers

    found = providers()
    item = element("providers", {"standard": "ocf"}, _elements("provider", found))
    return _listed(report, found, "OCF providers", item)


def list_agents(_given: Given, value: str, report: Report) -> int:
    """Agents of a standard, or of a provider of it."""
    from pcmk.compat.agent_lists import agents

    found = agents(value)
    standard, _, provider = value.partition(":")
    item = element("agents", {"standard": standard, "provider": provider or None}, _elements("agent", found))
    return _listed(report, found, f"agents for {value!r}", item)


def list_alternatives(_given: Given, value: str, report: Report) -> int:
    """Providers of one OCF agent."""
    from pcmk.compat.agent_lists import alternatives

    found = alternatives(value)
    item = element("providers", {"for": value}, _elements("provider", found))
    return _listed(report, found, f"OCF providers for {value}", item)


def metadata(_given: Given, value: str, report: Report) -> int:
    """The metadata of an agent."""
    from pcmk.compat import agent_metadata

    text = agent_metadata.metadata(value).rstrip()
    report.say(text, element("metadata", {}, cdata(text)))
    return ExitCode.OK


def list_options(given: Given, value: str, report: Report) -> int:
    """What can be configured of all resources of a kind."""
    from pcmk.compat.option_lists import FENCING, RESOURCE, show

    lists = {"primitive": RESOURCE, "fencing": FENCING}
    if value not in lists:
        usage("Error parsing option --list-options")
    show(lists[value], everything=given.has("all"), report=report)
    return ExitCode.OK


def _elements(name: str, values: Iterable[str]) -> str:
    return "".join(element(name, {}, escape(value)) for value in values)


def _listed(report: Report, found: Iterable[str], what: str, item: str) -> int:
    if not found:
        raise PcmkError(ExitCode.NOSUCH, f"No {what} found")
    report.say("\n".join(found), item)
    return ExitCode.OK


TASKS: dict[str, Task] = {
    "list-options": list_options,
    "list-standards": list_standards,
    "list-ocf-providers": list_providers,
    "list-agents": list_agents,
    "list-ocf-alternatives": list_alternatives,
    "show-metadata": metadata,
}
