"""A change of the configuration that is looked at before it is made."""

import time

import click
from msgspec import Struct

from pcmk._core import Cib, Element, simulate
from pcmk.cli.look import say, say_changes, say_json
from pcmk.cli.versions import PROGRAM
from pcmk.compat.cib_access import Change, CibAccess, open_cib, transaction
from pcmk.kernel.errors import CibError, PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.transaction import ROOT as TRANSACTION
from pcmk.output.patchset import lines
from pcmk.schema.check import problems_of, told

_COUNTERS = ("admin_epoch", "epoch")


class Proposal(Struct, frozen=True):
    """Changes to a CIB as it is now, and what it would be with them."""

    access: CibAccess
    changes: tuple[Change, ...]
    before: Cib
    after: Cib

    @property
    def patchset(self) -> str:
        """What would change, without the version; empty for nothing."""
        same_version = {name: self.before.root.get(name) for name in (*_COUNTERS, "num_updates")}
        return self.before.diff(self.after.with_attrs(same_version), versions=False)

    def plan(self) -> list[str]:
        """What the cluster would do, action by action in words."""
        now = int(time.time())
        text = simulate(self.after, now=now, wall_now=now, schedule=True).text
        summary = text.partition("Transition Summary:")[2].partition("\n\n")[0]
        return [line.strip().removeprefix("* ") for line in summary.splitlines() if line.strip()]

    def refuse_if_invalid(self) -> None:
        """Raises `PcmkError` (CONFIG) if the result does not conform to its schema, with what is wrong."""
        try:
            found = problems_of(self.after)
        except ValueError as error:
            raise PcmkError(ExitCode.CONFIG, str(error)) from error
        if found:
            raise PcmkError(ExitCode.CONFIG, told("the result would not conform to its schema:", found))

    def carry_out(self) -> None:
        """Make the change, unless somebody changed the configuration since it was looked at (OLD)."""
        # The first operation changes nothing; it fails, and all with it, if that version is gone.
        conditions = "".join(f"[@{name}='{self.before.root.get(name, '0')}']" for name in _COUNTERS)
        unchanged = Change("modify", xpath=f"/cib{conditions}", input_xml="<cib/>")
        try:
            self.access.transact(unchanged, *self.changes)
        except PcmkError as error:
            if error.code == ExitCode.NOSUCH and conditions in error.message:
                text = "the configuration was changed by somebody else meanwhile; nothing was done"
                raise PcmkError(ExitCode.OLD, text) from error
            raise


def propose(document: bytes) -> Proposal:
    """What a document asks for: a patchset, a transaction, or a CIB or configuration to have instead of the present
    one."""
    root = _parsed(document)
    access = open_cib(PROGRAM)
    before = access.read()
    match root.name:
        case "diff":
            return _patched(access, before, root)
        case "cib" | "configuration":
            configuration = root if root.name == "configuration" else root.child("configuration")
            if configuration is None:
                raise PcmkError(ExitCode.DATAERR, "the CIB has no configuration")
            return _replaced(access, before, configuration)
        case name if name == TRANSACTION:
            return _changed(access, before, transaction(root.to_xml()))
        case name:
            text = f"a <{name}> can't be applied; it takes a CIB, a configuration, a patchset or a transaction"
            raise PcmkError(ExitCode.DATAERR, text)


def propose_return(old: Cib) -> Proposal:
    """To have the configuration of another CIB again."""
    access = open_cib(PROGRAM)
    [configuration] = old.find("/cib/configuration")
    return _replaced(access, access.read(), configuration)


def propose_anew(patchset: str) -> Proposal:
    """What a patchset changes in the configuration, on the one that there is now, whatever it was made for. Raises
    `PcmkError` if it does not fit."""
    root = _parsed(patchset.encode())
    kept = "".join(change.to_xml() for change in root.find("/diff/change") if _is_of_configuration(change))
    access = open_cib(PROGRAM)
    before = access.read()
    try:
        after = before.apply_patchset(f'<diff format="2">{kept}</diff>', check_version=False)
    except CibError as error:
        text = f"the configuration has become another one, and the change does not fit any more: {error.message}"
        raise PcmkError(error.code, text) from error
    [configuration] = after.find("/cib/configuration")
    return _replaced(access, before, configuration)


def decide(proposal: Proposal, *, yes: bool, dry_run: bool, as_json: bool) -> int:
    """Show a proposal, and make the change if it is confirmed."""
    patchset = proposal.patchset
    if not patchset:
        if as_json:
            say_json({"changes": "", "plan": [], "done": False})
        else:
            say("The configuration is like that already.")
        return ExitCode.OK
    proposal.refuse_if_invalid()
    plan = proposal.plan()
    if as_json:
        done = yes and not dry_run
        if done:
            proposal.carry_out()
        say_json({"changes": patchset, "plan": plan, "done": done})
        return ExitCode.OK
    say("Changes:", bold=True)
    say_changes(lines(Element.parse(patchset)), "  ")
    say("What the cluster would do:", bold=True)
    for action in plan or ["nothing"]:
        say(f"  {action}")
    if dry_run:
        return ExitCode.OK
    if not yes:
        click.confirm("Make this change?", abort=True)
    proposal.carry_out()
    say("The change is made.", colour="green")
    return ExitCode.OK


def _parsed(document: bytes) -> Element:
    try:
        return Element.parse(document)
    except ValueError as error:
        raise PcmkError(ExitCode.DATAERR, str(error)) from error


def _is_of_configuration(change: Element) -> bool:
    path = change.get("path", "")
    return path == "/cib/configuration" or path.startswith("/cib/configuration/")


def _replaced(access: CibAccess, before: Cib, configuration: Element) -> Proposal:
    if before.find("/cib/configuration") == [configuration]:
        return Proposal(access, (), before, before)
    return _changed(access, before, (Change("replace", "configuration", configuration.to_xml()),))


def _patched(access: CibAccess, before: Cib, patchset: Element) -> Proposal:
    """A patchset fits the configuration that it was made for. The status may have changed since."""
    for source in patchset.find("/diff/version/source"):
        made_for = [source.get(name, "0") for name in _COUNTERS]
        have = [before.root.get(name, "0") for name in _COUNTERS]
        if made_for != have:
            text = f"the patchset is for version {'.'.join(made_for)}; the CIB has version {'.'.join(have)}"
            raise PcmkError(ExitCode.OLD, text)
    after = before.apply_patchset(patchset.to_xml(), check_version=False)
    if after.find("/cib/status") != before.find("/cib/status"):
        raise CibError(ExitCode.DATAERR, "the patchset changes the status; `cibadmin --patch` applies that")
    [configuration] = after.find("/cib/configuration")
    return _replaced(access, before, configuration)


def _changed(access: CibAccess, before: Cib, changes: tuple[Change, ...]) -> Proposal:
    after, _ = before.apply_all([change.on(before) for change in changes])
    return Proposal(access, changes, before, after)
