"""The Rust crates. Long calls run without the interpreter's lock; all classes are values, safe to share.

Wherever `CibError` is raised, nothing was changed, and its `code` is the exit code that commands report:
CONFIG for documents that are no CIB and for ids in use twice, NOSUCH for elements that are not there, EXISTS,
OLD for versions that would go back, DIGEST, SOFTWARE for requests that make no sense, ERROR for patchsets that do
not fit, INSUFFICIENT_PRIV for what ACLs do not allow.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar, final, overload

T = TypeVar("T")
Access: TypeAlias = Literal["writable", "readable", "denied"]
Operation: TypeAlias = Literal["create", "modify", "replace", "delete", "apply_diff", "erase", "bump", "upgrade"]

@final
class Caller:
    """Unary gRPC calls to the server that listens on a Unix socket, one at a time. The connection is made by the first
    call, and made anew when it broke between calls."""

    def __new__(cls, socket: Path, details: str, limit: int) -> Caller:
        """`details` is the key of metadata that failures carry; answers of over `limit` bytes are refused."""

    def call(
        self, path: str, body: bytes, metadata: Sequence[tuple[str, str]], timeout: float
    ) -> tuple[int, bytes, str]:
        """Wait for the answer at most `timeout` seconds: gRPC's status; the answer, or the details of the failure; the
        words of the failure. Raises ValueError for metadata that can't be sent, and what a signal's handler raises."""

    @property
    def file(self) -> int | None:
        """The file of the connection, if there is one. When something can be read from it while nothing is asked,
        `look_after` wants to."""

    def look_after(self) -> None:
        """Read what the server has to say while nothing is asked, and let go of a connection that it ended."""

@final
class Element:
    """A read-only element of a document."""

    @staticmethod
    def parse(data: str | bytes) -> Element:
        """Read any document. Comments are dropped, DTDs and entities refused.

        Raises ValueError with line and column.
        """

    @property
    def name(self) -> str: ...
    @property
    def text(self) -> str:
        """Text directly inside the element."""

    @property
    def comments(self) -> list[str]:
        """What is between `<!--` and `-->` directly inside the element, in document order."""

    @property
    def attrib(self) -> dict[str, str]:
        """All attributes in document order, as a new dictionary."""

    @property
    def children(self) -> list[Element]:
        """The child elements in document order."""

    @overload
    def get(self, name: str) -> str | None: ...
    @overload
    def get(self, name: str, default: T) -> str | T: ...
    def child(self, name: str) -> Element | None:
        """The first child of that name."""

    def find(self, xpath: str) -> list[Element]:
        """What an XPath selects, with this element as the root of the document. Raises ValueError."""

    def to_xml(self, *, pretty: bool = False) -> str:
        """The element on one line, or indented by two blanks a level with a line end after the last line."""

    def __eq__(self, other: object, /) -> bool: ...

@final
class Cib:
    """A CIB. Holding many versions is cheap: they share what they have in common."""

    @staticmethod
    def parse(data: str | bytes) -> Cib:
        """Read a CIB; comments and text are dropped. Raises CibError with line and column."""

    @staticmethod
    def empty(schema: str, feature_set: str) -> Cib:
        """A CIB with the usual empty sections at version 0.0.0; `schema` as in `pacemaker-4.0`."""

    @property
    def root(self) -> Element: ...
    @property
    def version(self) -> tuple[int, int, int]:
        """admin_epoch, epoch, num_updates."""

    def to_xml(self, *, pretty: bool = False) -> str: ...
    @property
    def fingerprint(self) -> str:
        """What CIBs of the same content have in common, on all nodes: 16 hexadecimal digits. Parts that were not
        edited since it was last asked for are not looked at again."""

    def digest(self) -> str:
        """The digest of patchsets, which nodes of Pacemaker compare: of everything but who changed what last."""

    def on_disk_digest(self) -> str:
        """The digest for the signature file of a CIB on disk: of everything."""

    def query(
        self, section: str = "", *, xpath: str = "", no_children: bool = False, pretty: bool = False
    ) -> list[str]:
        """The section, or all elements that the XPath selects, as XML. Raises CibError if there is none."""

    def only(self, section: str) -> Cib:
        """The CIB with nothing in it but a section; what is above it keeps its attributes. ValueError if the name is no
        section's; the empty name is the whole CIB."""

    def without_history(self) -> Cib:
        """The CIB without the history of operations, which is most of a large one: its `node_state`s have no `lrm`."""

    def find(self, xpath: str) -> list[Element]:
        """All elements that an XPath selects, in document order. Raises ValueError if it is no XPath."""

    def addresses(self, xpath: str) -> list[str]:
        """Where the elements are that an XPath selects, as in `/cib/status/node_state[@id='1']`. Raises CibError."""

    def check_feature_set(self, own: str) -> None:
        """Raises CibError if the CIB was written with a newer feature set than this one."""

    def apply(
        self,
        operation: Operation,
        section: str = "",
        *,
        xpath: str = "",
        input_xml: str = "",
        allow_create: bool = False,
        multiple: bool = False,
        score_update: bool = False,
        keep_version: bool = False,
        digest: str | None = None,
        written: str | None = None,
        origin: str | None = None,
        client: str | None = None,
        user: str | None = None,
    ) -> tuple[Cib, str]:
        """Carry out an operation. Returns the new CIB and the patchset that leads to it, empty if nothing changed.

        The version is raised as the change requires, except with `keep_version` (a CIB taken over from another
        node). If `written` (a time as text) is given, it and `origin`, `client` and `user` are noted on the
        root element when the configuration changes. For `upgrade`, the input is the upgraded CIB.
        """

    def apply_all(
        self,
        requests: Sequence[CibRequest],
        *,
        written: str | None = None,
        origin: str | None = None,
        client: str | None = None,
        user: str | None = None,
        acting: CibUser | None = None,
    ) -> tuple[Cib, str]:
        """Carry out several operations, all or none; the version is raised once. Returns as `apply`.

        For an `acting` user it is held against the ACLs; what they do not allow is refused (INSUFFICIENT_PRIV).
        """

    def apply_patchset(self, patchset: str | bytes, *, check_version: bool = True) -> Cib:
        """The CIB that a patchset leads to. A patchset that is stale or damaged is refused (CibError)."""

    def diff(
        self, new: Cib, *, digest: bool = False, versions: bool = True, ignore_attribute_order: bool = False
    ) -> str:
        """The patchset from this CIB to another; empty if they are equal.

        It has the versions of both unless told otherwise, and the digest of the other if wanted.
        """

    def in_spelling_of(self, major: int) -> tuple[Cib, list[str]]:
        """The configuration of the newest schema before MAJOR.0 as that one spells it, and what got lost thereby, or
        may need a look. Nothing is checked, and `validate-with` stays. Raises ValueError if there is no such step."""

    def problems(self, grammar: Grammar) -> list[tuple[int, str, str]]:
        """What in the CIB is not of a language, in document order: the number of the element (the root is 0), its name
        and id, and the reason.

        A CIB that was made from the last one in which the same grammar found nothing costs what was changed.
        """

    def alike_to_schema(self, other: Cib) -> bool:
        """Whether a schema says the same of both, as far as can be told without it: they differ in nothing but the
        status section, version, who changed what last, and values that are free text."""

    def with_attrs(self, attributes: Mapping[str, str | None]) -> Cib:
        """The CIB with attributes of the root set, or removed where the value is None; the version stays.

        A patchset to it raises no version either, so it is applied with `check_version=False`.
        """

    def __eq__(self, other: object, /) -> bool: ...

