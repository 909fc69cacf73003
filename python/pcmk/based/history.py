"""The history of the configuration, made of what is on disk anyway.

The journals of the kept generations have every change with its author; `archive` keeps the changes of the configuration
when a generation goes. So a change costs nothing that is not written for its own sake, and what was acknowledged is in
the history whatever crashes.

History comes in *stretches*: a CIB, and the changes that follow it without a gap. A copy that was taken over as a whole
begins another one. What a partition lost is on disk, too, and is told from what counts by the lineage.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from pcmk._core import Cib, Element
from pcmk.based.chain import LINEAGE
from pcmk.based.disk import ReadHistory, Record
from pcmk.kernel.errors import CibError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.based_peer import Ballot, Entry, Position
from pcmk.kernel.messages.cib import CibAnswer, CibChange, CibHistory, CibHistoryQuery, CibVersion
from pcmk.kernel.messages.common import Failure

ANSWER_BYTES = 32 * 2**20
"""An answer has not many more characters of patchsets than this."""

_STATUS = re.compile(r"/cib/status(/|\[|$)")


class Stretch(Struct, frozen=True):
    """Changes of the configuration without a gap, and how to get the CIB before the first one, without status."""

    position: Position
    version: CibVersion
    entries: tuple[Entry, ...]
    load: Callable[[], Cib]


class Course:
    """Which positions are in the history of a copy: those on its lineage that are committed."""

    def __init__(self, lineage: Iterable[Position], committed: Position) -> None:
        reached = tuple(lineage)
        self._committed = committed
        self._reached = {position.ballot: position for position in reached}
        # What a long lineage does not reach back to was on it when it was archived.
        self._known_from = reached[0].ballot if len(reached) >= LINEAGE else Ballot()

    def has(self, position: Position) -> bool:
        """Whether the change at a position counts."""
        if position > self._committed:
            return False
        reached = self._reached.get(position.ballot)
        if reached is not None:
            return position <= reached
        return position.ballot < self._known_from or position == Position()


def configuration_changes(version: CibVersion, records: Iterable[Record]) -> Iterator[Entry]:
    """Of what follows a CIB of that version, the changes of the configuration, without those of the status."""
    for record in records:
        if isinstance(record, Entry):
            if not same_configuration(version, record.version):
                yield without_status(record)
            version = record.version


def same_configuration(one: CibVersion, other: CibVersion) -> bool:
    """Whether two versions in the same course of things have the same configuration."""
    return (one.admin_epoch, one.epoch) == (other.admin_epoch, other.epoch)


def without_status(entry: Entry) -> Entry:
    """An entry whose patchset does not touch the status section."""
    if "/cib/status" not in entry.patchset and "<status" not in entry.patchset:
        return entry
    diff = Element.parse(entry.patchset)
    kept = "".join(child.to_xml() for child in diff.children if not _of_status(child))
    return replace(entry, patchset=f'<diff format="2">{kept}</diff>')


def _of_status(change: Element) -> bool:
    path = change.get("path", "")
    made = change.children[0].name if change.get("operation") == "create" and change.children else ""
    return bool(_STATUS.match(path)) or (path == "/cib" and made == "status")


def answer(stretches: Iterable[Stretch], wanted: ReadHistory) -> CibHistory | CibAnswer | Failure:
    """What is asked of the history, from stretches that come newest first."""
    course, query = Course(wanted.lineage, wanted.committed), wanted.query
    if isinstance(query, CibHistoryQuery):
        return newest_changes(stretches, course, query.limit, ANSWER_BYTES)
    asked = f"{query.version.admin_epoch}.{query.version.epoch}"
    try:
        cib = configuration_at(stretches, course, query.version)
    except CibError as error:
        return Failure(error.code, f"version {asked} can't be restored: {error.message}")
    if cib is None:
        return Failure(ExitCode.NOSUCH, f"version {asked} is not in the history that this node has kept")
    return CibAnswer(cib.to_xml(), CibVersion(*cib.version))


def newest_changes(stretches: Iterable[Stretch], course: Course, limit: int, most_bytes: int) -> CibHistory:
    """The newest changes, newest first, of stretches that come newest first: at most `limit` (0 for all), and not many
    more characters of patchsets than `most_bytes`. A change that several stretches have is told once."""
    found: list[CibChange] = []
    seen: set[Position] = set()
    size = 0
    for stretch in stretches:
        for entry in reversed(stretch.entries):
            if entry.position in seen or not course.has(entry.position):
                continue
            if (limit and len(found) == limit) or size > most_bytes:
                return CibHistory(tuple(found), complete=False)
            seen.add(entry.position)
            size += len(entry.patchset)
            origin = entry.request.node if entry.request is not None else ""
            found.append(CibChange(entry.version, entry.time, entry.user, origin, entry.client, entry.patchset))
    return CibHistory(tuple(found), complete=True)


def cib_at(stretches: Iterable[Stretch], course: Course, position: Position) -> Cib | None:
    """The CIB with the configuration at a position that is committed on a course, with an empty status section; None if
    it is not known. Stretches come newest first. Raises `CibError` for a patchset that does not fit."""
    for stretch in stretches:
        if stretch.position > position or not course.has(stretch.position):
            continue
        try:
            cib = stretch.load()
        except FileNotFoundError:
            # It is being moved to the archive, which comes later.
            continue
        for entry in stretch.entries:
            if entry.position <= position and course.has(entry.position):
                cib = cib.apply_patchset(entry.patchset, check_version=False)
        return cib
    return None


def configuration_at(stretches: Iterable[Stretch], course: Course, version: CibVersion) -> Cib | None:
    """The newest CIB that had the configuration of a version (`num_updates` does not count), with an empty status
    section; None if it is not known. Raises `CibError` for a patchset that does not fit."""
    for stretch in stretches:
        reached = [index for index, entry in enumerate(stretch.entries) if same_configuration(entry.version, version)]
        wanted = [index for index in reached if course.has(stretch.entries[index].position)]
        if not wanted and not (same_configuration(stretch.version, version) and course.has(stretch.position)):
            continue
        try:
            cib = stretch.load()
        except FileNotFoundError:
            # It is being moved to the archive, which comes later.
            continue
        for entry in stretch.entries[: wanted[-1] + 1 if wanted else 0]:
            cib = cib.apply_patchset(entry.patchset, check_version=False)
        return cib
    return None
