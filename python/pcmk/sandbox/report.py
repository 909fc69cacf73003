"""What a sandbox looks like to people."""

import os
import shlex
import subprocess
from contextlib import suppress
from pathlib import Path

from pcmk.kernel.errors import PcmkError
from pcmk.sandbox.cluster import Sandbox
from pcmk.sandbox.layout import FOLDER_VARIABLE, default_folder

PATIENCE = 10.0


def status_text(sandbox: Sandbox) -> str:
    """The nodes and who sees whom, then the cluster as one of its nodes tells it."""
    try:
        membership = sandbox.membership()
        views, coordinator = membership.views, f"coordinator: process {membership.pid}"
        if membership.groups:
            coordinator += f", split: {' | '.join(','.join(group) for group in membership.groups)}"
    except PcmkError:
        views, coordinator = {}, "coordinator: not running"
    lines = [f"Sandbox in {sandbox.place.folder}", coordinator]
    for node in sandbox.place.nodes:
        view = views.get(node.name)
        if not sandbox.is_alive(node.name):
            state = "down"
        elif sandbox.is_paused(node.name):
            state = "paused"
        else:
            state = "up"
        sees = f"sees {', '.join(view.names)}{'' if view.quorate else ' (no quorum)'}" if view else "no member"
        lines.append(f"{node.name}: {state}, {sees}")
    return "\n".join(lines) + "\n" + cluster_text(sandbox)


def cluster_text(sandbox: Sandbox) -> str:
    """What `crm_mon -1` says on the first node where it works; empty when there is none."""
    for node in sandbox.place.nodes:
        if sandbox.is_alive(node.name) and not sandbox.is_paused(node.name):
            with suppress(OSError, subprocess.TimeoutExpired):
                shown = sandbox.run(node.name, "crm_mon", "-1", timeout=PATIENCE)
                if shown.returncode == 0:
                    return "\n" + shown.stdout
    return ""


def next_steps(sandbox: Sandbox) -> str:
    """What to try."""
    nodes = [node.name for node in sandbox.place.nodes]
    lines: list[str] = []
    if sandbox.place.default_cib:
        lines.append(f"The cluster serves {sandbox.place.http_address}")
    folder = sandbox.place.folder
    # Commands without --dir are about the user's own one.
    chosen = folder != Path(os.path.realpath(default_folder()))
    lines += [
        f"Try, after `export {FOLDER_VARIABLE}={shlex.quote(str(folder))}`:" if chosen else "Try:",
        f"  pcmk sandbox exec {nodes[0]} -- crm_mon -1      the cluster as {nodes[0]} sees it",
        f"  pcmk sandbox kill {nodes[-1]}                  pull a plug, and see it fenced and recovered",
        f"  pcmk sandbox start {nodes[-1]}                 switch it on again",
        "  pcmk sandbox down                        end everything",
    ]
    return "\n".join(lines)
