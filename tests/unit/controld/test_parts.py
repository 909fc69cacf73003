"""Parts of the controller on their own."""

import pytest

from pcmk._core import Cib, Element
from pcmk.based.operations import modify
from pcmk.controld import node_state
from pcmk.controld.attributes import failure_changes
from pcmk.controld.election import best_of, can_follow, rank
from pcmk.controld.options import Options, options_of
from pcmk.controld.port import Port
from pcmk.controld.roster import Peer, Roster
from pcmk.controld.writer import Writer, delete
from pcmk.kernel.core import Call, SetTimer
from pcmk.kernel.durations import duration
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibModified, CibModify, CibOperation, CibVersion
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.messages.controld_peer import ControllerHello


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30", 30.0), ("250ms", 0.25), ("5min", 300.0), ("2h", 7200.0), ("PT1M30S", 90.0), ("P1D", 86400.0), ("x", None)],
)
def test_durations(text: str, seconds: float | None):
    assert duration(text) == seconds


def test_options_come_from_the_first_set_and_have_defaults():
    cib = Cib.parse(
        '<cib admin_epoch="0" epoch="1" num_updates="0"><configuration><crm_config>'
        '<cluster_property_set id="a"><nvpair id="1" name="fencing-max-attempts" value="3"/>'
        '<nvpair id="2" name="transition-delay" value="7s"/></cluster_property_set>'
        '<cluster_property_set id="cib-bootstrap-options"><nvpair id="3" name="transition-delay" value="2s"/>'
        '<nvpair id="4" name="cluster-recheck-interval" value="never"/></cluster_property_set>'
        "</crm_config></configuration><status/></cib>"
    )
    options = options_of(cib)
    assert (options.transition_delay, options.fencing_max_attempts) == (2.0, 3)
    assert options.recheck_interval == Options().recheck_interval


def peer(name: str, started: int, *, feature_set: str = "3.20.5", dc: str = "", leaving: bool = False) -> Peer:
    hello = ControllerHello(feature_set, started, dc, leaving, 4)
    return Peer(name, "1", member=True, up=True, heard=hello)


def test_candidates_are_ranked():
    ordered = [
        peer("e", 9, feature_set="3.9.0"),
        peer("d", 9, dc="d"),
        peer("c", 1),
        peer("a", 2),
        peer("b", 2),
        peer("f", 0, leaving=True),
    ]
    set_apart = [ordered[i] for i in (3, 5, 0, 4, 2, 1)]
    assert sorted(set_apart, key=rank) == ordered
    assert rank(peer("x", 5, dc="x", leaving=True)) < rank(peer("y", 1))


@pytest.mark.parametrize(("dc", "fits"), [("3.20.9", True), ("3.1.0", True), ("3.21.0", False), ("4.0.0", False)])
def test_which_dc_can_be_followed(dc: str, fits: bool):
    assert can_follow("3.20.5", dc) is fits


@pytest.mark.parametrize(
    ("dc", "old", "best"),
    [
        ("acting", "", "new"),  # It was not brought up to date when all others were.
        ("acting", "old", "old"),  # Two partitions meet: the newer node can follow the older one.
        ("acting", "other", "old"),
        ("none", "", "old"),
    ],
)
def test_a_node_with_older_software_is_dc_unless_the_cluster_has_gone_on_without_it(dc: str, old: str, best: str):
    newer = peer("new", 1, dc="new" if dc == "acting" else "", feature_set="3.21.0")
    talking = [newer, peer("old", 2, dc=old, feature_set="3.20.5")]
    assert best_of(talking) is next(each for each in talking if each.name == best)


def entry(operation: str, interval: int = 0, status: int = 0) -> Element:
    return Element.parse(
        f'<lrm_rsc_op operation_key="my_r_{operation}_{interval}" operation="{operation}" interval="{interval}"'
        f' op-status="{status}"/>'
    )


