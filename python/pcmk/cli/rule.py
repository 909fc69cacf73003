"""`pcmk rule`: rules of the configuration."""

import click

from pcmk.cli.look import json_option, say, say_json
from pcmk.kernel.exitcodes import ExitCode


@click.group(name="rule")
def command() -> None:
    """Rules of the configuration."""


@command.command()
@click.argument("rules", metavar="RULE...", nargs=-1, required=True)
@click.option("--date", "-d", help="As of this date (ISO 8601), instead of now.")
@click.option("--cib", "source", default="current", help="A file (`-` for standard input) or a version to look into.")
@json_option
def check(rules: tuple[str, ...], date: str | None, source: str, as_json: bool) -> int:
    """Tell whether rules are in effect, as `crm_rule` does. The exit code is that of the last one that is not."""
    from pcmk._core import check_rule
    from pcmk.cli.versions import named
    from pcmk.compat.crm_rule import ANSWERS, REFUSALS, effective_time

    cib, now = named(source), effective_time(date)
    codes: list[ExitCode] = []
    values: list[dict[str, object]] = []
    for rule in rules:
        result = check_rule(cib, rule, now)
        code, words = ANSWERS.get(result) or REFUSALS[result]
        known = result in ANSWERS
        codes.append(code)
        values.append({"rule": rule, "result": result, "code": int(code)})
        if not as_json:
            text = f"Rule {rule} {words}" if known else f"Rule {rule}: not known whether it is in effect: {words}"
            say(text, colour="green" if code == ExitCode.OK else "yellow" if known else "red")
    if as_json:
        say_json(values)
    return next((code for code in reversed(codes) if code != ExitCode.OK), ExitCode.OK)