@final
class CibUser:
    """Somebody to whom ACLs apply, with the groups that they are a member of, at a time in seconds since the epoch."""

    def __new__(cls, user: str, groups: Sequence[str], now: int) -> CibUser: ...
    def view(self, cib: Cib) -> Cib:
        """What the user may read of a CIB, which is all of it while it has ACLs turned off.

        Raises CibError (INSUFFICIENT_PRIV) if that is nothing.
        """

    def is_restricted(self, cib: Cib) -> bool:
        """Whether a CIB has ACLs turned on, so that they say what the user may do."""

    def check(self, old: Cib, new: Cib) -> None:
        """Raises CibError (INSUFFICIENT_PRIV) if the ACLs of a CIB do not let the user make another one of it."""

    def access(self, cib: Cib) -> list[Access]:
        """What the user may do with each element of a CIB, in document order, as if it had ACLs turned on."""

def unusable_permissions(cib: Cib) -> list[tuple[str, str]]:
    """Ids of permissions whose XPath can't be evaluated, and why. If it is a denial, it denies everything."""

@final
class CibRequest:
    """One of several operations for `Cib.apply_all`; the arguments are those of `Cib.apply`."""

    def __new__(
        cls,
        operation: Operation,
        section: str = "",
        *,
        xpath: str = "",
        input_xml: str = "",
        allow_create: bool = False,
        multiple: bool = False,
        score_update: bool = False,
        keep_version: bool = False,
        digest: str | None = None,
    ) -> CibRequest: ...

