"""What a sandbox looks like to people."""

import urllib.request

from pcmk.kernel.core import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.messages.controller import ControllerQuery, ControllerStatus
from pcmk.kernel.messages.pacemakerd import SupervisorQuery, SupervisorStatus
from pcmk.sandbox.ask import ask
from pcmk.sandbox.cluster import Sandbox
from pcmk.sandbox.ports import HOST

IDLE = "S_IDLE"
HTTP_PATIENCE = 2.0


def steps_left(sandbox: Sandbox) -> list[str]:
    """What is still missing until everything runs, in the order in which it comes."""
    place = sandbox.place
    names = tuple(node.name for node in place.nodes)
    views = sandbox.membership().views
    missing = [name for name in names if name not in views or views[name].names != names]
    left = [f"{', '.join(missing)} to join"] if missing else []
    supervisors = {name: ask(place, name, Daemon.PACEMAKERD, SupervisorQuery(), SupervisorStatus) for name in names}
    down = [name for name, status in supervisors.items() if status is None or status.state != "running"]
    if down:
        return [*left, f"the daemons of {', '.join(down)}"]
    controllers = {name: ask(place, name, Daemon.CONTROLD, ControllerQuery(), ControllerStatus) for name in names}
    known = {status.dc for status in controllers.values() if status is not None}
    if len(known) != 1 or "" in known or None in controllers.values():
        return [*left, "a DC"]
    leader = controllers.get(known.pop())
    if leader is None or leader.state != IDLE:
        left.append("resources")
    elif serves_http(sandbox) and page(sandbox) is None:
        left.append(address(sandbox))
    return left


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
    """What `crm_mon -1` says on the first node that runs; empty when none does."""
    for node in sandbox.place.nodes:
        if sandbox.is_alive(node.name) and not sandbox.is_paused(node.name):
            try:
                shown = sandbox.run(node.name, "crm_mon", "-1")
            except (OSError, TimeoutError):
                return ""
            return "\n" + shown.stdout if shown.returncode == 0 else ""
    return ""


def serves_http(sandbox: Sandbox) -> bool:
    """Whether this sandbox was started with the HTTP service of the default configuration."""
    return sandbox.place.default_cib


def address(sandbox: Sandbox) -> str:
    """Where the HTTP service answers."""
    return f"http://{HOST}:{sandbox.place.http_port}/"


def page(sandbox: Sandbox) -> str | None:
    """What the HTTP service answers; None when it does not."""
    try:
        with urllib.request.urlopen(address(sandbox), timeout=HTTP_PATIENCE) as answer:
            return answer.read().decode()
    except OSError:
        return None


def next_steps(sandbox: Sandbox) -> str:
    """What to try."""
    nodes = [node.name for node in sandbox.place.nodes]
    lines: list[str] = []
    if serves_http(sandbox):
        lines.append(f"The cluster serves {address(sandbox)}")
    lines += [
        "Try:",
        f"  pcmk sandbox exec {nodes[0]} -- crm_mon -1      the cluster as {nodes[0]} sees it",
        f"  pcmk sandbox kill {nodes[-1]}                  pull a plug, and see it fenced and recovered",
        f"  pcmk sandbox start {nodes[-1]}                 switch it on again",
        "  pcmk sandbox down                        end everything",
    ]
    return "\n".join(lines)
