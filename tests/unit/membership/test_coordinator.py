from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmk.kernel.core import Instant, Log
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.messages.common import Member, View
from pcmk.membership import record
from pcmk.membership.coordinator import (
    Coordinator,
    Event,
    Gone,
    Heard,
    Hello,
    Record,
    Refuse,
    Save,
    Split,
    TellRemoved,
    TellView,
    Tick,
)
from pcmk.membership.votes import VoteRules

HANG = 2.0
NAMES = ("a", "b", "c")


def member(name: str) -> Member:
    return Member(name, NAMES.index(name) + 1, "127.0.0.1", 20000)


@dataclass
class Agents:
    """The nodes as their agents see the coordinator: the counterpart of the core in these tests."""

    rules: VoteRules = field(default_factory=lambda: VoteRules(3))
    now: float = 100.0
    record: Record = field(default_factory=Record)
    connections: dict[str, int] = field(default_factory=dict[str, int])
    incarnations: dict[str, str] = field(default_factory=dict[str, str])
    seen: dict[str, list[View]] = field(default_factory=dict[str, list[View]])
    refused: list[str] = field(default_factory=list[str])
    counter: int = 0

    def __post_init__(self) -> None:
        self.core = Coordinator(self.rules, HANG, self.record)

    def post(self, event: Event) -> None:
        for effect in self.core.handle(event, Instant(self.now, self.now)):
            match effect:
                case TellView():
                    self.told(effect.connection, effect.view)
                case TellRemoved():
                    name = self.told(effect.connection, effect.view)
                    del self.connections[name]
                    del self.incarnations[name]
                case Refuse():
                    self.refused.append(effect.reason)
                case Save():
                    self.record = effect.record
                case Log():
                    pass

    def told(self, connection: int, view: View) -> str:
        name = next(name for name, its in self.connections.items() if its == connection)
        assert self.record.last_view >= view.id, "a view is told before it is saved"
        if not (self.seen.get(name) and self.seen[name][-1] == view):
            self.seen.setdefault(name, []).append(view)
        return name

    def join(self, *names: str) -> None:
        for name in names:
            if name not in self.connections:
                self.counter += 1
                self.connections[name] = self.counter
                incarnation = self.incarnations.setdefault(name, str(self.counter))
                self.post(Hello(self.counter, member(name), incarnation))

    def die(self, name: str) -> None:
        self.incarnations.pop(name, None)
        if name in self.connections:
            self.post(Gone(self.connections.pop(name)))

    def wait(self, seconds: float, silent: tuple[str, ...] = ()) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += self.core.tick_interval
            for name, connection in list(self.connections.items()):
                if name not in silent:
                    self.post(Heard(connection))
            self.post(Tick())

    def restart_coordinator(self) -> None:
        self.core = Coordinator(self.rules, HANG, self.record)
        self.connections.clear()

    def last(self, name: str) -> View:
        return self.seen[name][-1]


def started(rules: VoteRules = VoteRules(3)) -> Agents:  # noqa: B008 - frozen
    agents = Agents(rules)
    agents.join("a", "b", "c")
    return agents


def test_all_nodes_get_the_same_views_in_order() -> None:
    agents = started()
    assert [view.names for view in agents.seen["a"]] == [("a",), ("a", "b"), ("a", "b", "c")]
    assert agents.seen["b"] == agents.seen["a"][1:]
    assert agents.seen["c"] == agents.seen["a"][2:]
    assert [view.quorate for view in agents.seen["a"]] == [False, True, True]


def test_wait_for_all_withholds_quorum_until_all_were_seen() -> None:
    agents = started(VoteRules(3, wait_for_all=True))
    assert [view.quorate for view in agents.seen["a"]] == [False, False, True]
    agents.die("c")
    assert agents.last("a").quorate
    agents.join("c")
    agents.die("a")
    assert agents.last("c").quorate, "who joined a settled partition is settled"


def test_a_closed_connection_is_a_dead_node_at_once() -> None:
    agents = started()
    agents.die("c")
    assert agents.last("a").names == ("a", "b") and agents.last("a").quorate
    agents.die("b")
    assert agents.last("a").names == ("a",) and not agents.last("a").quorate


def test_a_silent_node_is_removed_after_the_hang_time_and_told_that_it_is_alone() -> None:
    agents = started()
    agents.wait(HANG * 0.9, silent=("c",))
    assert agents.last("a").names == NAMES
    agents.wait(HANG * 0.4, silent=("c",))
    assert agents.last("a").names == ("a", "b")
    assert agents.last("c").names == ("c",) and not agents.last("c").quorate
    assert agents.last("c").id > agents.last("a").id
    agents.join("c")
    assert agents.last("c") == agents.last("a") == agents.last("b")
    assert agents.last("c").names == NAMES


def test_time_in_which_the_coordinator_did_not_run_is_not_held_against_the_nodes() -> None:
    agents = started()
    agents.wait(1.0)
    agents.now += 60
    agents.post(Tick())
    assert agents.last("a").names == NAMES
    agents.wait(HANG * 1.2, silent=("b",))
    assert agents.last("a").names == ("a", "c")