@final
class Grammar:
    """A language of CIBs. What it has worked out makes later checks faster."""

    def __new__(cls, text: str) -> Grammar:
        """Read a RELAX NG grammar. Raises ValueError if it is none."""

def operation_digest(attributes: Mapping[str, str]) -> str:
    """The digest of a resource operation: of those attributes that define it, whatever their order.

    Meta-attributes and what says where it runs are left out, but for the timeout of a recurring operation.
    """

def parameters_digest(parameters: Mapping[str, str]) -> str:
    """The digest of all given parameters, whatever their order."""

ActionKind: TypeAlias = Literal["resource", "cluster", "cluster_cib", "pseudo"]
Completion: TypeAlias = Literal["done", "wait", "restart", "shutdown"]
Outcome: TypeAlias = Literal["running", "complete", "stopped", "terminated"]

@final
class GraphAction:
    """An action of a transition graph. Texts that are not there are empty."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> ActionKind:
        """Who carries it out: an executor, a controller or the fencer, the DC in the CIB, or nobody."""

    @property
    def operation(self) -> str: ...
    @property
    def key(self) -> str:
        """The operation key, with the id that history knows."""

    @property
    def on_node(self) -> str: ...
    @property
    def on_node_id(self) -> str: ...
    @property
    def router_node(self) -> str: ...
    @property
    def priority(self) -> int: ...
    @property
    def shutdown_lock(self) -> int | None: ...
    @property
    def resource_id(self) -> str: ...
    @property
    def resource_class(self) -> str: ...
    @property
    def resource_provider(self) -> str: ...
    @property
    def resource_type(self) -> str: ...
    @property
    def attributes(self) -> dict[str, str]:
        """Parameters and `CRM_meta_` values, by name."""

    def meta(self, name: str) -> str | None:
        """A `CRM_meta_` value, by its name after the prefix."""

    @property
    def downed(self) -> list[str]:
        """Ids of nodes that are expected to go down by it."""

    @property
    def maintenance(self) -> list[tuple[str, bool]]:
        """Ids of remote nodes with the maintenance state to tell them."""

@final
class GraphRunner:
    """A transition graph being carried out. Not a value: it is told what happened.

    A pass is `begin_pass`, `next_actions` until it gives None, `end_pass`. What is confirmed during a pass counts in
    it, and makes another pass worth while.
    """

    def __new__(cls, graph_xml: str | bytes) -> GraphRunner:
        """Read a graph. Raises ValueError."""

    def attr(self, name: str) -> str | None:
        """An attribute of the graph, such as `transition_id` or `batch-limit`."""

    @property
    def size(self) -> int:
        """How many actions there are."""

    @property
    def actions(self) -> list[GraphAction]:
        """All actions in graph order."""

    def action(self, id: int) -> GraphAction | None: ...
    def is_in_flight(self, id: int) -> bool: ...
    def is_confirmed(self, id: int) -> bool: ...
    def in_flight(self) -> list[GraphAction]:
        """Actions that fired and are not confirmed, in graph order."""

    @property
    def completion(self) -> tuple[Completion, str | None]:
        """What to do at the end, and why it was aborted, if it was."""

    def abort(self, priority: int, completion: Completion, text: str) -> None:
        """End early: only synapses of at least this priority, and pseudo-actions, still fire. Aborts only raise."""

    def begin_pass(self) -> None: ...
    def next_actions(
        self, *, batch: int = 0, node_jobs: Mapping[str, int] = ..., migrations: int = 0
    ) -> list[GraphAction] | None:
        """Fire what may fire next, and give it to be started. 0 stands for no limit; `node_jobs` by node name."""

    def end_pass(self) -> Outcome: ...
    def confirm(self, id: int, *, failed: bool = False) -> bool:
        """An action ended; False if it is unknown, was not started, or is confirmed already."""

@final
class SchedulerResult:
    """What scheduling a CIB gave: always a plan, with what was found wrong."""

    @property
    def graph_xml(self) -> str: ...
    @property
    def action_count(self) -> int: ...
    @property
    def errors(self) -> list[str]: ...
    @property
    def warnings(self) -> list[str]: ...
    @property
    def recheck_by(self) -> int | None:
        """When the result could change by itself, in seconds since the epoch."""

    def placements(self) -> list[dict[str, Any]]:
        """Primitives and what becomes of them: the fields of `pcmk.scheduler.Placement`."""

    def scores(self) -> list[dict[str, Any]]:
        """The score table: the fields of `pcmk.scheduler.ScoreLine`.

        This and what follows raise ValueError if the plan was made without a trace.
        """

    def resource_names(self) -> list[tuple[str, str]]:
        """All resources: id, and id in the configuration."""

    def node_names(self) -> list[str]:
        """All nodes, in the order of displays."""

    def explain(self, resource: str, node: str | None = None) -> dict[str, Any]:
        """The fields of `pcmk.scheduler.ResourceAnswer`. Raises KeyError for a name that is not there."""

    def actions(self) -> list[dict[str, Any]]:
        """Actions that are needed: the fields of `pcmk.scheduler.ActionAnswer`."""

    def fencing(self) -> list[dict[str, Any]]:
        """Nodes that are fenced or should be: the fields of `pcmk.scheduler.Fencing`."""

    def idle(self) -> list[dict[str, Any]]:
        """Primitives that should run and will not: the fields of `pcmk.scheduler.ResourceAnswer`."""

def schedule(
    cib: Cib, now: int, transition_id: int, *, sanitized: bool = False, trace: bool = False
) -> SchedulerResult:
    """Plan for a CIB at a time (seconds since the epoch). With `trace`, keep why the plan is what it is."""

@final
class Scheduler:
    """Schedules one CIB after another, and is quicker where they have parts in common.

    These are parts that are the same objects: what `Cib.apply` and `Cib.apply_patchset` did not change. Results are
    those of `schedule`. Runs of several threads at once do not disturb each other, but share nothing.
    """

    def __new__(cls) -> Scheduler: ...
    def schedule(self, cib: Cib, now: int, transition_id: int) -> SchedulerResult:
        """Plan for a CIB at a time (seconds since the epoch)."""

@final
class Simulation:
    """A simulation that was run."""

    @property
    def text(self) -> str:
        """What people are told; empty if it was for programs."""

    @property
    def elements(self) -> str:
        """What programs are told, as XML elements; empty if it was for people."""

    @property
    def graph_xml(self) -> str | None:
        """The transition graph; None if no plan was asked for."""

    @property
    def dot(self) -> str | None:
        """The plan in Graphviz' language; None if no drawing was asked for."""

    @property
    def injected(self) -> Cib:
        """The CIB after injections."""

    @property
    def cib(self) -> Cib:
        """The CIB at the end."""

    @property
    def complaints(self) -> list[str]:
        """What could not be injected."""

    @property
    def errors(self) -> list[str]: ...
    @property
    def warnings(self) -> list[str]: ...
    @property
    def unsound(self) -> bool:
        """Whether the graph had actions that can never be done."""

    @property
    def timings(self) -> list[tuple[str, int]]:
        """Nanoseconds of each pass of the scheduler, if asked for."""

