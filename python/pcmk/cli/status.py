"""`pcmk status`: the cluster at a glance."""

import json
import time
from typing import TYPE_CHECKING

import click

from pcmk.cli.look import say
from pcmk.kernel.exitcodes import ExitCode

if TYPE_CHECKING:
    from pcmk._core import Cib

PROGRAM = "pcmk-status"


@click.command(name="status")
@click.option("--json", "as_json", is_flag=True, help="For programs: nodes and resources as JSON.")
@click.option("--inactive", "-r", is_flag=True, help="Show resources that do not run too.")
def command(as_json: bool, inactive: bool) -> int:
    """Show the nodes, the resources and what failed, as the cluster manager of this node sees them."""
    from pcmk.compat import crm_mon
    from pcmk.compat.cib_access import open_cib
    from pcmk.compat.options import Given
    from pcmk.output.report import open_report

    if not as_json:
        shown = Given((("one-shot", ""), *((("inactive", ""),) if inactive else ())), ())
        code = crm_mon.command(shown, open_report("text", "-", PROGRAM))
        for line in conflict_lines(*conflicts()):
            say(line, colour="yellow")
        return code
    cib = open_cib(PROGRAM).read()
    here, elsewhere = conflicts()
    lost = {"conflicts": list(here), "conflicts_on": list(elsewhere)}
    click.echo(json.dumps(as_values(cib, int(time.time())) | lost, indent=2))
    return ExitCode.OK


def conflicts() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The changes of the configuration that lost at a merge and are kept on this node, and the other members that keep
    some. A file has none."""
    from pcmk.client import Connection
    from pcmk.compat.cib_access import file_in_environment
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.cib import CibStatus, CibStatusQuery
    from pcmk.runtime.settings import from_environment

    if file_in_environment() is not None:
        return (), ()
    with Connection(from_environment(), PROGRAM) as connection:
        told = connection.ask(Daemon.BASED, CibStatusQuery(), CibStatus)
    return told.conflicts, told.conflicts_on


def conflict_lines(here: tuple[str, ...], elsewhere: tuple[str, ...]) -> list[str]:
    """What is said of changes that lost."""
    places = [f"{len(here)} on this node"] if here else []
    places += [f"some on {node}" for node in elsewhere]
    if not places:
        return []
    return [
        "",
        "Changes of the configuration lost when partitions merged, and are kept:",
        f"  {', '.join(places)}: pcmk cib conflicts",
    ]


def as_values(cib: "Cib", now: int) -> dict[str, object]:
    """The status as plain values: `quorate`, `dc`, `nodes` and `resources`, each in the order of displays."""
    from pcmk._core import cluster_state

    resources, nodes = cluster_state(cib, now=now)
    flags = ("online", "unclean", "pending", "standby", "maintenance")
    return {
        "version": list(cib.version),
        "quorate": cib.root.get("have-quorum") in ("1", "true"),
        "dc": next((node.name for node in nodes if node.is_dc), None),
        "nodes": [
            {"name": node.name, "id": node.id, "kind": node.kind}
            | {flag: getattr(node, flag) for flag in flags}
            | {"running": node.running}
            for node in nodes
        ],
        "resources": [
            {
                "id": resource.id,
                "kind": resource.kind,
                "agent": resource.agent or None,
                "parent": resource.parent,
                "role": resource.role if resource.kind == "primitive" else None,
                "active_on": resource.active_on,
                "managed": resource.managed,
                "failed": resource.failed,
                "blocked": resource.blocked,
                "removed": resource.removed,
            }
            for resource in resources
            if not resource.internal
        ],
    }
