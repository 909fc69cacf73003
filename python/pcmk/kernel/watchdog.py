"""Fencing by a watchdog: what it takes, and what it proves.

A node whose device is due to reset it after `d` seconds without a sign of life gives such signs only while it is in a
view with quorum (`pcmk.pacemakerd.keeper`). So a node that has been out of a view with quorum for long enough has been
reset, or runs nothing: two views can't have quorum at the same time.
"""

from msgspec import Struct

from pcmk.kernel.durations import duration
from pcmk.kernel.messages.common import View

OPTION, FORMER_OPTION = "fencing-watchdog-timeout", "stonith-watchdog-timeout"
DEVICE = "watchdog"
"""The one name that the device can have."""
AGENTS = ("fence_watchdog", "#watchdog")
MARGIN = 1.5
"""How many times the device's timeout is waited at least: the last sign of life was founded on what held a quarter of
it before (`pcmk.pacemakerd.keeper`), and the views of two nodes don't change at the same instant."""


class WatchdogFencing(Struct, frozen=True):
    """Lost nodes count as fenced after `timeout` seconds, by which their devices have reset them for certain; never if
    that is 0. `problem` is why it can't be as it is configured."""

    timeout: float = 0.0
    problem: str = ""


def watchdog_fencing(text: str, device: float) -> WatchdogFencing:
    """What the option says on a node whose device resets it after `device` seconds (0: it has none).

    Not set or 0 is off; negative, or what can't be read, is twice the device's timeout.
    """
    seconds = duration(text) if text.strip() else 0.0
    if seconds == 0:
        return WatchdogFencing()
    if not device:
        return WatchdogFencing(0.0, f"{OPTION} is set, but this node has no watchdog device (SBD_WATCHDOG_DEV)")
    if seconds is None:
        seconds = 2 * device
    if seconds <= device:
        return WatchdogFencing(0.0, f"{OPTION} must be more than the {device:g} s of this node's SBD_WATCHDOG_TIMEOUT")
    return WatchdogFencing(max(seconds, MARGIN * device))


def least_timeout(silence: float) -> float:
    """Seconds that a device must wait for a sign of life where the membership engine may stand still for `silence`
    seconds: there is no evidence meanwhile, nor for up to half of the device's timeout around it
    (`pcmk.pacemakerd.keeper`)."""
    return 2 * silence


def exclusive(view: View) -> bool:
    """Whether no other node can be in a view with quorum. Of two nodes that part each may have it (`two_node`); so that
    is unknown where the membership engine does not tell of how many."""
    if not view.expected_votes:
        return False
    return view.quorate and not (view.expected_votes == 2 and len(view.members) == 1)