@pytest.mark.parametrize(
    ("of", "outside", "ignored", "expected"),
    [
        (entry("start"), False, False, "INFINITY"),
        (entry("stop"), False, False, "value++"),
        (entry("monitor", 10000), False, False, "value++"),
        (entry("promote"), False, False, "value++"),
        (entry("monitor"), False, False, None),
        (entry("monitor"), True, False, "value++"),
        (entry("migrate_to"), False, False, None),
        (entry("start", status=9), False, False, None),
        (entry("start"), False, True, ""),
    ],
)
def test_what_failures_count(of: Element, outside: bool, ignored: bool, expected: str | None):
    changes = failure_changes(of, "n1", 77, "INFINITY", "1", outside=outside, ignored=ignored)
    suffix = f"my_r#{of.get('operation')}_{of.get('interval')}"
    if expected is None:
        assert changes == ()
        return
    last = (f"last-failure-{suffix}", "77")
    count = [(f"fail-count-{suffix}", expected)] if expected else []
    assert [(change.name, change.value) for change in changes] == [*count, last]


class Based:
    """Answers the writer's calls."""

    def __init__(self) -> None:
        self.port = Port("n1")
        self.writer = Writer(self.port, 1.0)
        self.written: list[tuple[str, CibVersion | None]] = []

    def submit(self, name: str, term: int = 0) -> None:
        self.writer.submit(
            (delete(f"//{name}"),), lambda done: self.written.append((name, done and done.version)), term=term
        )

    def call(self) -> tuple[int, list[str], int]:
        effects = self.port.take()
        (call,) = [effect for effect in effects if isinstance(effect, Call)]
        assert isinstance(call.body, CibModify)
        return call.id, [operation.xpath for operation in call.body.operations], call.body.term

    def answer(self, id: int, body: Message) -> None:
        self.port.answered(id, body)


V1, V2 = CibVersion(0, 0, 1), CibVersion(0, 0, 2)


def test_what_waits_is_written_together_and_in_order():
    based = Based()
    for name in "abc":
        based.submit(name)
    id, paths, _ = based.call()
    assert paths == ["//a"]
    based.answer(id, CibModified(V1))
    id, paths, _ = based.call()
    assert paths == ["//b", "//c"] and not based.writer.idle
    based.answer(id, CibModified(V2))
    assert based.written == [("a", V1), ("b", V2), ("c", V2)]
    assert based.writer.idle and based.writer.committed == V2


def test_what_could_not_be_carried_out_is_written_again():
    based = Based()
    based.submit("a")
    id, _, _ = based.call()
    based.answer(id, Failure(ExitCode.INDETERMINATE, "?"))
    assert [effect.key for effect in based.port.take() if isinstance(effect, SetTimer)] == ["write-retry"]
    based.port.fired("write-retry")
    id, paths, _ = based.call()
    based.answer(id, CibModified(V1))
    assert (paths, based.written) == (["//a"], [("a", V1)])


def test_one_refused_change_does_not_take_others_with_it():
    based = Based()
    for name in "abc":
        based.submit(name)
    based.answer(based.call()[0], CibModified(V1))
    id, _, _ = based.call()
    based.answer(id, Failure(ExitCode.NOSUCH, "b is bad"))
    id, paths, _ = based.call()
    assert paths == ["//b"]
    based.answer(id, Failure(ExitCode.NOSUCH, "b is bad"))
    id, paths, _ = based.call()
    based.answer(id, CibModified(V2))
    assert based.written == [("a", V1), ("b", None), ("c", V2)]


def test_what_a_dc_writes_has_its_term_and_ends_with_it():
    based = Based()
    based.submit("a", term=4)
    based.submit("b")
    based.submit("c", term=4)
    id, paths, term = based.call()
    assert (paths, term) == (["//a"], 4)
    based.writer.stop_being_dc()
    based.answer(id, Failure(ExitCode.DISCONNECT, "gone"))
    based.port.take()
    based.port.fired("write-retry")
    _, paths, term = based.call()
    assert (paths, term, based.written) == (["//b"], 0, [])


