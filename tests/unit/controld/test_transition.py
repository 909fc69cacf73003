"""A transition with graphs written by hand."""

from dataclasses import dataclass, field

from world import Graph

from pcmk._core import Element
from pcmk.controld import transition as module
from pcmk.controld.events import Settings
from pcmk.controld.keys import TransitionKey, uuid_of
from pcmk.controld.port import Port
from pcmk.controld.roster import Phase, Roster
from pcmk.controld.shared import Shared
from pcmk.controld.writer import Writer
from pcmk.kernel.cib_replica import CibReplica
from pcmk.kernel.core import Instant, Send, SetTimer
from pcmk.kernel.messages.common import Member, View
from pcmk.kernel.messages.controld_peer import ActionDone, ControllerHello, PerformAction

N1, N2 = ("n1", "1"), ("n2", "2")
UUID = uuid_of("me")


@dataclass
class Bench:
    """A transition of a DC `dc` with members n1 and n2."""

    port: Port = field(default_factory=lambda: Port("dc"))
    fenced: list[str] = field(default_factory=list[str])
    counted: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    lost: list[str] = field(default_factory=list[str])
    aborts: list[str] = field(default_factory=list[str])
    ended: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    may_fire: bool = True

    def __post_init__(self) -> None:
        roster = Roster("dc")
        members = tuple(Member(name, id, name, 1) for id, name in enumerate(("n1", "n2", "dc"), 1))
        roster.take_view(View(1, members, True), Instant(0, 0))
        for name in ("n1", "n2"):
            peer = roster.connected(name, Instant(0, 0))
            roster.heard(peer, ControllerHello("3.20.5", 1, "dc", False, 2))
            peer.phase = Phase.CONFIRMED
        self.roster = roster
        self.shared = Shared(self.port, Settings(), roster, CibReplica(), Writer(self.port, 1.0), "me", False)
        work = module.Work(
            fence=lambda action: self.fenced.append(action.on_node),
            shut_down=lambda action: None,
            clear_failures=lambda action: None,
            erase_history=lambda action: None,
            count_failure=self.count,
            record_lost=lambda action, key: self.lost.append(key),
            abort=self.abort,
            completed=lambda completion, text: self.ended.append((completion, text)),
            may_fire=lambda: self.may_fire,
        )
        self.transition = module.Transition(self.shared, work)

    def count(self, node: str, entry: Element, outside: bool, ignored: bool) -> None:
        self.counted.append((node, entry.get("id", "")))

    def abort(self, priority: int, completion: str, text: str) -> None:
        self.aborts.append(text)
        self.transition.abort(priority, completion, text)  # pyright: ignore[reportArgumentType]

    def sent(self) -> list[tuple[str, str]]:
        effects = self.port.take()
        return [
            (effect.node, effect.body.operation_key)
            for effect in effects
            if isinstance(effect, Send) and isinstance(effect.body, PerformAction)
        ]

    def result(self, action: int, rc: int = 0, *, transition: int = 1, interval: int = 0, uuid: str = UUID) -> None:
        key = TransitionKey(action, transition, 0, uuid)
        entry = Element.parse(
            f'<lrm_rsc_op id="r_last_0" transition-key="{key}" op-status="0" rc-code="{rc}" interval="{interval}"/>'
        )
        self.transition.recorded("1", entry)


def chain() -> str:
    graph = Graph()
    stop = graph.resource("r", "stop", 0, N1)
    start = graph.resource("r", "start", 0, N2, stop)
    graph.resource("r", "monitor", 10000, N2, start)
    return graph.xml(1)


def test_actions_go_to_their_nodes_one_after_the_other():
    bench = Bench()
    bench.transition.load(chain(), 1)
    assert bench.sent() == [("n1", "r_stop_0")]
    bench.result(1)
    assert bench.sent() == [("n2", "r_start_0")]
    bench.result(2)
    bench.result(2)
    assert bench.sent() == [("n2", "r_monitor_10000")]
    bench.result(3, interval=10000)
    assert (bench.ended, bench.aborts) == ([("done", "")], [])


def test_what_the_graph_forgets_of_a_resource_is_no_surprise():
    bench = Bench()
    graph = Graph()
    graph.resource("r", "delete", 0, N1, graph.resource("r", "stop", 0, N1))
    bench.transition.load(graph.xml(1), 1)
    assert bench.transition.is_erased("1", "r")
    assert not bench.transition.is_erased("2", "r")
    bench.transition.load(chain(), 2)
    assert not bench.transition.is_erased("1", "r")


def test_a_failure_stops_what_depends_on_it_and_counts_once():
    bench = Bench()
    bench.transition.load(chain(), 1)
    bench.result(1, rc=1)
    bench.result(1, rc=1)
    assert bench.sent() == [("n1", "r_stop_0")]
    assert (bench.aborts[0], bench.ended, len(bench.counted)) == ("Event failed", [("restart", "Event failed")], 1)


def test_a_node_gets_no_more_than_it_takes():
    bench = Bench()
    graph = Graph()
    for number in range(5):
        graph.resource(f"r{number}", "start", 0, N1)
    bench.transition.load(graph.xml(1), 1)
    assert len(bench.sent()) == 2
    bench.result(1)
    assert bench.sent() == [("n1", "r2_start_0")]


def test_nothing_is_sent_while_the_dc_may_be_cut_off():
    bench = Bench(may_fire=False)
    bench.transition.load(chain(), 1)
    assert bench.sent() == []
    bench.may_fire = True
    bench.transition.drive()
    assert bench.sent() == [("n1", "r_stop_0")]


