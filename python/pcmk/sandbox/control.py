"""What the sandbox's commands ask the coordinator."""

import socket
from pathlib import Path
from typing import cast

from msgspec import Struct

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import View
from pcmk.membership.wire import Json, decode, encode, view_from_json

TIMEOUT = 10.0


class Membership(Struct, frozen=True):
    """What the coordinator knows: each admitted node's view, and the split in force."""

    pid: int
    views: dict[str, View]
    groups: tuple[tuple[str, ...], ...]


def membership(coordinator: Path) -> Membership:
    """Ask for the membership; `PcmkError` (DISCONNECT) when the coordinator does not answer."""
    return _membership(_ask(coordinator, {"ask": "status"}))


def split(coordinator: Path, groups: tuple[tuple[str, ...], ...]) -> Membership:
    """Put nodes into partitions; no groups: heal."""
    return _membership(_ask(coordinator, {"ask": "split", "groups": groups}))


def _membership(answer: Json) -> Membership:
    views = cast(Json, answer["views"])
    groups = cast(list[list[str]], answer["groups"])
    return Membership(
        pid=cast(int, answer["pid"]),
        views={name: view_from_json(view) for name, view in views.items()},
        groups=tuple(tuple(group) for group in groups),
    )


def _ask(coordinator: Path, question: Json) -> Json:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(TIMEOUT)
            connection.connect(str(coordinator))
            connection.sendall(encode(question))
            with connection.makefile("rb") as lines:
                return decode(lines.readline())
    except (OSError, ValueError) as error:
        raise PcmkError(ExitCode.DISCONNECT, f"{coordinator}: the coordinator does not answer: {error}") from error
