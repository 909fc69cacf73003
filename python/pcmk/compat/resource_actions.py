"""Tasks of `crm_resource` that have an agent act on this machine: `--validate` and `--force-*`."""

from collections.abc import Sequence

from pcmk._core import Element, ResourceState
from pcmk.compat.agent_action import DONE, Agent, Ended, carry_out
from pcmk.compat.options import Given, usage
from pcmk.compat.resource_tasks import BY_HAND, Task, opened, pairs
from pcmk.compat.resources import Cluster
from pcmk.compat.times import milliseconds
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode, description
from pcmk.kernel.versions import FEATURE_SET
from pcmk.output.exit_texts import EXECUTION_STATUS
from pcmk.output.report import Report
from pcmk.output.xml import cdata, element, quoted

ACTIONS = {
    "validate": "validate-all",
    "force-check": "monitor",
    "force-start": "start",
    "force-stop": "stop",
    "force-promote": "promote",
    "force-demote": "demote",
}
"""What agents call what the options ask for."""

RISKY = ("force-start", "force-promote", "force-demote")
DEFAULT_TIMEOUT_MS = 20_000


def act(given: Given, value: str, report: Report) -> int:
    """Have the agent of a resource act, or one that the command line describes. The exit code is the agent's."""
    task = next(name for name, _ in reversed(given.options) if name in ACTIONS)
    if value and not value.isdigit():
        usage(f"--{task} takes a level, not {value!r}")
    overrides = pairs(given.words)
    timeout = given.get("timeout")
    if any(map(given.has, BY_HAND)):
        agent, parameters = _described(given, task)
        name, shown = "test", None
        limit = DEFAULT_TIMEOUT_MS
    else:
        resource = _configured(given, task)
        agent, parameters = Agent.parse(resource.agent), _parameters(resource)
        name = shown = resource.id if resource.unique else resource.xml_id
        limit = _limit(resource, ACTIONS[task])
    limit = milliseconds(timeout) if timeout else limit
    given_to_it = parameters | {"CRM_meta_timeout": str(limit), "crm_feature_set": FEATURE_SET} | dict(overrides)
    ended = carry_out(agent, ACTIONS[task], name, given_to_it, limit, value, given.times("verbose"))
    _tell(given, task, agent, shown, overrides, ended, report)
    if ended.code != ExitCode.OK:
        raise PcmkError(ended.code, f"Error performing operation: {description(ended.code)}")
    return ExitCode.OK


def _described(given: Given, task: str) -> tuple[Agent, dict[str, str]]:
    """The agent and the parameters that the command line describes."""
    standard, provider, name = given.get("class") or "", given.get("provider") or "", given.get("agent") or ""
    if given.has("resource"):
        usage("--resource cannot be used with --class, --agent, and --provider")
    if task != "validate":
        usage("--class, --agent, and --provider can only be used with --validate")
    if not (standard and name) or (standard == "ocf") != bool(provider):
        usage("--validate needs --class and --agent, and for ocf --provider")
    return Agent(standard, provider, name), dict(pairs(given.all("option")))


def _configured(given: Given, task: str) -> ResourceState:
    """The primitive that is meant: of a clone, its first instance."""
    name = given.get("resource")
    if not name:
        usage("Must supply a resource ID with -r/--resource")
    cluster = opened()[1]
    resource = cluster.find(name)
    if resource.kind == "clone":
        if task in RISKY and resource.active_on and not given.has("force"):
            raise PcmkError(
                ExitCode.UNSAFE,
                f"It is not safe to {task} {resource.id} here: the cluster claims it is already active\n"
                "Try setting target-role=Stopped first or specifying the force option",
            )
        resource = cluster.children(resource)[0]
    if resource.kind != "primitive":
        raise PcmkError(
            ExitCode.UNIMPLEMENT_FEATURE, f"Sorry, the {task} option doesn't support {resource.kind} resources"
        )
    if _is_bundled(cluster, resource):
        raise PcmkError(ExitCode.UNIMPLEMENT_FEATURE, f"Sorry, the {task} option doesn't support bundled resources")
    return resource


def _is_bundled(cluster: Cluster, resource: ResourceState) -> bool:
    return cluster.outermost(resource).kind == "bundle"


def _parameters(resource: ResourceState) -> dict[str, str]:
    meta = {f"CRM_meta_{name.replace('-', '_')}": value for name, value in resource.meta.items()}
    return resource.parameters | meta


def _limit(resource: ResourceState, action: str) -> int:
    """The timeout that is configured for an action."""
    ops = Element.parse(resource.xml).find(f"//operations/op[@name={quoted(action)}][@timeout]")
    text = ops[0].get("timeout") if ops else None
    return milliseconds(text) if text else DEFAULT_TIMEOUT_MS


def _tell(
    given: Given,
    task: str,
    agent: Agent,
    resource: str | None,
    overrides: Sequence[tuple[str, str]],
    ended: Ended,
    report: Report,
) -> None:
    whose = f" for '{resource}'" if resource else ""
    for name, value in overrides:
        report.say(f"Overriding the cluster configuration{whose} with '{name}' = '{value}'")
    about = f"Operation {task}{f' for {resource}' if resource else ''} ({agent})"
    reason = f": {ended.reason}" if ended.reason else ""
    if ended.status == DONE:
        report.say(f"{about} returned {ended.code} ({description(ended.code)}{reason})")
    elif report.is_text:
        report.warn(f"{about} could not be executed ({EXECUTION_STATUS[ended.status]}{reason})")
    told = task != "validate" or given.has("verbose")
    if report.is_text:
        for text in (ended.stdout, ended.stderr) if told else ():
            report.write(f"{text.rstrip()}\n" if text.strip() else "")
    else:
        report.item(_document(task, agent, resource, overrides, ended))


def _document(task: str, agent: Agent, resource: str | None, overrides: Sequence[tuple[str, str]], ended: Ended) -> str:
    about = {
        "action": task,
        "class": agent.standard,
        "type": agent.name,
        "rsc": resource,
        "provider": agent.provider or None,
    }
    changed = "".join(element("override", {"rsc": resource, "name": name, "value": value}) for name, value in overrides)
    status = {
        "code": str(ended.code),
        "message": description(ended.code),
        "execution_code": str(ended.status),
        "execution_message": EXECUTION_STATUS[ended.status],
        "reason": ended.reason or None,
    }
    output = "".join(
        element("output", {"source": source}, cdata(text))
        for source, text in (("stdout", ended.stdout), ("stderr", ended.stderr))
        if text
    )
    command = element("command", {"code": str(ended.code)}, output) if output else ""
    inner = element("overrides", {}, changed) + element("agent-status", status) + command
    return element("resource-agent-action", about, inner)


TASKS: dict[str, Task] = dict.fromkeys(ACTIONS, act)
