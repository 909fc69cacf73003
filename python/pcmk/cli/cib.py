"""`pcmk cib`: the configuration, what it was, and changes of it."""

from datetime import UTC, datetime
from itertools import zip_longest
from typing import TYPE_CHECKING

import click

from pcmk.cli.conflicts import conflicts
from pcmk.cli.look import dry_run_option, json_option, say, say_changes, say_json, say_json_line, yes_option
from pcmk.kernel.exitcodes import ExitCode

if TYPE_CHECKING:
    from pcmk._core import Element
    from pcmk.kernel.messages.cib import CibChange

SHOWN_CHANGES = 20


@click.group(name="cib")
def command() -> None:
    """The configuration: look at it, change it, and go back. CIB_file and CIB_shadow are heeded."""


command.add_command(conflicts)


@command.command()
@click.option("--at", "version", help="As of this version (see `pcmk cib history`); it has no status.")
@click.option("--section", "-o", default="", help="A section, such as resources.")
@click.option("--xpath", "-A", default="", help="What an XPath selects.")
@json_option
def show(version: str | None, section: str, xpath: str, as_json: bool) -> int:
    """Show the CIB or a part of it."""
    from pcmk._core import Element
    from pcmk.cli.versions import CURRENT, at, named, version_of

    cib = named(CURRENT) if version is None else at(version_of(version))
    found = cib.query(section, xpath=xpath, pretty=True)
    if as_json:
        say_json([_as_values(Element.parse(each)) for each in found])
    else:
        click.echo("".join(found), nl=False)
    return ExitCode.OK


@command.command()
@click.option("--section", "-o", default="", help="Only this section, such as resources.")
@json_option
def watch(section: str, as_json: bool) -> int:
    """Show every change of the CIB as it is committed, until interrupted. Goes on when the connection was lost.

    With --json each line is an object: the first one, and each that does not follow from the one before, is `whole`;
    one without `changes` is a sign of life.
    """
    from pcmk._core import Element
    from pcmk.cli.versions import manager, text_of
    from pcmk.client.cib_changes import follow
    from pcmk.kernel.messages.cib import CibVersion
    from pcmk.output.patchset import lines

    with manager("can be watched") as connection:
        for change in follow(connection, section, signs_of_life=as_json):
            version = text_of(CibVersion(*change.cib.version))
            found = Element.parse(change.patchset) if change.patchset else None
            if as_json:
                edits = [_as_values(edit) for edit in found.children if edit.name == "change"] if found else []
                cib = change.cib.to_xml() if change.whole else None
                values = {"version": version, "at": change.at, "whole": change.whole, "reason": change.reason}
                say_json_line(values | {"changes": edits, "cib": cib})
            elif found:
                say_changes(lines(found))
            else:
                say(f"CIB {version}" + (f" ({change.reason})" if change.reason else ""), bold=True)
    return ExitCode.OK


@command.command()
@click.argument("old")
@click.argument("new", default="current")
@click.option("--patch", is_flag=True, help="As a patchset, for `pcmk cib apply` and `cibadmin --patch`.")
@json_option
def diff(old: str, new: str, patch: bool, as_json: bool) -> int:
    """Show what leads from OLD to NEW; each is a file (`-` for standard input), a version, or `current`.

    The exit code is 1 if there are differences.
    """
    from pcmk._core import Element
    from pcmk.cli.versions import named
    from pcmk.output.patchset import lines

    patchset = named(old).diff(named(new))
    found = Element.parse(patchset) if patchset else None
    if as_json:
        say_json([_as_values(change) for change in found.children if change.name == "change"] if found else [])
    elif patch:
        click.echo(patchset)
    elif found:
        say_changes(lines(found))
    return ExitCode.ERROR if found else ExitCode.OK


@command.command()
@click.argument("file")
@yes_option
@dry_run_option
@json_option
def apply(file: str, yes: bool, dry_run: bool, as_json: bool) -> int:
    """Change the configuration as FILE has it: a CIB or configuration to have instead, a patchset, or a transaction.

    What would change and what the cluster would do is shown first. With --json nothing is changed without --yes.
    """
    from pcmk.cli.proposal import decide, propose
    from pcmk.cli.versions import content

    if file == "-" and not (yes or dry_run or as_json):
        raise click.UsageError("when FILE is standard input nobody can be asked: give --yes or --dry-run")
    return decide(propose(content(file)), yes=yes, dry_run=dry_run, as_json=as_json)


