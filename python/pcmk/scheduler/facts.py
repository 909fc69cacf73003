"""What a plan says, and the facts behind it.

Scores are numbers from `-INFINITY` to `INFINITY`. Resources, nodes and constraints go by their ids and names; times are
seconds since the epoch. A `kind` is one of the words listed with its class.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

INFINITY = 1_000_000


class Placement(Struct, frozen=True):
    """A primitive, where it is, and what becomes of it."""

    resource: str
    configured_as: str
    """Its id in the configuration: that of an instance without its number."""
    role: str
    nodes: tuple[str, ...]
    next_role: str
    next_node: str | None
    managed: bool


# ---- scores ----


class Operation(Struct, frozen=True):
    """A recorded operation and its result."""

    name: str
    interval_ms: int
    rc: int


class Hop(Struct, frozen=True):
    """A colocation on the way to the resource whose preferences count."""

    constraint: str
    resource: str
    """Whose preferences count after this step."""
    factor: float
    """What they are multiplied by: the scores on the path so far, in parts of INFINITY."""


class ScorePart(Struct, frozen=True):
    """One change of a score.

    Kinds. Opening a node: `symmetric`, `connection`, `replica`. History: `operation`, `on-fail`, `multiply-active`,
    `unmanaged`, `removed`, `failures` (migration-threshold), `stickiness`, `shutdown-lock`. Configuration: `location`,
    `health`, `exclusive-discovery`, `ticket`, `colocation`, `preference`, `target-stopped`. Structure: `remote-node`,
    `launcher`, `instance-limit`, `node-limit`, `collective`, `unavailable`, `capacity`. Promotion: `promotion-score`,
    `no-promotion-score`, `not-started`, `instance`, `table-of`, `stays-promoted`, `not-placed`.
    """

    kind: str
    effect: Literal["enters", "adds", "becomes", "leaves"]
    """The node enters the table with a score; the score is added; it is replaced where no addition leads to the new one
    (a score kept positive, the inside of a bundle); or the node leaves the table."""
    score: int | None
    """None for what leaves."""
    constraint: str | None = None
    """The constraint, or the rule of it that gives the score; for health the strategy."""
    resource: str | None = None
    """The other resource: the primary of a colocation, the one whose preference or failure counts, the collective."""
    node: str | None = None
    """The other node: the home of a shutdown lock, the node of a place in a clone's table."""
    ticket: str | None = None
    failures: int | None = None
    operation: Operation | None = None
    path: tuple[Hop, ...] = ()
    """For a preference: the colocations that lead to it."""
    best: int | None = None
    """For a preference: the best score of that resource among the nodes that count as this one."""
    asked: int | None = None
    """For a preference: what it would change; `score` is less where a score must stay positive."""
    parts: tuple["ScorePart", ...] = ()
    """What the score that is added is made of, if it is a score itself."""
    withdrawn: Literal["leaves-no-node", "trial"] | None = None
    """Why it does not count after all: no node would be left, or it was part of an attempt that was given up."""


class ScoreLine(Struct, frozen=True):
    """A line of the score table: the score that was settled in a step, with what it is made of, in order."""

    step: Literal["primitive", "group", "clone", "bundle", "promotion"]
    resource: str
    node: str | None
    """None for the promotion of an instance that has no node."""
    score: int
    parts: tuple[ScorePart, ...]


# ---- nodes as a resource sees them ----


class Test(Struct, frozen=True):
    """A condition of a rule, as it was found."""

    __test__ = False  # no test case

    id: str
    kind: str
    """`expression`, `date_expression`, `rsc_expression`, `op_expression`, or `rule`, whose conditions follow one level
    deeper."""
    level: int
    says: Mapping[str, str]
    """What the configuration says."""
    actual: str | None
    """What it was compared with: the attribute's value, the time, the agent or operation; None if there is none."""
    passes: bool


class Rule(Struct, frozen=True):
    """A rule of a location constraint for a resource and a node, with the conditions that decided it."""

    constraint: str
    rule: str
    resource: str
    passes: bool
    tests: tuple[Test, ...]


