"""`crm_standby`: whether a node may run resources."""

from typing import NoReturn

from pcmk.compat import crm_attribute
from pcmk.compat.entry import run
from pcmk.compat.options import About, Given, option, usage
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report

OPTIONS = (
    option("-G --query --get-value", text="show the state (default)"),
    option("-v --update --attr-value", "VALUE", "set the state: on or off", choices="on off"),
    option("-D --delete --delete-attr", text="let the node run resources"),
    option("-N --node -U --uname", "NODE", "the node, by default this one"),
    option("-l --lifetime", "LIFETIME", "until when it holds: reboot or forever", choices="reboot forever"),
    option("-i --id --attr-id", "ID", "the XML id of the name/value pair"),
    option("-q --quiet -Q", text="show nothing but the value"),
)

ABOUT = About("crm_standby", "query, update, or delete a node's standby state", OPTIONS)


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out. Without a lifetime an update is for good, a deletion deletes both kinds, and a query
    shows what holds for good, else until reboot, else `off`."""
    if given.words:
        usage(f"Unexpected argument {given.words[0]}")
    if not given.has("node"):
        from pcmk.compat.nodes import local_name

        given = _with(given, ("node", local_name()))
    given = _with(given, ("name", "standby"))
    if given.has("lifetime"):
        return crm_attribute.command(given, report)
    forever = _with(given, ("lifetime", "forever"))
    if given.has("update"):
        return crm_attribute.command(forever, report)
    if given.has("delete"):
        crm_attribute.command(forever, report)
        return crm_attribute.command(_with(given, ("lifetime", "reboot")), report)
    try:
        return crm_attribute.command(forever, report)
    except PcmkError as error:
        if error.code != ExitCode.NOSUCH:
            raise
        return crm_attribute.command(_with(given, ("lifetime", "reboot"), ("default", "off")), report)


def _with(given: Given, *more: tuple[str, str]) -> Given:
    return Given((*given.options, *more), given.words)
