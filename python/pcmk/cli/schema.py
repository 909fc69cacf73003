"""`pcmk schema`: the language of the configuration, for programs that check it themselves."""

import os
from pathlib import Path

import click

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.schema.versions import NAMES, PREFIX, VERSIONS, name_of, version_of

FOLDER_VARIABLE = "PCMK_schema_directory"
FOLDER = "/usr/share/pacemaker"
"""Where crmsh looks for grammars."""


@click.group(name="schema")
def command() -> None:
    """The language of the configuration, in all its versions."""


@command.command(name="list")
def list_names() -> None:
    """Print the names that validate-with knows, the oldest first."""
    click.echo("\n".join(NAMES))


@command.command()
@click.argument("version", default=NAMES[-1].removeprefix(PREFIX))
def show(version: str) -> None:
    """Print the RELAX NG grammar of a version, such as 3.9; without one, of the newest."""
    from pcmk.schema.language import grammar_of

    known = version_of(f"{PREFIX}{version.removeprefix(PREFIX)}")
    if known is None:
        raise PcmkError(ExitCode.NOSUCH, f"there is no schema {version}; there are {', '.join(NAMES)}")
    click.echo(grammar_of(known))


@command.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def write(folder: Path | None) -> None:
    """Write the grammars of all versions to FOLDER, as pacemaker-VERSION.rng.

    The default is $PCMK_schema_directory, else /usr/share/pacemaker, where crmsh reads them. What is there of the same
    name is replaced.
    """
    from pcmk.schema.language import grammar_of

    place = folder or Path(os.environ.get(FOLDER_VARIABLE) or FOLDER)
    try:
        place.mkdir(parents=True, exist_ok=True)
        for version in VERSIONS:
            file = place / f"{name_of(version)}.rng"
            # Who reads it meanwhile has the old one or the new one.
            new = file.with_suffix(".new")
            new.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{grammar_of(version)}\n', encoding="utf-8")
            new.replace(file)
    except OSError as error:
        raise PcmkError(ExitCode.CANTCREAT, f"{error.filename or place}: {error.strerror}") from error
    click.echo(f"{len(VERSIONS)} grammars are in {place}")