def test_an_action_that_does_not_report_is_lost():
    bench = Bench()
    bench.transition.load(chain(), 1)
    (timer,) = [effect for effect in bench.port.take() if isinstance(effect, SetTimer)]
    assert timer.delay == 80.0
    bench.port.fired(timer.key)
    assert (bench.lost, bench.aborts) == ([f"1:1:0:{UUID}"], ["Action lost"])
    assert bench.ended == [("restart", "Action lost")]


def test_actions_on_a_failed_node_end_but_its_fencing_goes_on():
    bench = Bench()
    graph = Graph()
    demote = graph.resource("r", "demote", 0, N1)
    fence = graph.cluster("stonith", N1)
    graph.resource("r", "promote", 0, N2, demote)
    graph.resource("r", "start", 0, N2, fence)
    bench.transition.load(graph.xml(1), 1)
    peer = bench.roster.get("n1")
    assert peer is not None
    bench.transition.node_failed(peer)
    assert bench.fenced == ["n1"] and bench.ended == []
    assert bench.transition.expects_down("1")
    bench.transition.confirm(2)
    bench.transition.drive()
    # Neither does the promoted role move on to another node, nor does anything else begin before a new plan.
    assert bench.sent() == [("n1", "r_demote_0")]
    assert bench.ended == [("restart", "Node failure")]


def test_what_a_controller_may_not_have_got_is_sent_again():
    bench = Bench()
    bench.transition.load(chain(), 1)
    bench.port.take()
    peer = bench.roster.get("n1")
    assert peer is not None
    bench.transition.resend(peer)
    assert bench.sent() == [("n1", "r_stop_0")]
    bench.transition.done(ActionDone(f"1:1:0:{UUID}", 0, 0))
    assert bench.sent() == [("n2", "r_start_0")]


def test_an_action_for_a_node_that_is_not_there_fails():
    bench = Bench()
    graph = Graph()
    graph.resource("r", "start", 0, ("n9", "9"))
    bench.transition.load(graph.xml(1), 1)
    assert bench.ended[0][0] == "restart"


def test_results_that_do_not_belong_are_told_by_what_they_are():
    bench = Bench()
    bench.transition.load(chain(), 1)
    bench.result(1, transition=-1)
    bench.result(1, uuid=uuid_of("other"))
    bench.result(1, transition=0)
    bench.result(1, transition=0, interval=10)
    bench.result(77)
    expected = ["Unexpected event", "Foreign event", "Old event", "Change in recurring result", "Unknown event"]
    assert bench.aborts == expected


def test_a_recurring_result_that_changes_while_the_graph_runs_is_not_missed():
    bench = Bench()
    graph = Graph()
    graph.resource("r", "monitor", 10000, N1)
    graph.resource("x", "start", 0, N2)
    bench.transition.load(graph.xml(1), 1)
    bench.result(1, interval=10000)
    assert bench.aborts == []
    bench.result(1, rc=7, interval=10000)
    assert bench.aborts == ["Change in recurring result"]
    assert bench.counted == [("1", "r_last_0")]


def test_a_graph_that_is_done_says_what_is_next():
    bench = Bench()
    bench.transition.load(Graph().xml(1), 1)
    assert bench.ended == [("done", "")]
    assert not bench.transition.running


def timers(bench: Bench) -> list[tuple[str, float]]:
    return [(effect.key, effect.delay) for effect in bench.port.take() if isinstance(effect, SetTimer)]


def test_a_member_that_has_yet_to_join_gets_its_actions_then():
    bench = Bench()
    n1 = bench.roster.get("n1")
    assert n1 is not None
    n1.phase = Phase.ACCEPTED
    bench.transition.load(chain(), 1)
    assert bench.sent() == [] and bench.transition.busy
    n1.phase = Phase.CONFIRMED
    bench.transition.resend(n1)
    assert bench.sent() == [("n1", "r_stop_0")]
    bench.result(1)
    assert bench.sent() == [("n2", "r_start_0")] and bench.aborts == []


def test_a_member_that_never_joins_has_lost_its_actions_in_the_end():
    bench = Bench()
    n1 = bench.roster.get("n1")
    assert n1 is not None
    n1.phase = Phase.ACCEPTED
    bench.transition.load(chain(), 1)
    ((key, delay),) = timers(bench)
    assert delay > bench.shared.options.cluster_delay and bench.aborts == []
    bench.port.fired(key)
    assert bench.aborts == ["Action lost"] and bench.ended == [("restart", "Action lost")]
    assert bench.lost == [str(TransitionKey(1, 1, 0, UUID))]


def test_what_is_handed_over_again_has_its_whole_time_again():
    bench = Bench()
    n1 = bench.roster.get("n1")
    assert n1 is not None
    bench.transition.load(chain(), 1)
    first = timers(bench)
    bench.transition.resend(n1)
    assert timers(bench) == first != []


def test_nothing_is_kept_for_a_node_that_is_no_member():
    bench = Bench()
    bench.roster.take_view(View(2, (Member("n2", 2, "n2", 1), Member("dc", 3, "dc", 1)), True), Instant(1, 1))
    bench.transition.load(chain(), 1)
    assert bench.sent() == []
    assert bench.aborts == ["r_stop_0 can't be sent to n1"]


def test_of_a_graph_that_is_done_what_is_asked_for_later_stays():
    bench = Bench()
    graph = Graph()
    graph.cluster("stonith", N1)
    bench.transition.load(graph.xml(1).replace("<transition_graph", '<transition_graph recheck-by="17"'), 1)
    bench.transition.confirm(1)
    bench.transition.drive()
    assert bench.ended == [("done", "")]
    assert bench.transition.attr("recheck-by") == "17"
    assert bench.transition.expects_down("1") and not bench.transition.expects_down("2")
    bench.transition.load(chain(), 2)
    assert not bench.transition.expects_down("1")
    bench.transition.halt()
    assert bench.transition.attr("recheck-by") == ""
