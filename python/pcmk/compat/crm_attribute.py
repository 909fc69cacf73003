"""`crm_attribute`: node attributes and cluster options."""

import os
import re
from typing import NamedTuple, NoReturn

from pcmk.compat import node_attributes, nodes
from pcmk.compat.cib_access import CibAccess, open_cib
from pcmk.compat.entry import run
from pcmk.compat.node_attributes import Place
from pcmk.compat.options import About, Given, option, usage
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import element

PROGRAM = "crm_attribute"
TYPES = ("crm_config", "rsc_defaults", "op_defaults", "tickets", "nodes", "status")
SECTIONS = {"reboot": "status", "forever": "nodes"} | {name: name for name in TYPES}
"""What may be given as type or lifetime, and the section that it stands for."""

WITHOUT_NODE = ("crm_config", "tickets")
WAITS = ("no", "local", "cluster")

OPTIONS = (
    option("-L --list-options", "KIND", "list what can be configured; KIND is cluster", choices="cluster"),
    option("-a --all", text="-L: also what is advanced or deprecated"),
    option("-n --name --attr-name", "NAME", "the attribute"),
    option("-i --id --attr-id", "ID", "the XML id of the name/value pair"),
    option("-P --pattern", "REGEX", "all attributes whose name matches"),
    option("-p --promotion", "[RESOURCE]", "the promotion score of a resource, by default the calling agent's"),
    option("-s --set-name", "ID", "the XML id of the set"),
    option("-G --query --get-value", text="show the value (default)"),
    option("-v --update --attr-value", "VALUE", "set the value"),
    option("-D --delete --delete-attr", text="delete the attribute"),
    option("-d --default", "VALUE", "with -G: the value to show if there is none"),
    option("-l --lifetime", "LIFETIME", "until when the attribute holds: reboot or forever", choices="reboot forever"),
    option("-N --node -U --node-uname --uname", "NODE", "the node, by default this one"),
    option("-t --type", "TYPE", ", ".join(TYPES), choices=" ".join(TYPES)),
    option(
        "-W --wait",
        "UNTIL",
        "return when it is accepted (no), in force here (local) or everywhere (cluster)",
        choices="no local cluster",
    ),
    option("-z --utilization", text="the attribute is about utilization"),
    option("-q --quiet -Q", text="show nothing but the value"),
    option("--score"),
)

ABOUT = About(PROGRAM, "query and update cluster options and node attributes", OPTIONS)


