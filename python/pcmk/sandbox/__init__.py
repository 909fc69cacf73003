"""A disposable cluster on this machine.

Nothing is imported here before it is used: fence agents load `processes` from beside this file.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pcmk.sandbox.cluster import Sandbox

__all__ = ["Sandbox"]


def __getattr__(name: str) -> Any:
    if name == "Sandbox":
        from pcmk.sandbox.cluster import Sandbox

        return Sandbox
    raise AttributeError(name)
