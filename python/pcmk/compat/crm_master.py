"""`crm_master`: promotion scores, for agents that know no other way."""

import os
from typing import NoReturn

from pcmk.compat import crm_attribute
from pcmk.compat.entry import run
from pcmk.compat.options import About, Given, option, usage
from pcmk.output.report import Report

OPTIONS = (
    option("-G --query --get-value -Q", text="show the score (default)"),
    option("-v --update --attr-value", "SCORE", "set the score"),
    option("-D --delete --delete-attr", text="delete the score"),
    option("-N --node -U --uname", "NODE", "the node, by default this one"),
    option("-l --lifetime", "LIFETIME", "until when it holds: reboot, or forever (default)", choices="reboot forever"),
    option("-i --id --attr-id", "ID", "the XML id of the name/value pair"),
    option("-r --resource", "RESOURCE", "the resource, by default the one whose agent calls"),
    option("-q --quiet", text="show nothing but the value"),
)

ABOUT = About("crm_master", "query, update, or delete a resource's promotion score", OPTIONS)


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out as `crm_attribute` would."""
    resource = given.get("resource") or os.environ.get("OCF_RESOURCE_INSTANCE", "")
    if not resource:
        usage("No resource specified")
    if given.words:
        usage(f"Unexpected argument {given.words[0]}")
    passed = tuple(each for each in given.options if each[0] != "resource")
    lifetime = () if given.has("lifetime") else (("lifetime", "forever"),)
    return crm_attribute.command(Given((*passed, *lifetime, ("name", f"master-{resource}")), ()), report)