def simulate(
    cib: Cib,
    *,
    now: int,
    wall_now: int,
    now_line: str | None = None,
    sanitized: bool = False,
    injections: Sequence[tuple[str, str]] = ...,
    fail: Sequence[str] = ...,
    schedule: bool = False,
    execute: bool = False,
    for_programs: bool = False,
    scores: bool = False,
    utilization: bool = False,
    attributes: bool = False,
    failures: bool = False,
    quiet: bool = False,
    drawing: bool = False,
    all_actions: bool = False,
    numbers: bool = False,
    profile: bool = False,
) -> Simulation:
    """Inject events, plan, and carry the plan out, as far as asked for.

    `now` is the effective time, `wall_now` the present for what is recorded, both in seconds since the epoch.
    An injection is a kind (`quorum`, `watchdog`, `node-up`, `node-down`, `node-fail`, `ticket-grant`, `ticket-revoke`,
    `ticket-standby`, `ticket-activate`, `operation`) with its value; operations to inject or to fail are written
    `RSC_TASK_INTERVAL@NODE=RC`. Raises ValueError for what cannot be read.
    """

StatusSection: TypeAlias = Literal[
    "stack",
    "dc",
    "no-dc",
    "times",
    "counts",
    "options",
    "maint-mode",
    "nodes",
    "resources",
    "attributes",
    "operations",
    "failcounts",
    "failures",
    "tickets",
    "bans",
]