class Attribute(NamedTuple):
    """Which attribute is meant, and where."""

    place: Place
    name: str
    pattern: str
    pair_id: str
    quiet: bool


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out."""
    listed = given.get("list-options")
    if listed is not None:
        return _list(listed, given.has("all"), report)
    chosen = given.last_of(("query", "update", "delete"))
    task, value = chosen or ("query", "")
    section = _section(given)
    access = open_cib(PROGRAM)
    attribute = _attribute(access, given, section, task)
    if access.is_live and section == "status" and task != "query":
        return _through_attribute_manager(attribute, value if task == "update" else None, _wait(given))
    match task:
        case "update":
            return _update(access, attribute, value)
        case "delete":
            return _delete(access, attribute, report)
        case _:
            return _query(access, attribute, given.get("default"), report)


def _list(kind: str, everything: bool, report: Report) -> int:
    if kind != "cluster":
        usage(f"Invalid --list-options value '{kind}'. Allowed values: cluster")
    from pcmk.compat.option_lists import CLUSTER, show

    show(CLUSTER, everything=everything, report=report)
    return ExitCode.OK


def _section(given: Given) -> str:
    chosen = given.last_of(("type", "lifetime"))
    if chosen is None:
        return "status" if given.has("promotion") else "nodes" if given.has("node") else "crm_config"
    section = SECTIONS.get(chosen[1].lower())
    if section is None:
        usage(f"--{chosen[0]} must be one of {', '.join(SECTIONS)}, not {chosen[1]!r}")
    return section


def _attribute(access: CibAccess, given: Given, section: str, task: str) -> Attribute:
    if given.words:
        usage(f"Unexpected argument {given.words[0]}")
    name, pattern = given.get("name") or "", given.get("pattern") or ""
    if given.has("promotion"):
        name = promotion_name(given.get("promotion") or "")
    if name and pattern:
        usage("--name and --pattern cannot be used at the same time")
    if task != "query" and not name and not pattern:
        usage(f"must specify attribute name or pattern to {task}")
    if pattern:
        _compiled(pattern)
    node = None
    if section not in WITHOUT_NODE:
        node = nodes.find(access.select, nodes.attribute_target(given.get("node")))
    set_type = "utilization" if given.has("utilization") else ""
    place = Place(section, node, set_type, given.get("set-name") or "")
    return Attribute(place, name, pattern, given.get("id") or "", given.has("quiet"))


def promotion_name(resource: str) -> str:
    """The attribute with the promotion score of a resource; raises `PcmkError` if there is none to take it for."""
    resource = resource or os.environ.get("OCF_RESOURCE_INSTANCE", "")
    if not resource:
        usage("-p/--promotion must be called from an OCF resource agent or with a resource ID specified")
    return f"master-{resource}"


def _wait(given: Given) -> str:
    wait = given.get("wait") or "local"
    if wait not in WAITS:
        usage(f"--wait must be one of {', '.join(WAITS)}, not {wait!r}")
    return wait


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        usage(f"{pattern!r} is no regular expression: {error}")


def _matching(access: CibAccess, attribute: Attribute) -> list[tuple[str, str]]:
    """Names and values of the pairs that are meant."""
    pairs = node_attributes.find(access, attribute.place, name=attribute.name, pair_id=attribute.pair_id)
    named = [(pair.get("name", ""), pair.get("value", "")) for pair in pairs]
    if not attribute.pattern:
        return named
    pattern = _compiled(attribute.pattern)
    return [(name, value) for name, value in named if pattern.search(name)]


def _query(access: CibAccess, attribute: Attribute, default: str | None, report: Report) -> int:
    found = _matching(access, attribute)
    if not found and default is not None:
        found = [(attribute.name, default)]
    if not found:
        raise PcmkError(ExitCode.NOSUCH, "Error performing operation: No such device or address")
    about = f" id={attribute.pair_id}" if attribute.pair_id else ""
    for name, value in found:
        text = value if attribute.quiet else f"scope={attribute.place.section}{about} name={name} value={value}"
        shown = {"scope": attribute.place.section, "id": attribute.pair_id or None, "name": name, "value": value}
        report.say(text, element("attribute", shown))
    return ExitCode.OK


def _update(access: CibAccess, attribute: Attribute, value: str) -> int:
    names = [name for name, _ in _matching(access, attribute)] if attribute.pattern else [attribute.name]
    if not names:
        raise PcmkError(ExitCode.NOSUCH, "Error performing operation: No such device or address")
    for name in names:
        node_attributes.update(access, attribute.place, name, value, pair_id=attribute.pair_id)
    return ExitCode.OK


def _delete(access: CibAccess, attribute: Attribute, report: Report) -> int:
    names = [name for name, _ in _matching(access, attribute)] if attribute.pattern else [attribute.name]
    place = attribute.place
    for name in names:
        deleted = node_attributes.delete(access, place, name, pair_id=attribute.pair_id)
        if deleted is not None:
            kind = "attribute" if place.node is not None else "option"
            about = f" set={place.set_id}" if place.set_id else ""
            report.say(f"Deleted {place.section} {kind}: id={deleted}{about} name={name}")
    return ExitCode.OK


def _through_attribute_manager(attribute: Attribute, value: str | None, wait: str) -> int:
    from pcmk.compat.daemons import ask
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.attributes import AttributeChange, AttributePattern, AttributeUpdate
    from pcmk.kernel.messages.common import Done

    node, place = attribute.place.node, attribute.place
    assert node is not None
    if attribute.pattern:
        ask(PROGRAM, Daemon.ATTRD, AttributePattern(attribute.pattern, value, node.name), Done)
        return ExitCode.OK
    change = AttributeChange(
        attribute.name,
        value,
        node.name,
        set_type=place.set_type or "instance_attributes",
        set_id=place.set_id,
        remote=node.is_remote,
    )
    ask(PROGRAM, Daemon.ATTRD, AttributeUpdate((change,), wait), Done)
    return ExitCode.OK
