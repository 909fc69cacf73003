"""Taking the machine down at once, for a node that can't be trusted any more (`PCMK_panic_action`)."""

import ctypes
import os
from collections.abc import Callable
from pathlib import Path

_TRIGGER = Path("/proc/sysrq-trigger")
_KEYS = {"reboot": "b", "crash": "c", "off": "o"}
_RESTART, _POWER_OFF = 0x01234567, 0x4321FEDC
"""Commands of reboot(2)."""


def _reboot(command: int) -> None:
    ctypes.CDLL(None).reboot(ctypes.c_int(command))


def take_down(action: str, trigger: Path = _TRIGGER, reboot: Callable[[int], None] = _reboot) -> None:
    """`action` is one of `pcmk.runtime.settings.PANIC_ACTIONS`. No program gets a chance to end, and nothing is written
    to disk but with `sync-`. Returns if there is nothing to be done (`exit`), or if the kernel does not do it.

    `trigger` takes the kernel's magic keys; `reboot` is called when there is none.
    """
    kind = action.removeprefix("sync-")
    if kind == "exit":
        return
    if kind != action:
        os.sync()
    try:
        trigger.write_text(_KEYS[kind])
    except OSError:
        reboot(_POWER_OFF if kind == "off" else _RESTART)
