"""Choices of a take-over as pure functions: how many must take part, whose copy is the newest, what version follows."""

from collections.abc import Iterable, Mapping

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
    still have a status section go before those that have not; then version, digest and name decide.
    """
    best = max(heard, key=lambda name: (_age(heard[name]), name), default=node)
    return best if best != node and _age(heard[best]) > _age(own) else node


def _age(stamp: Stamp) -> tuple[Position, Position, bool, CibVersion, str]:
    return stamp.quorate, stamp.head, not stamp.fresh, stamp.version, stamp.digest


def raised(cib: Cib, digest: str, others: Iterable[Stamp]) -> Cib | None:
    """The CIB with a version above that of every other content; None if its version is so already."""
    version = version_of(cib)
    highest = CibVersion()
    for stamp in others:
        if stamp.digest != digest:
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


def conflict(own: Chain, copy: Copy, winner: Cib) -> str:
    """The patchset of the configuration changes that were committed in the own copy but are not in the one that
    replaces it; empty if there are none.

    It leads from where the histories parted. Where that CIB is not known any more it leads from the winner to what the
    configuration was here.
    """
    parted = fork(own.lineage, copy.lineage)
    imported = own.committed_position == Position() and own.committed.version != (0, 0, 0)
    if own.committed_position <= parted and not imported:
        return ""
    lost = _configuration(own.committed)
    if lost == _configuration(winner):
        return ""
    before = own.at(parted)
    if before is None:
        before = winner
    elif lost == _configuration(before):
        return ""
    return before.diff(_with_configuration(before, lost, own.committed))


def _configuration(cib: Cib) -> str:
    return "".join(cib.query("configuration"))


def _with_configuration(cib: Cib, configuration: str, source: Cib) -> Cib:
    if not configuration:
        return cib
    changed, _ = cib.apply("replace", "configuration", input_xml=configuration, keep_version=True)
    return with_version(changed, version_of(source))
