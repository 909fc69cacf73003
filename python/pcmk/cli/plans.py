"""Plans of files, shown and carried out when they are confirmed."""

from collections.abc import Callable, Iterable

import click

from pcmk.cli.look import say, say_json
from pcmk.hosts.plan import Plan, PlannedFile
from pcmk.kernel.exitcodes import ExitCode


def decide(
    plan: Plan,
    *,
    yes: bool,
    as_json: bool,
    then: Iterable[str] = (),
    finish: Callable[[], tuple[str, ...]] = tuple,
    about: dict[str, object] | None = None,
) -> int:
    """Show a plan, and carry it out if it is confirmed; `finish` comes after, and `then` is for the user. `about` is
    told to programs, too."""
    left: list[str] = []
    if as_json:
        # Before it is carried out: what changes is against what is there.
        files = [_as_values(file) for file in plan.files]
        if yes:
            plan.carry_out()
            left = [*finish(), *then]
        say_json({**(about or {}), "files": files, "done": yes, "then": left})
        return ExitCode.OK
    say_plan(plan)
    if not yes:
        click.confirm("Write that?", abort=True)
    plan.carry_out()
    left = [*finish(), *then]
    say("Done.", colour="green")
    say_then(left)
    return ExitCode.OK


def say_plan(plan: Plan) -> None:
    """Show what would be written."""
    for file in plan.files:
        fate = "changes" if file.path.exists() else "is new"
        kept = f"; the present one is kept as {file.kept.name}" if file.kept is not None else ""
        readers = "root alone reads it" if file.is_secret else "everybody reads it"
        say(f"{file.path} {fate}: {file.summary} ({readers}{kept})", bold=True)
        if not file.content.startswith(b"-----BEGIN"):
            for line in file.changes():
                say(f"  {line}", colour={"+": "green", "-": "red"}.get(line[:1], ""))


def say_then(left: Iterable[str]) -> None:
    """Show what is left to be done."""
    lines = list(left)
    if lines:
        say("Next:", bold=True)
    for line in lines:
        say(f"  {line}")


def _as_values(file: PlannedFile) -> dict[str, object]:
    mode = f"{file.mode:04o}"
    return {"path": str(file.path), "mode": mode, "summary": file.summary, "changes": list(file.changes())}
