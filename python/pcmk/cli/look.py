"""How output looks: colour for people, JSON for programs."""

import json
import os
from collections.abc import Callable, Iterable

import click

Decorator = Callable[[Callable[..., int]], Callable[..., int]]

json_option: Decorator = click.option("--json", "as_json", is_flag=True, help="For programs: as JSON.")
yes_option: Decorator = click.option("--yes", "-y", is_flag=True, help="Do not ask.")
dry_run_option: Decorator = click.option("--dry-run", "-n", is_flag=True, help="Only show what would happen.")

_COLOURS = {"++": "green", "--": "red", "+ ": "yellow", "+~": "cyan"}


def say(text: str, *, colour: str = "", bold: bool = False) -> None:
    """Print a line. Colour is for terminals alone, and for nobody who has set `NO_COLOR` (https://no-color.org)."""
    plain = bool(os.environ.get("NO_COLOR"))
    click.echo(text if plain else click.style(text, fg=colour or None, bold=bold or None))


def say_json(value: object) -> None:
    """Print a value for programs."""
    click.echo(json.dumps(value, indent=2))


def say_json_line(value: object) -> None:
    """Print one of many values for programs that read them as they come."""
    click.echo(json.dumps(value))


def say_changes(lines: Iterable[str], indent: str = "") -> None:
    """Print the lines of a patchset (`pcmk.output.patchset`); the lines of an added element look alike."""
    colour = ""
    for line in lines:
        colour = _COLOURS.get(line[:2], colour)
        say(f"{indent}{line}", colour=colour)
