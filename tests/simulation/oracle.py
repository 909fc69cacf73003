"""What users were told about their changes of the CIB, and what must be true of it afterwards.

A change is acknowledged, refused, or unknown. Nobody may take an unknown one to be absent: it may take effect at any
time.
"""

from dataclasses import dataclass

from pcmk._core import Cib
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibModified
from pcmk.kernel.messages.common import Failure

UNKNOWN_CODES = (ExitCode.INDETERMINATE, ExitCode.DISCONNECT, ExitCode.TIMEOUT)
"""TIMEOUT and DISCONNECT are unknown to a program that does not know how far its request came."""
COUNTER = "oracle-counter"


@dataclass(slots=True)
class Write:
    """One change. `quorate` tells that the acknowledging node saw it committed with quorum."""

    key: str
    kind: str
    node: str
    state: str = "unknown"
    quorate: bool = False


class Oracle:
    """All changes that users asked for."""

    def __init__(self) -> None:
        self.writes: list[Write] = []

    def begin(self, key: str, kind: str, node: str) -> Write:
        """A user is about to send a change: `add` a key, `remove` it, or `count` up."""
        write = Write(key, kind, node)
        self.writes.append(write)
        return write

    def answered(self, write: Write, body: Message, quorate: bool) -> None:
        """What the user was told."""
        match body:
            case CibModified():
                write.state, write.quorate = "acknowledged", quorate
            case Failure(code=code) if code in UNKNOWN_CODES:
                pass
            case _:
                write.state = "refused"

    def contradictions(self, cib: Cib, kept: str) -> list[str]:
        """In what a CIB differs from what users were told. `kept` is the text of all conflict files: what a partition
        without quorum acknowledged may be there instead."""
        present = {element.get("name", ""): element.get("value", "") for element in cib.find("//nvpair[@name]")}
        problems: list[str] = []
        by_key: dict[str, list[Write]] = {}
        for write in self.writes:
            if write.kind != "count":
                by_key.setdefault(write.key, []).append(write)
        for key, writes in by_key.items():
            problems += _key_problems(key, writes, key in present, kept)
        problems += self._counter_problems(int(present.get(COUNTER, "0") or "0"), COUNTER in kept)
        return problems

    def _counter_problems(self, value: int, conflict: bool) -> list[str]:
        counts = [write for write in self.writes if write.kind == "count"]
        acknowledged = [write for write in counts if write.state == "acknowledged"]
        least = sum(write.quorate for write in acknowledged) if not conflict else 0
        most = len(acknowledged) + sum(write.state == "unknown" for write in counts)
        if least <= value <= most:
            return []
        return [f"the counter is {value}, but must be from {least} to {most}: a change was lost or carried out twice"]


def _key_problems(key: str, writes: list[Write], present: bool, kept: str) -> list[str]:
    adds = [write for write in writes if write.kind == "add"]
    removes = [write for write in writes if write.kind == "remove"]
    may_be_gone = any(write.state != "refused" for write in removes)
    if any(write.state == "acknowledged" for write in adds) and not present and not may_be_gone and key not in kept:
        return [f"{key} was acknowledged to {adds[0].node} and is not in the CIB"]
    if present and all(write.state == "refused" for write in adds):
        return [f"{key} was refused to {adds[0].node} and is in the CIB"]
    gone_for_good = any(write.state == "acknowledged" and write.quorate for write in removes)
    if present and gone_for_good and key not in kept:
        return [f"{key} was removed, that was acknowledged, and it is in the CIB"]
    return []
