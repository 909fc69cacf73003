import pytest

from pcmk.kernel.messages.common import Member, View
from pcmk.kernel.watchdog import MARGIN, exclusive, least_timeout, watchdog_fencing
from pcmk.pacemakerd.keeper import SHARE, TICKS


@pytest.mark.parametrize(
    "text, device, timeout",
    [
        ("", 5.0, 0.0),
        ("", 0.0, 0.0),
        ("0", 5.0, 0.0),
        ("0s", 0.0, 0.0),
        ("10", 5.0, 10.0),
        ("1min", 5.0, 60.0),
        ("PT20S", 5.0, 20.0),
        ("-1", 5.0, 10.0),
        ("whenever", 5.0, 10.0),
        # Allowed, but the device may take longer.
        ("6", 5.0, MARGIN * 5.0),
    ],
)
def test_how_long_is_waited(text: str, device: float, timeout: float) -> None:
    fencing = watchdog_fencing(text, device)
    assert (fencing.timeout, fencing.problem) == (timeout, "")


@pytest.mark.parametrize(
    "text, device, why",
    [
        ("5s", 5.0, "must be more than the 5 s"),
        ("1", 5.0, "must be more than the 5 s"),
        ("10", 0.0, "no watchdog device"),
        ("-1", 0.0, "no watchdog device"),
    ],
)
def test_what_a_node_can_not_do(text: str, device: float, why: str) -> None:
    fencing = watchdog_fencing(text, device)
    assert fencing.timeout == 0
    assert why in fencing.problem


@pytest.mark.parametrize(
    "members, votes, quorate, alone",
    [
        (2, 3, True, True),
        (2, 0, True, False),
        (1, 3, False, False),
        (2, 2, True, True),
        (1, 2, True, False),
        (1, 1, True, True),
    ],
)
def test_of_two_nodes_each_may_have_quorum(members: int, votes: int, quorate: bool, alone: bool) -> None:
    view = View(1, tuple(Member(f"n{number}", number, "", 0) for number in range(members)), quorate, votes)
    assert exclusive(view) is alone


def test_a_device_outlasts_a_silence_of_the_membership_engine() -> None:
    """Before it there was no evidence for a tick; after it a question that was asked meanwhile has to be given up."""
    silence = 6.0
    assert least_timeout(silence) * (1 - 1 / TICKS - 1 / SHARE - 1 / TICKS) == silence