class Failures(Struct, frozen=True):
    """Failures of a resource on a node."""

    recorded: int
    count: int
    """How many count now: none if they expired."""
    threshold: int
    """`migration-threshold`, 0 for none."""
    timeout: int
    """`failure-timeout`, 0 for none."""
    last: int
    expire_at: int | None
    ignored: bool
    """`on-fail=ignore`: they have no consequence."""


class Choice(Struct, frozen=True):
    """A node as a resource sees it."""

    node: str
    chosen: bool
    score: int | None
    """None if the node is not open to the resource at all."""
    parts: tuple[ScorePart, ...]
    unusable: tuple[str, ...]
    """Conditions that keep everything off the node: `offline`, `unclean`, `pending`, `shutdown`, `standby`,
    `standby-on-fail`, `maintenance`."""
    rules: tuple[Rule, ...]
    failures: Failures | None


# ---- actions ----


class ActionRef(Struct, frozen=True):
    """An action: its number in the transition graph, its key such as `db_start_0`, and its node."""

    number: int
    key: str
    node: str | None


class Cause(Struct, frozen=True):
    """Why an action is required, or why it cannot run.

    Required: `role`, `moves`, `recovery`, `blocked`, `multiply-active`, `broken-migration`, `start-required`,
    `definition`, `history`, `no-node`, `recurring`, `cancelled`, `unknown-state`, `forget`, `fencing`, `node-leaves`,
    `always`. By others: `order`, `members`, `notification`. Cannot run: `without-node`, `offline`, `pending`,
    `cannot-recover`, `no-quorum`, `quorum-freeze`, `unmanaged`, `colocation`, `nothing-to-follow`, `gate`, and
    `no-node`, `order`, `members`.
    """

    kind: str
    action: ActionRef | None
    """The other action."""
    ordering: tuple[str, ...]
    """What the ordering means by which the other action has a say."""
    constraints: tuple[str, ...]
    """Configured constraints that say so; none where it follows from what resources are."""
    resource: str | None
    nodes: tuple[str, ...]
    roles: tuple[str, str] | None
    """From which role to which."""
    text: str | None
    """For fencing: why."""


class Wait(Struct, frozen=True):
    """An action that another waits for, with the configured constraints that say so."""

    action: ActionRef
    constraints: tuple[str, ...]


class ActionAnswer(Struct, frozen=True):
    """An action with its reasons."""

    action: ActionRef
    task: str
    resource: str | None
    carried_out: bool
    """Part of the transition graph."""
    required: bool
    runnable: bool
    pseudo: bool
    required_by: tuple[Cause, ...]
    blocked_by: tuple[Cause, ...]
    waits_for: tuple[Wait, ...]


class Fencing(Struct, frozen=True):
    """The fencing or unfencing of a node."""

    node: str
    operation: Literal["reboot", "off", "on"]
    action: ActionAnswer
    reasons: tuple[str, ...]
    obstacle: Literal["disabled", "no-device", "no-quorum", "nothing-managed", "not-possible"] | None
    """Why a node that needs it is not fenced."""


# ---- resources ----


class Obstacle(Struct, frozen=True):
    """Why a resource that should run will not.

    Kinds: `stop-all-resources`, `no-fence-device`, `unmanaged`, `blocked`, `must-stop` (a failure or ticket wants it
    stopped), `no-quorum` (with the policy), `no-node` (see the choices), `cannot-start` (see the action).
    """

    kind: str
    policy: str | None
    action: ActionAnswer | None


class ResourceAnswer(Struct, frozen=True):
    """A resource, where it goes, and why."""

    resource: str
    kind: Literal["primitive", "group", "clone", "bundle"]
    parent: str | None
    children: tuple[str, ...]
    role: str
    nodes: tuple[str, ...]
    next_role: str
    next_node: str | None
    managed: bool
    should_run: bool
    """A primitive that is configured, and that nobody wants stopped."""
    obstacles: tuple[Obstacle, ...]
    promotion: ScoreLine | None
    """Of an instance of a promotable clone: the score by which it competes for promotion."""
    choices: tuple[Choice, ...]
    actions: tuple[ActionAnswer, ...]
