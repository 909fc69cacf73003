"""What users were told about their changes of the CIB, and what must be true of it afterwards.

A change is acknowledged, refused, or unknown. Nobody may take an unknown one to be absent: it may take effect at any
time.
"""

import re

from msgspec import Struct, field

from pcmk._core import Cib
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibModified, CibVersion
from pcmk.kernel.messages.common import Failure

UNKNOWN_CODES = (ExitCode.INDETERMINATE, ExitCode.DISCONNECT, ExitCode.TIMEOUT)
"""TIMEOUT and DISCONNECT are unknown to a program that does not know how far its request came."""
COUNTER = "oracle-counter"
"""What all counting changes count up; each has a counter of its own as well, its key."""
COUNT = "value++"
_KEY = re.compile(r"""["']((?:oracle|count)-\d+)["']""")


class Write(Struct):
    """One change. `quorate` tells that it was acknowledged as committed with quorum: it must survive, whatever other
    partitions do. `version` is that of the CIB that was told then."""

    key: str
    kind: str
    node: str
    state: str = "unknown"
    quorate: bool = False
    version: CibVersion = field(default_factory=CibVersion)


class Oracle:
    """All changes that users asked for."""

    def __init__(self) -> None:
        self.writes: list[Write] = []

    def begin(self, key: str, kind: str, node: str) -> Write:
        """A user is about to send a change: `add` a key, `remove` it, or `count` up with it."""
        write = Write(key, kind, node)
        self.writes.append(write)
        return write

    def answered(self, write: Write, body: Message, quorate: bool) -> None:
        """What the user was told."""
        match body:
            case CibModified(version=version):
                write.state, write.quorate, write.version = "acknowledged", quorate, version
            case Failure(code=code) if code in UNKNOWN_CODES:
                pass
            case _:
                write.state = "refused"

    def contradictions(self, cib: Cib, kept: str) -> list[str]:
        """In what a CIB differs from what users were told. `kept` is the text of all conflict files: what a partition
        without quorum acknowledged may be there instead."""
        lost = set(_KEY.findall(kept))
        present = {element.get("name", ""): element.get("value", "") for element in cib.find("//nvpair[@name]")}
        problems: list[str] = []
        by_key: dict[str, list[Write]] = {}
        for write in self.writes:
            if write.kind != "count":
                by_key.setdefault(write.key, []).append(write)
        for key, writes in by_key.items():
            problems += _key_problems(key, writes, key in present, lost)
        counts = [write for write in self.writes if write.kind == "count"]
        times = {write.key: _times(present.get(write.key)) for write in counts}
        for write in counts:
            problems += _count_problems(write, times[write.key], lost)
        if int(present.get(COUNTER, "0")) != sum(times.values()):
            problems.append(f"the counter is {present.get(COUNTER)} after {sum(times.values())} changes")
        return problems


def _times(value: str | None) -> int:
    """How often a counter was counted up. One that is new takes the text of the change, which later counts as 0."""
    if value is None:
        return 0
    return 1 if value == COUNT else int(value) + 1


def _count_problems(write: Write, value: int, lost: set[str]) -> list[str]:
    may_be_lost = write.state != "acknowledged" or (not write.quorate and write.key in lost)
    least, most = int(not may_be_lost), int(write.state != "refused")
    if least <= value <= most:
        return []
    return [f"{write.key} of {write.node}, which is {write.state}, was carried out {value} times"]


def _key_problems(key: str, writes: list[Write], present: bool, lost: set[str]) -> list[str]:
    adds = [write for write in writes if write.kind == "add"]
    removes = [write for write in writes if write.kind == "remove"]
    may_be_gone = any(write.state != "refused" for write in removes)
    must_be_there = any(write.state == "acknowledged" and (write.quorate or key not in lost) for write in adds)
    if must_be_there and not present and not may_be_gone:
        return [f"{key} was acknowledged to {adds[0].node} and is not in the CIB"]
    if present and all(write.state == "refused" for write in adds):
        return [f"{key} was refused to {adds[0].node} and is in the CIB"]
    # One that was on its way at the same time as the addition may have come first, and found nothing to remove.
    known = all(write.state == "acknowledged" for write in adds)
    added = max((write.version for write in adds), default=CibVersion())
    sure = (write for write in removes if write.state == "acknowledged" and write.quorate)
    gone_for_good = known and any(write.version > added for write in sure)
    if present and gone_for_good:
        return [f"{key} was removed, that was acknowledged, and it is in the CIB"]
    return []