def status_text(
    cib: Cib,
    *,
    now: int,
    now_text: str,
    sections: Sequence[StatusSection],
    inactive: bool = False,
    by_node: bool = False,
    detail: bool = False,
    without_nodes: bool = False,
    timing: bool = False,
    brief: bool = False,
    description: bool = False,
    ban_prefix: str = "",
    node: str | None = None,
    resource: str | None = None,
) -> str:
    """Status sections as text, in the order given; `now_text` is the present as displays write it. `no-dc` tells of the
    DC if there is none."""

def status_xml(
    cib: Cib,
    *,
    now: int,
    now_text: str,
    origin: str,
    sections: Sequence[StatusSection],
    by_node: bool = False,
    description: bool = False,
    ban_prefix: str = "",
    node: str | None = None,
    resource: str | None = None,
) -> str:
    """Status sections as XML elements, one after the other; `origin` is the node that tells."""

DateStyle: TypeAlias = Literal["calendar", "ordinal", "week"]

@final
class DateTime:
    """An instant as a clock shows it that is `offset` seconds ahead of UTC."""

    @staticmethod
    def parse(text: str, now: int, offset: int = 0) -> DateTime:
        """Read an ISO 8601 date, time or both; `now` (seconds since the epoch) and `offset` complete what is left out.

        Raises ValueError.
        """

    @staticmethod
    def from_epoch(seconds: int, offset: int = 0) -> DateTime: ...
    @property
    def epoch(self) -> int:
        """Seconds since 1970-01-01 00:00:00 UTC."""

    @property
    def seconds(self) -> int:
        """Seconds since 0001-01-01 00:00:00 UTC."""

    def plus(self, duration: Duration) -> DateTime:
        """Later by a duration: by its years, months, days and seconds, in that order."""

    def text(self, style: DateStyle = "calendar", *, own_offset: bool = False) -> str:
        """Date, blank, time: in UTC, or with its own offset."""

@final
class Duration:
    """An amount of time in years, months, days and seconds; `str` gives the wording of displays."""

    @staticmethod
    def parse(text: str) -> Duration:
        """Read an ISO 8601 duration such as `P1DT30M`. Raises ValueError."""

    @property
    def total_seconds(self) -> int:
        """Its length with 365 days to a year and 30 days to a month."""

def parse_period(text: str, now: int, offset: int = 0) -> tuple[DateTime, DateTime]:
    """Start and end of an ISO 8601 period such as `2005-01-20/P1M`. Raises ValueError."""

RuleCheck: TypeAlias = Literal[
    "in-effect",
    "satisfied",
    "not-yet-in-effect",
    "expired",
    "invalid",
    "not-found",
    "duplicate",
    "without-date-expression",
    "several-date-expressions",
    "recurring-date-spec",
]

def check_rule(cib: Cib, id: str, now: int) -> RuleCheck:
    """Whether a rule is in effect at a time (seconds since the epoch), as far as its one date expression decides it.

    `satisfied` stands for one whose date specification describes the time; those without years recur and cannot be
    checked.
    """

