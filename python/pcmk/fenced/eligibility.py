"""Which devices of this node can do an action on a target, and what must be asked first to know."""

from enum import Enum

from pcmk.fenced.facts import AgentFacts
from pcmk.fenced.parameters import HOST_CHECKS
from pcmk.fenced.pool import LIST_LIFETIME, Device, effective_action
from pcmk.kernel.messages.fenced_peer import OfferedDevice


class Answer(Enum):
    """What is known of a device and a target."""

    YES = "yes"
    NO = "no"
    ASK_LIST = "list"
    ASK_STATUS = "status"


def eligible(
    device: Device, facts: AgentFacts, action: str, target: str, node: str, allow_self: bool, now: float
) -> Answer:
    """Whether the device can do the action on the target from this node; an empty action asks for the target alone."""
    if action == "on" and "on" not in facts.actions:
        return Answer.NO
    if not _may_run_here(facts, action, target.lower() == node.lower(), allow_self):
        return Answer.NO
    check = device.params.host_check(facts.actions)
    if check not in HOST_CHECKS:
        return Answer.NO
    match check:
        case "none":
            return Answer.YES
        case "static-list":
            return Answer.YES if target.lower() in device.params.host_list else Answer.NO
        case "dynamic-list":
            if device.listed is None or now - device.listed_at > LIST_LIFETIME:
                return Answer.ASK_LIST
            return listed(device, target)
        case _:
            return Answer.ASK_STATUS


def listed(device: Device, target: str) -> Answer:
    """Whether the last list of the device, however old, has the target."""
    names = device.listed or frozenset()
    found = target.lower() in names or device.params.alias(target).lower() in names
    return Answer.YES if found else Answer.NO


def offer(device: Device, facts: AgentFacts, action: str, target: str) -> OfferedDevice:
    """The device as it is offered to the owner of an operation."""
    really = effective_action(action, device.params, facts)
    delay = device.params.delay_max(target) if action in ("off", "reboot") else 0.0
    return OfferedDevice(
        device=device.config.id,
        agent=device.config.agent,
        verified=device.verified,
        timeout=device.params.timeout(really) or device.params.timeout(action),
        delay=delay,
        required=action == "on" and (facts.automatic_on or device.params.values.get("provides") == "unfencing"),
        on_after_off="on" in facts.actions
        and not facts.automatic_on
        and device.params.values.get("pcmk_reboot_action") != "off",
    )


def _may_run_here(facts: AgentFacts, action: str, on_target: bool, allow_self: bool) -> bool:
    """A node fences itself only where that was allowed, or where the agent must run on the target."""
    if not action:
        return True
    if action in facts.on_target:
        return on_target
    return allow_self or not on_target
