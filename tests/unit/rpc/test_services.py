"""What the daemons let clients do that are not privileged."""

import pytest

from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages.cib import CibChanged, CibReplaced, CibVersion
from pcmk.kernel.messages.common import SetPrimary
from pcmk.rpc.services import service_of

OPEN = {
    Daemon.PACEMAKERD: {"SupervisorQuery"},
    Daemon.BASED: {
        "CibQuery", "CibModify", "CibHistoryQuery", "CibAtQuery", "CibChangesQuery", "CibStatusQuery",
        "CibConflictsQuery", "DropCibConflict",
    },
    Daemon.ATTRD: {
        "AttributeUpdate", "AttributePattern", "AttributeQuery", "AttributePurge", "AttributeClearFailures",
        "AttributeRefresh",
    },
    Daemon.CONTROLD: {"ControllerQuery", "NodesQuery", "RemoveNode", "RefreshResource", "CleanupResource"},
    Daemon.FENCED: {
        "Fence", "ConfirmFenced", "FenceHistoryQuery", "FenceHistoryClean", "DevicesQuery", "DeviceCommand",
    },
    Daemon.EXECD: {"MetadataQuery", "AgentsQuery"},
    Daemon.SCHEDULERD: set(),
}  # fmt: skip
"""A request that is new has to be thought about: it belongs here, or among the service's `privileged`."""


@pytest.mark.parametrize("daemon", Daemon)
def test_who_is_not_privileged_may_ask_for_these_and_no_more(daemon: Daemon) -> None:
    service = service_of(daemon)
    requests = {request for request, _answer in service.methods}
    assert service.privileged <= requests
    assert {request.__name__ for request in requests - service.privileged} == OPEN[daemon]
    assert SetPrimary not in requests - service.privileged


def test_a_change_of_the_cib_is_told_without_what_it_is() -> None:
    public = service_of(Daemon.BASED).public
    assert public(CibChanged(CibVersion(0, 1, 2), 3, "<diff/>", "client", "node")) == CibReplaced(
        CibVersion(0, 1, 2), 3
    )
    assert public(CibReplaced(CibVersion(0, 1, 2), 3)) == CibReplaced(CibVersion(0, 1, 2), 3)
