"""`pcmk completion`: what shells need to complete the words of commands."""

import click

from pcmk.cli.shells import SHELLS
from pcmk.kernel.exitcodes import ExitCode


@click.command(name="completion")
@click.argument("shell", type=click.Choice(list(SHELLS)))
def command(shell: str) -> int:
    """Print a script with which SHELL completes pcmk and the other commands of the cluster.

    For bash write it to /etc/bash_completion.d/pcmk, for zsh to a file _pcmk in a folder of fpath, for fish to
    /etc/fish/conf.d/pcmk.fish; or have the shell read it: source <(pcmk completion bash).
    """
    from pcmk.cli.programs import classic, modern

    click.echo(SHELLS[shell]([*classic(), modern()]), nl=False)
    return ExitCode.OK
