"""What the database's test would say of a split brain and of a lost row."""

import pytest

from tests.e2e.lab.writers import Acknowledged, check_one_primary, lost

FIRST = Acknowledged(0.0, 1.0, "00000001", "n1", 0)
FAILED_OVER = Acknowledged(4.0, 5.0, "00000002", "n2", 0)


def test_one_primary_after_the_other_is_right():
    check_one_primary([FIRST, Acknowledged(1.0, 2.0, "00000001", "", 7), FAILED_OVER])


def test_a_primary_that_was_asked_before_the_next_one_answered_is_right():
    check_one_primary([FIRST._replace(begin=4.5, end=6.0), FAILED_OVER])


def test_a_primary_that_goes_on_beside_the_next_one_is_seen():
    with pytest.raises(AssertionError, match="00000002"):
        check_one_primary([FIRST._replace(begin=5.5, end=6.0), FAILED_OVER])


def test_two_servers_on_one_timeline_are_seen():
    with pytest.raises(AssertionError, match="n1 and n2"):
        check_one_primary([FIRST, FAILED_OVER._replace(timeline="00000001")])


def test_acknowledged_rows_that_are_not_there_are_lost():
    rows = [FIRST._replace(node="", row=row) for row in (1, 2, 3)]
    assert lost([*rows, FAILED_OVER], {1, 3, 4}) == [2]
