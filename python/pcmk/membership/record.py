"""The coordinator's record on disk: one JSON file, replaced as a whole."""

import json
import os
from pathlib import Path
from typing import cast

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.membership.coordinator import Admitted, Record
from pcmk.membership.wire import Json, member_from_json, member_to_json, view_from_json, view_to_json


def load(path: Path) -> Record:
    """The record, or an empty one when there is no file; `PcmkError` when the file can't be read or is damaged."""
    try:
        text = path.read_text()
    except FileNotFoundError:
        return Record()
    except OSError as error:
        raise PcmkError(ExitCode.NOINPUT, f"{path}: {error.strerror}") from error
    try:
        return _record(json.loads(text))
    except (ValueError, TypeError, KeyError) as error:
        raise PcmkError(ExitCode.DATAERR, f"{path}: damaged: {error}") from error


def save(path: Path, record: Record) -> None:
    """Replace the file; on disk when this returns. `OSError` when that is not possible."""
    nodes = [
        {
            "member": member_to_json(node.member),
            "incarnation": node.incarnation,
            "settled": node.settled,
            "view": view_to_json(node.view) if node.view is not None else None,
        }
        for node in record.nodes
    ]
    new = path.with_suffix(".new")
    with new.open("w") as file:
        json.dump({"last_view": record.last_view, "groups": record.groups, "nodes": nodes}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _record(data: Json) -> Record:
    groups = cast(list[list[str]], data["groups"])
    return Record(
        last_view=int(cast(int, data["last_view"])),
        groups=tuple(tuple(str(name) for name in group) for group in groups),
        nodes=tuple(_admitted(node) for node in cast(list[Json], data["nodes"])),
    )


def _admitted(node: Json) -> Admitted:
    return Admitted(
        member=member_from_json(node["member"]),
        incarnation=str(node["incarnation"]),
        settled=bool(node["settled"]),
        view=view_from_json(node["view"]) if node["view"] is not None else None,
    )