def test_split_and_heal() -> None:
    agents = started()
    agents.post(Split((("a", "b"), ("c",))))
    assert agents.last("a") == agents.last("b")
    assert (agents.last("a").names, agents.last("a").quorate) == (("a", "b"), True)
    assert (agents.last("c").names, agents.last("c").quorate) == (("c",), False)
    agents.die("c")
    agents.join("c")
    assert agents.last("c").names == ("c",), "the split lasts"
    agents.post(Split(()))
    assert agents.last("a") == agents.last("b") == agents.last("c")
    assert agents.last("c").names == NAMES


def test_nodes_that_no_group_names_form_one_more_partition() -> None:
    agents = started()
    agents.post(Split((("b",),)))
    assert agents.last("a").names == agents.last("c").names == ("a", "c")


def test_a_restart_of_the_coordinator_changes_nothing_for_nodes_that_come_back() -> None:
    agents = started(VoteRules(3, wait_for_all=True))
    before = agents.last("a")
    agents.restart_coordinator()
    agents.join("a", "b", "c")
    agents.wait(HANG * 2)
    assert agents.last("a") == agents.last("b") == agents.last("c") == before


def test_a_node_that_died_while_the_coordinator_was_away_is_missed() -> None:
    agents = started()
    agents.restart_coordinator()
    agents.join("a", "b")
    agents.wait(HANG * 1.3)
    assert agents.last("a").names == ("a", "b")


def test_a_new_life_under_an_old_name_is_seen_as_leave_and_join() -> None:
    agents = started()
    agents.restart_coordinator()
    agents.join("a", "b")
    del agents.incarnations["c"]
    agents.join("c")
    assert [view.names for view in agents.seen["a"][-2:]] == [("a", "b"), NAMES]
    assert agents.last("c") == agents.last("a")


@pytest.mark.parametrize("order", [("c", "a", "b"), ("a", "c", "b"), ("a", "b", "c")])
def test_who_comes_back_late_sees_that_the_life_before_had_ended(order: tuple[str, ...]) -> None:
    agents = started()
    agents.restart_coordinator()
    del agents.incarnations["c"]
    agents.join(*order)
    for name in ("a", "b"):
        assert [view.names for view in agents.seen[name][-2:]] == [("a", "b"), NAMES]


def test_who_waits_to_join_waits_no_longer_than_others_may_take_to_come_back() -> None:
    agents = started()
    agents.restart_coordinator()
    del agents.incarnations["b"], agents.incarnations["c"]
    agents.join("c", "b")
    agents.wait(HANG * 1.3)
    assert agents.last("b").names == agents.last("c").names == ("b", "c")
    agents.restart_coordinator()
    del agents.incarnations["c"]
    agents.join("c")
    agents.die("c")
    agents.join("b")
    agents.wait(HANG * 1.3)
    assert agents.last("b").names == ("b",)


def test_a_second_agent_and_a_surplus_node_are_refused() -> None:
    agents = started()
    agents.post(Hello(99, member("a"), "other"))
    agents.post(Hello(98, Member("d", 4, "127.0.0.1", 1), "x"))
    assert agents.refused == ["a is a member already", "the cluster has 3 nodes already"]
    assert agents.last("a").names == NAMES


STEP = st.one_of(
    st.tuples(st.just("join"), st.sampled_from(NAMES)),
    st.tuples(st.just("die"), st.sampled_from(NAMES)),
    st.tuples(st.just("hang"), st.sampled_from(NAMES)),
    st.tuples(st.just("split"), st.sampled_from([(("a",),), (("a", "b"), ("c",)), (("a",), ("b",), ("c",)), ()])),
    st.tuples(st.just("restart"), st.just("")),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(STEP, max_size=40), st.booleans())
def test_whatever_happens_views_are_ordered_and_one_partition_has_quorum(
    steps: list[tuple[str, object]], wait_for_all: bool
) -> None:
    agents = Agents(VoteRules(3, wait_for_all=wait_for_all))
    told: dict[int, View] = {}
    for step in steps:
        match step:
            case "join", str(name):
                agents.join(name)
            case "die", str(name):
                agents.die(name)
            case "hang", str(name):
                agents.wait(HANG * 1.3, silent=(name,))
            case "split", groups:
                agents.post(Split(groups))  # pyright: ignore[reportArgumentType]
            case _:
                agents.restart_coordinator()
        for name, views in agents.seen.items():
            assert [view.id for view in views] == sorted({view.id for view in views})
            for view in views:
                assert name in view.names
                assert told.setdefault(view.id, view) == view
        current = agents.core.views()
        assert len({view.id for view in current.values() if view.quorate}) <= 1
        for view in current.values():
            for other in view.names:
                assert current[other] == view
    agents.post(Split(()))
    agents.join(*NAMES)
    agents.wait(HANG * 2)
    assert agents.last("a") == agents.last("b") == agents.last("c")
    assert agents.last("a").names == NAMES and agents.last("a").quorate


def test_the_record_survives_the_disk(tmp_path: Path) -> None:
    agents = started()
    agents.post(Split((("a", "b"), ("c",))))
    path = tmp_path / "record.json"
    record.save(path, agents.record)
    assert record.load(path) == agents.record
    assert record.load(tmp_path / "none") == Record()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"last_view": 1, "groups": 3, "nodes": []}'])
def test_a_damaged_record_is_an_error_that_names_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "record.json"
    path.write_text(text)
    with pytest.raises(PcmkError, match=str(path)):
        record.load(path)
