"""How long Corosync stands still when a node is lost, as its configuration in force has it."""

from collections.abc import Mapping

TOTEM = "runtime.config.totem."
"""What these keys of cmap begin with."""
_WAITS = ("token", "consensus")


def silence(keys: Mapping[str, str]) -> float:
    """Seconds, from keys and values of cmap that begin with `TOTEM`: until the loss of the token is noticed, and until
    those who are left agree on a ring without whoever lost it. What is not told counts for nothing."""
    return sum(int(keys.get(TOTEM + wait, "0")) for wait in _WAITS) / 1000
