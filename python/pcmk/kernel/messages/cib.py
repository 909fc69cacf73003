"""The CIB manager's API."""

from msgspec import field

from pcmk.kernel.messages import Message


class CibVersion(Message, frozen=True, order=True):
    """Version of a CIB; compared in this order."""

    admin_epoch: int = 0
    epoch: int = 0
    num_updates: int = 0


class CibQuery(Message, frozen=True):
    """Read a section (`section`), what an XPath matches (`xpath`), or all. Answered by `CibAnswer` at once,
    from the newest committed CIB this node has; without the history of operations, if so wanted.

    `user`, a member of `groups`, is on whose behalf; only the privileged can name another one than themselves.
    """

    section: str = ""
    xpath: str = ""
    no_children: bool = False
    path_only: bool = False
    user: str = ""
    groups: tuple[str, ...] = ()
    without_history: bool = False


class CibAnswer(Message, frozen=True):
    """Result of a query: XML text, with the version and term it was read at."""

    xml: str
    version: CibVersion
    term: int = 0


class CibChangesQuery(Message, frozen=True):
    """Ask what has changed since `since`, the `at` of an earlier `CibChanges` of any node and for the same section and
    user; empty for all there is. With `section` only of that section. With `wait` there is no answer before something
    has changed; without, there is one at once. The stream `Follow` repeats it.

    `user` and `groups` are as in `CibQuery`.
    """

    since: str = ""
    section: str = ""
    wait: bool = False
    user: str = ""
    groups: tuple[str, ...] = ()


class CibChanges(Message, frozen=True):
    """What leads to the CIB of `version`, at the place `at` in the order of changes: a `patchset` from what was told up
    to `since`, empty if that is all; or, if `whole`, the CIB itself as `xml`, because of `reason` where another one was
    told before. `xml` and what the patchset applies to are CIBs with nothing but the section that was asked for, and
    nothing that the user may not read.
    """

    version: CibVersion
    at: str
    patchset: str = ""
    whole: bool = False
    xml: str = ""
    reason: str = ""


class CibHistoryQuery(Message, frozen=True):
    """Ask for the newest `limit` changes of the configuration, 0 for all that this node has kept."""

    limit: int = 0
    user: str = ""


class CibChange(Message, frozen=True):
    """A change of the configuration: the version it led to, when (seconds since the epoch, 0 if not known), on whose
    behalf, the node and program it came from, and the patchset without what touches the status section. All of who is
    empty if the CIB managers made it themselves, to raise the version above another one."""

    version: CibVersion
    time: float
    user: str
    origin: str
    client: str
    patchset: str


class CibHistory(Message, frozen=True):
    """Changes of the configuration, newest first; `complete` if no older ones are kept."""

    changes: tuple[CibChange, ...]
    complete: bool = True


class CibAtQuery(Message, frozen=True):
    """Ask for the CIB with the configuration of a version, whatever its `num_updates`. Answered by `CibAnswer`, with an
    empty status section."""

    version: CibVersion
    user: str = ""


class CibOptions(Message, frozen=True):
    """How a modification is carried out."""

    allow_create: bool = False
    multiple: bool = False
    no_children: bool = False
    score_update: bool = False
    dry_run: bool = False
    keep_mtime: bool = False


class CibOperation(Message, frozen=True):
    """One modification: `create`, `modify`, `replace`, `delete`, `apply_diff`, `erase`, `bump` or `upgrade`. An upgrade
    has no input and takes effect alone."""

    operation: str
    section: str = ""
    xpath: str = ""
    input_xml: str = ""
    options: CibOptions = field(default_factory=CibOptions)


class CibModify(Message, frozen=True):
    """Operations that take effect together or not at all. Answered by `CibModified` once committed: on disk on a
    majority of the view, the DC included; or by `Failure` and then nothing was changed, but for the code
    INDETERMINATE, which says that the outcome could not be learned.

    `term`, if not 0, ties the change to a term: the primary of any other term refuses it (OLD). What a DC writes as DC
    carries it, so that a request which waited while the DC changed can't speak for the new one. `user` and `groups` are
    as in `CibQuery`.
    """

    operations: tuple[CibOperation, ...]
    client: str = ""
    user: str = ""
    term: int = 0
    groups: tuple[str, ...] = ()


class CibModified(Message, frozen=True):
    """The version that a modification produced; `output_xml` is what the operation returns, if anything.

    `quorate` says that it was ordered and committed with quorum: every later CIB of the cluster has it.
    """

    version: CibVersion
    output_xml: str = ""
    quorate: bool = False


class CibChanged(Message, frozen=True):
    """Notice: a change is committed. `patchset` leads from the last noticed CIB to `version`. It may stand for several
    changes of one client that were committed together; `origin` is empty if they are of several nodes."""

    version: CibVersion
    term: int
    patchset: str
    client: str = ""
    origin: str = ""


class CibReplaced(Message, frozen=True):
    """Notice: the CIB of this node was replaced as a whole; read it anew."""

    version: CibVersion
    term: int


class CibReady(Message, frozen=True):
    """Notice on the DC: the newest CIB of the members was chosen in `term` and a majority holds it."""

    term: int


class CibTermRefused(Message, frozen=True):
    """Notice on the DC: a member knows of `term`, not below the own one, and follows no primary but that term's. Only
    a DC with a higher term can get at it."""

    term: int


class CibDisk(Message, frozen=True):
    """Notice: the disk of this node takes the CIB no more, for this reason; or, with an empty one, takes it again."""

    failure: str


class CibStatusQuery(Message, frozen=True):
    """Ask the CIB manager about itself."""


class CibStatus(Message, frozen=True):
    """The CIB manager's own state; `role` is `primary`, `follower` or `alone` (no primary known).

    `term` is the highest that it knows of, also from before a restart of the cluster; lower ones are refused.
    `conflicts` are the changes of the configuration that lost at a merge and are kept on this node (`CibConflict`);
    `conflicts_on` are the other members that keep some. `disk_failure` is why the disk takes nothing, empty if it does.
    """

    node: str
    role: str
    term: int
    primary: str
    version: CibVersion
    digest: str
    in_step: bool
    conflicts: tuple[str, ...] = ()
    disk_failure: str = ""
    conflicts_on: tuple[str, ...] = ()


class CibConflictsQuery(Message, frozen=True):
    """Ask for the changes of the configuration that lost at a merge, as this node keeps them: one by its name, or
    all."""

    name: str = ""
    user: str = ""


class CibConflict(Message, frozen=True):
    """What was committed in a partition and is not in the CIB that won: a patchset from where the two parted; or, if
    that is not known, `from_winner`, so that it takes back what was changed there as well. `time` is when they merged,
    in seconds since the epoch."""

    name: str
    time: float
    patchset: str
    from_winner: bool = False


class CibConflicts(Message, frozen=True):
    """The changes that lost, in the order of time."""

    conflicts: tuple[CibConflict, ...]


class DropCibConflict(Message, frozen=True):
    """Do not keep a change that lost any more."""

    name: str
    user: str = ""
