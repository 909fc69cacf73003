"""JSON lines of the local membership: between coordinator, node agents and the daemons of a node."""

import json
from typing import cast

from pcmk.kernel.messages.common import Member, View

Json = dict[str, object]


def encode(message: Json) -> bytes:
    """One message as a line."""
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> Json:
    """A line as a message; `ValueError` when it is not a JSON object."""
    message: object = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError("a message must be a JSON object")
    return cast(Json, message)


def member_to_json(member: Member) -> Json:
    """A member as plain JSON."""
    return {"name": member.name, "id": member.id, "host": member.host, "port": member.port}


def member_from_json(value: object) -> Member:
    """The member that `member_to_json` wrote; `ValueError` when it is none."""
    match value:
        case {"name": str(name), "id": int(node_id), "host": str(host), "port": int(port)}:
            return Member(name, node_id, host, port)
        case _:
            raise ValueError(f"not a member: {value!r}")


def view_to_json(view: View) -> Json:
    """A view as plain JSON."""
    return {
        "id": view.id,
        "quorate": view.quorate,
        "expected_votes": view.expected_votes,
        "members": [member_to_json(member) for member in view.members],
    }


def view_from_json(value: object) -> View:
    """The view that `view_to_json` wrote; `ValueError` when it is none."""
    fields = cast(Json, value) if isinstance(value, dict) else {}
    match fields.get("id"), fields.get("quorate"), fields.get("expected_votes"), fields.get("members"):
        case int(view_id), bool(is_quorate), int(expected), members if isinstance(members, list):
            nodes = tuple(member_from_json(member) for member in cast(list[object], members))
            return View(view_id, nodes, is_quorate, expected)
        case _:
            raise ValueError(f"not a view: {value!r}")