@final
class Digest:
    """A digest with the parameters it is of."""

    hash: str
    parameters: list[tuple[str, str]]

@final
class OperationDigests:
    """The digests of an operation."""

    task: str
    interval_ms: int
    all: Digest
    public: Digest
    """Without what is private."""
    restart: Digest | None
    """Of what needs a restart when it changes, if the agent has such parameters."""

@final
class ResourceState:
    """A resource as configured, and where it is. Instances of clones carry their number in `id`, not in `xml_id`."""

    @property
    def id(self) -> str: ...
    @property
    def xml_id(self) -> str: ...
    @property
    def history_id(self) -> str | None:
        """How history calls an anonymous instance, or a removed resource."""

    @property
    def kind(self) -> Literal["primitive", "group", "clone", "bundle"]: ...
    @property
    def agent(self) -> str:
        """As in `ocf:pacemaker:Dummy`; empty for what is no primitive."""

    @property
    def parent(self) -> str | None: ...
    @property
    def children(self) -> list[str]: ...
    @property
    def active_on(self) -> list[str]:
        """Nodes it is believed active on, in order of discovery."""

    @property
    def current_node(self) -> str | None: ...
    @property
    def lock_node(self) -> str | None:
        """The node that shuts down and keeps it."""

    @property
    def active_count(self) -> int:
        """On how many nodes it counts as active."""

    @property
    def role(self) -> str: ...
    @property
    def target_role(self) -> str | None: ...
    @property
    def managed(self) -> bool: ...
    @property
    def removed(self) -> bool: ...
    @property
    def unique(self) -> bool: ...
    @property
    def promotable(self) -> bool: ...
    @property
    def internal(self) -> bool: ...
    @property
    def failed(self) -> bool: ...
    @property
    def blocked(self) -> bool: ...
    @property
    def flags(self) -> list[str]:
        """All that is so, in capital letters, as in `NEEDS_FENCING`."""

    @property
    def meta(self) -> dict[str, str]: ...
    @property
    def parameters(self) -> dict[str, str]:
        """Instance attributes where it is now, rules evaluated."""

    @property
    def line(self) -> str:
        """A primitive as one line of status."""

    @property
    def line_without_node(self) -> str: ...
    @property
    def lines(self) -> list[str]:
        """What status shows of it, without headings."""

    @property
    def item(self) -> str:
        """The element of a status document."""

    @property
    def xml(self) -> str:
        """The definition with its template's. An instance has its number in it."""

    def digests(self, node: str, given: Sequence[tuple[str, str]] = ()) -> OperationDigests:
        """The digests of a primitive, of the operation in its history on a node that says most about its parameters,
        or of a start. `given` are parameters that go before those that are configured. Raises KeyError for a node that
        is not known.
        """

@final
class NodeState:
    """A node and its condition."""

    id: str
    name: str
    kind: Literal["cluster", "remote", "guest"]
    online: bool
    unclean: bool
    pending: bool
    standby: bool
    maintenance: bool
    is_dc: bool
    unhealthy: bool
    """Its health alone keeps resources away, by `node-health-strategy`."""
    history_counts: bool
    """What its history says to be running may be running: it is online, or lost nodes are fenced."""
    running: list[str]

def cluster_state(cib: Cib, *, now: int) -> tuple[list[ResourceState], list[NodeState]]:
    """All resources, parents before their children, and all nodes in the order of displays."""

@final
class LocationScore:
    """A score that a location constraint, or its rule, gives a resource on a node."""

    id: str
    node: str
    score: str

@final
class ResourceColocation:
    """A colocation of two resources; sets, tags and templates are resolved."""

    id: str
    dependent: str
    primary: str
    score: str
    node_attribute: str | None
    """None for the node itself."""
    dependent_role: str | None
    primary_role: str | None

@final
class ResourceConstraints:
    """The constraints of a resource, those that count first at the front."""

    locations: list[LocationScore]
    as_dependent: list[ResourceColocation]
    as_primary: list[ResourceColocation]

def resource_constraints(cib: Cib, *, now: int) -> dict[str, ResourceConstraints]:
    """What is configured for each resource, by its id."""