def test_a_node_that_was_set_up_anew_replaces_its_old_entries():
    cib = Cib.parse(
        '<cib admin_epoch="0" epoch="1" num_updates="0"><configuration><nodes><node id="9" uname="n1"/></nodes>'
        '</configuration><status><node_state id="9" uname="n1"/></status></cib>'
    )
    operations = node_state.preparing(cib, [peer("n1", 1)])
    assert [operation.operation for operation in operations[:3]] == ["delete", "delete", "modify"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("", "unseen"),
        ('<node_state id="9" uname="n1" in_ccm="5"/>', "unseen"),
        ('<node_state id="9" uname="n1" in_ccm="5"><lrm id="9"/></node_state>', "member"),
        ('<node_state id="9" uname="n1" in_ccm="5" crmd="5" join="member" expected="member"/>', "member"),
        ('<node_state id="9" uname="n1" in_ccm="5" join="down" expected="down"/>', "down"),
    ],
)
def test_a_node_that_came_and_went_without_joining_is_not_taken_for_clean(state: str, expected: str):
    """It may have run anything in another partition before it came."""
    cib = with_status(state)
    assert of_lost(applied(cib, node_state.lost(cib, Peer("n1", "9"), clean=False))) == expected


KNOWN = '<node_state id="9" uname="n1" in_ccm="5" crmd="5" join="member" expected="member"><lrm id="9"/></node_state>'
BARE = '<node_state id="9" uname="n1" in_ccm="5"/>'
UNCLEAR = '<node_state id="9" uname="n1" in_ccm="5"><lrm id="9"/></node_state>'


@pytest.mark.parametrize(
    ("seen", "taken_by", "expected"),
    [
        ("", KNOWN, "member"),
        (BARE, KNOWN, "member"),
        (UNCLEAR, KNOWN, "member"),
        ("", UNCLEAR, "member"),
        (BARE, UNCLEAR, "member"),
        (KNOWN, "", "unseen"),
        (KNOWN, BARE, "unseen"),
        (KNOWN, UNCLEAR, "member"),
        (UNCLEAR, "", "member"),
    ],
)
def test_the_loss_of_a_node_is_told_to_a_cib_that_knows_other_things_of_it(seen: str, taken_by: str, expected: str):
    """Partitions merge: the change was made for the CIB of one, and the CIB of another takes it. Then the DC looks
    through that one."""
    after = applied(with_status(taken_by), node_state.lost(with_status(seen), Peer("n1", "9"), clean=False))
    history = len(with_status(taken_by).find("//lrm"))
    after = applied(after, node_state.absent(after, Roster("n2")))
    assert of_lost(after) == expected
    assert len(after.find("//lrm")) == history, "what ran there is not forgotten"


def with_status(status: str) -> Cib:
    return Cib.parse(
        '<cib admin_epoch="0" epoch="1" num_updates="0"><configuration><nodes><node id="9" uname="n1"/></nodes>'
        f"</configuration><status>{status}</status></cib>"
    )


def applied(cib: Cib, operations: tuple[CibOperation, ...]) -> Cib:
    outcome = modify(cib, CibModify(operations), "n1", 0.0)
    assert isinstance(outcome.answer, CibModified)
    return outcome.cib


def of_lost(cib: Cib) -> str:
    """What the one node that was lost is expected to be; `unseen` if nothing is known of it."""
    states = [(one.get("in_ccm"), one.get("crmd"), one.get("expected")) for one in cib.find("/cib/status/node_state")]
    assert len(states) <= 1
    assert all(state[:2] == ("0", "0") for state in states)
    return str(states[0][2]) if states else "unseen"


@pytest.mark.parametrize(("fresh", "expected"), [(True, "down"), (False, "member")])
def test_a_node_on_its_way_in_is_expected_to_be_a_member_unless_it_just_started(fresh: bool, expected: str):
    cib = Cib.parse('<cib admin_epoch="0" epoch="1" num_updates="0"><configuration/><status/></cib>')
    one = peer("n1", 1)
    one.fresh = fresh
    states = [Element.parse(operation.input_xml) for operation in node_state.preparing(cib, [one])[1:2]]
    assert [state.get("expected") for state in states] == [expected]
