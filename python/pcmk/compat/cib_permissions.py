"""`cibadmin --show-access`: what ACLs let a user do with the CIB."""

import os
import sys

from pcmk._core import Cib, CibUser
from pcmk.compat.options import usage
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.users import CLUSTER_USER, needs_acls
from pcmk.output.access import FORMS, rendered
from pcmk.output.report import Report
from pcmk.output.xml import element, escape
from pcmk.rpc.users import groups_of, name_of

_AUTOMATIC = ("", "auto")
# The first schema with the elements that ACLs consist of now.
_FIRST_SCHEMA = (2, 0)


def form_of(mode: str) -> str:
    """The form in which to show it: the one that is asked for, or what suits the standard output."""
    if mode in _AUTOMATIC:
        return "color" if sys.stdout.isatty() else "text"
    if mode not in FORMS:
        usage(f"Invalid value '{mode}' for option '--show-access'")
    return mode


def show(cib: Cib, user: str, form: str, report: Report) -> int:
    """Show a CIB with what a user may do with each element, whether or not ACLs are turned on. Raises `PcmkError`
    (CONFIG) for a user to whom they never apply."""
    own = name_of(os.geteuid())
    if needs_acls(own):
        report.warn(
            f"Warning: cibadmin is being run as user {own}, which is subject to ACLs. As a result, ACLs for user "
            f"{user} may be incorrect or incomplete in the output. In a future release, running as a privileged user "
            f"(root or {CLUSTER_USER}) will be required for -S/--show-access."
        )
    problem = _problem(cib, user)
    if problem:
        raise PcmkError(ExitCode.CONFIG, f"Could not evaluate ACLs for {user}: {problem}")
    text = rendered(cib.root, CibUser(user, groups_of(user), 0).access(cib), user, form)
    report.write(text, element("output", {}, escape(text)))
    return ExitCode.OK


def _problem(cib: Cib, user: str) -> str:
    if set("<>&") & set(user):
        return "Invalid argument"
    if not needs_acls(user):
        return "Already in requested state"
    schema = cib.root.get("validate-with", "").removeprefix("pacemaker-").split(".")
    if len(schema) == 2 and all(map(str.isdecimal, schema)) and tuple(map(int, schema)) < _FIRST_SCHEMA:
        return "Update does not conform to the configured schema"
    return ""
