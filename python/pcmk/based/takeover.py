"""Choices of a take-over as pure functions: how many must take part, whose copy is the newest, what version follows."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from pcmk._core import Cib
from pcmk.based.chain import Chain, fork, version_of
from pcmk.kernel.messages.based_peer import Copy, Position, Stamp
from pcmk.kernel.messages.cib import CibVersion
from pcmk.kernel.messages.common import View


def needed(view: View, absent: tuple[str, ...] = ()) -> int:
    """On how many members of a view, the primary included, a change must be on disk.

    A majority of the members that are not declared failed (`absent`), and of all nodes as far as the view has members.
    Take-overs hear as many; so in views with quorum, two of these groups always have a member in common. The exceptions
    are a cluster of two nodes, where one may go on alone, and partitions without quorum, which promise nothing: there
    absent members are not waited for at all.
    """
    live = sum(member.name not in absent for member in view.members) if absent else len(view.members)
    members = len(view.members) if view.quorate and view.expected_votes > 2 else live
    return max(live // 2 + 1, min(members, view.expected_votes // 2 + 1))


def newest(heard: Mapping[str, Stamp], node: str, own: Stamp) -> str:
    """The member whose copy is to be everyone's; `node` itself unless another's is newer than its `own`.

    What a partition without quorum added counts only between copies with the same last quorate entry. Copies that
    still have a status section go before those that have not; then version, fingerprint and name decide.
    """
    best = max(heard, key=lambda name: (_age(heard[name]), name), default=node)
    return best if best != node and _age(heard[best]) > _age(own) else node


def _age(stamp: Stamp) -> tuple[Position, Position, bool, CibVersion, str]:
    return stamp.quorate, stamp.head, not stamp.fresh, stamp.version, stamp.fingerprint


def raised(cib: Cib, fingerprint: str, others: Iterable[Stamp]) -> Cib | None:
    """The CIB with a version above that of every other content; None if its version is so already."""
    version = version_of(cib)
    highest = CibVersion()
    for stamp in others:
        if stamp.fingerprint != fingerprint:
            highest = max(highest, stamp.version, stamp.shown)
        elif stamp.shown > version:
            highest = max(highest, stamp.shown)
    if highest < version or highest == CibVersion():
        return None
    if (highest.admin_epoch, highest.epoch) == (version.admin_epoch, version.epoch):
        above = CibVersion(version.admin_epoch, version.epoch, highest.num_updates + 1)
    else:
        above = CibVersion(highest.admin_epoch, highest.epoch + 1, 0)
    return with_version(cib, above)


def with_version(cib: Cib, version: CibVersion) -> Cib:
    """The CIB with another version."""
    return cib.with_attrs(
        {
            "admin_epoch": str(version.admin_epoch),
            "epoch": str(version.epoch),
            "num_updates": str(version.num_updates),
        }
    )


class Lost(Struct, frozen=True):
    """Changes of the configuration that are not in the copy which replaces the own one, as a patchset.

    It leads from where the histories parted. Where that CIB is not in memory any more it leads from the winner to what
    the configuration was here, and `parted` says where to look for it on disk.
    """

    patchset: str
    parted: Position | None = None


def conflict(own: Chain, copy: Copy, winner: Cib) -> Lost | None:
    """What was committed in the own copy but is not in the one that replaces it."""
    parted = fork(own.lineage, copy.lineage)
    imported = own.committed_position == Position() and own.committed.version != (0, 0, 0)
    if own.committed_position <= parted and not imported:
        return None
    if _configuration(own.committed) == _configuration(winner):
        return None
    before = own.at(parted)
    if before is not None:
        patchset = lost_since(before, own.committed)
        return Lost(patchset) if patchset else None
    return Lost(lost_since(winner, own.committed), parted)


def lost_since(before: Cib, lost: Cib) -> str:
    """What leads from a CIB to one with the configuration of another; empty if it has that."""
    configuration = _configuration(lost)
    if configuration == _configuration(before):
        return ""
    return before.diff(_with_configuration(before, configuration, lost))


def _configuration(cib: Cib) -> str:
    return "".join(cib.query("configuration"))


def _with_configuration(cib: Cib, configuration: str, source: Cib) -> Cib:
    if not configuration:
        return cib
    changed, _ = cib.apply("replace", "configuration", input_xml=configuration, keep_version=True)
    return with_version(changed, version_of(source))