@command.command()
@click.argument("version")
@yes_option
@dry_run_option
@json_option
def revert(version: str, yes: bool, dry_run: bool, as_json: bool) -> int:
    """Have the configuration of VERSION again, by a new change; what it means is shown first."""
    from pcmk.cli.proposal import decide, propose_return
    from pcmk.cli.versions import at, version_of

    return decide(propose_return(at(version_of(version))), yes=yes, dry_run=dry_run, as_json=as_json)


@command.command()
@click.option("--limit", "-n", default=SHOWN_CHANGES, show_default=True, help="How many changes; 0 for all.")
@click.option("--short", is_flag=True, help="A line for each change.")
@json_option
def history(limit: int, short: bool, as_json: bool) -> int:
    """Show who changed what and when, the newest first, as far as this node has kept it."""
    from pcmk.cli import versions

    known = versions.history(limit)
    if as_json:
        say_json({"changes": [_change_as_values(change) for change in known.changes], "complete": known.complete})
        return ExitCode.OK
    for change, older in zip_longest(known.changes, known.changes[1:]):
        _say_change(change, short)
        if older is not None and versions.source_of(change) != versions.text_of(older.version):
            say("    what was changed in between was not kept on this node; another one may know it", colour="yellow")
    if not known.complete:
        say("There are older ones: -n 0 shows all.")
    return ExitCode.OK


@command.command()
@click.argument("source", default="current")
@json_option
def verify(source: str, as_json: bool) -> int:
    """Check a configuration: the current one, one in a file (`-` for standard input), or a version.

    The exit code is 78 if there are errors or warnings.
    """
    from pcmk.cli.versions import CURRENT, content, named, version_of_name
    from pcmk.compat.crm_verify import findings

    known = source == CURRENT or version_of_name(source) is not None
    text = named(source).to_xml(pretty=True).encode() if known else content(source)
    errors, warnings = findings(text, in_words=not as_json)
    if as_json:
        say_json({"errors": errors, "warnings": warnings})
    else:
        for text in errors:
            say(f"error: {text}", colour="red")
        for text in warnings:
            say(f"warning: {text}", colour="yellow")
        if not errors and not warnings:
            say("The configuration is sound.", colour="green")
    return ExitCode.CONFIG if errors or warnings else ExitCode.OK


def _as_values(element: "Element") -> dict[str, object]:
    """An element as plain values: `name`, `attributes`, `children`, and `text` if there is any."""
    values: dict[str, object] = {
        "name": element.name,
        "attributes": element.attrib,
        "children": [_as_values(child) for child in element.children],
    }
    return values | ({"text": element.text} if element.text else {})


def _change_as_values(change: "CibChange") -> dict[str, object]:
    from pcmk.cli.versions import source_of, text_of

    at = datetime.fromtimestamp(change.time, UTC).isoformat(timespec="milliseconds") if change.time else None
    return {
        "version": text_of(change.version),
        "from": source_of(change),
        "time": at,
        "user": change.user,
        "node": change.origin,
        "client": change.client,
        "patchset": change.patchset,
    }


def _say_change(change: "CibChange", short: bool) -> None:
    from pcmk._core import Element
    from pcmk.cli.versions import text_of
    from pcmk.output.patchset import lines

    when = datetime.fromtimestamp(change.time).astimezone().strftime("%Y-%m-%d %H:%M:%S") if change.time else "unknown"
    who = f"{change.user or '?'} with {change.client} on {change.origin}" if change.origin else "the CIB managers"
    say(f"{text_of(change.version):<8} {when}  {who}", bold=True)
    if short:
        return
    # Who changed it is in the line above; the root element would say it again.
    told = (
        line for line in lines(Element.parse(change.patchset)) if not line.startswith(("Diff:", "+  /cib:", "-- /cib:"))
    )
    say_changes(told, "    ")
