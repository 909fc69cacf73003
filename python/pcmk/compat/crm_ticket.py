"""`crm_ticket`: which tickets this cluster has, and what may be done with them."""

import time
from collections.abc import Callable
from typing import NoReturn

from pcmk._core import Cib, Element
from pcmk.compat.cib_access import Change, CibAccess, open_cib
from pcmk.compat.entry import run
from pcmk.compat.options import About, Given, option, usage
from pcmk.compat.tickets import (
    GRANTED,
    LAST_GRANTED,
    STANDBY,
    Ticket,
    constraint_path,
    find,
    state_path,
    tickets,
)
from pcmk.kernel.booleans import is_true
from pcmk.kernel.errors import CibError, PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import element

PROGRAM = "crm_ticket"
MODIFIES = {
    "grant": (GRANTED, "true"),
    "revoke": (GRANTED, "false"),
    "standby": (STANDBY, "true"),
    "activate": (STANDBY, "false"),
}
LINES: dict[str, Callable[[Ticket], str]] = {
    "info": Ticket.line,
    "details": Ticket.detailed_line,
    "raw": lambda ticket: ticket.id,
}
LOOKS = (*LINES, "query-xml", "constraints", "get-attr", "cleanup")

OPTIONS = (
    option("-l --info", text="show tickets and whether this cluster has them"),
    option("-L --details", text="show tickets with everything that is recorded of them"),
    option("-w --raw", text="show the ids of tickets"),
    option("-q --query-xml", text="show the state of tickets as XML"),
    option("-c --constraints", text="show the constraints on tickets"),
    option("-g --grant", text="give the ticket to this cluster"),
    option("-r --revoke", text="take the ticket from this cluster"),
    option("-s --standby", text="tell this cluster that it will lose the ticket"),
    option("-a --activate", text="take a ticket out of standby"),
    option("-G --get-attr", "NAME", "show something that is recorded of a ticket"),
    option("-S --set-attr", "NAME", "record something of a ticket, with --attr-value"),
    option("-D --delete-attr", "NAME", "forget something that is recorded of a ticket"),
    option("-C --cleanup", text="forget everything that is recorded of a ticket"),
    option("-t --ticket", "ID", "the ticket"),
    option("-v --attr-value", "VALUE", "the value for --set-attr"),
    option("-d --default", "VALUE", "with --get-attr: what to show if nothing is recorded"),
    option("-f --force", text="do what may stop, fence or start resources twice"),
    option("-Q --quiet", text="tell less"),
    option("-n --set-name", "ID"),
    option("-i --nvpair", "ID"),
    option("-x --xml-file", "FILE"),
)

