"""Counting members: may this node act for all of them?"""

from msgspec import Struct

from pcmk.controld import node_state
from pcmk.controld.roster import Peer
from pcmk.controld.shared import Shared


class Tally(Struct, frozen=True):
    """Members by what is known of their controllers: gone as announced, failed, silent (not failed yet), talking."""

    left: tuple[Peer, ...]
    failed: tuple[Peer, ...]
    silent: tuple[Peer, ...]
    talking: tuple[Peer, ...]

    @property
    def counted(self) -> int:
        """How many members count: all but those that left."""
        return len(self.failed) + len(self.silent) + len(self.talking)


def tally(shared: Shared) -> Tally:
    """Count the members of the view."""
    members = shared.roster.members()
    talking = tuple(peer for peer in members if peer.talks)
    others = [peer for peer in members if not peer.talks]
    left = tuple(peer for peer in others if not peer.up and has_left(shared, peer))
    rest = [peer for peer in others if peer not in left]
    failed = tuple(peer for peer in rest if peer.failed)
    return Tally(left, failed, tuple(peer for peer in rest if not peer.failed), talking)


def has_left(shared: Shared, peer: Peer) -> bool:
    """Whether a member's controller left as announced, perhaps under another DC.

    What the CIB says is about this membership only if the controller was heard in it: a node that comes back was down
    before, and is on its way up now.
    """
    return peer.permitted or (peer.dropped and node_state.is_down(shared.replica.cib, peer))


def may_fire(shared: Shared) -> bool:
    """Whether a DC may start actions: it hears more than half of the members, or half of them and all others have been
    declared failed. Otherwise it may be the one that is cut off."""
    count = tally(shared)
    talking = len(count.talking)
    return 2 * talking > count.counted or (2 * talking == count.counted and not count.silent)


def absent(shared: Shared) -> tuple[str, ...]:
    """Members that no majority needs: those that left, and those that have failed while half of the others are left."""
    count = tally(shared)
    names = [peer.name for peer in count.left]
    if 2 * len(count.failed) <= count.counted:
        names += [peer.name for peer in count.failed]
    return tuple(sorted(names))


def stand_delay(shared: Shared) -> float | None:
    """Seconds until this node may stand for DC as far as numbers go; None if it hears too few members.

    Hearing just half of them, it gives a DC that may be among the others the time to come back, or to declare this
    node failed.
    """
    count = tally(shared)
    talking = len(count.talking)
    if 2 * talking > count.counted:
        return 0.0
    if 2 * talking < count.counted:
        return None
    vanished = [peer.silent_from for peer in (*count.silent, *count.failed) if peer.dropped]
    patience = 2 * shared.settings.rejoin_grace
    return max((since + patience - shared.port.now.mono for since in vanished), default=0.0)
