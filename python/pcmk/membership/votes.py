"""Quorum arithmetic, as votequorum(5) describes it; every node has one vote."""

from msgspec import Struct


class VoteRules(Struct, frozen=True):
    """How votes are counted.

    `two_node` lets one of two nodes go on alone and implies `wait_for_all`; `wait_for_all` withholds quorum after a
    start until all nodes were seen at the same time, so that a cluster that starts never fences the slower nodes.
    """

    expected_votes: int
    two_node: bool = False
    wait_for_all: bool = False

    def __post_init__(self) -> None:
        if self.expected_votes < 1:
            raise ValueError(f"expected votes must be at least 1, not {self.expected_votes}")
        if self.two_node and self.expected_votes != 2:
            raise ValueError(f"two_node needs exactly 2 expected votes, not {self.expected_votes}")

    @property
    def quorum(self) -> int:
        """Votes that a partition needs."""
        return 1 if self.two_node else self.expected_votes // 2 + 1

    @property
    def waits_for_all(self) -> bool:
        """Whether a start needs all nodes."""
        return self.wait_for_all or self.two_node


def settled(rules: VoteRules, votes: int, any_settled: bool) -> bool:
    """Whether the members of a partition need not wait for all nodes any more.

    That is so once all were seen together, or in a partition with quorum that has a member for which it is so.
    """
    if not rules.waits_for_all:
        return True
    return votes >= rules.expected_votes or (any_settled and votes >= rules.quorum)


def quorate(rules: VoteRules, votes: int, any_settled: bool) -> bool:
    """Whether a partition with so many votes has quorum; `any_settled` as in `settled`, before this view."""
    return votes >= rules.quorum and settled(rules, votes, any_settled)