ABOUT = About(PROGRAM, "query and manage tickets", OPTIONS)


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out. Changes that are made at once, of whatever kind, are made together."""
    if given.words:
        usage(f"Unexpected argument {given.words[0]}")
    access = open_cib(PROGRAM, file=given.get("xml-file"))
    chosen = given.last_of((*LOOKS, *MODIFIES, "set-attr", "delete-attr"))
    name = given.get("ticket") or ""
    if chosen is None:
        usage("Must supply a command")
    match chosen[0]:
        case how if how in LINES:
            return _list(access.read(history=False), name, how, report)
        case "query-xml":
            return _query(access.read(history=False), name, report)
        case "constraints":
            return _constraints(access.read(history=False), name, report)
        case "get-attr":
            return _get(access.read(history=False), _named(name, ExitCode.NOSUCH), given, report)
        case "cleanup":
            return _cleanup(access, _named(name), given.has("force"), report)
        case _:
            return _modify(access, _named(name), given)


def _named(name: str, code: ExitCode = ExitCode.USAGE) -> str:
    if not name:
        raise PcmkError(code, "Must supply ticket ID with -t")
    return name


def _known(cib: Cib, name: str) -> Ticket:
    found = find(cib, name)
    if found is None:
        raise PcmkError(ExitCode.NOSUCH, f"No such ticket '{name}'")
    return found


def _list(cib: Cib, name: str, how: str, report: Report) -> int:
    shown = [_known(cib, name)] if name else tickets(cib)
    text = "".join(f"{LINES[how](ticket)}\n" for ticket in shown)
    report.write(text, element("tickets", {}, "".join(ticket.item() for ticket in shown)) if shown else "")
    return ExitCode.OK


def _query(cib: Cib, name: str, report: Report) -> int:
    found = cib.find(state_path(name))
    if not found:
        raise PcmkError(ExitCode.NOSUCH, "Could not query ticket XML: No such device or address")
    if len(found) > 1 and name:
        report.say(f"Multiple ticket_states match ticket={name}")
    text = "".join(each.to_xml(pretty=True) for each in found)
    items = "".join(element("ticket", each.attrib) for each in found)
    report.write(f"State XML:\n\n{text}", element("tickets", {}, items))
    return ExitCode.OK


def _constraints(cib: Cib, name: str, report: Report) -> int:
    found = cib.find(constraint_path(name))
    if not found:
        raise PcmkError(ExitCode.NOSUCH, "Could not show ticket constraints: No such device or address")
    text = "".join(each.to_xml(pretty=True) for each in found)
    about = "".join(map(_constraint, found))
    resources = "".join(element("resource", {"id": each.get("rsc")}) for each in found)
    report.write(f"Constraints XML:\n\n{text}", element("tickets", {}, about) + element("resources", {}, resources))
    return ExitCode.OK


def _constraint(each: Element) -> str:
    return element("ticket", {"id": each.get("ticket")}, element("constraints", {}, each.to_xml()))


def _get(cib: Cib, name: str, given: Given, report: Report) -> int:
    attribute = given.get("get-attr") or ""
    known = find(cib, name) or Ticket(name, {})
    value = known.state.get(attribute, given.get("default"))
    if value is None:
        return ExitCode.NOSUCH
    shown = element("attribute", {"name": attribute, "value": value})
    report.say(value, element("tickets", {}, element("ticket", {"id": name}, shown)))
    return ExitCode.OK


def _cleanup(access: CibAccess, name: str, force: bool, report: Report) -> int:
    if not force and _known(access.read(history=False), name).granted:
        raise PcmkError(ExitCode.INSUFFICIENT_PRIV, _about_revoking(name))
    try:
        access.change(Change("delete", xpath=state_path(name), multiple=True))
    except CibError as error:
        if error.code != ExitCode.NOSUCH:
            raise
        return ExitCode.OK
    report.say(f"Cleaned up {name}")
    return ExitCode.OK


def _modify(access: CibAccess, name: str, given: Given) -> int:
    cib = access.read(history=False)
    wanted: dict[str, str] = {}
    unwanted = [value for option_name, value in given.options if option_name == "delete-attr"]
    for word, (attribute, value) in MODIFIES.items():
        if given.has(word):
            wanted[attribute] = value
    attribute, value = given.get("set-attr"), given.get("attr-value")
    if attribute:
        if not value:
            usage(f"Must supply attribute value with -v for -S {attribute}")
        wanted[attribute] = value
    elif value:
        usage(f"Must supply attribute name with -S for -v {value}")
    if not given.has("force") and (GRANTED in wanted or GRANTED in unwanted):
        about = _about_granting(name) if is_true(wanted.get(GRANTED, "")) else _about_revoking(name)
        raise PcmkError(ExitCode.UNSAFE, f"{about}\nTicket modification not allowed without --force")
    known = find(cib, name) or Ticket(name, {})
    if is_true(wanted.get(GRANTED, "")) and not known.granted:
        wanted[LAST_GRANTED] = str(int(time.time()))
    kept = {key: value for key, value in (known.state | wanted).items() if key not in unwanted}
    state = element("ticket_state", {"id": name} | kept)
    if cib.find(state_path(name)):
        access.change(Change("replace", "status", state))
    else:
        access.change(Change("modify", "status", element("status", {}, element("tickets", {}, state))))
    return ExitCode.OK


def _about_granting(name: str) -> str:
    return (
        f"This command cannot help you verify whether '{name}' has been already granted elsewhere.\n"
        "If you really want to grant it to this site now, and you know what you are doing,\n"
        "please specify --force."
    )


def _about_revoking(name: str) -> str:
    return (
        f"Revoking '{name}' can trigger the specified 'loss-policy'(s) relating to '{name}'.\n"
        f"You can check that with:\ncrm_ticket --ticket {name} --constraints\n"
        "If you really want to revoke it now, and you know what you are doing, please specify --force."
    )
