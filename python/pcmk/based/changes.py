"""Who follows the CIB: what has changed since they were last told.

What is told is the difference between two committed trees, seen with the eyes of who asks. So nothing is missing and
nothing comes twice, whoever was not connected for how long; who is slow gets several changes as one; and what may not
be read is not in it. A place in the order (`Position`) and the version say which CIB somebody has, on every node; the
version because a node that starts has another one at its place, without status.
"""

from collections.abc import Mapping

from pcmk._core import Cib
from pcmk.based.access import seen
from pcmk.based.chain import Chain, version_of
from pcmk.kernel.cib_replica import patch_changes
from pcmk.kernel.errors import CibError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.based_peer import Position
from pcmk.kernel.messages.cib import CibChanges, CibChangesQuery
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.users import needs_acls

REMEMBERED = 100
"""Trees that were committed, from which patchsets may lead, also when the chain begins anew. Each shares with the next
what did not change; but lists of children are copied, and who is behind by more is as well served by the whole."""

_UNKNOWN = "what changed since then is not known on this node"


class Followers:
    """Those who wait for changes, by the number of their request."""

    def __init__(self) -> None:
        self._waiting: dict[int, CibChangesQuery] = {}
        self._chain: Chain | None = None
        self._trees: dict[Position, Cib] = {}

    def ask(self, id: int, query: CibChangesQuery, chain: Chain, wall: float) -> CibChanges | Failure | None:
        """The answer to a query, if it is to be given now."""
        answer = changes(query, chain, self._trees, wall)
        if answer is None:
            self._waiting[id] = query
        return answer

    def forget(self, id: int) -> None:
        """Somebody does not wait any more."""
        self._waiting.pop(id, None)

    def progress(self, chain: Chain, wall: float) -> list[tuple[int, CibChanges | Failure]]:
        """The answers that can be given since more is committed; called after every event."""
        if not self._remember(chain):
            return []
        found: dict[CibChangesQuery, CibChanges | Failure | None] = {}
        answers: list[tuple[int, CibChanges | Failure]] = []
        for id, query in list(self._waiting.items()):
            if query not in found:
                found[query] = changes(query, chain, self._trees, wall)
            answer = found[query]
            if answer is not None:
                del self._waiting[id]
                answers.append((id, answer))
        return answers

    def _remember(self, chain: Chain) -> bool:
        """Note what is committed; whether that is news."""
        if chain is not self._chain:
            # A copy that was taken over: what was committed before may be lost by it.
            self._chain, self._trees = chain, {}
        if chain.detached or chain.committed_position in self._trees:
            return False
        self._trees[chain.committed_position] = chain.committed
        if len(self._trees) > REMEMBERED:
            del self._trees[next(iter(self._trees))]
        return True


def changes(
    query: CibChangesQuery, chain: Chain, trees: Mapping[Position, Cib], wall: float
) -> CibChanges | Failure | None:
    """What somebody is to be told; None if they wait and there is nothing. `trees` were committed on this node."""
    version, now = version_of(chain.committed), _text(chain.committed_position, chain.committed)
    try:
        since, had = _place(query.since) if query.since else (None, None)
        if since is not None and since > chain.committed_position:
            # Another node was ahead of this one; what it told is on its way, or will turn out to be lost.
            return None if query.wait else CibChanges(version, query.since)
        if query.since == now:
            return None if query.wait else CibChanges(version, now)
        known = None if since is None or chain.detached else trees.get(since) or chain.at(since)
        new = _part(chain.committed, query, wall)
        if known is None or known.version != had:
            return CibChanges(version, now, whole=True, xml=new.to_xml(), reason=_UNKNOWN if query.since else "")
        patchset = _part(known, query, wall).diff(new)
        if query.wait and not _says_something(patchset, query):
            return None
        return CibChanges(version, now, patchset)
    except CibError as error:
        return Failure(error.code, error.message)
    except ValueError as error:
        return Failure(ExitCode.USAGE, str(error))


def _part(cib: Cib, query: CibChangesQuery, wall: float) -> Cib:
    return seen(cib, query, wall).only(query.section)


def _says_something(patchset: str, query: CibChangesQuery) -> bool:
    """Each change modifies the root: the version. To who follows a section, that alone is no news."""
    # To whom ACLs apply is told all the same: a look at what they may see must not be had for nothing.
    if not patchset or not query.section or needs_acls(query.user):
        return bool(patchset)
    return any(change.path != "/cib" or change.operation != "modify" for change in patch_changes(patchset))


def _text(position: Position, cib: Cib) -> str:
    numbers = (position.term, position.round, position.seq, *cib.version)
    return ".".join((*map(str, numbers), position.primary))


def _place(text: str) -> tuple[Position, tuple[int, int, int]]:
    """The place in the order, and the version there."""
    parts = text.split(".", 6)
    if len(parts) != 7 or not all(part.isdecimal() for part in parts[:6]):
        raise ValueError(f"'{text}' is no place in the order of changes")
    term, round, seq, admin_epoch, epoch, num_updates = map(int, parts[:6])
    return Position(term, round, seq, parts[6]), (admin_epoch, epoch, num_updates)
