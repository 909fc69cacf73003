"""`cibadmin`: read and change the CIB's XML."""

import sys
from pathlib import Path
from typing import NoReturn

from pcmk._core import Cib, Element
from pcmk.compat.cib_access import TIMEOUT, Change, CibAccess, open_cib, transaction
from pcmk.compat.entry import run
from pcmk.compat.options import About, Given, option, usage
from pcmk.kernel.errors import CibError, PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.versions import FEATURE_SET, SCHEMA
from pcmk.output.report import Report
from pcmk.output.xml import attributes, cdata, element

PROGRAM = "cibadmin"
COMMANDS = (
    "query", "erase", "bump", "create", "modify", "patch", "replace", "delete", "delete-all", "upgrade", "empty",
    "md5-sum", "md5-sum-versioned", "commit-transaction",
)  # fmt: skip
DANGEROUS = ("erase", "delete-all", "upgrade")
DANGER = (
    "The supplied command is considered dangerous. To prevent accidental destruction of the cluster, the --force flag "
    "is required in order to proceed."
)
NEED_INPUT = ("create", "modify", "patch", "replace", "md5-sum", "md5-sum-versioned", "commit-transaction")
SECTIONS = (
    "configuration nodes resources constraints crm_config rsc_defaults op_defaults acls fencing-topology tags alerts "
    "status"
)

OPTIONS = (
    option("-Q --query", text="show the CIB or a part of it (default)"),
    option("-C --create", text="add an element, which must not be there"),
    option("-M --modify", text="merge into an element"),
    option("-P --patch", text="apply a patchset as crm_diff makes it"),
    option("-R --replace", text="put an element in the place of another"),
    option("-D --delete", text="delete the first element that matches"),
    option("-d --delete-all", text="delete all elements that --xpath selects"),
    option("-E --erase", text="empty the CIB"),
    option("-B --bump", text="raise the CIB's epoch"),
    option("-u --upgrade", text="upgrade the CIB to the newest schema"),
    option("-a --empty", "[SCHEMA]", "print an empty CIB"),
    option("-5 --md5-sum", text="digest of a CIB, as on disk"),
    option("-6 --md5-sum-versioned", text="digest of a CIB, as nodes compare it"),
    option("--commit-transaction", text="carry out all requests of a cib_transaction, or none"),
    option("-x --xml-file", "FILE", "XML from a file"),
    option("-X --xml-text", "XML", "XML as text"),
    option("-p --xml-pipe", text="XML from standard input"),
    option("-o --scope --obj_type", "SECTION", "work on a section of the CIB", choices=SECTIONS),
    option("-A --xpath", "XPATH", "work on what an XPath selects"),
    option("-n --no-children", text="with -Q: elements without their children"),
    option("-e --node-path", text="with -Q and -A: print where the elements are"),
    option("-c --allow-create", text="with -M: create what is not there"),
    option("--score", text="with -M: count `NAME++` and `NAME+=N` up, which is done anyway"),
    option("-f --force", text="do what is dangerous"),
    option("-t --timeout", "SECONDS", "how long to wait for the cluster"),
    option("-U --user", "USER", "act with that user's permissions"),
    option(
        "-S --show-access",
        "[MODE]",
        "with -Q and -U: show what ACLs allow, as color, text or namespace",
        choices="color text namespace auto",
    ),
    option("-l --local"),
    option("-s --sync-call"),
    option("-N --node", "NODE"),
)

