from collections.abc import Callable
from itertools import count

import pytest

from pcmk._core import Cib
from pcmk.kernel.cib_replica import RETRY_TIMER, CibReplica
from pcmk.kernel.core import Call, CallResult, LinkDown, LinkUp, Notice, SetTimer, TimerFired
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages.cib import CibAnswer, CibChanged, CibQuery, CibReplaced, CibVersion
from pcmk.kernel.messages.common import Failure

BASED = Daemon.BASED


def chain(length: int) -> tuple[list[Cib], list[CibChanged]]:
    cibs = [Cib.empty("pacemaker-4.0", "3.20.5")]
    notices: list[CibChanged] = []
    for number in range(length):
        state = f"<node_state id='{number}'/>"
        cib, patchset = cibs[-1].apply("create", "status", input_xml=state)
        cibs.append(cib)
        notices.append(CibChanged(CibVersion(*cib.version), 1, patchset, "tester", "node1"))
    return cibs, notices


def answer(cib: Cib) -> CibAnswer:
    return CibAnswer(cib.to_xml(), CibVersion(*cib.version), 1)


@pytest.fixture
def ids() -> Callable[[], int]:
    numbers = count(1)
    return lambda: next(numbers)


def linked(replica: CibReplica, ids: Callable[[], int]) -> int:
    update = replica.handle(LinkUp(BASED), ids)
    assert update is not None
    (call,) = update.effects
    assert isinstance(call, Call) and call.body == CibQuery()
    return call.id


def test_reads_at_link_up_and_follows_notices(ids: Callable[[], int]) -> None:
    cibs, notices = chain(3)
    replica = CibReplica()
    update = replica.handle(CallResult(linked(replica, ids), answer(cibs[0])), ids)
    assert update is not None and update.changed and update.everything
    for cib, notice in zip(cibs[1:], notices, strict=True):
        update = replica.handle(Notice(BASED, notice), ids)
        assert update is not None and update.changed and not update.everything
        (created,) = [change for change in update.changes if change.operation == "create"]
        assert created.path == "/cib/status" and created.element is not None and created.element.name == "node_state"
        assert (update.client, update.origin) == ("tester", "node1")
        assert replica.cib == cib and replica.version == notice.version


def test_what_was_read_after_a_replacement_says_so_once(ids: Callable[[], int]) -> None:
    cibs, _ = chain(2)
    replica = CibReplica()
    first = replica.handle(CallResult(linked(replica, ids), answer(cibs[0])), ids)
    assert first is not None and first.everything and not first.replaced
    told = replica.handle(Notice(BASED, CibReplaced(CibVersion(*cibs[1].version), 1)), ids)
    assert told is not None and not told.changed
    # The link breaks before the answer: what is read after that still replaces what is known.
    replica.handle(LinkDown(BASED), ids)
    again = replica.handle(CallResult(linked(replica, ids), answer(cibs[1])), ids)
    assert again is not None and again.everything and again.replaced
    last = replica.handle(CallResult(linked(replica, ids), answer(cibs[2])), ids)
    assert last is not None and last.everything and not last.replaced


def test_notices_that_arrive_before_the_answer_are_applied_after_it(ids: Callable[[], int]) -> None:
    cibs, notices = chain(3)
    replica = CibReplica()
    call = linked(replica, ids)
    for notice in notices:
        assert replica.handle(Notice(BASED, notice), ids) is not None
    assert replica.cib is None
    replica.handle(CallResult(call, answer(cibs[1])), ids)
    assert replica.cib == cibs[3]


def test_a_notice_that_the_answer_overtook_is_dropped(ids: Callable[[], int]) -> None:
    cibs, notices = chain(2)
    replica = CibReplica()
    replica.handle(CallResult(linked(replica, ids), answer(cibs[2])), ids)
    update = replica.handle(Notice(BASED, notices[0]), ids)
    assert update is not None and not update.changed and not update.effects
    assert replica.cib == cibs[2]


@pytest.mark.parametrize("replaced", [True, False])
def test_reads_anew_after_a_gap_or_a_replacement(replaced: bool, ids: Callable[[], int]) -> None:
    cibs, notices = chain(3)
    replica = CibReplica()
    replica.handle(CallResult(linked(replica, ids), answer(cibs[0])), ids)
    body = CibReplaced(CibVersion(*cibs[3].version), 1) if replaced else notices[2]
    update = replica.handle(Notice(BASED, body), ids)
    assert update is not None and not replica.current
    call = update.effects[-1]
    assert isinstance(call, Call)
    replica.handle(CallResult(call.id, answer(cibs[3])), ids)
    assert replica.current and replica.cib == cibs[3]


def test_a_failed_query_is_repeated_while_the_link_is_up(ids: Callable[[], int]) -> None:
    cibs, _ = chain(0)
    replica = CibReplica()
    update = replica.handle(CallResult(linked(replica, ids), Failure(124, "late")), ids)
    assert update is not None and any(isinstance(effect, SetTimer) for effect in update.effects)
    update = replica.handle(TimerFired(RETRY_TIMER), ids)
    assert update is not None
    (call,) = update.effects
    assert isinstance(call, Call)
    replica.handle(CallResult(call.id, answer(cibs[0])), ids)
    assert replica.cib == cibs[0]


def test_the_cib_stays_readable_while_the_link_is_down(ids: Callable[[], int]) -> None:
    cibs, notices = chain(1)
    replica = CibReplica()
    replica.handle(CallResult(linked(replica, ids), answer(cibs[0])), ids)
    replica.handle(LinkDown(BASED), ids)
    assert replica.cib == cibs[0] and not replica.current
    call = linked(replica, ids)
    replica.handle(CallResult(call, answer(cibs[1])), ids)
    assert replica.cib == cibs[1] and replica.version == notices[0].version


def test_other_events_are_none_of_its_business(ids: Callable[[], int]) -> None:
    replica = CibReplica()
    assert replica.handle(LinkUp(Daemon.EXECD), ids) is None
    assert replica.handle(CallResult(99, Failure(1, "")), ids) is None
    assert replica.handle(TimerFired("other"), ids) is None
