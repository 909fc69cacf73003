"""`pcmk status`: the cluster at a glance."""

import json
import time
from typing import TYPE_CHECKING

import click

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
        return crm_mon.command(shown, open_report("text", "-", PROGRAM))
    cib = open_cib(PROGRAM).read()
    click.echo(json.dumps(as_values(cib, int(time.time())), indent=2))
    return ExitCode.OK


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