ABOUT = About(PROGRAM, "query and edit the CIB", OPTIONS)


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out."""
    chosen = given.last_of(COMMANDS)
    name = chosen[0] if chosen else "query"
    xpath = given.get("xpath") or ""
    _check(given, name, xpath)
    if name == "empty":
        return _print_empty(chosen[1] if chosen else "", report)
    source = None if name == "query" else _input(given)
    if source is None and (name in NEED_INPUT or (name == "delete" and not xpath)):
        usage(f"--{name} needs XML; give it with --xml-file, --xml-text or --xml-pipe")
    if name in ("md5-sum", "md5-sum-versioned"):
        cib = Cib.parse(source or "")
        digest = cib.on_disk_digest() if name == "md5-sum" else cib.digest()
        report.say(digest, element("md5-sum", {"digest": digest}))
        return ExitCode.OK
    user = given.get("user") or ""
    if name == "query" and given.has("show-access"):
        return _show_access(given, user, xpath, report)
    access = open_cib(PROGRAM, user=user, timeout=_timeout(given))
    try:
        if name == "query":
            return _query(access, given, xpath, report)
        return _change(access, given, name, xpath, source or "", report)
    except PcmkError as error:
        if error.code == ExitCode.INSUFFICIENT_PRIV:
            raise PcmkError(error.code, f"CIB API call failed: {error.message}") from error
        raise


def _show_access(given: Given, user: str, xpath: str, report: Report) -> int:
    from pcmk.compat.cib_permissions import form_of, show

    form = form_of(given.get("show-access") or "")
    if not user:
        usage("-U/--user is required with -S/--show-access")
    access = open_cib(PROGRAM, timeout=_timeout(given))
    whole = not xpath and given.get("scope") in (None, "", "all", "cib") and not given.has("no-children")
    return show(access.read(), user, form, report) if whole else _query(access, given, xpath, report)


def _check(given: Given, name: str, xpath: str) -> None:
    if given.words:
        usage(f"Unexpected argument {given.words[0]}")
    if name == "delete-all" and not xpath:
        usage("--delete-all needs --xpath")
    if name in DANGEROUS and not given.has("force"):
        raise PcmkError(ExitCode.UNSAFE, DANGER)


def _timeout(given: Given) -> float:
    text = given.get("timeout")
    if not text:
        return TIMEOUT
    try:
        return float(text)
    except ValueError:
        usage(f"--timeout {text} is no number of seconds")


def _print_empty(schema: str, report: Report) -> int:
    _show(Cib.empty(schema or SCHEMA, FEATURE_SET).to_xml(pretty=True), report)
    return ExitCode.OK


def _show(text: str, report: Report) -> None:
    """Text for people, and for programs as it is."""
    report.write(text, element("output", {}, cdata(text)))


def _input(given: Given) -> str | None:
    chosen = given.last_of(("xml-file", "xml-text", "xml-pipe"))
    if chosen is None:
        return None
    kind, value = chosen
    text = value if kind == "xml-text" else sys.stdin.read() if kind == "xml-pipe" else _file(value)
    try:
        return Element.parse(text).to_xml()
    except ValueError as error:
        place = {"xml-file": value, "xml-pipe": "standard input"}.get(kind, "the given text")
        raise PcmkError(ExitCode.CONFIG, f"Couldn't parse {place}: {error}") from error


def _file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise PcmkError(ExitCode.CONFIG, f"Couldn't read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PcmkError(ExitCode.CONFIG, f"Couldn't read {path}: {error}") from error


def _query(access: CibAccess, given: Given, xpath: str, report: Report) -> int:
    section = given.get("scope") or ""
    if xpath and given.has("node-path"):
        found = access.addresses(xpath)
        _show("".join(f"{address}\n" for address in found), report)
        return ExitCode.OK if found else ExitCode.NOSUCH
    found = access.query(section, xpath=xpath, no_children=given.has("no-children"))
    if len(found) == 1:
        _show(found[0], report)
        return ExitCode.OK
    lines = "".join(f"  {line}\n" for each in found for line in each.splitlines())
    _show(f"<xpath-query>\n{lines}</xpath-query>\n", report)
    return ExitCode.OK


def _change(access: CibAccess, given: Given, name: str, xpath: str, source: str, report: Report) -> int:
    if name == "upgrade":
        return _upgrade(access, report)
    section = given.get("scope") or ""
    try:
        match name:
            case "erase" | "bump":
                access.change(Change(name))
            case "patch":
                access.change(Change("apply_diff", input_xml=source))
            case "commit-transaction":
                access.transact(*transaction(source))
            case "delete" | "delete-all":
                access.change(Change("delete", section, source, xpath=xpath, multiple=name == "delete-all"))
            case "create" | "modify" | "replace":
                change = Change(
                    name,
                    section,
                    source,
                    xpath=xpath,
                    allow_create=given.has("allow-create"),
                    score_update=name == "modify",
                )
                access.change(change)
            case _:
                raise AssertionError(name)
    except CibError as error:
        if name == "create" and error.code == ExitCode.EXISTS:
            _show(_refused(source), report)
        raise
    return ExitCode.OK


def _upgrade(access: CibAccess, report: Report) -> int:
    from pcmk.schema.upgrade import refused, upgraded

    before = access.read()
    try:
        result = upgraded(before)
    except ValueError as error:
        raise PcmkError(*refused(error)) from error
    if result.cib == before and access.is_live:
        report.say("Upgrade unnecessary: Schema is already the latest available")
        return ExitCode.OK
    # What was read only tells what will happen: what is there then is upgraded, with all changes made meanwhile.
    access.change(Change("upgrade"))
    for note in result.notes:
        report.warn(f"{PROGRAM}: {note}")
    return ExitCode.OK


def _refused(source: str) -> str:
    given = Element.parse(source)
    lines = "".join(f"    {line}\n" for line in given.to_xml(pretty=True).splitlines())
    about = {"id": given.get("id"), "object-type": given.name, "operation": "cib_create", "reason": "File exists"}
    return f"<failed>\n  <failed_update{attributes(about)}>\n{lines}  </failed_update>\n</failed>\n"
