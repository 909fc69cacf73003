"""`pcmk install-units`: units for systemd."""

from pathlib import Path

import click

from pcmk.cli.look import json_option, yes_option


@click.command(name="install-units")
@click.option(
    "--root", type=click.Path(path_type=Path, file_okay=False), default=Path("/"), help="Write below this folder."
)
@click.option("--prefix", type=click.Path(path_type=Path), help="Where pcmk is installed, if not where this one is.")
@click.option("--name", default="pcmk", show_default=True, help="The name of the service.")
@yes_option
@json_option
def command(root: Path, prefix: Path | None, name: str, yes: bool, as_json: bool) -> int:
    """Write units that start the cluster on this host with systemd, and a file with its settings.

    What would be written is shown first. With --json nothing is written without --yes.
    """
    from pcmk.cli.plans import decide
    from pcmk.hosts.units import own_prefix, units
    from pcmk.runtime.settings import from_environment

    plan = units(root.absolute(), (prefix or own_prefix()).absolute(), from_environment().tls_dir, name)
    return decide(plan, yes=yes, as_json=as_json, then=plan.then if root == Path("/") else ())
