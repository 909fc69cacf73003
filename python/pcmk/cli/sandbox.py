"""`pcmk sandbox`: a disposable cluster on this machine."""

import os
import time
from pathlib import Path

import click

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.sandbox.layout import FOLDER_VARIABLE, default_folder

START_PATIENCE = 60.0
LOG_LINES = 20

folder_option = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=default_folder,
    help=f"The sandbox's folder; else ${FOLDER_VARIABLE}, else pcmk-sandbox in $XDG_STATE_HOME or ~/.local/state.",
)
node_argument = click.argument("node")


@click.group(name="sandbox")
def command() -> None:
    """A disposable cluster on this machine: processes, folders and loopback, nothing else."""


@command.command()
@folder_option
@click.option("--nodes", default=3, show_default=True, help="How many nodes.")
@click.option("--cib", type=click.Path(path_type=Path), help="Configuration to start with, instead of the default one.")
@click.option("--hang-time", default=2.0, show_default=True, help="Seconds until a node that hangs counts as lost.")
@click.option("--keep", is_flag=True, help="Go on with the nodes and the CIBs that an earlier sandbox left here.")
@click.option("--no-wait", is_flag=True, help="Do not wait until everything runs.")
def up(folder: Path, nodes: int, cib: Path | None, hang_time: float, keep: bool, no_wait: bool) -> None:
    """Start a cluster and wait until everything runs."""
    from pcmk.sandbox import Sandbox
    from pcmk.sandbox.readiness import wait_until_ready
    from pcmk.sandbox.report import next_steps, status_text

    began = time.monotonic()
    sandbox = Sandbox.launch(folder, nodes, cib, hang_time, keep)
    count = len(sandbox.place.nodes)
    click.echo(f"Starting {count} node{'s' if count > 1 else ''} in {sandbox.place.folder}")
    if not no_wait:
        wait_until_ready(
            sandbox,
            START_PATIENCE,
            lambda missing: click.echo(f"  {time.monotonic() - began:5.1f} s  waiting for {missing}"),
        )
    click.echo(f"  {time.monotonic() - began:5.1f} s  {'started' if no_wait else 'everything runs'}\n")
    click.echo(status_text(sandbox))
    click.echo(next_steps(sandbox))


@command.command()
@folder_option
@click.option("--quiet", is_flag=True, help="Say nothing, and be content when there is no sandbox.")
def down(folder: Path, quiet: bool) -> None:
    """End all processes of the sandbox at once; its folder stays."""
    from pcmk.sandbox import Sandbox

    try:
        Sandbox.open(folder).down()
    except PcmkError as error:
        if quiet and error.code == ExitCode.NOSUCH:
            return
        raise
    if not quiet:
        click.echo(f"Everything in {folder} is down; `pcmk sandbox up --keep` goes on from here.")


@command.command()
@folder_option
def status(folder: Path) -> None:
    """Show the nodes, who sees whom, and the cluster's resources."""
    from pcmk.sandbox import Sandbox
    from pcmk.sandbox.report import status_text

    click.echo(status_text(Sandbox.open(folder)))


@command.command(name="exec", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@folder_option
@node_argument
@click.argument("arguments", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- CMD...")
def exec_(folder: Path, node: str, arguments: tuple[str, ...]) -> None:
    """Run a command that talks to NODE."""
    from pcmk.sandbox import Sandbox

    words = arguments[1:] if arguments[0] == "--" else arguments
    if not words:
        raise click.UsageError("no command given")
    if arguments[0].startswith("-") and arguments[0] != "--":
        raise click.UsageError(f"{arguments[0]}: options of this command go before NODE, a command comes after it")
    environment = Sandbox.open(folder).environment(node)
    try:
        os.execvpe(words[0], words, environment)
    except OSError as error:
        code = ExitCode.NOT_INSTALLED if isinstance(error, FileNotFoundError) else ExitCode.OSERR
        raise PcmkError(code, f"{words[0]}: {error.strerror}") from error


@command.command()
@folder_option
@node_argument
def kill(folder: Path, node: str) -> None:
    """Pull the plug of NODE: SIGKILL all its processes, services included."""
    from pcmk.sandbox import Sandbox

    click.echo(f"{node}: {Sandbox.open(folder).kill(node)} processes killed")


@command.command()
@folder_option
@node_argument
def pause(folder: Path, node: str) -> None:
    """Let NODE hang: SIGSTOP all its processes."""
    from pcmk.sandbox import Sandbox

    click.echo(f"{node}: {Sandbox.open(folder).pause(node)} processes stopped")


@command.command()
@folder_option
@node_argument
def resume(folder: Path, node: str) -> None:
    """Let NODE, which hangs, go on."""
    from pcmk.sandbox import Sandbox

    click.echo(f"{node}: {Sandbox.open(folder).resume(node)} processes go on")


@command.command()
@folder_option
@node_argument
def start(folder: Path, node: str) -> None:
    """Switch NODE on, which was killed, fenced or stopped."""
    from pcmk.sandbox import Sandbox

    Sandbox.open(folder).start(node)
    click.echo(f"{node}: started")


@command.command()
@folder_option
@node_argument
def stop(folder: Path, node: str) -> None:
    """Ask NODE to shut down cleanly: its resources are moved away first."""
    from pcmk.sandbox import Sandbox

    Sandbox.open(folder).stop(node)
    click.echo(f"{node}: asked to shut down")


@command.command()
@folder_option
@click.argument("groups", nargs=-1, required=True, metavar="NODE,NODE... NODE,NODE... ...")
def split(folder: Path, groups: tuple[str, ...]) -> None:
    """Cut the network: nodes see each other only within a group. Nodes not named are one more group."""
    from pcmk.sandbox import Sandbox

    Sandbox.open(folder).split(*(tuple(filter(None, group.split(","))) for group in groups))
    click.echo(f"split: {' | '.join(groups)}")


@command.command()
@folder_option
def heal(folder: Path) -> None:
    """Mend the network: all nodes see each other again."""
    from pcmk.sandbox import Sandbox

    Sandbox.open(folder).heal()
    click.echo("healed")


@command.command()
@folder_option
@click.argument("node", required=False)
@click.option(
    "--lines",
    "-n",
    type=click.IntRange(min=0),
    default=LOG_LINES,
    show_default=True,
    help="How many of the last lines; 0 for all.",
)
def logs(folder: Path, node: str | None, lines: int) -> None:
    """Show the log of NODE, or of all nodes and the coordinator."""
    from pcmk.sandbox import Sandbox
    from pcmk.sandbox.cluster import tail

    place = Sandbox.open(folder).place
    wanted = [place.node(node)] if node else list(place.nodes)
    files = [place.log_file(each.name) for each in wanted] + ([] if node else [place.coordinator_log])
    for path in files:
        click.echo(f"==> {path} <==")
        click.echo(tail(path, lines))
