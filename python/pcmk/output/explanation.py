"""Why the scheduler decides as it does, as text."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby

from pcmk.scheduler import (
    INFINITY,
    ActionAnswer,
    ActionRef,
    Cause,
    Choice,
    Failures,
    Fencing,
    Obstacle,
    ResourceAnswer,
    Rule,
    ScoreLine,
    ScorePart,
    Test,
)

STEP = "  "

SOURCES = {
    "symmetric": "every node is open to it (symmetric-cluster)",
    "connection": "a connection may run anywhere",
    "replica": "bundles: what is inside runs on the node of its replica, and nothing else does",
    "multiply-active": "it is active on several nodes and multiple-active says to stop it",
    "unmanaged": "it runs there and is not managed",
    "removed": "it is not configured any more",
    "stickiness": "it runs there: resource-stickiness",
    "exclusive-discovery": "a constraint has resource-discovery=exclusive, and none names this node",
    "target-stopped": "it is to be stopped",
    "remote-node": "fence devices and connections do not run on remote nodes",
    "unavailable": "the node cannot be used",
    "capacity": "the node has not enough free capacity",
    "promotion-score": "promotion score",
    "no-promotion-score": "no promotion score is set",
    "not-started": "it will not be running unpromoted",
    "stays-promoted": "it is promoted and stays so",
    "not-placed": "it has no node",
}

CAUSES = {
    "recovery": "it failed and is recovered",
    "blocked": "it is blocked",
    "multiply-active": "it is active on more nodes than it may",
    "broken-migration": "a live migration was begun that cannot be finished as begun",
    "definition": "its parameters or its agent changed",
    "history": "what is recorded of it asks for that",
    "no-node": "no node is left to it",
    "recurring": "it does not run there yet, or not as configured",
    "cancelled": "it is not wanted there any more",
    "unknown-state": "nobody knows yet whether the resource is active there",
    "forget": "what is recorded of it is of no use any more",
    "always": "it is part of every plan",
    "without-node": "it has no node",
    "no-quorum": "the partition has no quorum",
    "quorum-freeze": "the partition has no quorum, and what does not run stays so (no-quorum-policy=freeze)",
    "unmanaged": "the resource is not managed",
    "nothing-to-follow": "it is ordered after an action that does not exist",
    "gate": "fewer actions can run than it needs",
}

OBSTACLES = {
    "stop-all-resources": "stop-all-resources is set",
    "no-fence-device": "fencing is enabled and there is no fence device: nothing is managed",
    "unmanaged": "it is not managed",
    "blocked": "it failed in a way that needs a person: it is blocked",
    "must-stop": "a failure or a ticket wants it stopped",
    "no-node": "no node can be used, see below",
}

FENCING_OBSTACLES = {
    "disabled": "fencing is disabled",
    "no-device": "there is no fence device",
    "no-quorum": "the partition has no quorum",
    "nothing-managed": "nothing is managed",
    "not-possible": "it cannot be fenced",
}


def explanation(answer: ResourceAnswer, fencing: Iterable[Fencing] = ()) -> list[str]:
    """A resource, where it goes, and why, as lines; last what becomes of the nodes that were looked at."""
    lines = [headline(answer)]
    for obstacle in answer.obstacles:
        lines += indented(obstacle_lines(obstacle))
    if answer.children:
        lines.append(f"{STEP}It consists of {', '.join(answer.children)}.")
    if answer.promotion is not None:
        lines += ["", *indented(promotion_lines(answer.promotion))]
    for choice in sorted(answer.choices, key=worth, reverse=True):
        lines += ["", *indented(choice_lines(choice))]
    if answer.actions:
        lines += ["", f"{STEP}Actions"]
        for action in answer.actions:
            lines += indented(action_lines(action), 2)
    nodes = [choice.node for choice in answer.choices]
    fenced = [line for entry in fencing if entry.node in nodes for line in fencing_lines(entry)]
    if fenced:
        lines += ["", f"{STEP}Fencing", *indented(fenced, 2)]
    return lines


def promotion_lines(line: ScoreLine) -> Iterator[str]:
    """The score by which an instance competes for promotion."""
    yield f"promotion{'' if line.node is None else f' on {line.node}'}: {number(line.score)}"
    for part in line.parts:
        yield from indented(part_lines(part))


def fencing_lines(fencing: Fencing) -> Iterator[str]:
    """What is done to a node, and why."""
    if fencing.obstacle is None:
        yield f"{fencing.node}: {fencing.operation}"
    else:
        yield f"{fencing.node}: needs fencing, but {FENCING_OBSTACLES[fencing.obstacle]}"
    yield from indented(f"because {reason}" for reason in fencing.reasons)


def worth(choice: Choice) -> tuple[bool, bool, int]:
    """The best node comes first."""
    return choice.chosen, not choice.unusable, -2 * INFINITY if choice.score is None else choice.score


def headline(answer: ResourceAnswer) -> str:
    """Where a resource is and where it goes, in one line."""
    now = f"{answer.role} on {', '.join(answer.nodes)}" if answer.nodes else answer.role
    if answer.kind != "primitive":
        return f"{answer.resource}: a {answer.kind}"
    unmanaged = "" if answer.managed else " (not managed)"
    if answer.next_node is None:
        wanted = "" if answer.should_run else ", as configured" if answer.next_role == "Stopped" else ""
        return f"{answer.resource}: {now}, will not run{wanted}{unmanaged}"
    if [answer.next_node] == list(answer.nodes) and answer.next_role == answer.role:
        restarts = any(action.task == "stop" and action.carried_out for action in answer.actions)
        return f"{answer.resource}: {now}, {'restarts there' if restarts else 'stays'}{unmanaged}"
    return f"{answer.resource}: {now}, will be {answer.next_role} on {answer.next_node}{unmanaged}"


def obstacle_lines(obstacle: Obstacle) -> Iterator[str]:
    """Why a resource will not run."""
    if obstacle.action is not None:
        yield f"It will not run: {named(obstacle.action.action)} cannot be carried out"
        yield from indented(map(cause_text, obstacle.action.blocked_by))
    elif obstacle.policy is not None:
        yield f"It will not run: the partition has no quorum (no-quorum-policy={obstacle.policy})"
    else:
        yield f"It will not run: {OBSTACLES[obstacle.kind]}"


# ---- nodes ----


def choice_lines(choice: Choice) -> Iterator[str]:
    """A node with what speaks for and against it."""
    score = "not open to it" if choice.score is None else number(choice.score)
    yield f"{choice.node}: {score}{' <- chosen' if choice.chosen else ''}"
    if choice.unusable:
        yield f"{STEP}cannot be used: {', '.join(choice.unusable)}"
    for part in choice.parts:
        if tells(part):
            yield from indented(part_lines(part))
    if choice.failures is not None:
        yield STEP + failure_text(choice.failures)
    for rule in choice.rules:
        yield from indented(rule_lines(rule))


def tells(part: ScorePart) -> bool:
    """Whether a change is worth a line: not what was only tried, and no preference that comes to nothing."""
    return part.withdrawn != "trial" and not (part.kind == "preference" and part.asked == 0)


def part_lines(part: ScorePart) -> Iterator[str]:
    """A change of a score, and what the number is made of."""
    text = f"{amount(part):>10}  {source_text(part)}"
    yield text + (" (does not count: no node would be left)" if part.withdrawn == "leaves-no-node" else "")
    for inner in filter(tells, part.parts):
        yield from (STEP * 2 + line for line in part_lines(inner))


def amount(part: ScorePart) -> str:
    """The number of a change."""
    if part.score is None:
        return "out"
    match part.effect:
        case "adds":
            return f"{'+' if part.score >= 0 else ''}{number(part.score)}"
        case "becomes":
            return f"= {number(part.score)}"
        case _:
            return number(part.score)


def source_text(part: ScorePart) -> str:
    """Where a change comes from."""
    match part.kind:
        case "operation" if part.operation is not None:
            operation = part.operation
            often = f" every {operation.interval_ms} ms" if operation.interval_ms else ""
            return f"{operation.name}{often} of {part.resource} gave {operation.rc}"
        case "on-fail":
            return f"{part.resource} failed there (on-fail)"
        case "failures":
            return f"{part.resource} failed {times(part.failures or 0)}: migration-threshold is reached"
        case "shutdown-lock":
            return f"locked to {part.node}, which shuts down"
        case "location":
            return f"location {part.constraint}"
        case "health":
            return f"node health (strategy {part.constraint})"
        case "ticket":
            return f"ticket {part.ticket} is not granted or in standby"
        case "colocation":
            return f"colocation {part.constraint} with {part.resource}"
        case "preference":
            return preference_text(part)
        case "launcher":
            return f"it runs only where {part.resource} leads"
        case "instance-limit":
            return f"as many instances of {part.resource} as may run have a node"
        case "node-limit":
            return f"the node has as many instances of {part.resource} as it may"
        case "collective":
            return f"the node is closed to {part.resource}"
        case "instance":
            return f"promotion of {part.resource}"
        case "table-of":
            return f"score of {part.resource} on {part.node}"
        case kind:
            return SOURCES[kind]


def preference_text(part: ScorePart) -> str:
    """Whose wish counts, along which colocations, and how much."""
    way = " -> ".join(steps(hop.constraint for hop in part.path))
    factor = part.path[-1].factor if part.path else 1.0
    text = f"{part.resource} has {number(part.best or 0)} there, times {factor:g} by colocation {way}"
    if part.asked is not None and part.effect == "adds" and part.asked == part.score:
        return text
    return f"{text} ({number(part.asked or 0)}, kept from falling below zero)"


def steps(names: Iterable[str]) -> Iterator[str]:
    """Names of which one that is repeated is said once, with how often it comes."""
    for name, same in groupby(names):
        count = len(list(same))
        yield name if count == 1 else f"{name} x{count}"


def failure_text(failures: Failures) -> str:
    """Failures with their limits."""
    threshold = number(failures.threshold) if failures.threshold else "none"
    text = f"failed {times(failures.recorded)}, migration-threshold {threshold}"
    if failures.ignored:
        text += ", ignored (on-fail)"
    if failures.expire_at is None:
        return text
    word = "expired" if failures.count == 0 else "expire"
    return f"{text}, {word} {moment(failures.expire_at)}"


def rule_lines(rule: Rule) -> Iterator[str]:
    """A rule with the values that decided it."""
    yield f"rule {rule.rule} of {rule.constraint} for {rule.resource}: {verdict(rule.passes)}"
    for test in rule.tests:
        yield STEP * (test.level + 1) + test_text(test)


def test_text(test: Test) -> str:
    """A condition with what it found."""
    if test.kind == "rule":
        what = "any of" if test.says.get("boolean-op") == "or" else "all of"
        return f"{what}: {verdict(test.passes)}"
    if test.kind == "expression":
        says = [test.says.get(key, "") for key in ("attribute", "operation", "value")]
        question = " ".join(filter(None, says))
    else:
        question = " ".join([test.kind, *(f"{name}={value}" for name, value in test.says.items())])
    actual = "not set" if test.actual is None else test.actual
    return f"{question}: {verdict(test.passes)} ({actual})"


def verdict(passes: bool) -> str:
    """Whether something holds."""
    return "true" if passes else "false"


# ---- actions ----


def action_lines(action: ActionAnswer) -> Iterator[str]:
    """An action with its reasons."""
    yield named(action.action) + ("" if action.carried_out else " (cannot be carried out)")
    for cause in action.required_by:
        yield f"{STEP}required: {cause_text(cause)}"
    for cause in action.blocked_by:
        yield f"{STEP}blocked: {cause_text(cause)}"
    for wait in action.waits_for:
        yield f"{STEP}waits for {named(wait.action)}{by(wait.constraints)}"


def cause_text(cause: Cause) -> str:
    """Why an action is required or cannot run."""
    other = "" if cause.action is None else named(cause.action)
    match cause.kind:
        case "role" if cause.roles is not None:
            return f"it is {cause.roles[0]} and shall be {cause.roles[1]}"
        case "moves":
            return f"it moves from {cause.nodes[0]} to {cause.nodes[1]}"
        case "start-required":
            return f"{other} is required"
        case "fencing":
            return cause.text or ""
        case "node-leaves":
            return f"{cause.nodes[0]} was asked to leave"
        case "order":
            return f"{other}{by(cause.constraints)}"
        case "members":
            return f"its members: {other}" if other else "its members"
        case "notification":
            return f"notifies of {other}"
        case "offline" | "pending" | "cannot-recover":
            return f"{cause.nodes[0]} is {cause.kind.replace('cannot-recover', 'lost and cannot be recovered')}"
        case "colocation":
            return f"{cause.resource} cannot run{by(cause.constraints)}"
        case kind:
            return CAUSES[kind]


def named(action: ActionRef) -> str:
    """An action's key and place."""
    return action.key if action.node is None else f"{action.key} on {action.node}"


def by(constraints: tuple[str, ...]) -> str:
    """Which constraints say so."""
    return f" ({', '.join(constraints)})" if constraints else ""


# ---- shared ----


def number(score: int) -> str:
    """A score as configuration spells it."""
    return {INFINITY: "INFINITY", -INFINITY: "-INFINITY"}.get(score, str(score))


def times(count: int) -> str:
    """How often."""
    return "once" if count == 1 else f"{number(count)} times"


def moment(at: int) -> str:
    """A time."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%SZ}"


def indented(lines: Iterable[str], depth: int = 1) -> Iterator[str]:
    """Lines further to the right."""
    return (STEP * depth + line if line else "" for line in lines)
