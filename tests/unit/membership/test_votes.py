import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmk.membership.votes import VoteRules, quorate, settled


@pytest.mark.parametrize(
    ("expected", "quorum"),
    [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (16, 9), (31, 16), (32, 17)],
)
def test_quorum_is_more_than_half(expected: int, quorum: int) -> None:
    assert VoteRules(expected).quorum == quorum


@pytest.mark.parametrize(
    ("rules", "votes", "any_settled", "result"),
    [
        (VoteRules(3), 1, True, False),
        (VoteRules(3), 2, False, True),
        (VoteRules(3), 3, False, True),
        (VoteRules(4), 2, True, False),
        (VoteRules(3, wait_for_all=True), 2, False, False),
        (VoteRules(3, wait_for_all=True), 2, True, True),
        (VoteRules(3, wait_for_all=True), 3, False, True),
        (VoteRules(3, wait_for_all=True), 1, True, False),
        (VoteRules(2), 1, True, False),
        (VoteRules(2, two_node=True), 1, False, False),
        (VoteRules(2, two_node=True), 1, True, True),
        (VoteRules(2, two_node=True), 2, False, True),
    ],
)
def test_quorate(rules: VoteRules, votes: int, any_settled: bool, result: bool) -> None:
    assert quorate(rules, votes, any_settled) is result


def test_two_node_is_for_two_nodes_only() -> None:
    with pytest.raises(ValueError, match="two_node needs exactly 2"):
        VoteRules(3, two_node=True)
    with pytest.raises(ValueError, match="at least 1"):
        VoteRules(0)


@given(st.integers(1, 40), st.booleans(), st.data())
def test_two_partitions_are_never_both_quorate_without_two_node(expected: int, wait: bool, data: st.DataObject) -> None:
    rules = VoteRules(expected, wait_for_all=wait)
    votes = data.draw(st.integers(0, expected))
    settled_before = data.draw(st.booleans())
    assert not (quorate(rules, votes, settled_before) and quorate(rules, expected - votes, settled_before))


@given(st.integers(1, 40), st.data())
def test_losing_members_without_quorum_never_settles(expected: int, data: st.DataObject) -> None:
    rules = VoteRules(expected, wait_for_all=True)
    votes = data.draw(st.integers(0, expected))
    if settled(rules, votes, True) and votes < expected:
        assert votes >= rules.quorum
