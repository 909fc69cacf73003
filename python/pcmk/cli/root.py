"""The root of the command: finds the noun's file, and turns errors into messages and exit codes."""

import importlib
import os
import sys

import click

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

NOUNS = {
    "completion": "what shells need to complete the words of commands",
    "cib": "the configuration, its history, and changes of it",
    "cluster": "its hosts: certificates, Corosync, joining and leaving",
    "install-units": "units that start the cluster with systemd",
    "rule": "rules of the configuration",
    "schema": "the language of the configuration, in all its versions",
    "sandbox": "a disposable cluster on this machine",
    "status": "the cluster at a glance",
}
"""Every noun `X` is the click command `command` of `pcmk.cli.X`, with underscores."""


class Nouns(click.Group):
    """A group whose commands are loaded when they are asked for, so that each starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all nouns."""
        return sorted(NOUNS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a noun."""
        if cmd_name not in NOUNS:
            return None
        command = importlib.import_module(f"pcmk.cli.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the nouns without loading them."""
        with formatter.section("Nouns"):
            formatter.write_dl(sorted(NOUNS.items()))


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"]})
def pcmk() -> None:
    """A cluster resource manager: start, look at, and change a cluster."""


def main() -> None:
    """Entry point of the console script."""
    try:
        code = pcmk.main(standalone_mode=False)
    except PcmkError as error:
        click.echo(f"pcmk: {error.message}", err=True)
        sys.exit(error.code)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except click.Abort:
        click.echo("pcmk: interrupted", err=True)
        sys.exit(ExitCode.ERROR)
    except BrokenPipeError:
        # Whoever read the output has seen enough; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.OK)
    sys.exit(code if isinstance(code, int) else ExitCode.OK)
