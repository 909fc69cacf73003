"""`pcmk cib conflicts`: changes of the configuration that lost when partitions merged."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pcmk.cli.look import dry_run_option, json_option, say, say_changes, say_json, yes_option
from pcmk.kernel.exitcodes import ExitCode

if TYPE_CHECKING:
    from pcmk.kernel.messages.cib import CibConflict

FROM_WINNER = "Where the two parted is not known: this also takes back what was changed on the other side."


@click.group(name="conflicts", invoke_without_command=True)
@click.option("--short", is_flag=True, help="A line for each change.")
@json_option
@click.pass_context
def conflicts(ctx: click.Context, short: bool, as_json: bool) -> int:
    """Show the changes that lost when partitions merged, as this node has kept them.

    When both sides of a partition change the configuration without quorum, one of them wins when they meet again. What
    the nodes of the other side had changed is kept on each of them.
    """
    if ctx.invoked_subcommand is not None:
        return ExitCode.OK
    from pcmk.cli.versions import conflicts_elsewhere, kept_conflicts

    kept, elsewhere = kept_conflicts(), conflicts_elsewhere()
    if as_json:
        say_json({"conflicts": [_as_values(each) for each in kept], "also_on": list(elsewhere)})
        return ExitCode.OK
    for conflict in kept:
        _say(conflict, short)
    if not kept:
        say("This node has kept no change that lost.")
    for node in elsewhere:
        say(f"{node} has kept some, too: pcmk cib conflicts, there", colour="yellow")
    return ExitCode.OK


@conflicts.command()
@click.argument("name")
@yes_option
@dry_run_option
@json_option
def apply(name: str, yes: bool, dry_run: bool, as_json: bool) -> int:
    """Make the change NAME anew, on the configuration as it is now; what it means is shown first.

    When it is made, it is not kept any more.
    """
    from pcmk.cli.proposal import decide, propose_anew
    from pcmk.cli.versions import drop_conflict, kept_conflicts

    [conflict] = kept_conflicts(name)
    if conflict.from_winner and not as_json:
        say(FROM_WINNER, colour="yellow")
    code = decide(propose_anew(conflict.patchset), yes=yes, dry_run=dry_run, as_json=as_json)
    if not dry_run and (yes or not as_json):
        drop_conflict(name)
    return code


@conflicts.command()
@click.argument("name")
@yes_option
@json_option
def drop(name: str, yes: bool, as_json: bool) -> int:
    """Keep the change NAME no longer. With --json nothing is dropped without --yes."""
    from pcmk.cli.versions import drop_conflict, kept_conflicts

    [conflict] = kept_conflicts(name)
    if not as_json:
        _say(conflict, short=False)
    if not yes and not as_json:
        click.confirm("Drop it for good?", abort=True)
    if yes or not as_json:
        drop_conflict(name)
    if as_json:
        say_json({"name": name, "done": yes})
    else:
        say(f"{name} is dropped.", colour="green")
    return ExitCode.OK


def _say(conflict: "CibConflict", short: bool) -> None:
    from pcmk._core import Element
    from pcmk.output.patchset import lines

    when = datetime.fromtimestamp(conflict.time).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    say(f"{conflict.name}  lost at {when}", bold=True)
    if conflict.from_winner:
        say(f"    {FROM_WINNER}", colour="yellow")
    if not short:
        # The versions of the two sides have nothing to do with each other any more.
        told = lines(Element.parse(conflict.patchset))
        say_changes((line for line in told if not line.startswith(("Diff:", "+  /cib:", "-- /cib:"))), "    ")


def _as_values(conflict: "CibConflict") -> dict[str, object]:
    at = datetime.fromtimestamp(conflict.time, UTC).isoformat(timespec="milliseconds")
    return {"name": conflict.name, "time": at, "patchset": conflict.patchset, "from_winner": conflict.from_winner}
