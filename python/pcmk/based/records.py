"""Lines of the journal: a checksum and a JSON value each. What a line says is either whole or not there."""

import json
import zlib
from typing import Any

from msgspec import to_builtins

from pcmk._core import Cib
from pcmk.based.disk import Base, Record
from pcmk.kernel.messages.based_peer import Applied, Ballot, Entry, Position, RequestId
from pcmk.kernel.messages.cib import CibVersion


def to_line(kind: str, value: object) -> bytes:
    """One line. The value may be a struct, and have structs in it."""
    text = json.dumps(to_builtins([kind, value]), separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def from_line(line: bytes) -> tuple[str, dict[str, Any]] | None:
    """Kind and value of a line; None for a torn or damaged one."""
    checksum, _, text = line.partition(b" ")
    if not text.endswith(b"\n") or checksum != b"%08x" % zlib.crc32(text[:-1]):
        return None
    kind, value = json.loads(text)
    return kind, value


def record_line(record: Record) -> bytes:
    """The line of an entry or a promise."""
    return to_line("promise" if isinstance(record, Ballot) else "entry", record)


def read_record(kind: str, value: dict[str, Any]) -> Record:
    """The entry or promise of a line."""
    if kind == "promise":
        return Ballot(**value)
    request = value["request"]
    return Entry(
        position=Position(**value["position"]),
        quorate=value["quorate"],
        version=CibVersion(**value["version"]),
        patchset=value["patchset"],
        request=None if request is None else RequestId(**request),
        client=value["client"],
        output=value["output"],
        # Not in journals of earlier releases.
        user=value.get("user", ""),
        time=value.get("time", 0.0),
    )


def base_line(base: Base, records: int) -> bytes:
    """The first line of a journal: everything about its base but the CIB, the digest of that, and how many records are
    written together with it."""
    value: dict[str, Any] = {
        "digest": base.cib.on_disk_digest(),
        "version": base.cib.version,
        "records": records,
        "position": base.position,
        "quorate": base.quorate,
        "lineage": base.lineage,
        "applied": base.applied,
        "promised": base.promised,
        "fresh": base.fresh,
        "committed": None if base.committed is None else base.committed.to_xml(),
        "committed_position": base.committed_position,
    }
    return to_line("base", value)


def read_base(value: dict[str, Any], cib: Cib) -> Base:
    """The base of a journal whose first line has this value."""
    committed = value["committed"]
    return Base(
        cib=cib,
        position=Position(**value["position"]),
        quorate=Position(**value["quorate"]),
        lineage=tuple(Position(**position) for position in value["lineage"]),
        applied=tuple(_applied(applied) for applied in value["applied"]),
        promised=Ballot(**value["promised"]),
        fresh=value["fresh"],
        committed=None if committed is None else Cib.parse(committed),
        committed_position=Position(**value["committed_position"]),
    )


def base_version(value: dict[str, Any]) -> CibVersion | None:
    """The version of a base by its line; None in journals of earlier releases."""
    return CibVersion(*value["version"]) if "version" in value else None


def _applied(value: dict[str, Any]) -> Applied:
    return Applied(
        RequestId(**value["request"]), Position(**value["position"]), CibVersion(**value["version"]), value["output"]
    )
